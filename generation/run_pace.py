"""How long a run still takes, and what that is reckoned from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from generation.models import Attempt, Run
from generation.models.jobs import SETTLED, TERMINAL

WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Forecast:
    """Seconds that are left (None: nobody can say), and the reason in words."""

    seconds: float | None
    basis: str


def reckon(run: Run, done: int, left: int, elapsed: float, recipes: Sequence[str]) -> Forecast:
    """From the provider's counters while batches are under way, else from the answers of the last ten minutes.

    `done` and `left` count requests that are sent somewhere; what is computed here takes no time worth counting.
    """
    if not left:
        return Forecast(0.0, "")
    now = timezone.now()
    under_way = run.batch_jobs.exclude(remote_batch_id=None).exclude(status__in=(*TERMINAL, *SETTLED))
    jobs = list(under_way.values_list("remote_counts", "request_count", "submitting_at", "created_at"))
    if jobs:
        return _of_batches(jobs, now)
    recent = Attempt.objects.filter(run=run, recipe__in=recipes, finished_at__gte=now - WINDOW).count()
    window = min(WINDOW.total_seconds(), elapsed)
    if recent and window and not run.pace:
        since = "last 10 min" if elapsed > window else "launch on"
        return Forecast(window * left / recent, f"from the {since}: {_speed(recent, window)}")
    if done and elapsed and (run.pace or elapsed <= WINDOW.total_seconds()):
        return Forecast(elapsed * left / done, f"from the launch on: {_speed(done, elapsed)}")
    return Forecast(None, "no answer in the last 10 min" if elapsed > WINDOW.total_seconds() else "no answer yet")


def _of_batches(jobs: Sequence[tuple[dict[str, int], int, datetime | None, datetime]], now: datetime) -> Forecast:
    """The slowest batch decides; the provider's counters are shown and believed here, and nowhere else."""
    answered = total = 0
    slowest: float | None = None
    for counts, requests, submitted, created in jobs:
        done = counts.get("completed", 0) + counts.get("failed", 0)
        size = counts.get("total") or requests
        answered, total = answered + done, total + size
        if done:
            seconds = (now - (submitted or created)).total_seconds()
            slowest = max(slowest or 0.0, seconds * max(0, size - done) / done)
    return Forecast(slowest, f"from the provider's counters: {answered:,} of {total:,} answered")


def _speed(number: int, seconds: float) -> str:
    minute = 60 * number / seconds
    return f"{minute:,.0f} a minute" if minute >= 10 else f"{minute:,.1f} a minute"


def clock(seconds: float) -> str:
    """Seconds as 0:09, 12:34 or 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
