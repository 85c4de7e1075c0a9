"""The buttons of a run that waits for a second operator."""

from typing import Any

from django.http import HttpRequest

from generation import advance, launching
from generation.models import Run, RunStatus
from generation.review import actor_label

MAX_REASON = 300
FASTER = "Somebody else has decided on it, or withdrawn it, meanwhile."


def approval_context(request: HttpRequest, run: Run) -> dict[str, Any]:
    """Why it waits, and whether this person is the one who asked."""
    if run.status != RunStatus.AWAITING_APPROVAL:
        return {}
    asked = launching.asked_by(run, request.user, actor_label(request.user))
    return {"waiting": launching.waiting_words(run), "asked_by_you": asked}


def approve(request: HttpRequest, run: Run) -> str:
    """Start it."""
    if not launching.approve(run, request.user, actor_label(request.user)):
        raise launching.LaunchRefused(FASTER)
    return f"You have approved it. {launching.on_its_way(run)}"


def refuse(request: HttpRequest, run: Run) -> str:
    """End it before anything is sent."""
    reason = request.POST.get("reason", "").replace("\x00", "").strip()[:MAX_REASON]
    if not launching.refuse(run, request.user, actor_label(request.user), reason):
        raise launching.LaunchRefused(FASTER)
    return f"You have refused {run}. Nothing was sent and nothing is owed."


def withdraw(request: HttpRequest, run: Run) -> str:
    """Who asked takes it back."""
    if run.status != RunStatus.AWAITING_APPROVAL:
        raise launching.LaunchRefused(FASTER)
    advance.cancel_run(run, actor_label(request.user))
    return f"{run} is withdrawn. Nothing was sent and nothing is owed."


APPROVAL_DEEDS = {"approve": approve, "refuse": refuse, "withdraw": withdraw}
