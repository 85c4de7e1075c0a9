"""Both result files are on our storage before anything is parsed."""

from pathlib import Path

import pytest
from django.core.files.storage import storages

from generation import advance
from generation.models import BatchJob
from generation.models.wakeups import without_wakeups
from generation.pipeline import collect, poll
from generation.provider import ProviderError
from tests.generation.scenes import past, submitted
from tests.generation.test_build import FullDisk


@pytest.fixture(autouse=True)
def silent():
    with without_wakeups():
        yield


@pytest.fixture
def job(course, provider, sandbox) -> BatchJob:
    """A job whose batch has ended, with some lines in each file."""
    sandbox.faults("request_400", 2)
    job = submitted(course)
    sandbox.advance(job.remote_batch_id)
    poll.poll(past(job))
    job.refresh_from_db()
    return job


def files(folder: str) -> list[Path]:
    return list((Path(storages["batchfiles"].path(".")) / folder).glob("*"))


def test_both_files_are_stored(job):
    collect.collect(job)
    job.refresh_from_db()
    stored = [storages["batchfiles"].open(path).read().strip() for path in (job.output_path, job.error_path)]
    assert [text.count(b"\n") + 1 for text in stored] == [4, 2]
    assert job.collected_at


def test_what_is_stored_already_is_not_fetched_again(job, sandbox):
    collect.collect(job)
    before = len(sandbox.calls("files.content"))
    collect.collect(job)
    assert len(sandbox.calls("files.content")) == before
    assert (len(files("output")), len(files("error"))) == (1, 1)


def test_a_cut_download_leaves_no_file_and_no_row(job, sandbox):
    sandbox.faults("truncated_content")
    with pytest.raises(ProviderError):
        collect.collect(job)
    job.refresh_from_db()
    assert (job.collected_at, job.output_path) == (None, "")
    sandbox.clear_faults()
    collect.collect(job)
    assert job.output_path


def wrong_size(job: BatchJob, sandbox, times: int) -> BatchJob:
    """The job after so many downloads that had another size than the service names."""
    sandbox.faults("short_content", 0.5, match="files.content")
    for _ in range(times):
        advance.advance_job(past(job).pk)
    job.refresh_from_db()
    return job


def test_a_download_of_a_wrong_size_is_tried_again(job, sandbox):
    assert wrong_size(job, sandbox, collect.WRONG_SIZES).status == "completed"
    assert (job.failures, job.output_path, files("output")) == (collect.WRONG_SIZES, "", [])
    sandbox.clear_faults()
    advance.advance_job(past(job).pk)
    assert job.run.ledger() == {"succeeded": 4, "failed": 2}


def test_a_size_that_never_fits_needs_a_person_and_loses_nothing(job, sandbox):
    wrong_size(job, sandbox, collect.WRONG_SIZES + 1)
    assert (job.status, job.run.ledger()) == ("needs_attention", {"queued": 6})
    assert "bytes arrived, 9 times in a row. What was answered is paid" in job.error
    sandbox.clear_faults()
    assert advance.fetch_again(job, "eva")
    advance.advance_job(past(job).pk)
    assert job.run.ledger() == {"succeeded": 4, "failed": 2}


def test_only_a_job_with_a_batch_that_waits_for_a_person_is_fetched_again(job):
    assert not advance.fetch_again(job, "eva")
    BatchJob.objects.update(status="needs_attention", remote_batch_id=None)
    job.refresh_from_db()
    assert not advance.fetch_again(job, "eva")


def test_a_file_that_came_is_not_fetched_again_because_of_the_other(job, sandbox):
    sandbox.faults("short_content", 0.5, match={"path": f"*{job.error_file_id}*"})
    for _ in range(3):
        advance.advance_job(past(job).pk)
    assert (len(files("output")), len(files("error"))) == (1, 0)


def test_a_file_that_is_gone_does_not_keep_the_other_from_us(job, sandbox):
    sandbox.faults("file_gone", match={"path": f"*{job.output_file_id}*"})
    collect.collect(job)
    job.refresh_from_db()
    assert (job.output_path, bool(job.error_path)) == ("", True)
    assert f"the output file is gone at the provider ({job.output_file_id})" in job.error
    advance.advance_job(past(job).pk)
    assert job.run.ledger() == {"missing": 4, "failed": 2}


def test_a_full_disk_while_results_come_in_loses_nothing(job, sandbox, settings, tmp_path):
    good = settings.STORAGES
    backend = {"BACKEND": "tests.generation.test_build.FullDisk", "OPTIONS": {"location": str(tmp_path / "full")}}
    settings.STORAGES = good | {"batchfiles": backend}
    FullDisk.good_files = 0
    advance.advance_job(past(job).pk)
    job.refresh_from_db()
    assert (job.status, job.collected_at) == ("completed", None)
    assert "No space left on device" in job.error
    assert job.next_due
    assert job.run.ledger() == {"queued": 6}
    settings.STORAGES = good
    advance.advance_job(past(job).pk)
    assert job.run.ledger() == {"succeeded": 4, "failed": 2}
