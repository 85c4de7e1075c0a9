"""Runs and jobs on their way, for tests that take the steps themselves."""

from typing import Any

from generation import advance
from generation.models import BatchJob, Run
from generation.models.wakeups import without_wakeups
from generation.pipeline import build, submit
from tests import factories


def launched(collection: Any, **fields: Any) -> Run:
    """A running run of which no step was taken."""
    run = factories.run(collection, **fields)
    with without_wakeups():
        advance.launch(run, "test")
    return run


def prepared(collection: Any, **fields: Any) -> BatchJob:
    """The only job of a run, built and not yet uploaded."""
    with without_wakeups():
        (job,) = build.build(launched(collection, **fields))
    return job


def uploaded(collection: Any, **fields: Any) -> BatchJob:
    """A job whose file is at the provider."""
    job = prepared(collection, **fields)
    with without_wakeups():
        submit.upload(job)
    return job


def submitted(collection: Any, **fields: Any) -> BatchJob:
    """A job whose batch exists."""
    job = uploaded(collection, **fields)
    with without_wakeups():
        submit.create(job)
    return job


def follow(run: Run) -> Run:
    """Take all steps of a run that is under way."""
    for _ in advance.follow(run, interval=0.05):
        pass
    run.refresh_from_db()
    return run


def past(job: BatchJob) -> BatchJob:
    """The job as if its next look were due now and its last create call long ago."""
    BatchJob.objects.filter(pk=job.pk).update(next_due=None, lease_until=None)
    job.refresh_from_db()
    return job


def timeline(row: Run | BatchJob) -> list[str]:
    """The states that were entered, in order."""
    return list(row.transitions.order_by("pk").values_list("to_status", flat=True))
