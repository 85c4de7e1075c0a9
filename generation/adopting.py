"""Texts that exist already as files become artefacts, so that only the rest is generated."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from django.db import IntegrityError, transaction

from generation.base_models import ArtefactStatus
from generation.drafts import look_at, own_fields, tidy, working_recipe
from generation.instructions import instruction
from generation.models import ArtefactFinding, Origin, ReviewEvent, Revision
from generation.models.revisions import finding_rows
from generation.recipes import Draft, InvalidOutput, Recipe
from generation.sources import Problem, Source, SourceError, source_of

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Found:
    """One file that fits an item without a text."""

    name: str
    item: Any
    text: str
    fields: dict[str, Any]


@dataclass
class ArtefactImport:
    """What became of the files: keys of items with a new text, keys that had one, names that fit nothing, problems."""

    created: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def import_artefacts(
    kind: str, files: Iterable[tuple[str, bytes]], collection: Any, actor: str, *, dry_run: bool = False
) -> ArtefactImport:
    """Make artefacts of files (name, bytes) named as published, in one transaction; a text that is there stays."""
    source = source_of(kind)()
    recipe = working_recipe(source.artefact_recipe)
    result = ArtefactImport()
    adopter = _Adopter(source, recipe, collection, result)
    waiting = iter(files)
    try:
        with transaction.atomic():
            while chunk := list(islice(waiting, CHUNK)):
                found = adopter.match(chunk)
                if not dry_run:
                    _store(recipe, found, collection, actor)
    except IntegrityError as error:
        raise SourceError("Somebody else made some of these texts just now: nothing was kept, try again.") from error
    return result


class _Adopter:
    """Finds the items of files; knows every key of the collection, but loads items chunk by chunk."""

    def __init__(self, source: Source, recipe: Recipe, collection: Any, result: ArtefactImport) -> None:
        self.source, self.recipe, self.result = source, recipe, result
        rows = recipe.item_model._default_manager.filter(collection=collection)
        self.ids = {key.casefold(): pk for key, pk in rows.values_list("key", "pk")}
        artefacts = recipe.artefact_model._default_manager.filter(recipe=recipe.key, item__collection=collection)
        self.standing = set(artefacts.values_list("item_id", flat=True))
        self.used: dict[int, str] = {}

    def match(self, files: Sequence[tuple[str, bytes]]) -> list[Found]:
        """The files of a chunk that become texts; the others are noted in the result."""
        chosen = [(name, data, pk) for name, data in files if (pk := self._item_id(name)) is not None]
        rows = self.recipe.item_model._default_manager.select_related(*self.recipe.select_related)
        items = rows.in_bulk([pk for _, _, pk in chosen])
        found = [self._read(name, data, items[pk]) for name, data, pk in chosen]
        return [one for one in found if one]

    def _item_id(self, name: str) -> int | None:
        keys = self.source.artefact_keys(PurePosixPath(name).name)
        pk = next((self.ids[key.casefold()] for key in keys if key.casefold() in self.ids), None)
        if pk is None:
            self.result.unmatched.append(name)
        return pk

    def _read(self, name: str, data: bytes, item: Any) -> Found | None:
        if item.pk in self.standing:
            self.result.kept.append(item.key)
            return None
        try:
            if item.pk in self.used:
                raise SourceError(f"{self.used[item.pk]} has the text of {item.key} already.")
            text = tidy(self.source.artefact_text(data))
            found = Found(name, item, text, own_fields(self.recipe, item, text))
        except (SourceError, InvalidOutput) as error:
            why = str(error)
            why = f"{why[:1].upper()}{why[1:].rstrip('.')}. The file was left out."
            self.result.problems.append(Problem(0, name, why))
            return None
        self.used[item.pk] = name
        self.result.created.append(item.key)
        return found


def _store(recipe: Recipe, found: Sequence[Found], collection: Any, actor: str) -> None:
    if not found:
        return
    # A text from elsewhere is not outdated the moment it comes: it counts as made by what is in force.
    recipe_hash = instruction(recipe.key, collection.slug).recipe_hash
    revisions = [
        Revision(
            recipe=recipe.key, item_id=one.item.pk, origin=Origin.IMPORTED, text=one.text, author_label=actor[:150],
            note=f"from the file {one.name}"[:300], source_hash=one.item.source_hash, recipe_hash=recipe_hash,
        )
        for one in found
    ]  # fmt: skip
    Revision.objects.bulk_create(revisions)
    seen = look_at(recipe, [Draft(one.item, one.text) for one in found], [one.fields for one in found])
    artefacts = [
        recipe.artefact_model(
            recipe=recipe.key, item=one.item, current=revision, touched=True, weight=look.weight,
            source_hash=one.item.source_hash, recipe_hash=recipe_hash, **look.fields,
        )
        for one, revision, look in zip(found, revisions, seen, strict=True)
    ]  # fmt: skip
    recipe.artefact_model._default_manager.bulk_create(artefacts)
    ArtefactFinding.objects.bulk_create(
        row
        for artefact, revision, look in zip(artefacts, revisions, seen, strict=True)
        for row in finding_rows(recipe.key, artefact.pk, revision, look.findings)
    )
    ReviewEvent.objects.bulk_create(
        ReviewEvent(
            recipe=recipe.key, item_id=one.item.pk, label=one.item.label[:200], action="import",
            to_status=ArtefactStatus.NEEDS_REVIEW, revision=revision, actor=actor[:150], reason=revision.note,
        )
        for one, revision in zip(found, revisions, strict=True)
    )  # fmt: skip
    recipe.project(revisions)
