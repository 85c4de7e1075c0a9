"""Taking a run's steps in a command, with a bar: up to the submitted batches, or to the end."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db.models import QuerySet

from generation import advance, counting
from generation.console_output import Bar, Console, Stop
from generation.models import BatchJob, JobStatus, Request, RequestStatus, Run, RunStatus
from generation.models.jobs import SETTLED, UNSENT
from generation.models.wakeups import without_wakeups
from generation.notices import listening
from generation.pacing import nap
from generation.pipeline.plan import Selection
from generation.recipes import Recipe
from generation.run_report import job_line
from generation.standstill import Teller

BEAT_SECONDS = 0.5


class Heartbeat:
    """A `stop` for the engine's loops that also shows progress: they ask it many times a second."""

    def __init__(self, stop: Callable[[], bool], beat: Callable[[], None]) -> None:
        self._stop, self._beat, self._last = stop, beat, time.monotonic()

    def __call__(self) -> bool:
        if time.monotonic() - self._last >= BEAT_SECONDS:
            self._beat()
            self._last = time.monotonic()
        return self._stop()


class Watch:
    """Shows how a run's requests and batch jobs move."""

    def __init__(self, console: Console, run: Run, bar: Bar | None = None) -> None:
        self._console, self._run, self._bar = console, run, bar
        self._told: dict[int, tuple[str, str | None]] = {}
        self._teller = Teller(console, here=True)

    def show(self) -> None:
        """Say what is new since the last time."""
        jobs = list(self._run.batch_jobs.order_by("pk"))
        for job in jobs:
            names = (job.input_file_id, job.remote_batch_id)
            if self._told.get(job.pk) != names and job.remote_batch_id:
                self._console.say(job_line(job))
            self._told[job.pk] = names
        if self._bar:
            self._teller.tell(self._run)
            self._bar.to(self._run.requests.finished().count(), jobs_note(jobs))


def jobs_note(jobs: list[BatchJob]) -> str:
    """Where the batch jobs stand, in a few words; the provider's own counters are shown, not trusted."""
    if len(jobs) == 1:
        counts = jobs[0].remote_counts
        done = f" {counts.get('completed', 0):,}/{counts['total']:,}" if counts.get("total") else ""
        return f"batch {jobs[0].status}{done}"
    words = [job.status for job in jobs]
    return ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))


@contextmanager
def preparing(console: Console, total: int) -> Iterator[None]:
    """Shows how many requests are written into files; the bar comes with the first of them."""
    bars: list[Bar] = []
    with ExitStack() as stack:

        def hear(step: str, done: int) -> None:
            if not bars:
                bars.append(stack.enter_context(console.bar("Prepared", total)))
            bars[0].to(done)

        with listening(hear):
            yield


def count_all(
    console: Console, recipes: Sequence[type[Recipe]], collections: Sequence[Any], selection: Selection, **fields: Any
) -> None:
    """Count the tokens of every prompt of such a plan, with a bar: the estimate that follows stands on all of them."""
    counts = counting.begin(recipes, collections, selection, **fields)
    with console.bar("Counted", sum(count.total for count in counts), "prompts") as bar:
        counting.count_here(counts, lambda done, whole: bar.to(done))
    for count in counts:
        if count.error:
            console.say(f"{count.recipe} could not be counted whole: {count.error} A sample stands for the rest.")


@contextmanager
def watching(console: Console, run: Run) -> Iterator[Watch]:
    """A watch with a bar of the run's answered requests."""
    with console.bar(f"Run {run.pk}", run.total, "requests finished") as bar:
        yield Watch(console, run, bar)


def follow(console: Console, run: Run, stop: Stop, interval: float) -> None:
    """Take the run's steps here to its end, until it needs a person, or until `stop`; what is in flight lands first."""
    with preparing(console, run.total), watching(console, run) as watch:
        for _ in advance.follow(run, Heartbeat(stop, watch.show), interval):
            watch.show()


def submit(console: Console, run: Run, stop: Stop) -> None:
    """Take the run's steps until its first batches are created, or failed to be; a worker may do the same meanwhile."""
    watch, built = Watch(console, run), False
    with without_wakeups(), preparing(console, run.total):
        while run.status == RunStatus.RUNNING and not stop():
            built = advance.advance_run(run.pk, stop) or built
            moved = [advance.advance_job(pk) for pk in unsubmitted(run).values_list("pk", flat=True)]
            run.refresh_from_db()
            if built and not unsubmitted(run).exists():
                break
            if not any(moved):
                nap(0.1, stop)
    watch.show()


def unsubmitted(run: Run) -> QuerySet[BatchJob]:
    """Jobs on their way to the provider whose calls have not failed yet."""
    return run.batch_jobs.filter(status__in=(*UNSENT, JobStatus.SUBMITTING), failures=0)


def discard(run: Run) -> None:
    """Forget a run that was planned and never launched: nothing was sent, so nothing is to be remembered."""
    Request.objects.filter(run=run, status=RequestStatus.PLANNED, run__status=RunStatus.PLANNED).delete()
    if not run.requests.exists():
        run.delete()


def collect(console: Console, job: BatchJob, stop: Stop, interval: float | None) -> bool:
    """Take a job's steps now until its answers are in, True then; waits between polls only if `interval` is given."""
    said = ""
    with without_wakeups():
        while not stop():
            advance.advance_job(job.pk, force=True)
            job.refresh_from_db()
            if job.status in SETTLED:
                break
            if interval is None:
                return False
            if (note := jobs_note([job])) != said:
                console.say(f"Batch job {job.pk}: {note}")
            said = note
            nap(interval, stop)
        if job.status == JobStatus.INGESTED:
            # Its answers become texts now; the run's other jobs go on as they are.
            advance.advance_run(job.run_id, stop)
    return bool(job.status == JobStatus.INGESTED)
