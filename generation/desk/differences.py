"""Two texts line by line and word by word, for people; never longer than about a second, whatever they hold."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import Match, SequenceMatcher

from generation.desk.pairing import MAX_LINE, paired

# difflib's time grows with the pairs of equal lines, and a step of it can't be interrupted: both are bounded.
MAX_LINES = 3000
MAX_PAIRS = 1_000_000
MAX_SECONDS = 0.7
MAX_WORDS = 300
CONTEXT = 3

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
TOO_LONG = "The texts differ, but are too long to be compared line by line."

# What SequenceMatcher calls an opcode.
Opcode = tuple[str, int, int, int, int]
# A piece of a line, and whether it is what differs.
Part = tuple[bool, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference: `kind` is same, added, removed or skip; numbers are 1-based, 0 where it has none."""

    kind: str
    old: int
    new: int
    text: str
    parts: tuple[Part, ...] = ()

    @property
    def mark(self) -> str:
        """The sign before the line, so that colour is not needed to read it."""
        return {"added": "+", "removed": "−", "skip": "…"}.get(self.kind, " ")


class _OutOfTime(Exception):
    """The comparison has used up its time."""


class _Bounded(SequenceMatcher[str]):
    """A SequenceMatcher that gives up at a deadline."""

    deadline = 0.0

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """The base's, unless the time is over."""
        if time.monotonic() > self.deadline:
            raise _OutOfTime
        return super().find_longest_match(alo, ahi, blo, bhi)


def line_difference(old: str, new: str, context: int = CONTEXT) -> list[Line]:
    """Changed lines with `context` lines around them; empty when the texts are the same."""
    before, after = old.splitlines(), new.splitlines()
    if before == after:
        return []
    deadline = time.monotonic() + MAX_SECONDS
    codes = opcodes(before, after, deadline)
    if not codes:
        return [Line("skip", 0, 0, TOO_LONG)]
    return [line for group in _grouped(codes, context) for line in _group(group, before, after, deadline)]


def opcodes(before: list[str], after: list[str], deadline: float = 0.0) -> list[Opcode]:
    """What became of which lines, in order; one coarse change where a fine answer takes too long, none beyond that."""
    if max(len(before), len(after)) > MAX_LINES:
        return []
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    codes: list[Opcode] = [("equal", 0, head, 0, head)] if head else []
    codes += [(tag, a + head, b + head, c + head, d + head) for tag, a, b, c, d in _middle(old, new, deadline)]
    if tail:
        codes.append(("equal", len(before) - tail, len(before), len(after) - tail, len(after)))
    return codes


def _common(one: list[str], other: list[str]) -> int:
    """How many lines are the same from the beginning."""
    pairs = zip(one, other, strict=False)
    return next((number for number, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _middle(old: list[str], new: list[str], deadline: float) -> list[Opcode]:
    coarse: Opcode = ("replace" if old and new else "delete" if old else "insert", 0, len(old), 0, len(new))
    counts = Counter(new)
    if sum(counts[line] for line in old) > MAX_PAIRS:
        return [coarse]
    matcher = _Bounded(None, old, new, autojunk=False)
    matcher.deadline = deadline or time.monotonic() + MAX_SECONDS
    try:
        return list(matcher.get_opcodes()) if old or new else []
    except _OutOfTime:
        return [coarse]


def _grouped(codes: list[Opcode], context: int) -> Iterator[list[Opcode]]:
    """Changes with the lines around them; far-apart ones are apart."""
    group: list[Opcode] = []
    for number, (tag, a, b, c, d) in enumerate(codes):
        if tag != "equal":
            group.append((tag, a, b, c, d))
            continue
        last = number == len(codes) - 1
        if group and (last or b - a > 2 * context):
            keep = min(context, b - a)
            yield [*group, ("equal", a, a + keep, c, c + keep)]
            group = []
        if not last:
            start = max(a, b - context) if not group else a
            group.append(("equal", start, b, c + start - a, d))
    if any(tag != "equal" for tag, *_ in group):
        yield group


def _group(group: list[Opcode], before: list[str], after: list[str], deadline: float) -> Iterator[Line]:
    if group[0][1]:
        yield Line("skip", 0, 0, f"line {group[0][1] + 1}")
    for tag, old_from, old_to, new_from, new_to in group:
        if tag == "equal":
            for offset in range(old_to - old_from):
                yield Line("same", old_from + offset + 1, new_from + offset + 1, before[old_from + offset])
            continue
        yield from changed_lines(before[old_from:old_to], after[new_from:new_to], old_from, new_from, deadline)


def changed_lines(old: list[str], new: list[str], old_from: int, new_from: int, deadline: float) -> Iterator[Line]:
    """Removed lines, then added ones; in those that have become one another, the words that differ are marked."""
    words = {(i, j): _words(old[i], new[j], deadline) for i, j in paired(old, new, deadline)}
    left = {i: parts for (i, _), (parts, _) in words.items()}
    right = {j: parts for (_, j), (_, parts) in words.items()}
    for number, text in enumerate(old):
        yield Line("removed", old_from + number + 1, 0, text, left.get(number, ()))
    for number, text in enumerate(new):
        yield Line("added", 0, new_from + number + 1, text, right.get(number, ()))


def _words(old: str, new: str, deadline: float) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """The parts of two lines; none where they are too long or have too little in common to be read that way."""
    if max(len(old), len(new)) > MAX_LINE or time.monotonic() > deadline:
        return (), ()
    one, other = _WORDS.findall(old), _WORDS.findall(new)
    if max(len(one), len(other)) > MAX_WORDS:
        return (), ()
    matcher = _Bounded(None, one, other, autojunk=False)
    matcher.deadline = deadline
    try:
        codes = matcher.get_opcodes()
    except _OutOfTime:
        return (), ()
    if matcher.ratio() < 0.4:
        return (), ()
    left = tuple((tag != "equal", "".join(one[a:b])) for tag, a, b, _, _ in codes if b > a)
    right = tuple((tag != "equal", "".join(other[c:d])) for tag, _, _, c, d in codes if d > c)
    return left, right
