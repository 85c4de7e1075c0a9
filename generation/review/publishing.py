"""Publishing as a person's deed: rights and events around the pipeline's step."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone

from generation.base_models import Artefact, ArtefactStatus
from generation.exports import Export, export_named, exports_of
from generation.pipeline.publish import (
    Note,
    PublishResult,
    kind_of,
    planned_to_root,
    publish_to_root,
    publish_zip_of,
    withdraw,
)
from generation.published_folder import PublishError
from generation.recipes import UnknownRecipe
from generation.review.decisions import add_events, locked, overtaken
from generation.review.rights import PUBLISH, ReviewRefused, actor_label, require


def publish_artefacts(queryset: Any, user: Any, export_name: str = "") -> PublishResult:
    """Write the approved revisions in the filter beneath PUBLISH_ROOT; raises ReviewRefused when they can't be."""
    require(user, PUBLISH)
    try:
        export = chosen_export(queryset.model, export_name)
        return publish_to_root(export, queryset.visible_to(user), user, actor_label(user))
    except (PublishError, UnknownRecipe) as error:
        raise ReviewRefused(str(error)) from error


def what_would_change(queryset: Any, user: Any, export_name: str = "", note: Note | None = None) -> PublishResult:
    """What `publish_artefacts` would do to the files now; nothing is changed. Raises ReviewRefused.

    `note` is told of each file that would change: its path, its content before and after (None: there is none).
    """
    require(user, PUBLISH)
    try:
        return planned_to_root(chosen_export(queryset.model, export_name), queryset.visible_to(user), note)
    except (PublishError, UnknownRecipe) as error:
        raise ReviewRefused(str(error)) from error


def chosen_export(model: type[Artefact], name: str = "") -> Export:
    """The named export of the model's kind, or the first that takes such artefacts; raises UnknownRecipe."""
    kind = kind_of(model)
    fitting = [export for export in exports_of(kind) if export.artefact_model is model]
    return export_named(kind, name or (fitting[0].key if fitting else ""))()


@dataclass(frozen=True)
class Published:
    """One export of a collection and what became of its files."""

    title: str
    result: PublishResult


def publish_collection(collection: Any, user: Any) -> list[Published]:
    """Every export of a collection beneath PUBLISH_ROOT, one after the other; raises ReviewRefused."""
    require(user, PUBLISH)
    taken: set[str] = set()
    return _each_export(
        collection, user, lambda export, rows: publish_to_root(export, rows, user, actor_label(user), taken)
    )


def collection_changes(collection: Any, user: Any) -> list[Published]:
    """What `publish_collection` would do to the files now; nothing is changed. Raises ReviewRefused."""
    require(user, PUBLISH)
    return _each_export(collection, user, planned_to_root)


def collection_zip(collection: Any, user: Any, handle: BinaryIO) -> PublishResult:
    """Every export of a collection as one zip; no state changes. Raises ReviewRefused."""
    require(user, PUBLISH)
    try:
        return publish_zip_of(list(_exported(collection, user)), handle)
    except PublishError as error:
        raise ReviewRefused(str(error)) from error


def approved_in(collection: Any, user: Any) -> int:
    """How many artefacts of a collection its exports would be made of, each counted once."""
    models = {export.artefact_model: rows for export, rows in _exported(collection, user)}
    return sum(rows.publishable().count() for rows in models.values())


def _exported(collection: Any, user: Any) -> Iterator[tuple[Export, Any]]:
    """Each export of the collection's kind, with its artefacts that the user may see."""
    for export in exports_of(kind_of(collection)):
        rows: Any = export.artefact_model._default_manager
        yield export(), rows.filter(item__collection=collection).visible_to(user)


def _each_export(collection: Any, user: Any, deed: Callable[[Export, Any], PublishResult]) -> list[Published]:
    try:
        return [Published(export.title, deed(export, rows)) for export, rows in _exported(collection, user)]
    except PublishError as error:
        raise ReviewRefused(str(error)) from error


def unpublish(artefact: Artefact, user: Any) -> None:
    """Remove the published file; the approved revision stands, so it can be published again."""
    require(user, PUBLISH, artefact)
    if artefact.published_id is None:
        raise ReviewRefused("It is not published.")
    try:
        withdraw(artefact)
    except PublishError as error:
        raise ReviewRefused(str(error)) from error
    with transaction.atomic():
        row = locked(artefact)
        after = row.status
        if row.status == ArtefactStatus.PUBLISHED:
            after = ArtefactStatus.APPROVED if row.approved_id else ArtefactStatus.NEEDS_REVIEW
        claim = type(row)._default_manager.filter(pk=row.pk, status=row.status, published=artefact.published_id)
        if claim.update(published=None, status=after, updated_at=timezone.now()) != 1:
            raise ReviewRefused(overtaken(row))
        add_events([row], "unpublish", after, user)
    artefact.refresh_from_db()
