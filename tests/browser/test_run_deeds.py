"""What an operator does on the pages of runs and batch jobs when something went wrong, in a real browser."""

import json
import re

import pytest
from django.urls import reverse

from generation import advance
from generation.models import BatchJob, RecipeSettings, Run
from generation.models.wakeups import without_wakeups
from lessons.models import Lesson
from tests.browser.signed_in import desk_browser, signed_in  # noqa: F401 (fixtures)
from tests.generation.scenes import follow, launched, past, submitted, uploaded
from tests.generation.test_going_on import half  # noqa: F401 (fixture)

# ruff: noqa: F811 (the fixtures are named as they are imported)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def operator(signed_in, live_server, roles):
    """A page of somebody who may spend."""
    return signed_in(roles["operator"])


def page_of(row: Run | BatchJob) -> str:
    return reverse(f"admin:generation_{row._meta.model_name}_change", args=[row.pk])


def press(page, words: str) -> None:
    """Press a button that posts, and wait for the page after it."""
    with page.expect_navigation():
        page.click(f"button:has-text('{words}')")


def said(page) -> str:
    """The whole page, with the message that a deed leaves."""
    return str(page.inner_text("body"))


def step(job: BatchJob) -> BatchJob:
    """Take the job's due steps as a worker would."""
    with without_wakeups():
        advance.advance_job(past(job).pk, force=True)
    job.refresh_from_db()
    return job


@pytest.fixture
def lost(course, provider) -> BatchJob:
    """A job whose create call was doubtful, and of which the provider's list proves nothing."""
    job = uploaded(course)
    reason = "the provider's list does not reach back to the create call: a person must look for the batch"
    job.move("needs_attention", "uploaded", error=reason, detail=reason)
    return job


def test_a_batch_job_is_cancelled_and_what_it_answered_is_kept(operator, course, provider):
    provider.options(speed=1)
    job = submitted(course)
    provider.advance(job.remote_batch_id, to="in_progress", done=2)
    step(job)
    operator.goto(page_of(job))
    operator.click("summary:has-text('Cancel …')")
    assert "is paid, comes in and is kept" in said(operator)
    press(operator, "Cancel the batch job")
    assert "Cancel asked" in said(operator)
    step(job)
    provider.advance(job.remote_batch_id, to="cancelled", done=2)
    assert step(step(job)).status == "ingested"
    assert job.run.ledger() == {"succeeded": 2, "cancelled": 4}
    operator.goto(page_of(job))
    assert operator.locator("summary:has-text('Cancel …')").count() == 0


def test_a_lost_batch_is_submitted_again_after_a_typed_confirmation_beside_its_cost(operator, lost, provider):
    operator.goto(page_of(lost))
    phrase = f"submit job {lost.pk} again"
    shown = said(operator)
    assert phrase in shown
    assert lost.key in shown
    assert re.search(r"likely to cost \$0\.\d+", shown)
    assert "both are paid" in shown
    operator.fill("input[name=typed]", phrase)
    press(operator, "It is not there: submit again")
    assert "It is submitted again" in said(operator)
    step(lost)
    assert provider.creates() == {lost.key: 1}
    assert lost.transitions.filter(actor="operator", to_status="uploaded").count() == 1


@pytest.mark.parametrize("typed", ["yes", "submit job 0 again"])
def test_another_phrase_submits_nothing(operator, lost, provider, typed):
    operator.goto(page_of(lost))
    operator.fill("input[name=typed]", typed)
    press(operator, "It is not there: submit again")
    assert "Nothing was sent: type exactly" in said(operator)
    lost.refresh_from_db()
    assert (lost.status, provider.creates()) == ("needs_attention", {})


def test_an_editor_finds_no_such_buttons(signed_in, live_server, roles, lost):
    page = signed_in(roles["editor"])
    for row in (lost, lost.run):
        page.goto(page_of(row))
        assert page.locator("button[name=deed]").count() == 0


def test_the_rest_of_a_run_is_finished_in_direct_mode(operator, course, provider):
    provider.options(speed=1)
    job = submitted(course)
    provider.advance(job.remote_batch_id, to="in_progress", done=2)
    step(job)
    operator.goto(page_of(job.run))
    operator.click("summary:has-text('Finish in direct mode …')")
    assert re.search(r"at full price: at most \$0\.\d+", said(operator))
    press(operator, "Finish the rest in direct mode")
    assert "what has no answer then goes in direct mode" in said(operator)
    step(job)
    provider.advance(job.remote_batch_id, to="cancelled", done=2)
    run = follow(job.run)
    assert (run.status, run.mode, run.ledger()) == ("completed", "direct", {"succeeded": 6})
    assert provider.log()["executed"] == {"batch": 2, "direct": 4}
    operator.goto(page_of(run))
    assert "6 of 6 done" in said(operator)


def test_a_wave_goes_on_without_what_is_not_in(operator, half):
    operator.goto(page_of(half))
    operator.click("summary:has-text('Go on without …')")
    assert re.search(r"1 request waits for texts that are not in", said(operator))
    press(operator, "Go on without what is missing")
    assert "as far as these are enough: 1 of the run's requests" in said(operator)
    half.refresh_from_db()
    assert follow(half).ledger() == {"succeeded": 7}
    operator.goto(page_of(half))
    assert operator.locator("summary:has-text('Go on without …')").count() == 0


def test_a_downloaded_file_of_another_script_becomes_lessons(operator, course, provider, tmp_path):
    file = tmp_path / "output.jsonl"
    body = {"choices": [{"message": {"content": f"# Topic 0.2\n\n{'Words. ' * 90}"}, "finish_reason": "stop"}]}
    answer = {"id": "batch_req_1", "custom_id": "lesson/M0-L002/v1", "error": None}
    file.write_text(json.dumps(answer | {"response": {"status_code": 200, "body": body}}) + "\n", encoding="utf-8")
    operator.goto(reverse("console_remote_batches"))
    operator.set_input_files("#file", file)
    operator.click("summary:has-text('Or: another script made it')")
    operator.select_option("#recipe", "lessons.lesson")
    operator.fill("#collection", "course")
    operator.fill("#before", "lesson/")
    operator.fill("#after_key", "/v1")
    press(operator, "Take this file")
    job = BatchJob.objects.get()
    assert f"output.jsonl is batch job {job.pk} of run {job.run_id} now" in said(operator)
    assert follow(job.run).ledger() == {"succeeded": 1}
    assert Lesson.objects.get().item.key == "M0-L002"
    assert provider.creates() == {}, "nothing was sent"


def test_a_file_of_a_log_is_refused_in_a_sentence(operator, course, provider, tmp_path):
    file = tmp_path / "output.jsonl"
    file.write_text("INFO started\nINFO stopped\n", encoding="utf-8")
    run = launched(course)
    operator.goto(reverse("console_remote_batches"))
    operator.set_input_files("#file", file)
    operator.fill("#run", str(run.pk))
    press(operator, "Take this file")
    assert "a log" in said(operator) and "Nothing was changed." in said(operator)
    assert not BatchJob.objects.exists()


def test_one_cause_is_retried_for_the_price_on_its_button(operator, course, provider):
    RecipeSettings.objects.create(recipe="lessons.lesson", attempts=1)
    provider.faults("request_400", 2)
    run = follow(launched(course))
    provider.clear_faults()
    assert run.ledger() == {"succeeded": 4, "failed": 2}
    operator.goto(page_of(run))
    button = operator.locator("button:has-text('Retry these')")
    assert re.fullmatch(r"Retry these \(\+\$0\.\d+\)", button.inner_text().strip())
    with operator.expect_navigation():
        button.click()
    assert "2 requests are sent again" in said(operator)
    run.refresh_from_db()
    assert follow(run).ledger() == {"succeeded": 6}
    assert list(run.batch_jobs.order_by("pk").values_list("request_count", flat=True)) == [6, 2]
