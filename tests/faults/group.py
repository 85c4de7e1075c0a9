"""Runs many cases at the same time, worked on by the site's real worker."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from django.db.models import F, Max
from django.utils import timezone

from generation import advance
from generation.models import BatchJob, EnqueuedLimit, Request, Run
from tests.faults.case import Case, Trial, judge
from tests.faults.table import Result
from tests.sandbox_fixture import Sandbox

PATIENCE = 180.0
# Nobody wants to wait for a pause that was asked for: it is noted and ended.
SHORTEST_PAUSE = timedelta(seconds=0.5)


def run_group(sandbox: Sandbox, cases: Sequence[Case], step: Callable[[], None]) -> Iterator[Result]:
    """Start all, call `step` between two looks, and judge each that has ended."""
    trials = [Trial(case, number, sandbox) for number, case in enumerate(cases)]
    for trial in trials:
        trial.prepare()
    for trial in trials:
        for job in trial.run.batch_jobs.all():
            job.wake_up()
        trial.run.wake_up()
    ends = time.monotonic() + PATIENCE
    waiting = trials
    while waiting and time.monotonic() < ends:
        step()
        hurry(waiting)
        over = [trial for trial in waiting if trial.over()]
        waiting = [trial for trial in waiting if trial not in over]
        log = sandbox.log() if over else {}
        for trial in over:
            yield judge(trial, log)
    log = sandbox.log()
    for trial in waiting:
        result = judge(trial, log)
        jobs = list(trial.run.batch_jobs.values_list("status", "error", "failures"))
        result.problems.append(f"not over after {PATIENCE:.0f} s: {jobs}")
        yield result


def hurry(trials: Sequence[Trial]) -> None:
    """Let the time of all pauses be over, and remember how long each should have been."""
    later = timezone.now() + SHORTEST_PAUSE
    for trial in trials:
        paused = BatchJob.objects.filter(run=trial.run, next_due__gt=later)
        longest = paused.aggregate(longest=Max("next_due"))["longest"]
        if longest:
            trial.waited = max(trial.waited, (longest - timezone.now()).total_seconds())
            paused.update(next_due=timezone.now())
    runs = [trial.run.pk for trial in trials]
    Request.objects.filter(run__in=runs, next_due__gt=later).update(next_due=timezone.now())
    Run.objects.filter(pk__in=runs, next_due__gt=later).update(next_due=timezone.now())
    EnqueuedLimit.objects.filter(not_before__gt=later).update(not_before=None, tokens=None)


def in_process(trials: Sequence[Trial]) -> Callable[[], None]:
    """A step that takes every due step here, without any worker."""

    def step() -> None:
        for trial in trials:
            next(advance.follow(trial.run), None)

    return step


def abandon_leases() -> None:
    """What the death of a worker needs to be noticed is time: let it have passed."""
    for model in (Run, BatchJob):
        model.objects.filter(lease_until__gt=F("created_at")).update(lease_until=None, woken_at=None)
        model.objects.exclude(woken_at=None).update(woken_at=None)
