"""Why nothing moves just now: one sentence for whoever watches a run."""

from dataclasses import dataclass

from django.db.models import Min
from django.utils import timezone

from generation.console_output import Console
from generation.health import worker_silent
from generation.models import BatchJob, JobStatus, Run, RunStatus
from generation.models.jobs import UNSENT


@dataclass(frozen=True, slots=True)
class Standstill:
    """What a run waits for: `cause` in a word, by which a new one is told from the last, and a sentence."""

    cause: str
    text: str


def standstill(run: Run, *, here: bool = False) -> Standstill | None:
    """What the run waits for, the gravest first; None when nothing is known. `here`: we take its steps, no worker does.

    At most three queries, and three more for the worker.
    """
    if run.status != RunStatus.RUNNING:
        return None
    silent = "" if here else worker_silent()
    if silent:
        return Standstill("worker", silent)
    jobs = list(run.batch_jobs.exclude(status=JobStatus.INGESTED).order_by("pk")[:100])
    found = [one for one in (_of_job(job) for job in jobs) if one]
    late = run.batch_jobs.stuck().first()
    if late:
        found.append(Standstill("stuck", stuck_words(late)))
    return min(found, key=lambda one: ORDER.index(one.cause), default=None) or _of_requests(run)


ORDER = ("attention", "stuck", "failing", "room", "provider")


def stuck_words(job: BatchJob) -> str:
    """What to know of a batch that takes too long."""
    hours = (timezone.now() - (job.submitting_at or job.created_at)).total_seconds() / 3600
    return (
        f"{job} has been at the provider for {hours:.0f} hours: wait for the end of its 24 hours, or finish the rest "
        "of the run in direct mode. What it has answered by then is kept."
    )


def _of_job(job: BatchJob) -> Standstill | None:
    if job.status == JobStatus.NEEDS_ATTENTION:
        return Standstill("attention", f"{job} needs a person: `manage.py batches status {job.pk}` says what to do.")
    now, when = timezone.now(), job.next_due
    if when is None or when <= now:
        return None
    again = f"{timezone.localtime(when):%H:%M:%S}"
    if job.failures:
        return Standstill("failing", f"{job}: {job.error} It is tried again at {again}.")
    if job.status in UNSENT:
        ahead = f", {place - 1} before it" if (place := job.place()) and place > 1 else ""
        room = f"{job} waits for room among the tokens of {job.model} that may be enqueued{ahead}"
        return Standstill("room", f"{room}; it is tried again at {again}.")
    state = (job.remote_status or job.status).replace("_", " ")
    return Standstill("provider", f"{job} is {state} at the provider, which may take a day; next look at {again}.")


def _of_requests(run: Run) -> Standstill | None:
    """Requests that are still to be sent, and not before a moment."""
    now = timezone.now()
    if run.next_due is None or run.next_due <= now:
        return None
    again = f"{timezone.localtime(run.next_due):%H:%M:%S}"
    if run.pace.get("until", 0) > now.timestamp():
        return Standstill("pause", f"It pauses between two batches of direct requests, until {again}.")
    soonest = run.requests.planned().aggregate(first=Min("next_due"))["first"]
    if soonest and soonest > now:
        return Standstill("retry", f"What is left waits to be tried again; the next look is at {again}.")
    return None


class Teller:
    """Says on a console why a run stands still, once for each cause."""

    def __init__(self, console: Console, *, here: bool = False) -> None:
        self._console, self._here = console, here
        self._told: dict[int, str] = {}

    def tell(self, run: Run) -> None:
        """Say it if it is new."""
        found = standstill(run, here=self._here)
        cause = found.cause if found else ""
        if found and cause != self._told.get(run.pk):
            self._console.say(f"Run {run.pk} waits: {found.text}")
        self._told[run.pk] = cause
