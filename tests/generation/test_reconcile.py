"""A create call whose answer was lost: the batch is found whatever became of it and whatever the clocks say."""

import pytest

from generation.models import BatchJob
from generation.models.jobs import first_status
from generation.models.wakeups import without_wakeups
from generation.pipeline import reconcile, submit
from generation.provider import ProviderError, get_provider
from tests.generation.scenes import follow, launched, timeline, uploaded


def lost(job: BatchJob) -> BatchJob:
    """The job after a create call whose answer never came."""
    with without_wakeups(), pytest.raises(ProviderError):
        submit.create(job)
    return job


def test_a_batch_that_has_ended_when_it_is_found_brings_its_answers(course, provider):
    provider.faults("drop_after", count=1, match="batches.create")
    run = follow(launched(course))
    assert run.counts == {"succeeded": 6}
    assert timeline(run.batch_jobs.get())[3:5] == ["submitting", "validating"]
    assert list(provider.creates().values()) == [1]


@pytest.mark.parametrize("hours", [-30, 0, 30])
def test_the_provider_s_clock_and_newer_batches_hide_nothing(course, provider, hours):
    provider.set_clock(hours * 3600)
    job = uploaded(course)
    provider.faults("drop_after", count=1, match="batches.create")
    lost(job)
    get_provider().create_batch(job.input_file_id, job.endpoint, {"batchsite_key": "another"})
    BatchJob.objects.update(input_file_id="")
    job.refresh_from_db()
    with without_wakeups():
        reconcile.reconcile(job)
    (ours,) = [row for row in provider.log()["creates"] if row["metadata"]["batchsite_key"] == job.key]
    assert job.remote_batch_id == ours["batch_id"]


def test_a_deleted_input_file_does_not_end_the_search(course, provider):
    job = uploaded(course)
    provider.faults("drop_after", count=1, match="batches.create")
    lost(job)
    get_provider().delete_file(job.input_file_id)
    with without_wakeups():
        reconcile.reconcile(job)
    assert job.remote_batch_id


@pytest.mark.parametrize(
    ("word", "status"),
    [("completed", "validating"), ("expired", "validating"), ("in_progress", "in_progress"), ("paused", "paused")],
)
def test_an_end_is_not_believed_before_it_was_asked_for(word, status):
    assert first_status(word) == status
