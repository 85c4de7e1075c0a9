"""The live page of a run: causes, what time is left and why, jobs with timelines, money, files of failures, queries."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from generation.admin.run_failures import guarded
from generation.causes import cause_of, trouble
from generation.models import Attempt, BatchJob, Heartbeat, Request, Run
from generation.run_figures import figures
from lessons.models import Course
from materials.models import Material
from tests import factories
from tests.generation.scenes import launched
from tests.materials.rows import catalogue


@pytest.fixture
def operator(client, roles):
    client.force_login(roles["operator"])
    return client


@pytest.fixture
def running(course):
    """A run under way for 30 minutes, of whose six requests none is answered."""
    row = factories.run(course)
    started = timezone.now() - timedelta(minutes=30)
    Run.objects.update(status="running", started_at=started, mode="direct")
    row.refresh_from_db()
    return row


def address(run, name="progress", *more):
    return reverse(f"admin:generation_run_{name}", args=[run.pk, *more])


def fail(run, *messages, code="server_error", status="failed"):
    for request, message in zip(run.requests.filter(status="planned"), messages, strict=False):
        Request.objects.filter(pk=request.pk).update(status=status, **trouble(code, message))


def answer(run, ago, tokens=(100, 50), cost=1000):
    """One request answered so long ago."""
    request = run.requests.filter(status="planned").first()
    Request.objects.filter(pk=request.pk).update(status="succeeded")
    Attempt.objects.create(
        request=request, run=run, number=1, mode="direct", provider="default", model="m", outcome="succeeded",
        input_tokens=tokens[0], output_tokens=tokens[1], cost_nano=cost, recipe=request.recipe,
        category=request.category, finished_at=timezone.now() - ago,
    )  # fmt: skip


def job(run, **fields):
    return BatchJob.objects.create(run=run, provider="default", model="m", endpoint="/v1/x", **fields)


def body(answer):
    return b"".join(answer.streaming_content).decode()


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("Rate limit reached: 12,345 of 10000.5 tokens", "Rate limit reached: # of # tokens"),
        ("request req_0a1b2c3d failed", "request # failed"),
        ("550e8400-e29b-41d4-a716-446655440000 is unknown", "# is unknown"),
        ("""the field 'title' isn't "short" (see `a`)""", """the field "…" isn't "…" (see "…")"""),
        ("it can't be read and doesn't end", "it can't be read and doesn't end"),
        ("a\nb\t c", "a b c"),
        ("utf8 and h264 stay words", "utf# and h# stay words"),
        ("", ""),
    ],
)
def test_a_cause_is_the_message_without_what_differs(message, cause):
    assert cause_of(message) == cause


def test_a_long_or_hostile_message_is_cut_and_takes_no_time():
    assert len(cause_of("a" * 10**6)) == 200
    assert len(cause_of("'" * 10**6 + "9a-" * 10**5)) <= 200


def test_messages_that_differ_in_numbers_are_one_cause(operator, running):
    fail(running, "late by 3 s (req_11aa22)", "late by 41 s (req_77bb88)", "no such model 'x'", code="server_error")
    found = operator.get(address(running)).context["errors"]
    assert [(group.cause, group.count) for group in found] == [("late by # s (#)", 2), ('no such model "…"', 1)]
    assert found[0].example == "late by 3 s (req_11aa22)"


def test_only_the_cause_that_was_pressed_is_retried(operator, course, provider):
    run = factories.finished(course)
    run.requests.update(status="planned")
    fail(run, "late by 3 s", "late by 4 s", "refused")
    run.requests.filter(status="planned").update(status="succeeded")
    press = {"deed": "retry", "status": "failed", "code": "server_error", "cause": "late by # s"}
    operator.post(address(run, "change"), press)
    assert run.ledger() == {"planned": 2, "failed": 1, "succeeded": 3}


@pytest.mark.parametrize("status", ["failed", "invalid", "missing", "expired", "cancelled"])
def test_each_cause_has_its_price(operator, running, status):
    running.estimate = {"cost_nano": {"direct": {"low": 0, "likely": 6 * 10**9, "high": 9 * 10**9}}}
    running.save()
    fail(running, "late", status=status)
    Run.objects.update(status="completed")
    assert "Retry these (+$1" in operator.get(address(running)).content.decode()


def test_real_outcomes_have_causes(operator, course, provider):
    provider.faults("missing_lines", 2)
    run = factories.finished(course)
    causes = set(run.requests.filter(status="missing").values_list("cause", flat=True))
    assert causes == {"neither the output file nor the error file has an answer: it may have been paid"}


def test_the_time_left_is_from_the_last_ten_minutes(running):
    for _ in range(3):
        answer(running, timedelta(minutes=5))
    found = figures(running)
    # Three in ten minutes: the other three take ten more, whatever the twenty before were like.
    assert found.eta == pytest.approx(600, abs=5)
    assert found.basis == "from the last 10 min: 0.3 a minute"


def test_old_answers_say_nothing_of_the_time_left(running):
    answer(running, timedelta(minutes=20))
    found = figures(running)
    assert (found.eta, found.basis) == (None, "no answer in the last 10 min")


def test_a_paced_run_is_reckoned_from_its_launch(running):
    running.pace = {"batch_size": 2, "wait_time": 900}
    answer(running, timedelta(minutes=20))
    assert figures(running).eta == pytest.approx(5 * 1800, abs=60)


def test_batches_are_reckoned_from_the_provider_s_counters(running):
    begun = timezone.now() - timedelta(minutes=10)
    counts = {"total": 4, "completed": 1, "failed": 1}
    job(running, status="in_progress", remote_batch_id="b1", submitting_at=begun, remote_counts=counts)
    found = figures(running)
    assert found.eta == pytest.approx(600, abs=5)
    assert found.basis == "from the provider's counters: 2 of 4 answered"


def test_a_batch_without_an_answer_has_no_time_left_yet(running):
    job(running, status="validating", remote_batch_id="b1", request_count=6)
    assert figures(running).eta is None


def test_the_deadline_of_the_batches_is_shown(operator, running):
    ends = timezone.now() + timedelta(hours=5)
    job(running, status="in_progress", remote_batch_id="b1", expires_at=ends)
    answered = operator.get(address(running))
    assert answered.context["deadline"] == ends
    assert answered.context["jobs"][0][2].startswith(("4:59", "5:00"))
    assert "what has no answer then has expired" in answered.content.decode()


def test_jobs_come_with_their_timelines(operator, course, provider):
    run = factories.finished(course)
    ((shown, steps, _),) = operator.get(address(run)).context["jobs"]
    assert shown == run.batch_jobs.get()
    lines = steps.splitlines()
    assert "ingested: 6 of 6 answered well" in lines[0] and "prepared: 6 requests" in lines[-1]


def test_of_many_jobs_the_newest_are_shown_and_all_are_linked(operator, running):
    for _ in range(60):
        job(running, status="prepared")
    answered = operator.get(address(running))
    assert (len(answered.context["jobs"]), answered.context["job_total"]) == (50, 60)
    assert f"batchjob/?run={running.pk}" in answered.content.decode()


def test_money_is_counted_from_the_attempts_while_it_goes_on(operator, running):
    running.estimate = {"cost_nano": {"direct": {"low": 0, "likely": 8 * 10**9, "high": 9 * 10**9}}}
    running.save()
    answer(running, timedelta(minutes=1), cost=2 * 10**9)
    answer(running, timedelta(minutes=1), cost=None)
    money = operator.get(address(running)).context["money"]
    assert money == {"cost": 2 * 10**9, "unpriced": 1, "likely": 8 * 10**9, "share": 25}


def test_money_is_not_shown_to_others(client, roles, running):
    answer(running, timedelta(minutes=1), cost=2 * 10**9)
    fail(running, "late")
    client.force_login(roles["publisher"])
    for name in ("progress", "change"):
        shown = client.get(address(running, name)).content.decode()
        assert "$2" not in shown and 'id="run-cost"' not in shown


def test_the_worker_s_memory_is_said_or_that_it_is_silent(operator, running):
    assert "not heard of within the last 3:00" in operator.get(address(running)).content.decode()
    Heartbeat.answer(150_000)
    assert "154 MB at most" in operator.get(address(running)).content.decode()


def test_a_category_is_kept_from_the_plan(db):
    run = factories.run(catalogue("Oak", "Tin"), names=("materials.frontmatter",), mode="direct")
    Material.objects.update(category="changed later")
    assert sorted(run.requests.values_list("category", flat=True)) == ["metal", "wood"]


def test_attempts_of_a_batch_carry_recipe_and_category(course, provider):
    run = factories.finished(course)
    assert set(run.attempts().values_list("recipe", "category")) == {("lessons.lesson", "")}
    used = run.attempts().values_list("input_tokens", "output_tokens")
    assert figures(run).whole.tokens == sum(sum(pair) for pair in used) > 0


def test_attempts_of_direct_mode_carry_them_too(db, provider):
    run = factories.finished(catalogue("Oak"), names=("materials.frontmatter",), mode="direct")
    assert set(run.attempts().values_list("recipe", "category")) == {("materials.frontmatter", "wood")}
    assert run.attempts().first().finished_at is not None


@pytest.mark.parametrize(
    ("value", "safe"),
    [("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"), ("a=1", "a=1"), (-1, -1)],
)
def test_formulas_are_guarded(value, safe):
    assert guarded(value) == safe


def test_failures_as_csv(operator, running):
    fail(running, "=HYPERLINK(1)", 'a "quoted", word\nand more')
    answered = operator.get(address(running, "failures", "csv"))
    rows = list(csv.DictReader(io.StringIO(body(answered).removeprefix("\ufeff"))))
    assert [row["error_message"] for row in rows] == ["'=HYPERLINK(1)", 'a "quoted", word\nand more']
    assert rows[0]["status"] == "failed" and rows[0]["label"].startswith("M0-L001")
    assert answered["Content-Disposition"] == f'attachment; filename="run-{running.pk}-failures.csv"'


def test_failures_as_jsonl(operator, running):
    fail(running, "größer")
    (row,) = [json.loads(line) for line in body(operator.get(address(running, "failures", "jsonl"))).splitlines()]
    assert (row["error_message"], row["error_code"], row["attempt_count"]) == ("größer", "server_error", 0)


def test_a_run_without_failures_has_files_without_rows(operator, running):
    assert body(operator.get(address(running, "failures", "jsonl"))) == ""
    assert body(operator.get(address(running, "failures", "csv"))).count("\n") == 1


def test_files_of_another_form_or_by_post_are_refused(operator, running):
    assert operator.get(address(running, "failures", "exe")).status_code == 400
    assert operator.post(address(running, "failures", "csv")).status_code == 400


def test_failures_of_a_hidden_run_are_hidden(operator, running, roles):
    Course.objects.get().groups.add(roles["viewer"].groups.get())
    assert operator.get(address(running, "failures", "csv")).status_code == 302


def refreshed(client, run):
    client.get(address(run))
    with CaptureQueriesContext(connection) as found:
        client.get(address(run))
        return len(found)


def test_a_refresh_asks_the_same_few_questions_of_any_run(operator, running):
    job(running, status="in_progress", remote_batch_id="b0")
    fail(running, "late by 1 s")
    few = refreshed(operator, running)
    other = launched_with_much()
    assert refreshed(operator, other) == few <= 25


def launched_with_much():
    """A run with many jobs, causes and steps."""
    run = factories.run(factories.course(3, 10, "large"))
    Run.objects.filter(pk=run.pk).update(status="running", started_at=timezone.now() - timedelta(hours=1))
    for number in range(20):
        one = job(run, status="in_progress", remote_batch_id=f"more-{number}")
        one.transitions.create(from_status="prepared", to_status="uploading")
    fail(run, *(f"cause {chr(97 + number) * 3}" for number in range(15)))
    run.refresh_from_db()
    return run


def test_the_fragment_comes_without_the_frame_and_is_not_kept(operator, running):
    answered = operator.get(address(running))
    assert "<head" not in answered.content.decode() and "no-store" in answered["Cache-Control"]


def test_the_page_and_its_fragment_show_the_same_parts(operator, running):
    fail(running, "late")
    job(running, status="prepared")
    for part in ("run-state", "run-ledger", "run-cost", "run-figures", "run-errors", "run-jobs", "run-timeline"):
        for name in ("change", "progress"):
            assert f'id="{part}"' in operator.get(address(running, name)).content.decode(), (part, name)


def test_a_launched_run_is_live_until_its_end(operator, course, provider):
    run = launched(course)
    assert operator.get(address(run)).context["live"]
    Run.objects.update(status="failed")
    assert not operator.get(address(run)).context["live"]
