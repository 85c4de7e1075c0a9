"""Complexity levels of lessons: their words, durations in minutes and expected lengths in words."""

from typing import NamedTuple

LEVEL_WORDS = {"F": "Foundation", "I": "Intermediate", "A": "Advanced", "E": "Expert"}
DURATIONS = {"F": 45, "I": 60, "A": 75, "E": 90}
ORDER = "FIAE"


class Length(NamedTuple):
    """Words that a lesson should have: at least, about, at most."""

    minimum: int
    target: int
    maximum: int


LENGTHS = {
    "F": Length(600, 900, 1800),
    "I": Length(800, 1200, 2400),
    "A": Length(1000, 1500, 3000),
    "E": Length(1200, 1800, 3600),
}
# A lesson without a level may turn out as any of the four.
NO_LEVEL_LENGTH = Length(600, 1200, 3600)


def highest(level: str) -> str:
    """The higher level of a range ("F-I" gives "I"); "" for no level or an unknown one."""
    # A range written the wrong way round means the same.
    known = [letter for letter in level.upper() if letter in ORDER]
    return max(known, key=ORDER.index, default="")


def level_word(level: str) -> str:
    """ "Foundation" for "F", "Foundation to Intermediate" for "F-I", "" for no level."""
    return " to ".join(LEVEL_WORDS[letter] for letter in level.upper() if letter in ORDER)


def duration(level: str, default: int = 60) -> int:
    """Minutes of a lesson; of a range the higher level's, `default` without a level."""
    return DURATIONS.get(highest(level), default)


def expected_length(level: str) -> Length:
    """Minimum, target and maximum number of words; of a range the higher level's."""
    return LENGTHS.get(highest(level), NO_LEVEL_LENGTH)
