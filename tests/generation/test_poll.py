"""What the provider says is kept; unknown words too; a batch that is gone is believed late."""

from datetime import timedelta

import pytest
from django.utils import timezone

from generation import advance
from generation.models import BatchJob
from generation.models.wakeups import without_wakeups
from generation.pipeline import poll
from generation.provider import ProviderError
from tests.generation.scenes import past, submitted, timeline


@pytest.fixture
def job(course, provider) -> BatchJob:
    return submitted(course)


@pytest.fixture(autouse=True)
def silent():
    with without_wakeups():
        yield


def polled(job: BatchJob) -> BatchJob:
    poll.poll(past(job))
    job.refresh_from_db()
    return job


def test_a_finished_batch_brings_its_files_counts_and_usage(job, sandbox):
    sandbox.advance(job.remote_batch_id)
    polled(job)
    assert (job.status, job.remote_status, job.next_due) == ("completed", "completed", None)
    assert job.output_file_id
    assert job.error_file_id == ""
    assert job.remote_counts == {"total": 6, "completed": 6, "failed": 0}
    assert job.remote_usage["total_tokens"] > 0


def test_statuses_are_followed_one_by_one(course, provider, sandbox):
    sandbox.control("options", speed=1)
    job = submitted(course)
    for status in ("in_progress", "finalizing", "completed"):
        sandbox.advance(job.remote_batch_id, to=status)
        assert polled(job).status == status
    assert timeline(job)[-3:] == ["in_progress", "finalizing", "completed"]


def test_polls_without_a_change_grow_rare_and_write_no_transition(course, provider, sandbox, settings):
    settings.POLL_MIN_SECONDS, settings.POLL_MAX_SECONDS = 10, 300
    sandbox.faults("stuck_validating")
    job = submitted(course)
    before, delays = len(timeline(job)), []
    for _ in range(12):
        delays.append(round(polled(job).next_due.timestamp() - timezone.now().timestamp()))
    assert delays == sorted(delays)
    assert delays[0] == pytest.approx(15, abs=1)
    assert delays[-1] == pytest.approx(300, abs=2)
    assert len(timeline(job)) == before


def test_an_unknown_word_is_kept_and_asked_about_again(course, provider, sandbox):
    sandbox.faults("unknown_status", "dreaming")
    job = submitted(course)
    ends = timezone.now() + timedelta(seconds=5)
    while polled(job).status == "validating" and timezone.now() < ends:
        pass
    assert (job.status, job.remote_status) == ("dreaming", "dreaming")
    assert job.next_due
    assert job in BatchJob.objects.unsettled()


@pytest.mark.parametrize("word", ["prepared", "uploaded", "submitting", "ingested", "needs_attention"])
def test_a_word_of_ours_from_the_provider_makes_us_send_nothing_again(word, course, provider, sandbox):
    sandbox.faults("unknown_status", word)
    job = submitted(course)
    for _ in range(5):
        advance.advance_job(job.pk, force=True)
    assert sandbox.creates() == {job.key: 1}
    assert BatchJob.objects.get().status in (f"provider: {word}", "validating")


def test_an_empty_error_file_id_is_no_file(course, provider, sandbox):
    sandbox.faults("empty_error_file_id")
    job = submitted(course)
    sandbox.advance(job.remote_batch_id)
    assert polled(job).error_file_id == ""


def test_a_refused_file_shows_the_providers_words(course, provider, sandbox):
    sandbox.faults("mismatched_model", 1)
    job = submitted(course)
    sandbox.advance(job.remote_batch_id)
    assert polled(job).status == "failed"
    assert "mismatched_model" in job.error
    assert job.error.startswith("line ")


def test_a_batch_that_is_gone_is_believed_after_several_answers(job, sandbox):
    sandbox.faults("vanished_batch")
    for _ in range(3):
        with pytest.raises(ProviderError):
            poll.poll(past(job))
    BatchJob.objects.update(failures=4)
    polled(job)
    assert "no longer knows this batch" in job.error
    advance.advance_job(past(job).pk)
    # It may have been paid: not failed, but missing, a state with a button.
    assert job.run.ledger() == {"missing": 6}


def test_one_failed_poll_is_no_end(job, sandbox):
    sandbox.faults("error_500", match="batches.retrieve")
    advance.advance_job(past(job).pk)
    job.refresh_from_db()
    assert (job.failures, "500" in job.error, job.next_due > timezone.now()) == (1, True, True)
    sandbox.clear_faults()
    assert polled(job).failures == 0
    assert job.error == ""


def test_a_cancel_is_sent_once_and_its_end_waited_for(course, provider, sandbox):
    sandbox.faults("stuck_validating")
    sandbox.faults("stuck_cancelling")
    job = submitted(course)
    advance.cancel_job(job)
    polled(job)
    polled(job)
    assert (job.status, len(sandbox.calls("batches.cancel"))) == ("cancelling", 1)


def cancelled(job: BatchJob, sandbox) -> BatchJob:
    """The job after its batch was cancelled at the provider, read to its end."""
    advance.cancel_job(job)
    polled(job)
    sandbox.advance(job.remote_batch_id, to="cancelled")
    polled(job)
    advance.advance_job(past(job).pk)
    job.refresh_from_db()
    return job


def test_a_batch_cancelled_while_it_was_validated_was_never_run(course, provider, sandbox):
    sandbox.faults("stuck_validating")
    job = cancelled(submitted(course), sandbox)
    assert (job.status, job.in_progress_at, job.run.ledger()) == ("ingested", None, {"cancelled": 6})
    assert set(job.attempts.values_list("outcome", "cost_nano")) == {("cancelled", 0)}


@pytest.mark.parametrize(
    "sign",
    [
        {"in_progress_at": timezone.now()}, {"remote_counts": {"total": 6, "completed": 0, "failed": 0}},
        {"remote_status": "completed"},
    ],
)  # fmt: skip
def test_one_sign_of_a_run_is_enough_to_hold_the_answers_for_paid(course, provider, sandbox, sign):
    sandbox.faults("stuck_validating")
    job = submitted(course)
    fields = {"status": "cancelled", "remote_status": "cancelled", "collected_at": timezone.now()} | sign
    BatchJob.objects.filter(pk=job.pk).update(**fields)
    advance.advance_job(past(job).pk)
    assert job.run.ledger() == {"missing": 6}
    assert set(job.attempts.values_list("cost_nano", flat=True)) == {None}


def test_a_job_that_was_seen_running_is_not_held_for_never_run(course, provider, sandbox):
    job = submitted(course)
    for status in ("in_progress", "cancelled"):
        job.move(status, remote_status=status, collected_at=timezone.now())
    advance.advance_job(past(job).pk)
    assert job.run.ledger() == {"missing": 6}


def test_when_the_provider_began_is_kept(course, provider, sandbox):
    sandbox.control("options", speed=1)
    job = submitted(course)
    sandbox.advance(job.remote_batch_id, to="in_progress")
    assert abs((polled(job).in_progress_at - timezone.now()).total_seconds()) < 60


def test_a_cancel_that_came_too_late_brings_the_results(job, sandbox):
    sandbox.advance(job.remote_batch_id)
    advance.cancel_job(job)
    assert polled(job).status == "completed"
    assert job.output_file_id
