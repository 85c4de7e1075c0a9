"""`batches` and `progress`: what they show, and that they pay nothing twice."""

import pytest

from generation.job_advice import HEADINGS, NO_API, paragraph, section_for
from generation.models import BatchJob, JobStatus, Run
from lessons.models import Lesson
from tests import factories
from tests.generation.shell import Terminal, document, refused, said

LAUNCH = ("generate", "lessons", "--collection", "course", "--yes")


@pytest.fixture
def job(provider, course) -> BatchJob:
    """A batch that was just created."""
    said(*LAUNCH)
    return BatchJob.objects.get()


@pytest.fixture
def slow_job(provider, course) -> BatchJob:
    """A batch that does not come to its end."""
    provider.faults("stuck_in_progress")
    said(*LAUNCH)
    return BatchJob.objects.get()


def test_a_list_holds_both_names(job):
    told = said("batches", "list")
    assert f"Batch job {job.pk}:" in told
    assert job.remote_batch_id in told


def test_a_list_is_cut_and_newest_first(job):
    run = Run.objects.get()
    newer = [BatchJob.objects.create(run=run, status="prepared", model="m").pk for _ in range(3)]
    assert [row["batch_job"] for row in document("batches", "list", "--limit", 2)] == newer[:0:-1]


def test_an_empty_list_is_a_list(db):
    assert document("batches", "list") == []
    assert "No batch job" in said("batches", "list")


@pytest.mark.parametrize("name", ["pk", "key", "remote_batch_id"])
def test_a_job_answers_to_each_of_its_names(job, name):
    assert document("batches", "status", getattr(job, name))["batch_job"] == job.pk


def test_an_unknown_job_is_one_sentence(db):
    status, why = refused("batches", "status", "batch_nonsense")
    assert (status, "batches list" in why) == (1, True)


def test_status_tells_the_timeline_and_what_to_do(job):
    told = said("batches", "status", job.pk)
    assert "uploaded -> submitting" in told
    assert "The provider says: validating" in told
    assert paragraph("Stuck in validating")[:60] in told


def test_status_tells_the_providers_words(provider, course):
    provider.faults("failed_batch", value="model_not_found")
    said(*LAUNCH, "--wait", "--poll-interval", "0.1", status=1)
    told = said("batches", "status", BatchJob.objects.get().pk)
    assert "(model_not_found)" in told
    assert "\nFailed\n" in told


def test_collect_brings_a_finished_batch_in(provider, job):
    provider.advance()
    assert document("batches", "collect", job.remote_batch_id)["status"] == "ingested"
    assert Lesson.objects.count() == 6


def test_collect_twice_changes_nothing(provider, job):
    provider.advance()
    said("batches", "collect", job.pk)
    before = Run.objects.values_list("cost_nano", "counts").get()
    said("batches", "collect", job.pk)
    assert Run.objects.values_list("cost_nano", "counts").get() == before


def test_collect_too_early_says_so(slow_job):
    status, why = refused("batches", "collect", slow_job.pk)
    assert (status, "--wait" in why) == (1, True)
    assert not Lesson.objects.exists()


def test_collect_waits(job):
    said("batches", "collect", job.pk, "--wait", "--poll-interval", "0.05")
    assert Lesson.objects.count() == 6


def test_cancel_asks_the_provider_at_once(provider, slow_job):
    said("batches", "cancel", slow_job.pk)
    assert len(provider.calls("batches.cancel")) == 1
    slow_job.refresh_from_db()
    assert slow_job.status in ("cancelling", "cancelled")


def test_what_has_ended_cannot_be_cancelled(provider, job):
    provider.advance()
    said("batches", "collect", job.pk)
    assert "ended already" in refused("batches", "cancel", job.pk)[1]
    assert not provider.calls("batches.cancel")


@pytest.mark.parametrize("deed", ["cancel", "collect"])
def test_an_editor_neither_cancels_nor_collects(job, roles, deed):
    assert "launch_run" in refused("batches", deed, job.pk, "--as", "editor")[1]


@pytest.mark.parametrize(("facts", "heading"), [
    (("validating",), "Stuck in validating"),
    (("in_progress",), "Stuck in progress"),
    (("finalizing",), "Stuck in progress"),
    (("some_new_word",), "Stuck in progress"),
    (("failed",), "Failed"),
    (("ingested", "failed"), "Failed"),
    (("ingested", "expired"), "Expired"),
    (("submitting",), "Lost batch id"),
    (("needs_attention",), "Lost batch id"),
    (("ingested", "completed"), ""),
    (("uploaded",), ""),
])  # fmt: skip
def test_the_paragraph_fits_the_state(facts, heading):
    assert section_for(*facts) == heading


def test_missing_answers_and_a_silent_service_have_paragraphs_of_their_own():
    assert section_for("ingested", "completed", missing=1) == "Missing items"
    assert section_for("uploading", failures=3) == NO_API


@pytest.mark.parametrize("status", JobStatus.values)
def test_every_state_has_an_answer(status):
    assert section_for(status) in ("", *HEADINGS)


@pytest.mark.parametrize("heading", HEADINGS)
def test_every_heading_stands_in_the_page(heading):
    assert len(paragraph(heading)) > 80


def test_without_the_page_there_is_no_paragraph(tmp_path):
    assert paragraph("Failed", tmp_path / "nowhere.md") == ""


def test_progress_counts_items_texts_and_requests(provider, course):
    said(*LAUNCH, "--limit", 4, "--wait", "--poll-interval", "0.1")
    told = document("progress", "--collection", "course")
    assert told["collections"][0]["items"] == 6
    assert told["collections"][0]["artefacts"] == {"needs_review": 4}
    assert told["runs"][0]["counts"] == {"succeeded": 4}
    assert told["cost_usd"] > 0


def test_progress_in_words(provider, course):
    said(*LAUNCH, "--limit", 4, "--wait", "--poll-interval", "0.1")
    told = said("progress")
    assert "6 items; lessons.lesson: 4 made, 2 to make; 4 needs review" in told
    assert "4 of 4 succeeded" in told


def test_progress_of_one_collection_leaves_others_out(provider, course):
    factories.course(slug="other")
    said(*LAUNCH)
    assert document("progress", "--collection", "other")["runs"] == []
    assert "course:" not in said("progress", "--collection", "other")


def test_progress_shows_what_is_under_way(job):
    told = said("progress", "--run", job.run_id)
    assert "0 of 6 requests finished; batch validating" in told
    assert "1 under way" in told


def test_watching_ends_with_the_last_run(provider, course):
    said(*LAUNCH, "--wait", "--poll-interval", "0.1")
    assert "6 of 6 succeeded" in said("progress", "--watch", "--every", "0.1")


@pytest.mark.parametrize("args", [("--collection", "nonsense"), ("--run", "99")])
def test_progress_of_nothing_is_one_sentence(db, args):
    status, why = refused("progress", *args)
    assert (status, "There is no" in why) == (1, True)


def test_a_terminal_gets_a_bar(job, monkeypatch):
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    from django.core.management import call_command

    call_command("progress", "--run", str(job.run_id))
    assert "\rRun" in screen.getvalue()
    assert "0/6" in screen.getvalue()
