"""The outcome method: attempts, their cost, and where requests stand after them."""

import pytest
from django.utils import timezone

from generation.costs import Usage
from generation.jsonl import AnswerLine
from generation.ledger import Answered, Sending, attempt_fields, fail_unsent, record_batch, settle
from generation.models import Attempt, RawAnswer, Request, Run
from generation.outcomes import Outcome, OutcomeKind, judge
from tests import factories
from tests.generation.stored import body

K = OutcomeKind
SENDING = Sending(1, "batch", "default", "gpt-4o-mini", None, attempts_allowed=3)
USED = Usage(input=1000, output=1000)


def outcome(kind: OutcomeKind, **fields: object) -> Outcome:
    return Outcome("a", kind, code=kind.value, message="words", **fields)  # type: ignore[arg-type]


@pytest.fixture
def run(course) -> Run:
    return factories.run(course)


@pytest.fixture
def sending(run) -> Sending:
    return Sending(run.pk, "direct", "default", "gpt-4o-mini", None, attempts_allowed=3)


def record(sending: Sending, kind: OutcomeKind, **fields: object) -> Request:
    """Record one answer to the run's first request."""
    request = Request.objects.order_by("pk")[0]
    record_batch(sending, [Answered(request, outcome(kind, **fields), b"raw")])
    request.refresh_from_db()
    return request


@pytest.mark.parametrize(("mode", "cost"), [("batch", 375_000), ("flex", 375_000), ("direct", 750_000)])
def test_the_cost_of_an_answer_is_its_modes(mode, cost):
    sending = Sending(1, mode, "default", "gpt-4o-mini")
    assert attempt_fields(sending, outcome(K.SUCCEEDED, usage=USED))["cost_nano"] == cost


def test_a_flex_request_that_was_served_as_standard_costs_the_standard_price():
    sending = Sending(1, "flex", "default", "gpt-4o-mini")
    assert attempt_fields(sending, outcome(K.SUCCEEDED, usage=USED, service_tier="default"))["cost_nano"] == 750_000
    assert attempt_fields(sending, outcome(K.SUCCEEDED, usage=USED, service_tier="flex"))["cost_nano"] == 375_000


def test_a_paid_failure_stays_paid():
    assert attempt_fields(SENDING, outcome(K.REFUSED, usage=USED))["cost_nano"] == 375_000


@pytest.mark.parametrize("kind", [K.MISSING, K.UNREADABLE, K.UNKNOWN])
def test_what_may_have_been_paid_has_no_cost_rather_than_0(kind):
    assert attempt_fields(SENDING, outcome(kind))["cost_nano"] is None


@pytest.mark.parametrize("kind", [K.EXPIRED, K.CANCELLED, K.REJECTED, K.RATE_LIMITED])
def test_what_was_not_run_costs_nothing(kind):
    assert attempt_fields(SENDING, outcome(kind))["cost_nano"] == 0


def test_the_model_of_the_answer_is_priced():
    fields = attempt_fields(SENDING, outcome(K.SUCCEEDED, usage=USED, model="nobody-knows-me"))
    assert (fields["model"], fields["cost_nano"]) == ("nobody-knows-me", None)


def test_long_words_fit_into_their_columns(run, sending):
    request = Request.objects.all()[0]
    long = Outcome("a", K.REJECTED, code="c" * 500, message="m" * 5000, request_id="r" * 500, model="n" * 500)
    record_batch(sending, [Answered(request, long)])
    attempt = Attempt.objects.get()
    lengths = [len(text) for text in (attempt.error_code, attempt.error_message, attempt.remote_id, attempt.model)]
    assert lengths == [100, 2000, 100, 100]


def test_a_recorded_answer_has_its_attempt_its_raw_line_and_its_state(run, sending):
    request = record(sending, K.SUCCEEDED, usage=USED)
    attempt = Attempt.objects.get()
    assert (request.status, request.attempt_count, request.error_code) == ("succeeded", 1, "")
    assert (attempt.number, attempt.outcome, attempt.run_id, attempt.cost_nano) == (1, "succeeded", run.pk, 750_000)
    assert bytes(RawAnswer.objects.get(attempt=attempt).line) == b"raw"


def test_a_retry_is_a_new_attempt_and_the_old_one_stays(run, sending):
    record(sending, K.SERVER_ERROR)
    request = record(sending, K.SUCCEEDED)
    assert list(request.attempts.values_list("number", "outcome")) == [(1, "server_error"), (2, "succeeded")]
    assert request.status == "succeeded"


def test_a_success_is_never_undone(run, sending):
    record(sending, K.SUCCEEDED)
    request = record(sending, K.REJECTED)
    assert (request.status, request.attempt_count, request.error_code) == ("succeeded", 2, "")


@pytest.mark.parametrize("kind", [K.SERVER_ERROR, K.TIMED_OUT, K.EXPIRED])
def test_transient_failures_are_planned_again_with_a_pause_until_the_tries_are_used_up(kind, run, sending):
    found = []
    for _ in range(3):
        request = record(sending, kind)
        found.append((request.status, bool(request.next_due and request.next_due > timezone.now())))
    last = "expired" if kind == K.EXPIRED else "failed"
    assert found == [("planned", True), ("planned", True), (last, False)]
    assert request.error_message == "words"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (K.REFUSED, "invalid"), (K.TRUNCATED, "invalid"), (K.FILTERED, "invalid"), (K.EMPTY, "invalid"),
        (K.UNREADABLE, "invalid"), (K.MISSING, "missing"), (K.CANCELLED, "cancelled"), (K.REJECTED, "failed"),
        (K.UNKNOWN, "failed"),
    ],
)  # fmt: skip
def test_what_was_perhaps_paid_or_won_t_go_better_waits_for_a_person(kind, status, run, sending):
    assert record(sending, kind).status == status


def test_the_servers_own_pause_is_kept(run, sending):
    request = Request.objects.all()[0]
    settle(sending, [Answered(request, outcome(K.RATE_LIMITED), retry_after=1000)])
    request.refresh_from_db()
    assert request.next_due
    assert 990 < (request.next_due - timezone.now()).total_seconds() <= 1000


def test_an_account_without_credit_is_not_asked_again(run, sending):
    request = Request.objects.all()[0]
    broke = judge(AnswerLine(request.custom_id, 429, error_code="insufficient_quota", error_message="no credit"))
    record_batch(sending, [Answered(request, broke)])
    request.refresh_from_db()
    assert (request.status, request.error_code) == ("failed", "insufficient_quota")


def test_many_answers_take_few_queries(run, sending, django_assert_max_num_queries):
    requests = Request.objects.all()
    answered = [Answered(one, judge(AnswerLine(one.custom_id, 200, body())), b"x") for one in requests]
    with django_assert_max_num_queries(6):
        record_batch(sending, answered)
    assert run.ledger() == {"succeeded": 6}


def test_closing_what_was_never_sent_leaves_what_was_answered(run, sending):
    record(sending, K.SUCCEEDED)
    assert fail_unsent(run.requests.all(), "not_sent", "the disk is full") == 5
    assert run.ledger() == {"succeeded": 1, "failed": 5}
    assert Attempt.objects.count() == 1
