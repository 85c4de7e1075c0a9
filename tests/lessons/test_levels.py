"""Levels, their words, durations and lengths."""

import pytest

from lessons.levels import LENGTHS, duration, expected_length, highest, level_word


@pytest.mark.parametrize(("level", "minutes"), [("F", 45), ("I", 60), ("A", 75), ("E", 90)])
def test_minutes_by_level(level, minutes):
    assert duration(level) == minutes


@pytest.mark.parametrize(("level", "minutes"), [("F-I", 60), ("F-E", 90), ("I-A", 75), ("E-F", 90), ("f-a", 75)])
def test_of_a_range_the_higher_levels_minutes(level, minutes):
    assert duration(level) == minutes


def test_without_a_level_the_default_can_be_set():
    assert (duration(""), duration("", default=50), duration("?", default=30)) == (60, 50, 30)


@pytest.mark.parametrize(
    ("level", "word"),
    [
        ("F", "Foundation"),
        ("I", "Intermediate"),
        ("A", "Advanced"),
        ("E", "Expert"),
        ("", ""),
        ("F-I", "Foundation to Intermediate"),
    ],
)
def test_words(level, word):
    assert level_word(level) == word


def test_the_highest_of_a_range():
    assert [highest(level) for level in ("F-I", "E-A", "", "I", "x")] == ["I", "E", "", "I", ""]


def test_lengths_grow_with_the_level_and_are_in_order():
    for length in LENGTHS.values():
        assert length.minimum < length.target < length.maximum
    targets = [expected_length(level).target for level in "FIAE"]
    assert targets == sorted(set(targets))


def test_length_of_a_range_is_the_higher_levels():
    assert expected_length("F-A") == LENGTHS["A"]


def test_without_a_level_any_length_of_the_four_will_do():
    length = expected_length("")
    assert (length.minimum, length.maximum) == (LENGTHS["F"].minimum, LENGTHS["E"].maximum)
