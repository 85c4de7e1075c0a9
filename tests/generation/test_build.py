"""JSONL files within the limits, checked before they are ours; a full disk loses nothing."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson
import pytest
from django.core.files.storage import FileSystemStorage, storages

from generation import advance
from generation.jsonl import input_problems, lines
from generation.models import BatchJob, EnqueuedLimit, Prompt, Request, Run, Transition
from generation.models.wakeups import without_wakeups
from generation.pipeline import plan
from generation.pipeline.build import BuildError, build, dry_lines
from generation.recipes import recipes_named
from lessons.models import LessonPlan
from tests import factories
from tests.tiny.rows import box


class FullDisk(FileSystemStorage):
    """A storage that takes no file; `good_files` may be saved before."""

    good_files = 0

    def _save(self, name: str, content: Any) -> str:
        if FullDisk.good_files:
            FullDisk.good_files -= 1
            return super()._save(name, content)  # type: ignore[misc]
        raise OSError(errno.ENOSPC, "No space left on device", name)


@pytest.fixture
def full_disk(settings, tmp_path):
    """The storage of batch files is full."""
    FullDisk.good_files = 0
    backend = {"BACKEND": f"{__name__}.FullDisk", "OPTIONS": {"location": str(tmp_path / "full")}}
    settings.STORAGES = settings.STORAGES | {"batchfiles": backend}
    return FullDisk


@pytest.fixture
def run(course) -> Run:
    row = factories.run(course)
    row.move("running")
    return row


def stored(job: BatchJob) -> list[dict[str, Any]]:
    with storages["batchfiles"].open(job.input_path, "rb") as handle:
        return [orjson.loads(line) for line in lines(cast("BinaryIO", handle.file))]


def test_one_job_holds_one_line_for_each_request(run):
    (job,) = build(run)
    found = stored(job)
    assert [line["custom_id"] for line in found] == list(run.requests.values_list("custom_id", flat=True))
    assert (job.status, job.request_count, job.provider, job.model) == ("prepared", 6, "default", "gpt-5.4-mini")
    assert set(run.requests.values_list("status", "batch_job")) == {("queued", job.pk)}
    assert Transition.objects.get(batch_job=job).detail == "6 requests"


def test_the_file_is_as_large_as_the_job_says_and_the_service_would_take_it(run):
    (job,) = build(run)
    path = storages["batchfiles"].path(job.input_path)
    assert storages["batchfiles"].size(job.input_path) == job.input_bytes
    assert input_problems(Path(path), job.endpoint, job.model) == []


def test_each_line_asks_for_its_own_lesson(run):
    (job,) = build(run)
    titles = list(LessonPlan.objects.values_list("title", flat=True))
    for line, title in zip(stored(job), titles, strict=True):
        assert f"Title: {title}\n" in line["body"]["messages"][1]["content"]


def test_files_are_cut_at_the_number_of_requests(run, settings):
    settings.BATCH_MAX_REQUESTS = 4
    assert [job.request_count for job in build(run)] == [4, 2]


def test_files_are_cut_at_their_size(run, settings):
    (whole,) = [sum(len(line) for _, line in dry_lines(run))]
    settings.BATCH_MAX_BYTES = whole // 2
    jobs = build(run)
    assert len(jobs) > 1
    assert all(job.input_bytes <= settings.BATCH_MAX_BYTES for job in jobs)
    assert sum(job.request_count for job in jobs) == 6


def test_files_are_cut_at_a_known_limit_of_enqueued_tokens(run):
    EnqueuedLimit.objects.create(provider="default", model="gpt-5.4-mini", tokens=run.estimate["input_tokens"] // 2)
    assert len(build(run)) >= 2


def test_a_request_that_fits_into_no_file_is_named(run, settings):
    settings.BATCH_MAX_BYTES = 100
    with pytest.raises(BuildError, match=r"M0-L001 Topic 0\.1 alone has \d+ bytes"):
        build(run)
    assert BatchJob.objects.count() == 0


def test_one_file_holds_one_model_and_endpoint(db):
    things, course = box(), factories.course()
    run = Run(mode="batch")
    plan.plan(run, recipes_named(["lessons", "tiny.fact"]), [course, things], plan.Selection())
    run.move("running")
    targets = {(job.endpoint, job.request_count) for job in build(run)}
    assert targets == {("/v1/chat/completions", 6), ("/v1/responses", 3)}


def test_building_twice_makes_no_second_job(run):
    assert len(build(run)) == 1
    assert build(run) == []


def test_a_dry_run_writes_the_same_lines_and_changes_nothing(run):
    dry = [line for _, line in dry_lines(run)]
    assert (BatchJob.objects.count(), run.ledger()) == (0, {"planned": 6})
    (job,) = build(run)
    with storages["batchfiles"].open(job.input_path, "rb") as handle:
        assert handle.read() == b"".join(dry)


def test_an_edit_of_the_prompt_after_the_plan_does_not_split_the_run(run):
    Prompt(recipe="lessons.lesson", user="Another {{ title }}.").add()
    (job,) = build(run)
    assert "Another" not in stored(job)[0]["body"]["messages"][-1]["content"]


def test_an_item_that_changed_after_the_plan_is_remembered_as_it_was_asked(run):
    item = LessonPlan.objects.get(key="M0-L001")
    LessonPlan.objects.filter(pk=item.pk).update(title="Changed", source_hash="moved")
    (job,) = build(run)
    assert "Title: Changed" in stored(job)[0]["body"]["messages"][1]["content"]
    assert Request.objects.get(item_id=item.pk).source_hash == "moved"


def test_a_deleted_or_removed_item_is_not_asked_for_and_stays_in_the_ledger(run):
    LessonPlan.objects.get(key="M0-L001").delete()
    LessonPlan.objects.filter(key="M0-L002").update(removed_at="2026-01-01T00:00:00Z")
    (job,) = build(run)
    assert job.request_count == 4
    assert run.ledger() == {"queued": 4, "unchanged": 2}
    words = set(run.requests.filter(status="unchanged").values_list("error_message", flat=True))
    assert all("nothing was sent" in word for word in words)


def test_a_full_disk_is_one_clear_error_and_every_request_says_what_happened(run, full_disk):
    with without_wakeups():
        advance.advance_run(run.pk)
    run.refresh_from_db()
    assert run.status == "failed"
    assert "No space left on device" in run.error
    assert "6 requests were not sent and cost nothing" in run.error
    assert set(run.requests.values_list("status", "error_code")) == {("failed", "not_sent")}
    assert "No space left" in run.requests.all()[0].error_message
    assert BatchJob.objects.count() == 0


def test_what_was_written_before_the_disk_was_full_goes_on(run, full_disk, settings):
    settings.BATCH_MAX_REQUESTS = 4
    full_disk.good_files = 1
    with without_wakeups():
        advance.advance_run(run.pk)
    run.refresh_from_db()
    assert (run.status, BatchJob.objects.get().request_count) == ("running", 4)
    assert run.ledger() == {"queued": 4, "failed": 2}


def test_after_a_full_disk_a_retry_makes_the_rest(run, full_disk, settings):
    with without_wakeups():
        advance.advance_run(run.pk)
        full_disk.good_files = 1
        run.refresh_from_db()
        assert plan.retry(run, run.requests.all()) == 6
        advance.advance_run(run.pk)
    run.refresh_from_db()
    assert (run.ledger(), run.error) == ({"queued": 6}, "")


def test_a_prompt_with_a_missing_variable_is_one_clear_error(run):
    Prompt.objects.update(user="{{ nobody }}")
    with without_wakeups():
        advance.advance_run(run.pk)
    run.refresh_from_db()
    assert run.status == "failed"
    assert "{{ nobody }}" in run.error
    assert run.ledger() == {"failed": 6}


REALLY_FULL = """
import resource
from django.core.management import call_command
from django.db import connection
from generation import advance
from generation.models import BatchJob
from generation.pipeline.plan import Selection, retry
from generation.recipes import recipes_named
from lessons.models import Course
call_command("migrate", verbosity=0)
call_command("import_items", "lessons", "demo/data_governance.md", collection="demo", verbosity=0)
run = advance.prepare(recipes_named(["lessons"]), list(Course.objects.all()), Selection())
run.move("running")
# The limit holds for every file: the database's own log starts anew, so that only the batch's file is too large.
connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, resource.RLIM_INFINITY))
advance.advance_run(run.pk)
run.refresh_from_db()
print(run.status, run.ledger(), BatchJob.objects.count(), run.error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(retry(run, run.requests.all()))
advance.advance_run(run.pk)
print(run.ledger(), BatchJob.objects.get().request_count)
"""


@pytest.mark.slow
def test_a_file_system_that_takes_no_more_is_survived_for_real(tmp_path):
    environment = {
        "PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "DEBUG": "on", "DATA_DIR": str(tmp_path),
        "TMPDIR": str(tmp_path), "LOG_LEVEL": "CRITICAL",
    }  # fmt: skip
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", REALLY_FULL]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    first, again, last = done.stdout.strip().splitlines()[-3:]
    assert first.startswith("failed {'failed': 336} 0 [Errno 27] File too large")
    assert (again, last) == ("336", "{'queued': 336} 336")
