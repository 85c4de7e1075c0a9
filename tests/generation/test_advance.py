"""Whole runs, step by step: how they start, go on, are stopped and end; every bad turn has its sentence."""

import re
import socket
from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone
from django_q.models import OrmQ

from generation import advance, tasks
from generation.models import BatchJob, Prompt, Request, Run
from generation.models.wakeups import without_wakeups
from generation.pipeline import plan
from generation.prompts import PromptError
from lessons.models import Lesson
from tests import factories
from tests.generation.scenes import follow, launched, past, submitted, timeline

MODES = pytest.mark.parametrize("mode", ["batch", "direct"])


def balanced(run: Run) -> dict[str, int]:
    """The ledger, once it is sure that it balances."""
    run.refresh_from_db()
    counts = run.ledger()
    assert sum(counts.values()) == run.total
    return counts


def refused(run: Run) -> str:
    with pytest.raises(advance.LaunchRefused) as failure:
        advance.launch(run)
    run.refresh_from_db()
    assert (run.status, run.requests.filter(attempts__isnull=False).count()) == ("planned", 0)
    return str(failure.value)


@MODES
def test_a_run_from_its_launch_to_its_lessons(course, provider, mode):
    run = factories.finished(course, mode=mode)
    assert (run.status, balanced(run), run.counts) == ("completed", {"succeeded": 6}, {"succeeded": 6})
    assert timeline(run) == ["running", "completed"]
    assert run.cost_nano == run.attempts().aggregate(total=Sum("cost_nano"))["total"] > 0
    assert (run.finished_at is not None, run.error, run.actor) == (True, "", "test")
    assert Lesson.objects.filter(status="needs_review").count() == 6


@MODES
def test_the_worker_alone_brings_a_run_to_its_end(course, provider, mode):
    run = factories.run(course, mode=mode)
    advance.launch(run)
    for _ in range(60):
        advance.tick()
        for row in OrmQ.objects.all():
            task = row.task
            row.delete()
            name = task["func"].rpartition(".")[2]
            if name.startswith("advance_"):
                getattr(tasks, name)(*task["args"])
        BatchJob.objects.update(next_due=None)
        run.refresh_from_db()
        if run.status == "completed":
            break
    assert (run.status, balanced(run)) == ("completed", {"succeeded": 6})


def test_only_one_of_two_launches_starts_it(course, provider):
    run = factories.run(course)
    other = Run.objects.get(pk=run.pk)
    assert advance.launch(run)
    assert not advance.launch(other)


def test_without_a_key_nothing_starts(course):
    sentence = refused(factories.run(course))
    assert "OPENAI_API_KEY" in sentence
    assert sentence.endswith("Nothing was sent and nothing is owed.")


def test_with_a_wrong_key_nothing_starts(course, sandbox, settings):
    settings.PROVIDERS = {"default": {"base_url": sandbox.url, "api_key": "sk-wrong", "batch": True}}
    assert "check OPENAI_API_KEY" in refused(factories.run(course))


def test_without_a_network_nothing_starts(course, settings):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
        settings.PROVIDERS = {"default": {"base_url": url, "api_key": "k", "batch": True}}
        assert "no connection to the service" in refused(factories.run(course))


def test_the_sandbox_takes_rehearsals_only(course, settings, monkeypatch):
    monkeypatch.setattr("lessons.recipes.LessonRecipe.provider", "sandbox")
    settings.DEBUG = False
    assert "takes rehearsals only" in refused(factories.run(course))


def test_an_unknown_provider_is_named(course, monkeypatch):
    monkeypatch.setattr("lessons.recipes.LessonRecipe.provider", "nobody")
    assert "No provider 'nobody' is configured" in refused(factories.run(course))


@MODES
def test_a_model_that_the_service_refuses_says_so_on_every_request(course, provider, mode):
    run = factories.finished(course, mode=mode, model="gpt-4")
    assert balanced(run) == {"failed": 6}
    assert all("gpt-4" in words for words in run.requests.values_list("error_message", flat=True))
    assert run.cost_nano == 0
    if mode == "batch":
        assert "model_not_found" in run.batch_jobs.get().error


def test_a_key_that_is_refused_after_the_launch_ends_the_job_with_its_sentence(course, provider, settings):
    run = launched(course)
    settings.PROVIDERS = {"default": settings.PROVIDERS["default"] | {"api_key": "sk-wrong"}}
    follow(run)
    assert balanced(run) == {"failed": 6}
    assert "check OPENAI_API_KEY" in run.batch_jobs.get().error
    assert "check OPENAI_API_KEY" in run.requests.all()[0].error_message


def test_a_sandbox_that_is_down_is_waited_for_and_nothing_is_lost(course, provider, sandbox):
    run = launched(course)
    with without_wakeups():
        advance.advance_run(run.pk)
        sandbox.kill()
        advance.advance_job(run.batch_jobs.get().pk)
        job = run.batch_jobs.get()
        assert "no connection to the service" in job.error
        assert job.next_due.timestamp() > timezone.now().timestamp()
        sandbox.restart()
    past(job)
    follow(run)
    assert (run.status, balanced(run)) == ("completed", {"succeeded": 6})
    assert sandbox.creates() == {job.key: 1}


@pytest.mark.parametrize("fault", ["html_200", "bad_json_200", "html_502"])
def test_an_answer_that_is_no_json_is_shown_and_asked_for_again(course, provider, sandbox, fault):
    run = launched(course)
    sandbox.faults(fault, count=3, match="files.create")
    with without_wakeups():
        advance.advance_run(run.pk)
        advance.advance_job(run.batch_jobs.get().pk)
    assert re.search("uploading the file|something that is no file", run.batch_jobs.get().error)
    past(run.batch_jobs.get())
    follow(run)
    assert balanced(run) == {"succeeded": 6}


def test_lines_that_are_no_json_are_invalid_and_the_rest_goes_on(course, provider, sandbox):
    sandbox.faults("invalid_json_line", 2)
    run = factories.finished(course)
    counts = balanced(run)
    assert counts["succeeded"] == 4
    assert sum(counts.get(state, 0) for state in ("invalid", "missing")) == 2
    assert run.status == "completed"


@pytest.mark.parametrize(
    ("fault", "value", "states"),
    [
        ("missing_lines", 2, {"missing": 2, "succeeded": 4}),
        ("request_400", 2, {"failed": 2, "succeeded": 4}),
        ("refusal", 2, {"invalid": 2, "succeeded": 4}),
        ("length", 2, {"invalid": 2, "succeeded": 4}),
        ("content_filter", 2, {"invalid": 2, "succeeded": 4}),
        ("duplicate_custom_id", 2, {"succeeded": 6}),
        ("unknown_custom_id", 2, {"succeeded": 6}),
        ("blank_lines", 2, {"succeeded": 6}),
        ("non_object_line", 2, {"succeeded": 6}),
        ("u2028", 6, {"succeeded": 6}),
        ("error_in_output", 2, {"failed": 2, "succeeded": 4}),
        ("lying_counts", None, {"succeeded": 6}),
        ("null_counts", None, {"succeeded": 6}),
        ("no_usage", None, {"succeeded": 6}),
        ("empty_error_file_id", None, {"succeeded": 6}),
    ],
)
def test_faults_of_a_batch_end_in_states_that_balance(course, provider, sandbox, fault, value, states):
    sandbox.faults(fault, value)
    run = factories.finished(course)
    assert (run.status, balanced(run)) == ("completed", states)
    assert Lesson.objects.count() == states["succeeded"]


def test_an_expired_batch_brings_its_results_and_the_rest_is_sent_again(course, provider, sandbox):
    sandbox.faults("expired_partial", 4, count=1)
    run = launched(course)
    with without_wakeups():
        advance.advance_run(run.pk)
        while not Request.objects.filter(status="planned").exists():
            advance.advance_job(run.batch_jobs.all()[0].pk, force=True)
    assert balanced(run) == {"succeeded": 4, "planned": 2}
    Request.objects.update(next_due=None)
    follow(run)
    assert balanced(run) == {"succeeded": 6}
    assert sorted(sandbox.creates().values()) == [1, 1]


def test_a_batch_that_somebody_else_cancelled_brings_its_results(course, provider, sandbox):
    sandbox.faults("cancelled_partial", 4)
    run = factories.finished(course)
    assert balanced(run) == {"succeeded": 4, "cancelled": 2}


def test_a_retry_sends_only_what_failed_and_balances(course, provider, sandbox):
    sandbox.faults("missing_lines", 2)
    run = factories.finished(course)
    sandbox.clear_faults()
    assert plan.retry(run, run.requests.all(), "ann") == 2
    follow(run)
    assert (run.status, balanced(run)) == ("completed", {"succeeded": 6})
    assert [job.request_count for job in run.batch_jobs.order_by("pk")] == [6, 2]
    assert run.attempts().count() == 8
    assert timeline(run) == ["running", "completed", "running", "completed"]


def test_a_run_is_cancelled_before_its_launch(course):
    run = factories.run(course)
    advance.cancel_run(run, "ann")
    assert (run.status, balanced(run)) == ("cancelled", {"cancelled": 6})


def test_a_run_is_cancelled_before_anything_is_sent(course, provider, sandbox):
    run = launched(course)
    advance.cancel_run(run, "ann")
    follow(run)
    assert (run.status, balanced(run), sandbox.creates()) == ("cancelled", {"cancelled": 6}, {})


def test_a_run_is_cancelled_while_its_batch_runs_and_keeps_what_came(course, provider, sandbox):
    sandbox.faults("stuck_in_progress", 4)
    job = submitted(course)
    sandbox.advance(job.remote_batch_id, to="in_progress", done=4)
    advance.cancel_run(job.run, "ann")
    sandbox.clear_faults()
    run = follow(job.run)
    counts = balanced(run)
    assert run.status == "cancelled"
    assert counts.get("succeeded", 0) == Lesson.objects.count()
    assert set(counts) <= {"succeeded", "cancelled"}
    assert len(sandbox.calls("batches.cancel")) == 1


def test_a_cancelled_run_in_direct_mode_keeps_what_came(course, provider):
    run = launched(course, mode="direct")
    advance.cancel_run(run, "ann")
    follow(run)
    assert (run.status, balanced(run)) == ("cancelled", {"cancelled": 6})


def test_the_rest_of_a_stuck_batch_goes_in_direct_mode_and_nothing_is_paid_twice(course, provider, sandbox):
    sandbox.faults("stuck_in_progress", 4)
    job = submitted(course)
    sandbox.advance(job.remote_batch_id, to="in_progress", done=4)
    assert advance.finish_in_direct(job.run, "ann")
    run = follow(job.run)
    assert (run.status, balanced(run)) == ("completed", {"succeeded": 6})
    log = sandbox.log()
    assert log["executed"]["batch"] + log["executed"]["direct"] == 6
    assert run.attempts().filter(outcome="succeeded").count() == 6


def test_a_job_whose_batch_is_nowhere_and_can_t_be_proved_absent_waits_for_a_person(course, provider, sandbox):
    job = submitted(course)
    BatchJob.objects.update(status="needs_attention", remote_batch_id=None)
    run = follow(job.run)
    assert run.status == "running"
    assert advance.stuck(run)
    job.refresh_from_db()
    assert advance.submit_again(job, "ann")
    assert job.transitions.last().actor == "ann"


def test_a_job_with_a_batch_is_never_submitted_again(course, provider):
    job = submitted(course)
    BatchJob.objects.update(status="needs_attention")
    job.refresh_from_db()
    assert not advance.submit_again(job, "ann")


def test_a_prompt_that_broke_after_the_plan_fails_the_run_with_its_sentence(course, provider):
    run = launched(course)
    Prompt.objects.update(user="{{ nobody }}")
    follow(run)
    assert (run.status, balanced(run)) == ("failed", {"failed": 6})
    assert "{{ nobody }}" in run.error
    Prompt.objects.update(user="Write {{ title }}.")
    plan.retry(run, run.requests.all())
    follow(run)
    assert (run.status, run.error, balanced(run)) == ("completed", "", {"succeeded": 6})


def test_preparing_leaves_nothing_behind_when_the_prompt_is_bad(course):
    Prompt(recipe="lessons.lesson", user="{{ nobody }}").add()
    with pytest.raises(PromptError, match="nobody"):
        factories.run(course)
    assert (Run.objects.count(), Request.objects.count()) == (0, 0)


def test_a_step_that_somebody_else_takes_is_not_taken_twice(course, provider):
    run = launched(course)
    holder = Run.objects.get(pk=run.pk)
    holder.take_lease(60)
    assert not advance.advance_run(run.pk)
    assert BatchJob.objects.count() == 0


def test_a_job_that_is_not_due_or_is_over_is_left_alone(course, provider, sandbox):
    job = submitted(course)
    BatchJob.objects.update(next_due=timezone.now() + timedelta(minutes=1))
    before = len(sandbox.log()["calls"])
    assert not advance.advance_job(job.pk)
    BatchJob.objects.update(status="ingested", next_due=None)
    assert not advance.advance_job(job.pk)
    assert not advance.advance_job(0)
    assert len(sandbox.log()["calls"]) == before


def test_the_tick_wakes_what_was_dropped_and_nothing_else(course, provider):
    with without_wakeups():
        launched(course)
    assert advance.tick() == 1
    assert advance.tick() == 0


def test_a_stop_leaves_a_run_that_goes_on_later(course, provider):
    run = launched(course)
    for _ in advance.follow(run, run.batch_jobs.exists, interval=0.05):
        pass
    assert run.status == "running"
    follow(run)
    assert balanced(run) == {"succeeded": 6}
