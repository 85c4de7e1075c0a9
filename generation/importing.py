"""Import: a file becomes source items. First a plan that people look at, then one transaction that carries it out."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils import timezone

from generation.adopting import ArtefactImport, import_artefacts
from generation.jsonl import chunked
from generation.sources import Parsed, Problem, Row, Source, SourceError, register_source, source_of

__all__ = [
    "ArtefactImport", "ImportPlan", "Parsed", "Problem", "Row", "Source", "SourceError", "apply_import",
    "import_artefacts", "plan_import", "register_source", "source_of",
]  # fmt: skip

CHUNK = 2000
logger = logging.getLogger(__name__)


@dataclass
class ImportPlan:
    """What an import would do. `moved` are those of `unchanged` that get another place or unhashed column."""

    source: type[Source]
    collection: Any
    rows: list[Row]
    problems: list[Problem]
    notices: list[str]
    collection_fields: dict[str, Any]
    hashes: dict[str, str]
    new: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    unchanged: list[Row] = field(default_factory=list)
    moved: list[Row] = field(default_factory=list)
    removed: list[Row] = field(default_factory=list)
    restored: list[Row] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many items of each sort, and how many problems."""
        names = ("new", "changed", "unchanged", "removed", "restored", "problems")
        return {name: len(getattr(self, name)) for name in names}

    @property
    def columns(self) -> list[str]:
        """The item columns that the file fills."""
        return sorted({name for row in self.rows for name in row.fields})


def plan_import(
    kind: str, data: bytes, *, slug: str, name: str = "", format: str = "auto", filename: str = "",
    options: Mapping[str, str] | None = None,
) -> ImportPlan:  # fmt: skip
    """Read a file and compare it with what is there; writes nothing. Raises SourceError or UnknownRecipe.

    `options` are the source's own: what the file does not say about itself.
    """
    source = source_of(kind)
    _check_file(source, data, format, filename)
    _check_slug(source, slug)
    parsed = source(options).parse(data, format=format, filename=filename)
    problems = list(parsed.problems)
    rows = list(_fitted(source, parsed.rows, problems))
    if not rows:
        raise SourceError(f"Expected {source.title}, found nothing to import in it.")
    plan = ImportPlan(
        source, _collection(source, slug, name, filename), rows, problems, parsed.notices, parsed.collection_fields,
        {row.key: source.item_model(**row.fields).compute_hash() for row in rows},
    )  # fmt: skip
    _compare(plan)
    return plan


def _check_file(source: type[Source], data: bytes, format: str, filename: str) -> None:
    limit = settings.UPLOAD_MAX_BYTES
    if len(data) > limit:
        raise SourceError(f"The file has {len(data):,} bytes; at most {limit:,} may be imported (UPLOAD_MAX_BYTES).")
    if format not in source.formats:
        raise SourceError(f"There is no format '{format}'. There are: {', '.join(source.formats)}.")
    suffix = PurePath(filename).suffix.lower()
    if suffix and source.suffixes and suffix not in source.suffixes:
        raise SourceError(f"Expected {source.title} ({', '.join(source.suffixes)}), found a file '{suffix}'.")
    if not data.strip():
        raise SourceError(f"Expected {source.title}, found an empty file.")


def _check_slug(source: type[Source], slug: str) -> None:
    longest = source.collection_model._meta.get_field("slug").max_length or 50
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise SourceError(f"'{slug}' is no short name: use letters, digits, '-' and '_' only.") from error
    if len(slug) > longest:
        raise SourceError(f"The short name has {len(slug)} characters, and at most {longest} are possible.")


def _collection(source: type[Source], slug: str, name: str, filename: str) -> Any:
    model = source.collection_model
    longest = model._meta.get_field("name").max_length
    found = model._default_manager.filter(slug=slug).first()
    if found and not name:
        return found
    stem = " ".join(PurePath(filename).stem.replace("_", " ").split())
    collection = found or model(slug=slug)
    collection.name = (name.strip() or stem[:1].upper() + stem[1:] or slug)[:longest]
    return collection


def _fitted(source: type[Source], rows: Sequence[Row], problems: list[Problem]) -> Iterator[Row]:
    """Rows that the item's columns can hold; what had to be cut or left out becomes a problem."""
    columns = source.item_model._meta.concrete_fields
    limits: dict[str, int | None] = {column.name: getattr(column, "max_length", None) for column in columns}
    taken: set[str] = set()
    for row in rows:
        if row.key in taken or not 0 < len(row.key) <= (limits["key"] or 0):
            why = "its key stands in the file twice" if row.key in taken else "its key is empty or too long"
            problems.append(Problem(0, row.key[:60], f"The item was left out: {why}."))
            continue
        taken.add(row.key)
        fields = {}
        for name, value in row.fields.items():
            fields[name] = value
            if isinstance(value, str):
                limit = limits[name]
                fields[name] = value.replace("\x00", "")[:limit]
                if limit and len(value) > limit:
                    why = f"Its {name} has {len(value)} characters and was cut to {limit}."
                    problems.append(Problem(0, row.key, why))
        yield Row(row.key, row.position, fields)


def _compare(plan: ImportPlan) -> None:
    """Sort the rows by what they mean for the items that are there now."""
    groups: dict[str, list[Row]] = {
        name: [] for name in ("new", "changed", "unchanged", "moved", "removed", "restored")
    }
    waiting = {row.key: row for row in plan.rows}
    columns = plan.columns
    for key, position, source_hash, removed_at, *values in _standing(plan):
        row = waiting.pop(key, None)
        before = dict(zip(columns, values, strict=True))
        if row is None:
            if removed_at is None:
                groups["removed"].append(Row(key, position, before))
        elif removed_at is not None:
            groups["restored"].append(row)
        elif source_hash != plan.hashes[key]:
            groups["changed"].append(row)
        else:
            groups["unchanged"].append(row)
            if (position, before) != (row.position, row.fields):
                groups["moved"].append(row)
    groups["new"] = [row for row in plan.rows if row.key in waiting]
    for name, rows in groups.items():
        setattr(plan, name, rows)


def _standing(plan: ImportPlan) -> Iterator[Sequence[Any]]:
    if plan.collection.pk is None:
        return
    items = _items(plan).order_by("position", "pk")
    yield from items.values_list("key", "position", "source_hash", "removed_at", *plan.columns).iterator(CHUNK)


def _items(plan: ImportPlan) -> Any:
    rows: Any = plan.source.item_model._default_manager
    return plan.source.accounts_for(rows.filter(collection=plan.collection), plan.rows)


def apply_import(plan: ImportPlan, actor: str = "") -> Any:
    """Carry the plan out in one transaction and return the collection; compares again, for others may import too."""
    now = timezone.now()
    with transaction.atomic():
        plan.collection = _lock(plan.collection)
        _compare(plan)
        _write(plan, plan.new, now, "source_hash")
        _write(plan, plan.changed, now, "source_hash", "changed_at")
        _restore(plan, now)
        _write(plan, plan.moved, now)
        _remove(plan, now)
        _save_collection(plan, now)
        for chunk in chunked([*plan.changed, *plan.restored, *plan.moved], 500):
            plan.source.after_import(_items(plan).filter(key__in=[row.key for row in chunk]))
    logger.info("%s imported %s: %s", actor or "somebody", plan.collection.slug, plan.counts())
    return plan.collection


def _lock(collection: Any) -> Any:
    """The collection's row, made when it is new, held until the end: imports into it go one after the other."""
    rows = type(collection)._default_manager
    rows.get_or_create(slug=collection.slug, defaults={"name": collection.name})
    locked = rows.select_for_update().get(slug=collection.slug)
    locked.name = collection.name
    return locked


def _write(plan: ImportPlan, rows: Sequence[Row], now: datetime, *stamps: str) -> None:
    """Insert or update items by (collection, key), in bounded pieces."""
    model: Any = plan.source.item_model
    columns = plan.columns
    changed_at = now if "changed_at" in stamps else None
    for chunk in chunked(rows, CHUNK):
        items = [
            model(
                collection=plan.collection, key=row.key, position=row.position, source_hash=plan.hashes[row.key],
                imported_at=now, changed_at=changed_at, **row.fields,
            )
            for row in chunk
        ]  # fmt: skip
        model._default_manager.bulk_create(
            items, update_conflicts=True, unique_fields=["collection", "key"],
            update_fields=["position", *columns, *stamps],
        )  # fmt: skip


def _restore(plan: ImportPlan, now: datetime) -> None:
    """Bring removed items back; one that comes back with another hash has changed as well."""
    items = _items(plan)
    for chunk in chunked(plan.restored, 500):
        before = dict(items.filter(key__in=[row.key for row in chunk]).values_list("key", "source_hash"))
        same = [row for row in chunk if before[row.key] == plan.hashes[row.key]]
        other = [row for row in chunk if before[row.key] != plan.hashes[row.key]]
        _write(plan, same, now)
        _write(plan, other, now, "source_hash", "changed_at")
        items.filter(key__in=before).update(removed_at=None)


def _remove(plan: ImportPlan, now: datetime) -> None:
    items = _items(plan).filter(removed_at=None)
    for chunk in chunked(plan.removed, 500):
        items.filter(key__in=[row.key for row in chunk]).update(removed_at=now)


def _save_collection(plan: ImportPlan, now: datetime) -> None:
    """Note the file on the collection, if it brought anything: the same import twice changes nothing."""
    collection, fields = plan.collection, {"name": plan.collection.name, **plan.collection_fields}
    stored = type(collection)._default_manager.filter(pk=collection.pk)
    moved = bool(plan.new or plan.changed or plan.restored or plan.removed or plan.moved)
    if not moved and stored.filter(**fields).exists():
        return
    if any(column.name == "imported_at" for column in collection._meta.concrete_fields):
        fields["imported_at"] = now
    stored.update(**fields)
    collection.refresh_from_db()
