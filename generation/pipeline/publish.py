"""Publish: approved revisions become files: beneath PUBLISH_ROOT (then they are published), elsewhere, or in a zip."""

import hashlib
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone

from generation.base_models import Artefact, ArtefactStatus
from generation.exports import Export, ExportFile
from generation.jsonl import chunked
from generation.models import ReviewEvent
from generation.published_folder import (
    MANIFEST,
    PlannedFolder,
    PublishedFolder,
    PublishError,
    UnsafePath,
    manifest_bytes,
    safe_path,
)

CHUNK = 200
UNSAFE = "the file name is not safe"
TAKEN = "another record has the same file name"
ZIP_DATE = (1980, 1, 1, 0, 0, 0)

# Artefact -> the revision of it that a file was made of.
Sent = dict[int, int]
Record = dict[str, Any]
Note = Callable[[str, bytes | None, bytes | None], None]


@dataclass
class PublishResult:
    """Paths below `root` that were written, were as they should be, or gave way; what was left out by reason."""

    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    root: Path = Path()
    removed: list[str] = field(default_factory=list)

    def skip(self, reason: str, number: int = 1) -> None:
        """Count records that were left out."""
        self.skipped[reason] = self.skipped.get(reason, 0) + number


def publish_to_root(
    export: Export, artefacts: Any, user: Any, actor: str, taken: set[str] | None = None
) -> PublishResult:
    """Write below PUBLISH_ROOT/<kind>/<collection> and mark what was written as published. Repeatable.

    Raises PublishError. `user` may be None (a command); `actor` is what the events say. `taken` are paths that other
    exports of the same call have written; those of this one are added.
    """
    root = settings.PUBLISH_ROOT / kind_of(artefacts)
    result = PublishResult(root=root)
    taken = set() if taken is None else taken
    for slug, rows in _by_collection(export, artefacts, result):
        sent: Sent = {}
        folder = PublishedFolder(root / safe_path(slug), settings.PUBLISH_ROOT)
        # The folder's lock is given back before the database is written to: nobody waits for both.
        _fill(export, rows, folder, f"{slug}/", result, sent, taken)
        for chunk in chunked(sent.items(), CHUNK):
            _mark(export.artefact_model, dict(chunk), user, actor)
    return result


def planned_to_root(export: Export, artefacts: Any, note: Note | None = None) -> PublishResult:
    """What `publish_to_root` would write, leave as it is and remove now; nothing is changed. Raises PublishError.

    `note` is told of each file that would change: its path, its content before and after (None: there is none).
    """
    root = settings.PUBLISH_ROOT / kind_of(artefacts)
    result = PublishResult(root=root)
    for slug, rows in _by_collection(export, artefacts, result):
        folder = PlannedFolder(root / safe_path(slug), settings.PUBLISH_ROOT)
        if note:
            folder.note = partial(_below, note, f"{slug}/")
        _fill(export, rows, folder, f"{slug}/", result, {}, set())
    return result


def _below(note: Note, prefix: str, path: str, before: bytes | None, after: bytes | None) -> None:
    note(prefix + path, before, after)


def publish_to_dir(export: Export, artefacts: Any, out: Path, taken: set[str] | None = None) -> PublishResult:
    """Write into a folder, one below it for each collection if there are several; no state changes."""
    result = PublishResult(root=out)
    taken = set() if taken is None else taken
    groups = list(_by_collection(export, artefacts, result))
    for slug, rows in groups:
        below = f"{safe_path(slug)}/" if len(groups) > 1 else ""
        _fill(export, rows, PublishedFolder(out / below, out), below, result, {}, taken)
    return result


def publish_zip(export: Export, artefacts: Any, handle: BinaryIO) -> PublishResult:
    """Write a zip to a binary handle, file by file; the same revisions give the same bytes. No state changes."""
    return publish_zip_of([(export, artefacts)], handle)


def publish_zip_of(exports: Sequence[tuple[Export, Any]], handle: BinaryIO) -> PublishResult:
    """The same for several exports, each with its artefacts, in one archive."""
    result = PublishResult()
    parts = [(export, slug, rows) for export, found in exports for slug, rows in _by_collection(export, found, result)]
    several = len({slug for _, slug, _ in parts}) > 1
    entries: dict[str, Record] = {}
    taken: set[str] = set()
    with zipfile.ZipFile(handle, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(path: str, content: bytes, record: Record) -> bool:
            _add(archive, safe_path(path), content)
            entries[path] = {"sha256": hashlib.sha256(content).hexdigest(), **record}
            return True

        for export, slug, rows in parts:
            _each(export, rows, f"{safe_path(slug)}/" if several else "", put, result, {}, taken)
        _add(archive, MANIFEST, manifest_bytes(entries))
    return result


def withdraw(artefact: Artefact) -> list[str]:
    """Remove the files beneath PUBLISH_ROOT that were made of this artefact alone; returns their paths."""
    slug = artefact.item.collection.slug
    folder = settings.PUBLISH_ROOT / kind_of(type(artefact)) / safe_path(slug)
    if not folder.exists():
        return []
    try:
        with PublishedFolder(folder, settings.PUBLISH_ROOT) as published:
            return published.drop_record(artefact.recipe, artefact.item.key)
    except OSError as error:
        raise PublishError(f"The published file can't be removed: {error}.") from error


def kind_of(artefacts: Any) -> str:
    """The kind of work that a QuerySet or a model belongs to."""
    return str(getattr(artefacts, "model", artefacts)._meta.app_label)


def _by_collection(export: Export, artefacts: Any, result: PublishResult) -> Iterator[tuple[str, Any]]:
    """(slug, publishable artefacts) of each collection; what has no approved revision is counted by its state."""
    if artefacts.model is not export.artefact_model:
        raise PublishError(f"The export '{export.key}' makes no files of {artefacts.model._meta.verbose_name_plural}.")
    waiting = artefacts.filter(approved=None).order_by().values_list("status").annotate(n=Count("pk"))
    for status, number in waiting:
        result.skip(f"not approved ({ArtefactStatus(status).label})", number)
    rows = artefacts.publishable()
    slugs = rows.order_by("item__collection__slug").values_list("item__collection__slug", flat=True).distinct()
    for slug in slugs:
        yield slug, rows.filter(item__collection__slug=slug)


def _fill(
    export: Export, rows: Any, folder: PublishedFolder, prefix: str, result: PublishResult, sent: Sent, taken: set[str]
) -> None:
    try:
        with folder as published:
            _each(
                export, rows, prefix, lambda path, *rest: published.put(path[len(prefix) :], *rest), result, sent, taken
            )
            result.removed += [prefix + path for path in published.drop_superseded()]
    except OSError as error:
        done = len(result.written)
        raise PublishError(
            f"{error.strerror or error} ({error.filename or folder.folder}). {done} files were written and nothing was "
            "marked as published: mend it and publish again."
        ) from error


def _each(
    export: Export, rows: Any, prefix: str, put: Callable[[str, bytes, Record], bool], result: PublishResult,
    sent: Sent, taken: set[str],
) -> None:  # fmt: skip
    """Put every file of the export; one that can't be placed is counted and does not stop the others."""
    for chunk in chunked(export.files(rows), CHUNK):
        records = _records(export, chunk)
        for file, record in zip(chunk, records, strict=True):
            path = prefix + file.path
            if path.casefold() in taken:
                result.skip(TAKEN)
                continue
            try:
                (result.written if put(path, file.content, record) else result.unchanged).append(path)
            except UnsafePath:
                result.skip(UNSAFE)
                continue
            taken.add(path.casefold())
            sent.update(zip(file.artefact_ids, file.revision_ids, strict=True))


def _records(export: Export, files: Sequence[ExportFile]) -> list[Record]:
    """What the manifest says of each file: export, recipe, key and revision, or a list of them."""
    ids = {pk for file in files for pk in file.artefact_ids}
    rows: Any = export.artefact_model._default_manager.filter(pk__in=ids)
    names = {pk: (recipe, key) for pk, recipe, key in rows.values_list("pk", "recipe", "item__key")}
    records: list[Record] = []
    for file in files:
        parts = [
            {"recipe": names[pk][0], "key": names[pk][1], "revision": revision}
            for pk, revision in zip(file.artefact_ids, file.revision_ids, strict=True)
        ]
        records.append({"export": export.key, **(parts[0] if len(parts) == 1 else {"records": parts})})
    return records


@transaction.atomic
def _mark(model: type[Artefact], sent: Sent, user: Any, actor: str) -> None:
    """Point `published` at what was written, unless the approval moved meanwhile; approved ones become published."""
    written: Any = model._default_manager.filter(pk__in=sent, approved_id__in=sent.values())
    standing = list(written.select_for_update(of=("self",)).select_related("item"))
    moved = [row for row in standing if row.published_id != row.approved_id or row.status == ArtefactStatus.APPROVED]
    rows = written.filter(pk__in=[row.pk for row in moved])
    rows.update(published=F("approved"), updated_at=timezone.now())
    rows.filter(status=ArtefactStatus.APPROVED).update(status=ArtefactStatus.PUBLISHED)
    ReviewEvent.objects.bulk_create(_event(row, user, actor) for row in moved)


def _event(row: Any, user: Any, actor: str) -> ReviewEvent:
    after = ArtefactStatus.PUBLISHED if row.status == ArtefactStatus.APPROVED else row.status
    return ReviewEvent(
        recipe=row.recipe, item_id=row.item_id, label=row.item.label[:200], action="publish", from_status=row.status,
        to_status=after, revision_id=row.approved_id, user=user, actor=actor[:150],
    )  # fmt: skip


def _add(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    # A fixed date and mode: the archive must not depend on when and where it was made.
    info = zipfile.ZipInfo(path, ZIP_DATE)
    info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
    archive.writestr(info, content)
