"""Direct mode: what is in flight always lands, nothing is sent twice, and a crash leaves its trace."""

import pytest
from django.utils import timezone

from generation.models import Attempt, BatchJob, DirectLane, RawAnswer, RecipeSettings, Request, Run
from generation.models.wakeups import without_wakeups
from generation.pipeline import accept, direct, plan
from lessons.models import Lesson, LessonPlan
from tests import factories
from tests.generation.scenes import launched
from tests.tiny.rows import box


@pytest.fixture(autouse=True)
def silent(settings):
    settings.DIRECT_CONCURRENCY = 2
    with without_wakeups():
        yield


@pytest.fixture
def run(course, provider) -> Run:
    return launched(course, mode="direct")


def executed(sandbox) -> int:
    return int(sandbox.log()["executed"]["direct"])


def once() -> None:
    """No request is tried a second time."""
    RecipeSettings.objects.create(recipe="lessons.lesson", attempts=1)


def test_every_request_is_sent_once_and_its_answer_read_like_a_batchs(run, sandbox):
    assert direct.send_slice(run) == 6
    assert (executed(sandbox), run.ledger()) == (6, {"succeeded": 6})
    assert set(Attempt.objects.values_list("mode", "outcome", "number")) == {("direct", "succeeded", 1)}
    assert Attempt.objects.filter(cost_nano__gt=0, finished_at__isnull=False).count() == RawAnswer.objects.count() == 6
    accept.accept(run)
    assert Lesson.objects.count() == 6


def test_a_direct_answer_costs_twice_what_a_batch_costs(run):
    direct.send_slice(run)
    attempt = Attempt.objects.all()[0]
    price = factories.run(factories.course(slug="x")).estimate["parts"][0]
    assert price["discounted"] == {"batch": True, "flex": True, "direct": False}
    assert attempt.cost_nano


def test_a_rate_limit_is_waited_out_and_the_request_tried_again(run, sandbox):
    sandbox.faults("rate_limited", "20ms", count=2, match="chat.completions")
    assert direct.send_slice(run) >= 6
    Request.objects.update(next_due=None)
    direct.send_slice(run)
    assert run.ledger() == {"succeeded": 6}
    assert sorted(Attempt.objects.values_list("outcome", flat=True)) == ["rate_limited"] * 2 + ["succeeded"] * 6
    assert set(Attempt.objects.filter(outcome="rate_limited").values_list("cost_nano", flat=True)) == {0}


@pytest.mark.parametrize("fault", ["error_500", "html_502", "html_200", "bad_json_200", "drop_before"])
def test_a_failing_call_is_a_failed_request_with_its_words(fault, run, sandbox):
    once()
    sandbox.faults(fault, count=1, match="chat.completions")
    direct.send_slice(run)
    assert run.ledger() == {"succeeded": 5, "failed": 1}
    failed = Request.objects.get(status="failed")
    assert failed.error_code
    assert failed.error_message.startswith("asking the model: ")


@pytest.mark.parametrize("fault", ["refusal", "length", "empty_content", "content_filter"])
def test_a_paid_answer_that_is_no_good_is_invalid_and_paid(fault, run, sandbox):
    sandbox.faults(fault, 1, count=1)
    direct.send_slice(run)
    assert run.ledger() == {"succeeded": 5, "invalid": 1}
    assert Attempt.objects.exclude(outcome="succeeded").get().cost_nano


@pytest.mark.parametrize(
    ("fault", "key", "words"),
    [("insufficient_quota", "sk-test", "no credit left"), (None, "sk-wrong", "check OPENAI_API_KEY")],
    ids=["no_credit", "wrong_key"],
)
def test_what_can_t_get_better_stops_the_rest_unsent(fault, key, words, course, provider, sandbox, settings):
    run = launched(course, mode="direct")
    settings.PROVIDERS = {"default": settings.PROVIDERS["default"] | {"api_key": key}}
    if fault:
        sandbox.faults(fault, match="chat.completions")
    direct.send_slice(run)
    assert run.ledger() == {"failed": 6}
    assert executed(sandbox) == 0
    unsent = Request.objects.filter(attempt_count=0)
    assert unsent.count() >= 2
    assert all(words in message for message in unsent.values_list("error_message", flat=True))
    assert set(Attempt.objects.values_list("cost_nano", flat=True)) == {0}


def test_a_stop_sends_nothing_more_and_lets_land_what_flies(run, sandbox):
    sandbox.control("options", latency=0.1)
    asked = iter([False, False, False])
    answered = direct.send_slice(run, lambda: next(asked, True))
    sandbox.control("options", latency=0)
    assert 0 < answered < 6
    assert run.ledger() == {"succeeded": answered, "planned": 6 - answered}
    assert executed(sandbox) == answered


def test_a_slice_that_is_over_sends_nothing(run, sandbox):
    assert direct.send_slice(run, seconds=0) == 0
    assert run.ledger() == {"planned": 6}


def test_a_slice_goes_on_where_the_last_one_stopped(run, sandbox):
    direct.send_slice(run, seconds=0)
    direct.send_slice(run)
    direct.send_slice(run)
    assert executed(sandbox) == 6


def test_what_was_in_flight_when_a_process_died_is_perhaps_paid_and_sent_again(run):
    request = run.requests.all()[0]
    Request.objects.filter(pk=request.pk).update(status="queued", attempt_count=1)
    Attempt.objects.create(
        request=request, run=run, number=1, mode="direct", provider="default", model="m", outcome="unknown"
    )
    direct.send_slice(run)
    attempts = list(request.attempts.order_by("number").values_list("outcome", "cost_nano"))
    assert attempts[0] == ("unknown", None)
    assert attempts[1][0] == "succeeded"
    assert run.ledger() == {"succeeded": 6}


def test_a_second_worker_leaves_the_lane_to_the_first(run, sandbox):
    DirectLane.take("default", "gpt-5.4-mini", "another", 60)
    assert direct.send_slice(run) == 0
    assert executed(sandbox) == 0
    assert run.next_due > timezone.now()


def test_a_lane_whose_holder_died_is_free_after_its_lease(run):
    DirectLane.take("default", "gpt-5.4-mini", "dead", -1)
    assert direct.send_slice(run) == 6


def test_the_lane_is_given_back(run):
    direct.send_slice(run)
    assert DirectLane.objects.get().holder == ""


def test_flex_asks_for_it_and_costs_half(course, provider, sandbox):
    run = launched(course, mode="flex")
    direct.send_slice(run)
    assert set(Attempt.objects.values_list("mode", "outcome")) == {("flex", "succeeded")}
    assert run.ledger() == {"succeeded": 6}


def test_a_text_remembers_the_source_that_it_was_really_made_from(run):
    item = LessonPlan.objects.get(key="M0-L001")
    LessonPlan.objects.filter(pk=item.pk).update(title="Changed", source_hash="moved")
    direct.send_slice(run)
    accept.accept(run)
    assert Lesson.objects.get(item=item).source_hash == "moved"


def test_responses_answers_are_read_too(provider, db):
    run = launched(box(), mode="direct", names=("tiny.fact",))
    direct.send_slice(run)
    accept.accept(run)
    assert run.ledger() == {"succeeded": 3}


def died(run: Run, request: Request, times: int, outcome: str = "unknown") -> None:
    """The request as after so many workers that died while it was in flight."""
    first = request.attempt_count + 1
    for number in range(first, first + times):
        Attempt.objects.create(
            request=request, run=run, number=number, mode="direct", provider="default", model="m", outcome=outcome
        )
    Request.objects.filter(pk=request.pk).update(status="queued", attempt_count=first + times - 1)
    request.refresh_from_db()


def test_a_request_that_kills_its_worker_each_time_ends(run, sandbox):
    RecipeSettings.objects.create(recipe="lessons.lesson", attempts=2)
    deadly, harmless = run.requests.order_by("pk")[:2]
    died(run, deadly, 2)
    died(run, harmless, 1)
    direct.send_slice(run)
    deadly.refresh_from_db()
    assert (deadly.status, deadly.error_code) == ("failed", "unknown")
    assert "the worker ended before the answer came" in deadly.error_message
    assert (run.ledger(), executed(sandbox)) == ({"succeeded": 5, "failed": 1}, 5)
    assert set(deadly.attempts.values_list("outcome", "cost_nano")) == {("unknown", None)}


def test_waiting_for_a_rate_limit_does_not_count_as_dying(run, sandbox):
    RecipeSettings.objects.create(recipe="lessons.lesson", attempts=2)
    request = run.requests.order_by("pk")[0]
    died(run, request, 5, outcome="rate_limited")
    died(run, request, 1)
    direct.send_slice(run)
    assert run.ledger() == {"succeeded": 6}


def test_what_a_batch_has_cancelled_does_not_count_as_dying(run):
    RecipeSettings.objects.create(recipe="lessons.lesson", attempts=2)
    request = run.requests.order_by("pk")[0]
    died(run, request, 2, outcome="cancelled")
    job = BatchJob.objects.create(run=run, status="ingested", provider="default", model="m")
    Attempt.objects.filter(number=1).update(batch_job=job)
    direct.send_slice(run)
    assert run.ledger() == {"succeeded": 6}


def test_a_person_may_retry_what_killed_its_worker(run):
    RecipeSettings.objects.create(recipe="lessons.lesson", attempts=1)
    died(run, run.requests.order_by("pk")[0], 1)
    direct.send_slice(run)
    assert plan.retry(run, run.requests.all()) == 1
    direct.send_slice(run)
    assert run.ledger() == {"succeeded": 6}


def test_a_slice_that_is_over_does_not_read_what_it_has_not_sent(db, provider, monkeypatch):
    monkeypatch.setattr("generation.waves.CHUNK", 5)
    monkeypatch.setattr("generation.pipeline.direct.CHUNK", 5)
    run = launched(factories.course(4, 20), mode="direct")
    read: list[int] = []
    chunks = direct.ready_chunks

    def counted(*args):
        for ready in chunks(*args):
            read.append(len(ready.requests))
            yield ready

    monkeypatch.setattr(direct, "ready_chunks", counted)
    sent = direct.send_slice(run, stop=lambda: len(read) >= 2)
    assert sent < 80
    assert sum(read) <= 15, "the rest of the run was read for nothing"
