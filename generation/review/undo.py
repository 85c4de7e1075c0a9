"""Taking back one's own last decision, as long as nothing has happened to the record since."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone

from generation.base_models import Artefact
from generation.models import ReviewEvent
from generation.recipes import UnknownRecipe, recipe_class
from generation.review.decisions import DECISIONS, RESUBMIT, add_events, locked
from generation.review.rights import REVIEW, ReviewRefused, edit_right, require

UNDOABLE = (*DECISIONS, RESUBMIT.action)


def last_decision(user: Any, model: type[Artefact]) -> ReviewEvent | None:
    """The user's last decision on such an artefact that was not undone yet."""
    if isinstance(user, AnonymousUser):
        return None
    rows = ReviewEvent.objects.filter(user=user, action__in=UNDOABLE, undone=False).order_by("-pk")
    event = rows.first()
    return event if event and _model_of(event) is model else None


def _model_of(event: ReviewEvent) -> Any:
    try:
        return recipe_class(event.recipe).artefact_model
    except UnknownRecipe:
        return None


@transaction.atomic
def undo(event_id: int, user: Any) -> Artefact:
    """Give the record the state, the approved revision and the mark that it had before this decision of the user.

    Raises ReviewRefused when something has happened to the record since; then nothing is changed.
    """
    event = ReviewEvent.objects.filter(pk=event_id, user=user, action__in=UNDOABLE, undone=False).first()
    model = _model_of(event) if event else None
    if event is None or model is None:
        raise ReviewRefused("There is no such decision of yours to undo.")
    artefact: Any = model._default_manager.filter(recipe=event.recipe, item_id=event.item_id).first()
    if artefact is None:
        raise ReviewRefused("The record was deleted meanwhile.")
    require(user, edit_right(model) if event.action == RESUBMIT.action else REVIEW, artefact)
    row = locked(artefact)
    later = ReviewEvent.objects.filter(recipe=event.recipe, item_id=event.item_id, pk__gt=event.pk).last()
    if later or row.status != event.to_status or row.current_id != event.revision_id:
        what = f"{later.action.replace('_', ' ')} by {later.actor}" if later else "a newer text"
        raise ReviewRefused(f"Can't undo: something has happened to “{event.label}” since ({what}).")
    model._default_manager.filter(pk=row.pk, status=row.status, current=row.current_id).update(
        status=event.from_status, approved=event.before.get("approved"), touched=event.before.get("touched", True),
        updated_at=timezone.now(),
    )  # fmt: skip
    event.undone = True
    event.save(update_fields=["undone"])
    add_events([row], "undo", event.from_status, user, event.action.replace("_", " "))
    artefact.refresh_from_db()
    return artefact
