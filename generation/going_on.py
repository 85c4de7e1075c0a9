"""Going on without: a person decides that what is not in is not waited for any more."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from generation import launching
from generation.models import Request, RequestStatus, Run, RunStatus
from generation.models.budgets import likely_share
from generation.recipes import all_recipes

LAUNCHED = (RunStatus.RUNNING, RunStatus.COMPLETED, RunStatus.FAILED)


def held_up(run: Run) -> QuerySet[Request]:
    """Requests that wait for other texts, or are blocked for want of them, and whose recipe can do with less."""
    if run.status not in LAUNCHED or run.cancel_requested or run.go_on_without:
        return run.requests.none()
    recipes = [recipe.key for recipe in all_recipes() if recipe.key in run.recipes and recipe.can_go_without()]
    return run.requests.filter(recipe__in=recipes, status__in=(RequestStatus.PLANNED, RequestStatus.BLOCKED))


def likely_added(run: Run) -> int | None:
    """What the blocked ones among them are likely to add in nano-dollars; the others were counted at the launch."""
    return likely_share(run, held_up(run).filter(status=RequestStatus.BLOCKED).count())


def go_on_without(run: Run, actor: str = "", user: Any = None) -> int:
    """Make what is held up from the texts that are in; returns how many requests that concerns. Raises LaunchRefused.

    What is there too little for is blocked again and says so. A retry ends it: its texts are waited for.
    """
    launching.check_launch(run)
    with transaction.atomic():
        # The row is held: two people who press at once add the cost once.
        Run.objects.select_for_update().get(pk=run.pk)
        run.refresh_from_db()
        launching.check_added(run, likely_added(run), user, actor)
        rows = held_up(run)
        count = rows.count()
        if not count:
            return 0
        by = f", says {actor}" if actor else ""
        detail = f"what is not in is not waited for any more{by}: {count:,} requests"
        blocked = rows.filter(status=RequestStatus.BLOCKED)
        blocked.update(status=RequestStatus.PLANNED, error_code="", error_message="", cause="")
        run.move(
            RunStatus.RUNNING, *LAUNCHED, detail=detail, actor=actor, go_on_without=True, next_due=None, error="",
            finished_at=None, started_at=run.started_at or timezone.now(),
        )  # fmt: skip
        run.refresh_summary()
    return count
