"""The pages that plan, with a pilot, a rehearsal, budgets and a run that waits for a second operator."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from generation import advance
from generation.models import Budget, Run, RunStatus
from generation.models.wakeups import without_wakeups
from tests import factories
from tests.generation.scenes import follow


def launched(course: Any, **fields: Any) -> Run:
    """A run that has ended."""
    run = factories.run(course, **fields)
    with without_wakeups():
        advance.launch(run, "ann")
    return follow(run)


def planning(course: Any, roles: Any) -> list[str]:
    """Addresses of the pages."""
    settings.PROVIDERS["sandbox"] = settings.PROVIDERS["default"]
    for scope in ("month", "run"):
        Budget.objects.create(scope=scope, amount_nano=5 * 10**9)
    pilot = launched(course, purpose="pilot", mode="direct", limit=1)
    rehearsal = launched(course, purpose="rehearsal", limit=2)
    waiting = factories.run(course, limit=1, actor="ann")
    waiting.move(RunStatus.AWAITING_APPROVAL, RunStatus.PLANNED, actor="ann", detail="asked for by ann")
    return [
        reverse("console_plan"),
        reverse("admin:lessons_course_generate", args=[course.pk]),
        reverse("console_rest", args=[pilot.pk]),
        reverse("console_results", args=[pilot.pk]),
        reverse("console_results", args=[rehearsal.pk]),
        reverse("admin:generation_run_change", args=[waiting.pk]),
    ]
