"""One upload, one create, and nothing created again before the provider was asked."""

from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from generation import advance
from generation.models import BatchJob
from generation.models.wakeups import without_wakeups
from generation.pipeline import reconcile, submit
from generation.provider import ProviderError
from tests import factories
from tests.generation.scenes import past, prepared, submitted, timeline, uploaded

LOST = ["drop_after", "error_500_after", "html_200", "bad_json_200", "timeout_after"]


@pytest.fixture(autouse=True)
def silent(provider, settings):
    """Nobody is woken: these tests take each step themselves."""
    settings.CREATE_TIMEOUT_SECONDS = 0.5
    with without_wakeups():
        yield


def long_ago(job: BatchJob) -> BatchJob:
    """The create call lies further back than a batch may take to be listed."""
    BatchJob.objects.filter(pk=job.pk).update(submitting_at=timezone.now() - timedelta(seconds=10))
    return past(job)


def test_an_upload_carries_our_key_in_its_name(course, sandbox):
    job = uploaded(course)
    assert (job.status, timeline(job)) == ("uploaded", ["prepared", "uploading", "uploaded"])
    assert job.input_file_id.startswith("file-")
    assert job.key in job.upload_name


def test_an_upload_whose_answer_was_lost_is_found_and_not_repeated(course, sandbox):
    job = prepared(course)
    sandbox.faults("drop_after", match="files.create")
    with pytest.raises(ProviderError):
        submit.upload(job)
    before = len(sandbox.calls("files.create"))
    sandbox.clear_faults()
    submit.upload(past(job))
    assert (job.status, len(sandbox.calls("files.create"))) == ("uploaded", before)


def test_an_upload_of_another_size_is_not_ours_to_use(course, sandbox):
    job = prepared(course)
    job.move("uploading")
    BatchJob.objects.filter(pk=job.pk).update(input_bytes=7)
    submit.upload(past(job))
    assert len(sandbox.calls("files.create")) == 1


def test_a_second_worker_does_not_upload_the_same_file(course, sandbox):
    job = prepared(course)
    stale = BatchJob.objects.get(pk=job.pk)
    submit.upload(job)
    submit.upload(stale)
    assert len(sandbox.calls("files.create")) == 1


def test_a_created_batch_is_attached_and_carries_what_a_person_looks_for(course, sandbox):
    job = submitted(course)
    (create,) = sandbox.log()["creates"]
    assert (create["metadata"]["run"], job.submissions) == (str(job.run_id), 1)
    assert create["metadata"]["batchsite_key"] == job.key
    assert create["metadata"]["collections"] == "course"
    assert create["metadata"]["recipes"] == "lessons.lesson"
    assert f"batch job {job.pk}: 6 requests by test" in create["metadata"]["description"]


def test_metadata_keep_within_what_the_service_takes(course):
    job = prepared(course)
    job.run.collections = [f"collection-{number}" for number in range(100)]
    values = submit.metadata(job)
    assert len(values) <= 16
    assert all(isinstance(value, str) and len(value) <= 512 for value in values.values())


def test_the_claim_is_committed_before_the_call(course, sandbox):
    job = uploaded(course)
    stale = BatchJob.objects.get(pk=job.pk)
    submit.create(job)
    submit.create(stale)
    assert len(sandbox.calls("batches.create")) == 1


@pytest.mark.parametrize("fault", LOST)
def test_a_lost_answer_to_a_create_ends_in_the_batch_that_there_is(fault, course, sandbox):
    job = uploaded(course)
    sandbox.faults(fault, 2 if fault == "timeout_after" else None, match="batches.create")
    with pytest.raises(ProviderError):
        submit.create(job)
    assert BatchJob.objects.get().status == "submitting"
    reconcile.reconcile(past(job))
    assert job.remote_batch_id
    assert sandbox.creates() == {job.key: 1}


def test_a_killed_process_before_the_call_leaves_a_job_that_is_created_once(course, sandbox):
    job = uploaded(course)
    job.move("submitting", submitting_at=timezone.now())
    reconcile.reconcile(job)
    assert (job.status, job.remote_batch_id) == ("submitting", None), "absent now does not mean absent"
    reconcile.reconcile(long_ago(job))
    assert job.status == "uploaded"
    submit.create(job)
    assert sandbox.creates() == {job.key: 1}


def test_a_batch_that_is_not_listed_yet_is_waited_for(course, sandbox, settings):
    settings.RECONCILE_GRACE_SECONDS = 60
    job = uploaded(course)
    sandbox.faults("drop_after", match="batches.create")
    sandbox.faults("invisible_in_list")
    with pytest.raises(ProviderError):
        submit.create(job)
    reconcile.reconcile(past(job))
    assert (job.status, job.next_due is not None) == ("submitting", True)
    sandbox.clear_faults()
    reconcile.reconcile(past(job))
    assert sandbox.creates() == {job.key: 1}
    assert job.remote_batch_id


def test_a_list_that_can_t_be_read_proves_nothing(course, sandbox):
    job = uploaded(course)
    job.move("submitting", submitting_at=timezone.now())
    sandbox.faults("html_200", match="batches.list")
    with pytest.raises(ProviderError):
        reconcile.reconcile(long_ago(job))
    assert BatchJob.objects.get().status == "submitting"


@pytest.mark.parametrize(("fault", "value"), [("file_not_visible", None), ("rate_limited", 1), ("error_503", None)])
def test_a_refusal_before_any_effect_may_be_tried_again(fault, value, course, sandbox):
    job = uploaded(course)
    sandbox.faults(fault, value, count=1, match="batches.create")
    advance.advance_job(job.pk)
    assert BatchJob.objects.get().error
    for _ in range(4):
        advance.advance_job(long_ago(job).pk)
    assert BatchJob.objects.get().remote_batch_id
    assert sandbox.creates() == {job.key: 1}


def test_a_refused_create_ends_the_job_and_its_requests_say_why(course, sandbox, settings):
    job = uploaded(course)
    BatchJob.objects.update(endpoint="/v1/nonsense")
    advance.advance_job(job.pk)
    job.refresh_from_db()
    assert (job.status, sandbox.creates()) == ("ingested", {})
    assert "Invalid value: '/v1/nonsense'" in job.error
    assert job.run.ledger() == {"failed": 6}
    assert set(job.requests.values_list("attempt_count", flat=True)) == {0}


def test_an_input_file_that_is_gone_from_our_storage_ends_the_job_with_a_sentence(course):
    job = prepared(course)
    storages["batchfiles"].delete(job.input_path)
    advance.advance_job(job.pk)
    advance.advance_job(job.pk)
    job.refresh_from_db()
    assert "No such file" in job.error
    assert job.run.ledger() == {"failed": 6}


def test_a_job_that_was_never_sent_is_withdrawn_without_a_call(course, sandbox):
    job = uploaded(course)
    calls = len(sandbox.log()["calls"])
    assert submit.withdraw(job)
    assert (job.status, job.run.ledger()) == ("cancelled", {"cancelled": 6})
    assert len(sandbox.log()["calls"]) == calls


def test_a_job_that_is_being_created_is_not_withdrawn(course):
    job = uploaded(course)
    BatchJob.objects.update(status="submitting")
    assert not submit.withdraw(job)
    assert job.run.ledger() == {"queued": 6}


def test_two_jobs_of_one_run_are_two_batches(provider, sandbox, settings, db):
    settings.BATCH_MAX_REQUESTS = 4
    run = factories.finished(factories.course())
    assert sorted(sandbox.creates().values()) == [1, 1]
    assert run.counts == {"succeeded": 6}
