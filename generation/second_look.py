"""Texts seen again: their artefacts' columns and findings, once an item has moved in what no text was made from."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from generation.drafts import look_at, own_fields, working_recipe
from generation.findings import WEIGHTS, Severity
from generation.jsonl import chunked
from generation.models import ArtefactFinding
from generation.models.revisions import finding_rows
from generation.recipes import Draft, InvalidOutput, Recipe

CHUNK = 200
Said = tuple[int, str, str, str, int, str]


def look_again(key: str, items: Any) -> int:
    """Bring the columns, findings and weight of what was made from these items (a QuerySet) up to date; how many.

    The texts, their states and dismissed findings stay. Call inside a transaction.
    """
    recipe = working_recipe(key)
    rows = recipe.artefact_model._default_manager.filter(recipe=key, item__in=items, current__isnull=False)
    related = ("current", "item", *(f"item__{name}" for name in recipe.select_related))
    count = 0
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    for chunk in chunked(ids, CHUNK):
        held = recipe.artefact_model._default_manager.select_for_update(of=("self",)).select_related(*related)
        count += _look(recipe, list(held.filter(pk__in=chunk).order_by("pk")))
    return count


def _look(recipe: Recipe, rows: Sequence[Any]) -> int:
    readable = [(row, fields) for row in rows if (fields := _fields(recipe, row)) is not None]
    drafts = [Draft(row.item, row.current.text, row.pk) for row, _ in readable]
    seen = look_at(recipe, drafts, [fields for _, fields in readable])
    found = chain.from_iterable(
        finding_rows(recipe.key, row.pk, row.current, one.findings)
        for (row, _), one in zip(readable, seen, strict=True)
    )
    weights = _findings(recipe.key, [row for row, _ in readable], list(found))
    for row, fields in readable:
        for name, value in fields.items():
            setattr(row, name, value)
        row.weight = weights.get(row.pk, 0)
    names = {name for _, fields in readable for name in fields}
    recipe.artefact_model._default_manager.bulk_update([row for row, _ in readable], ["weight", *sorted(names)])
    return len(readable)


def _fields(recipe: Recipe, row: Any) -> dict[str, Any] | None:
    """The columns; None for a text that the recipe takes no more (what it said of it before stands)."""
    try:
        return own_fields(recipe, row.item, row.current.text)
    except InvalidOutput:
        return None


def _findings(key: str, rows: Sequence[Any], found: list[ArtefactFinding]) -> dict[int, int]:
    """Put these findings in the place of the ones that there are; what was dismissed and is found again stays so."""
    there = list(
        ArtefactFinding.objects.filter(
            recipe=key, artefact_id__in=[row.pk for row in rows], revision__in=[row.current_id for row in rows]
        )
    )
    before, now = {_said(one): one for one in there}, {_said(one): one for one in found}
    gone = [one.pk for said, one in before.items() if said not in now]
    ArtefactFinding.objects.filter(pk__in=gone).delete()
    ArtefactFinding.objects.bulk_create(one for said, one in now.items() if said not in before)
    weights: dict[int, int] = {}
    for said, one in now.items():
        standing = before.get(said, one)
        if standing.dismissed_at is None:
            weights[one.artefact_id] = weights.get(one.artefact_id, 0) + WEIGHTS[Severity(one.severity)]
    return weights


def _said(one: ArtefactFinding) -> Said:
    return one.artefact_id, one.check_name, one.severity, one.place, one.line, one.message
