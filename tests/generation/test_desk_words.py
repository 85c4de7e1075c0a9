"""Differences and times as people read them."""

from datetime import UTC, datetime, timedelta

import pytest

from generation.desk.differences import MAX_LINES, line_difference
from generation.desk.moments import ago, relative

NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)


def test_same_texts_have_no_difference():
    assert line_difference("a\nb", "a\nb") == []


def test_a_changed_line_is_removed_and_added_with_its_numbers():
    lines = line_difference("a\nb\nc", "a\nX\nc")
    assert [(line.mark, line.old, line.new, line.text) for line in lines] == [
        (" ", 1, 1, "a"), ("−", 2, 0, "b"), ("+", 0, 2, "X"), (" ", 3, 3, "c"),
    ]  # fmt: skip


def test_far_away_lines_are_left_out_with_a_mark():
    old = "\n".join(str(number) for number in range(100))
    lines = line_difference(old, old.replace("\n90\n", "\nX\n"))
    assert lines[0].kind == "skip"
    assert len(lines) == 1 + 3 + 2 + 3


def test_very_long_texts_are_not_compared_line_by_line():
    lines = line_difference("a\n" * (MAX_LINES + 1), "b\n" * (MAX_LINES + 1))
    assert [line.kind for line in lines] == ["skip"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "just now"), (59, "just now"), (60, "1 min ago"), (3599, "59 min ago"), (7200, "2 h ago"),
        (86_400, "1 day ago"), (3 * 86_400, "3 days ago"), (-90, "in 1 min"), (-5, "in a moment"),
    ],
)  # fmt: skip
def test_relative_times(seconds, words):
    assert relative(NOW - timedelta(seconds=seconds), NOW) == words


def test_old_times_are_dates(settings):
    assert relative(NOW - timedelta(days=40), NOW) == "10 Apr 2026"


def test_the_exact_time_is_on_hover(settings):
    assert 'title="2026-05-20 12:00:00 UTC"' in ago(NOW)
    assert ago(None) == "–"
