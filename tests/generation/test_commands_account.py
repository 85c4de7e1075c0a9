"""`batches remote|adopt|ingest`, `retry` and `runs`, through the sandbox."""

import json

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from generation import advance
from generation.models import BatchJob, JobStatus, Request, Run
from generation.models.wakeups import without_wakeups
from lessons.models import Lesson
from tests import factories

pytestmark = pytest.mark.django_db


def said(capsys, *args, **options) -> str:
    call_command(*args, **options)
    return capsys.readouterr().out


def submitted(course) -> BatchJob:
    """A run whose batch was created."""
    run = factories.run(course)
    with without_wakeups():
        advance.launch(run)
        advance.advance_run(run.pk)
        advance.advance_job(run.batch_jobs.get().pk)
    return run.batch_jobs.get()


def orphaned(course) -> BatchJob:
    """A job whose batch was created, and whose answer never reached us."""
    job = submitted(course)
    BatchJob.objects.filter(pk=job.pk).update(
        status=JobStatus.NEEDS_ATTENTION, remote_batch_id=None, remote_status=""
    )
    job.refresh_from_db()
    return job


def downloaded(course, tmp_path, capsys):
    """The output file of a finished run, as somebody would download it."""
    run = factories.finished(course)
    job = run.batch_jobs.get()
    path = tmp_path / "output.jsonl"
    path.write_bytes(storages["batchfiles"].open(job.output_path).read())
    return run, path


def test_remote_tells_ours_from_orphaned_and_foreign(course, provider, capsys):
    job = orphaned(course)
    rows = json.loads(said(capsys, "batches", "remote", "--json"))
    assert [(row["owner"], row["job"]) for row in rows] == [("orphaned", job.pk)]
    BatchJob.objects.filter(pk=job.pk).update(key="0" * 32)
    Run.objects.update(key="of-others")
    assert json.loads(said(capsys, "batches", "remote", "--json"))[0]["owner"] == "foreign"


def test_an_orphan_is_adopted_by_its_key_and_finished(course, provider, capsys):
    job = orphaned(course)
    remote = json.loads(said(capsys, "batches", "remote", "--json"))[0]["id"]
    said(capsys, "batches", "adopt", remote)
    said(capsys, "batches", "collect", str(job.pk), "--wait", "--poll-interval", "0.1")
    assert Lesson.objects.count() == 6
    assert set(provider.creates("batchsite_key").values()) == {1}
    with pytest.raises(CommandError, match="is ours already"):
        call_command("batches", "adopt", remote)


def test_an_orphan_without_its_job_is_found_by_its_custom_ids(course, provider, capsys):
    job = orphaned(course)
    remote = json.loads(said(capsys, "batches", "remote", "--json"))[0]["id"]
    Request.objects.update(batch_job=None, status="failed")
    job.transitions.all().delete()
    job.delete()
    said(capsys, "batches", "adopt", remote)
    said(capsys, "batches", "collect", remote, "--wait", "--poll-interval", "0.1")
    assert Run.objects.get().ledger() == {"succeeded": 6}


def test_a_downloaded_file_answers_its_run(course, provider, capsys, tmp_path):
    run, path = downloaded(course, tmp_path, capsys)
    Lesson.objects.all().delete()
    Request.objects.filter(pk__in=run.requests.values("pk")[:2]).update(status="missing", accepted_at=None)
    said(capsys, "batches", "ingest", str(path), "--run", str(run.pk))
    assert run.ledger() == {"succeeded": 6}
    assert Lesson.objects.count() == 2
    with pytest.raises(CommandError, match="unanswered"):
        call_command("batches", "ingest", str(path), "--run", str(run.pk))


def test_a_file_of_another_script_is_taken_by_the_pattern_of_its_ids(course, provider, capsys, tmp_path):
    run, path = downloaded(course, tmp_path, capsys)
    keys = dict(run.requests.values_list("custom_id", "label"))
    text = path.read_text()
    for custom_id, label in keys.items():
        text = text.replace(custom_id, f"lesson_{label.split()[0]}_gpt")
    path.write_text(text)
    Lesson.objects.all().delete()
    named = {"recipe": "lessons.lesson", "collection": "course"}
    with pytest.raises(CommandError, match="--id-pattern"):
        call_command("batches", "ingest", str(path), **named)
    said(capsys, "batches", "ingest", str(path), id_pattern="lesson_(?P<key>.+)_gpt", **named)
    assert Lesson.objects.count() == 6
    assert Run.objects.latest("pk").ledger() == {"succeeded": 6}


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ('{"custom_id": "a", "result": {"type": "succeeded"}}', "Anthropic"),
        ('{"key": "a", "response": {"candidates": []}}', "Gemini"),
        ("2026-11-20 INFO started", "log"),
        ('{"custom_id": "a", "method": "POST", "url": "/v1/x", "body": {}}', "requests"),
        ("", "empty"),
    ],
)
def test_foreign_files_are_refused_in_a_sentence(course, tmp_path, content, word):
    run = factories.run(course)
    path = tmp_path / "x.jsonl"
    path.write_text(content)
    with pytest.raises(CommandError, match=word):
        call_command("batches", "ingest", str(path), "--run", str(run.pk))
    assert not BatchJob.objects.exists()


def test_retry_sends_only_what_failed_for_this_cause(course, provider, capsys):
    run = factories.finished(course)
    ids = list(run.requests.values_list("pk", flat=True))
    Request.objects.filter(pk__in=ids[:2]).update(status="failed", error_code="server_error")
    Request.objects.filter(pk=ids[2]).update(status="invalid", error_code="empty")
    Lesson.objects.all().delete()
    assert "server_error" in said(capsys, "retry", str(run.pk), "--list")
    before = len(provider.creates("batchsite_key"))
    with pytest.raises(SystemExit, match="1"):
        call_command("retry", str(run.pk), "--cause", "server_error", "--yes", "--wait")
    assert run.ledger() == {"succeeded": 5, "invalid": 1}
    assert run.batch_jobs.latest("pk").request_count == 2
    assert len(provider.creates("batchsite_key")) == before + 1


def test_a_retry_without_anything_to_do_says_so(course, provider):
    run = factories.finished(course)
    with pytest.raises(CommandError, match="Nothing to retry"):
        call_command("retry", str(run.pk), "--yes")


def test_the_rest_is_finished_directly_and_nothing_twice(course, provider, capsys):
    provider.faults("stuck_in_progress")
    job = submitted(course)
    said(capsys, "runs", "finish", str(job.run_id), "--wait", "--poll-interval", "0.1")
    run = Run.objects.get()
    assert (run.status, run.mode, run.ledger()) == ("completed", "direct", {"succeeded": 6})
    assert Lesson.objects.count() == 6


def test_a_run_is_cancelled_and_listed(course, provider, capsys):
    job = submitted(course)
    said(capsys, "runs", "cancel", str(job.run_id))
    for _ in advance.follow(job.run, interval=0.05):
        pass
    assert Run.objects.get().status == "cancelled"
    assert "cancelled" in said(capsys, "runs", "list")
    with pytest.raises(CommandError, match="has ended"):
        call_command("runs", "cancel", str(job.run_id))
