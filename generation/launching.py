"""Launching: what a run must have before it starts, and the second person above a sum. Nothing is sent here."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from generation import ledger
from generation.costs import dollars
from generation.instructions import instruction_of
from generation.models import Purpose, RequestStatus, Run, RunStatus
from generation.models.budgets import BudgetExceeded, check_budgets, likely_cost
from generation.provider import ProviderError, get_provider
from generation.rehearsals import SANDBOX

NO_SANDBOX = (
    "There is no sandbox to rehearse on. Start one (`python -m sandbox --port 8001`), put "
    "PROVIDER_SANDBOX_BASE_URL=http://127.0.0.1:8001/v1 into the site's environment and start the site again. "
    "Nothing was sent and nothing is owed."
)


class LaunchRefused(Exception):
    """The run may not start; the message says why. Nothing was sent and nothing is owed."""


class OverBudget(LaunchRefused):
    """A budget stands in the way: whoever may change budgets can raise it."""


def check_launch(run: Run) -> None:
    """Refuse a run whose provider has no key, no Batch API or no connection; raises LaunchRefused."""
    if run.purpose == Purpose.REHEARSAL and SANDBOX not in settings.PROVIDERS:
        raise LaunchRefused(NO_SANDBOX)
    inforce = [instruction_of(run, key, collection) for key, collection in run.groups()]
    for name in sorted({one.provider for one in inforce if not one.recipe.local}):
        if name == SANDBOX and run.purpose != Purpose.REHEARSAL and not settings.DEBUG:
            raise LaunchRefused("The provider 'sandbox' takes rehearsals only: its texts are made up.")
        try:
            get_provider(name).models()
        except ProviderError as error:
            # A service without a list of models answers 404: its key is checked by the first request.
            if error.status not in (404, 405, 501):
                raise LaunchRefused(f"{error} Nothing was sent and nothing is owed.") from error


def needs_approval(run: Run) -> bool:
    """Whether a second person decides: the run is likely to cost more than APPROVAL_ABOVE, or nobody knows."""
    return _above(run, likely_cost(run))


def _above(run: Run, likely: int | None) -> bool:
    if settings.APPROVAL_ABOVE is None or run.purpose == Purpose.REHEARSAL:
        return False
    return likely is None or likely > settings.APPROVAL_ABOVE * 10**9


def launch(run: Run, actor: str = "") -> bool:
    """Start a planned run, or let it wait for a second person; False when somebody was first. Raises LaunchRefused."""
    check_launch(run)
    who = actor or run.actor
    by = f" by {who}" if who else ""
    with transaction.atomic():
        _check_budgets(run, likely_cost(run))
        if needs_approval(run):
            detail = f"asked for{by}: likely {dollars(likely_cost(run))}, and a second operator decides"
            moved = run.move(RunStatus.AWAITING_APPROVAL, RunStatus.PLANNED, actor=who, detail=detail)
        else:
            now, detail = timezone.now(), f"launched{by}"
            moved = run.move(RunStatus.RUNNING, RunStatus.PLANNED, actor=who, detail=detail, started_at=now)
        if moved and who != run.actor:
            run.actor = who
            run.save(update_fields=["actor"])
        return moved


def on_its_way(run: Run) -> str:
    """What became of a launch, for whoever pressed the button."""
    waits = run.status == RunStatus.AWAITING_APPROVAL
    return waiting_words(run) if waits else f"{run} is on its way: {run.total:,} requests."


def waiting_words(run: Run) -> str:
    """Why the run has not started."""
    return (
        f"{run} waits for a second operator: it is likely to cost {dollars(likely_cost(run))}, and above "
        f"{dollars(round((settings.APPROVAL_ABOVE or 0) * 10**9))} somebody else decides. Nothing was sent yet."
    )


def _check_budgets(run: Run, likely: int | None, unharmed: str = "Nothing was sent and nothing is owed.") -> None:
    if run.purpose == Purpose.REHEARSAL:
        return
    try:
        check_budgets(run, likely)
    except BudgetExceeded as error:
        raise OverBudget(f"{error} {unharmed}") from error


def check_added(run: Run, likely: int | None, user: Any, label: str) -> None:
    """Refuse to add so many nano-dollars to a launched run beyond a budget, or above the sum without a second person.

    Call inside the claim's transaction. `user` is None for a command that names nobody. Raises LaunchRefused.
    """
    _check_budgets(run, likely, "Nothing was changed.")
    if _above(run, likely) and (user is None or asked_by(run, user, label)):
        threshold = dollars(round((settings.APPROVAL_ABOVE or 0) * 10**9))
        raise LaunchRefused(
            f"This is likely to add {dollars(likely)}, and above {threshold} a second operator does it: somebody else "
            "than who asked for the run (a command has to name the account: --as USER). Nothing was changed."
        )


def asked_by(run: Run, user: Any, label: str) -> bool:
    """Whether this person planned the run or asked for its launch."""
    return run.created_by_id == user.pk or run.actor in (label, user.get_username())


def approve(run: Run, user: Any, label: str) -> bool:
    """A second person starts a waiting run; False when somebody was first. Raises LaunchRefused.

    `label` is how the timeline names the user. Budgets and keys are looked at again: both may have changed.
    """
    _check_second(run, user, label)
    check_launch(run)
    with transaction.atomic():
        _check_budgets(run, likely_cost(run))
        now = timezone.now()
        return run.move(
            RunStatus.RUNNING, RunStatus.AWAITING_APPROVAL, actor=label, detail=f"approved by {label}",
            approved_by=user, started_at=now, next_due=None,
        )  # fmt: skip


def refuse(run: Run, user: Any, label: str, reason: str = "") -> bool:
    """A second person ends a waiting run before anything was sent; False when somebody was first."""
    _check_second(run, user, label)
    detail = f"refused by {label}" + (f": {reason}" if reason else "")
    with transaction.atomic():
        waiting, now = RunStatus.AWAITING_APPROVAL, timezone.now()
        if not run.move(RunStatus.CANCELLED, waiting, actor=label, detail=detail, finished_at=now, error=detail):
            return False
        ledger.fail_unsent(run.requests.all(), "refused", detail[:500], RequestStatus.CANCELLED)
        run.refresh_summary()
    return True


def _check_second(run: Run, user: Any, label: str) -> None:
    if user is None or not user.has_perm("generation.launch_run"):
        raise LaunchRefused("Only an account with the right to launch runs decides on a waiting run.")
    if asked_by(run, user, label):
        raise LaunchRefused("You have asked for this run yourself: somebody else decides. You can withdraw it.")
