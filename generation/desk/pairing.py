"""Which removed line became which added one, by the words that they share; in order, and in bounded time."""

import re
import time
from collections.abc import Sequence

# Blocks with up to so many pairs of lines get the best pairing; larger ones a good one, within a window.
MAX_PAIRS = 2500
WINDOW = 12
ALIKE = 0.4
# No person compares longer lines word by word.
MAX_LINE = 4000

Pair = tuple[int, int]
_WORD = re.compile(r"\w+|[^\w\s]")


def paired(old: Sequence[str], new: Sequence[str], deadline: float) -> list[Pair]:
    """Places of lines alike, rising in both; line by line where that takes until `deadline` (time.monotonic)."""
    if not old or not new:
        return []
    if len(old) == len(new) == 1:
        return [(0, 0)]
    before, after = [_words(line) for line in old], [_words(line) for line in new]
    small = len(old) * len(new) <= MAX_PAIRS
    found = _best(before, after, deadline) if small else _near(before, after, deadline)
    if found is None:
        return [(place, place) for place in range(len(old))] if len(old) == len(new) else []
    return found


def _words(line: str) -> frozenset[str]:
    return frozenset(_WORD.findall(line)) if len(line) <= MAX_LINE else frozenset()


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / ((len(one) + len(other)) or 1)


def _best(old: list[frozenset[str]], new: list[frozenset[str]], deadline: float) -> list[Pair] | None:
    """The pairing with the most likeness in all; None when the time is over."""
    likeness: list[list[float]] = []
    for one in old:
        if time.monotonic() > deadline:
            return None
        likeness.append([_likeness(one, other) for other in new])
    # total[i][j]: the most that the lines from i and j on can have.
    total = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            together = likeness[i][j] + total[i + 1][j + 1] if likeness[i][j] >= ALIKE else 0.0
            total[i][j] = max(total[i + 1][j], total[i][j + 1], together)
    pairs, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if total[i][j] == total[i + 1][j]:
            i += 1
        elif total[i][j] == total[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def _near(old: list[frozenset[str]], new: list[frozenset[str]], deadline: float) -> list[Pair] | None:
    """Each line with the likest of the next few; None when the time is over."""
    pairs, free = [], 0
    for place, one in enumerate(old):
        if time.monotonic() > deadline:
            return None
        window = range(free, min(free + WINDOW, len(new)))
        best = max(window, key=lambda other: (_likeness(one, new[other]), -other), default=None)
        if best is not None and _likeness(one, new[best]) >= ALIKE:
            pairs.append((place, best))
            free = best + 1
    return pairs
