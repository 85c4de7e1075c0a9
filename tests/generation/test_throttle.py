"""The throttle, on a clock that the test turns."""

from hypothesis import given
from hypothesis import strategies as st

from generation.throttle import CREDIT, Throttle


def started_within(throttle: Throttle, seconds: float, step: float = 0.01) -> int:
    """How many requests start when each lands at once."""
    now, started = 0.0, 0
    while now < seconds:
        for _ in range(throttle.room(0, now)):
            throttle.started(0, now)
            started += 1
        now += step
    return started


def test_without_limits_only_the_concurrency_counts():
    throttle = Throttle(start=8)
    assert throttle.room(0, now=0) == 8
    assert throttle.room(8, now=0) == 0


def test_a_rate_is_used_to_the_full_and_never_passed():
    for rate in (60, 500, 6000):
        started = started_within(Throttle(start=100, most=100, requests=rate), 60)
        assert rate * 0.99 <= started <= rate + rate / 60 * CREDIT + 1


@given(st.lists(st.floats(0, 3), min_size=20, max_size=200))
def test_no_minute_holds_more_than_the_rate_and_its_credit(pauses):
    throttle, now, starts = Throttle(start=50, requests=120), 0.0, []
    for pause in pauses:
        now += pause
        for _ in range(throttle.room(0, now)):
            throttle.started(0, now)
            starts.append(now)
    for first in starts:
        assert sum(first <= one < first + 60 for one in starts) <= 120 + 2 * CREDIT + 1


def test_tokens_hold_back_as_requests_do():
    throttle = Throttle(start=10, tokens=6000)
    throttle.started(6000, now=0)
    assert throttle.room(0, now=1) == 0
    assert throttle.room(0, now=60) > 0


def test_a_burst_of_429s_cuts_once():
    throttle = Throttle(start=64)
    for _ in range(20):
        throttle.limited(started_at=1, now=2)
    assert throttle.concurrency == 32
    throttle.limited(started_at=3, now=4)
    assert throttle.concurrency == 16


def test_retry_after_is_honoured_in_full():
    throttle = Throttle()
    throttle.limited(started_at=0, now=1, retry_after=121)
    assert throttle.room(0, now=121) == 0
    assert throttle.room(0, now=122) > 0


def test_a_failing_service_pauses_and_cuts_nothing():
    throttle = Throttle(start=20)
    throttle.failed(now=0)
    assert throttle.concurrency == 20
    assert throttle.room(0, now=0.5) == 0


def test_it_grows_quickly_to_the_ceiling_and_slowly_beyond():
    throttle = Throttle(start=10, most=100)
    throttle.limited(started_at=0, now=1)
    for _ in range(4):
        throttle.succeeded()
    assert throttle.concurrency == 9
    throttle.succeeded()
    assert 9 < throttle.concurrency < 9.2


def test_stated_limits_are_taken_unless_an_operator_set_them():
    headers = {"x-ratelimit-limit-requests": "500", "x-ratelimit-limit-tokens": "30000"}
    learned, ours = Throttle(), Throttle(requests=30)
    learned.learn(headers)
    ours.learn(headers)
    assert (learned.requests.per_minute, learned.tokens.per_minute) == (500, 30000)
    assert ours.requests.per_minute == 30


def test_the_next_holder_goes_on_where_the_last_stopped():
    first = Throttle(start=40, requests=60)
    first.limited(started_at=0, now=10, retry_after=30)
    first.started(0, now=10)
    second = Throttle(start=8, requests=60)
    second.restore(first.state(now=10), now=1000, age=5)
    assert second.concurrency == 20
    assert second.room(0, now=1024) == 0
    assert second.room(0, now=1026) > 0


def test_an_empty_state_changes_nothing():
    throttle = Throttle(start=5)
    throttle.restore({}, now=3, age=1)
    assert throttle.room(0, now=3) == 5
