"""Generate again: a new text for records that have one, with a person's remark in the prompt."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Sum, prefetch_related_objects

from generation import advance
from generation.base_models import Artefact
from generation.models import Mode, Purpose, Run, RunStatus
from generation.pipeline.plan import PlanError, Selection
from generation.prompts import PromptError
from generation.recipes import collection_model, recipe_class
from generation.review.decisions import add_events
from generation.review.rights import LAUNCH, REGENERATE, ReviewRefused, actor_label, require

MAX_REMARK = 2000


def allowance_left(user: Any) -> int | None:
    """How many records the user may generate again this month; None: without limit (who may launch runs)."""
    if user.has_perm(LAUNCH):
        return None
    if not user.has_perm(REGENERATE):
        return 0
    runs = Run.objects.of_this_month().filter(created_by=user, purpose=Purpose.REGENERATION)
    # A launch that was refused has cost nothing and counts for nothing.
    used = runs.exclude(status=RunStatus.CANCELLED, started_at=None).aggregate(used=Sum("total"))["used"] or 0
    return max(0, settings.EDITOR_MONTHLY_REGENERATIONS - used)


def generate_again(artefacts: Sequence[Artefact], user: Any, remark: str = "", *, mode: str = Mode.DIRECT) -> Run:
    """Launch a run that makes these artefacts (of one recipe) again; touched ones get a candidate.

    Raises ReviewRefused, also when the launch is refused: then nothing was sent and the allowance is untouched.
    """
    remark = remark.strip().replace("\x00", "")
    _check(artefacts, user, remark, mode)
    with transaction.atomic():
        # The user's own row is the lock: two clicks at once don't share the last of the allowance.
        get_user_model()._default_manager.select_for_update().get(pk=user.pk)
        left = allowance_left(user)
        if left is not None and left < len(artefacts):
            month = settings.EDITOR_MONTHLY_REGENERATIONS
            raise ReviewRefused(f"Your allowance of {month} records a month is used up. An operator can still do it.")
        run = _prepare(artefacts, user, remark, mode)
    try:
        advance.launch(run, actor_label(user))
    except advance.LaunchRefused as error:
        advance.cancel_run(run, actor_label(user))
        raise ReviewRefused(str(error)) from error
    prefetch_related_objects(list(artefacts), "item")
    for status in {artefact.status for artefact in artefacts}:
        rows = [artefact for artefact in artefacts if artefact.status == status]
        add_events(rows, "generate_again", status, user, remark)
    return run


def planned_again(artefacts: Sequence[Artefact], user: Any) -> Run:
    """The batch run of `generate_again` with its estimate, of which nothing stays; raises ReviewRefused."""
    _check(artefacts, user, "", Mode.BATCH)
    with transaction.atomic():
        run = _prepare(artefacts, user, "", Mode.BATCH)
        transaction.set_rollback(True)
    return run


def _check(artefacts: Sequence[Artefact], user: Any, remark: str, mode: str) -> None:
    if not artefacts:
        raise ReviewRefused("Nothing was chosen.")
    several, operator = len(artefacts) > 1, bool(user) and user.has_perm(LAUNCH)
    if several and not operator and user and user.has_perm(REGENERATE):
        raise PermissionDenied("You may generate single records again; several at once need an operator.")
    require(user, LAUNCH if several or operator else REGENERATE, *artefacts)
    if len({artefact.recipe for artefact in artefacts}) > 1:
        raise ReviewRefused("These are texts of several recipes: generate them again one recipe at a time.")
    if len(remark) > MAX_REMARK:
        raise ReviewRefused(f"The remark has {len(remark):,} characters, and at most {MAX_REMARK:,} are possible.")
    if mode not in Mode.values:
        raise ReviewRefused(f"There is no mode '{mode}'. There are: {', '.join(Mode.values)}.")


def _prepare(artefacts: Sequence[Any], user: Any, remark: str, mode: str) -> Run:
    recipe = recipe_class(artefacts[0].recipe)
    ids = [artefact.item_id for artefact in artefacts]
    items = recipe.item_model._default_manager.filter(pk__in=ids)
    collections = collection_model(recipe.key)._default_manager
    try:
        return advance.prepare(
            [recipe], list(collections.filter(pk__in=items.values("collection"))),
            Selection(only="all", item_ids=ids, include_approved=True),
            mode=mode, purpose=Purpose.REGENERATION, remark=remark, created_by=user, actor=actor_label(user),
        )  # fmt: skip
    except (PlanError, PromptError) as error:
        raise ReviewRefused(str(error)) from error
