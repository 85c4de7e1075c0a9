"""Tries within a window of time, and the order that an operator sets."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from generation.instructions import instruction
from generation.ledger import Answered, Sending, settle
from generation.models import Attempt, RecipeSettings, Request, Run
from generation.outcomes import Outcome, OutcomeKind
from generation.waves import ready_chunks
from tests import factories
from tests.tiny.rows import box

K = OutcomeKind


@pytest.fixture
def run(course) -> Run:
    return factories.run(course)


def tried(run: Run, *ages: tuple[OutcomeKind, float]) -> Request:
    """The run's first request after attempts with these outcomes, so many seconds ago."""
    request = run.requests.all()[0]
    for number, (kind, age) in enumerate(ages, start=1):
        when = timezone.now() - timedelta(seconds=age)
        Attempt.objects.create(
            request=request, run=run, number=number, mode="direct", provider="default", model="m", outcome=kind,
            started_at=when,
        )  # fmt: skip
    request.attempt_count = len(ages)
    return request


def after(run: Run, request: Request, kind: OutcomeKind, window: float, **fields: Any) -> str:
    sending = Sending(run.pk, "direct", "default", "m", None, 5, window)
    settle(sending, [Answered(request, Outcome("a", kind, code=kind.value, message="words"), **fields)])
    request.refresh_from_db()
    return request.status


@pytest.mark.parametrize(("age", "status"), [(200, "planned"), (299, "failed"), (400, "failed")])
def test_a_try_that_would_begin_after_the_window_is_not_made(run, age, status):
    assert after(run, tried(run, (K.SERVER_ERROR, age)), K.SERVER_ERROR, 300) == status


def test_without_a_window_only_the_tries_are_counted(run):
    assert after(run, tried(run, (K.SERVER_ERROR, 9999)), K.SERVER_ERROR, 0) == "planned"


def test_the_window_counts_from_the_first_failure_not_the_last(run):
    request = tried(run, (K.TIMED_OUT, 310), (K.SERVER_ERROR, 10))
    assert after(run, request, K.SERVER_ERROR, 300) == "failed"


def test_a_persons_retry_the_next_day_has_a_window_of_its_own(run):
    request = tried(run, (K.REFUSED, 86_400), (K.SERVER_ERROR, 10))
    assert after(run, request, K.SERVER_ERROR, 300) == "planned"


def test_a_rate_limit_is_waited_out_also_beyond_the_window(run):
    assert after(run, tried(run, (K.RATE_LIMITED, 10)), K.RATE_LIMITED, 300, retry_after=1000) == "planned"


def test_an_operators_window_is_in_force(db):
    assert instruction("lessons.lesson").retry_window == 0
    RecipeSettings.objects.create(recipe="lessons.lesson", retry_window=120)
    assert instruction("lessons.lesson").retry_window == 120


@pytest.mark.parametrize(("order", "first"), [(None, "lessons.lesson"), (0, "tiny.fact")])
def test_an_operators_order_is_kept(course, order, first):
    run = factories.run(course)
    factories.run(box(), names=("tiny.fact",)).requests.update(run=run)
    RecipeSettings.objects.create(recipe="tiny.fact", order=order)
    assert next(ready.requests[0].recipe for ready in ready_chunks(run, "batch")) == first
