from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from generation.pacing import asked_delay, poll_delay, retry_delay


def test_polls_grow_from_the_minimum_to_the_maximum():
    delays = [poll_delay(polls, 5, 300) for polls in range(20)]
    assert delays[0] == 5
    assert delays == sorted(delays)
    assert delays[-1] == 300


def test_a_poll_after_days_is_no_overflow():
    assert poll_delay(10**9, 5, 300) == 300


def test_retries_double():
    assert [retry_delay(tries) for tries in (1, 2, 3)] == [2, 4, 8]
    assert retry_delay(99) == 300


def test_the_servers_own_word_is_honoured_in_full():
    assert retry_delay(1, retry_after=1200) == 1200
    assert retry_delay(3, retry_after=0) == 8
    assert retry_delay(3, retry_after=None) == 8


@pytest.mark.parametrize("word", ["soon", "", "nan", "inf", "-3", "1e400"])
def test_a_retry_after_that_is_nonsense_is_none_or_bounded(word):
    found = asked_delay({"retry-after": word})
    assert found is None or 0 <= found <= 86400


def test_a_retry_after_in_the_past_means_now():
    past = format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)
    assert asked_delay({"retry-after": past}) == 0


def test_milliseconds_come_before_seconds():
    assert asked_delay({"retry-after-ms": "20", "retry-after": "2"}) == 0.02
    assert asked_delay({}) is None
