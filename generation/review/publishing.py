"""Publishing as a person's deed: rights and events around the pipeline's step."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from generation.base_models import Artefact, ArtefactStatus
from generation.exports import Export, export_named, exports_of
from generation.pipeline.publish import PublishResult, kind_of, planned_to_root, publish_to_root, withdraw
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


def what_would_change(queryset: Any, user: Any, export_name: str = "") -> PublishResult:
    """What `publish_artefacts` would do to the files now; nothing is changed. Raises ReviewRefused."""
    require(user, PUBLISH)
    try:
        return planned_to_root(chosen_export(queryset.model, export_name), queryset.visible_to(user))
    except (PublishError, UnknownRecipe) as error:
        raise ReviewRefused(str(error)) from error


def chosen_export(model: type[Artefact], name: str = "") -> Export:
    """The named export of the model's kind, or the first that takes such artefacts; raises UnknownRecipe."""
    kind = kind_of(model)
    fitting = [export for export in exports_of(kind) if export.artefact_model is model]
    return export_named(kind, name or (fitting[0].key if fitting else ""))()


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
