"""A candidate beside the present text: its changes one by one, and a text made of those that a person has chosen."""

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from generation import review
from generation.desk.differences import MAX_SECONDS, Line, changed_lines, opcodes
from generation.models import Revision


@dataclass(frozen=True, slots=True)
class Change:
    """One change: the lines that go and come, and a name that says exactly which."""

    name: str
    lines: tuple[Line, ...]

    @property
    def place(self) -> str:
        """`line 12` of the present text."""
        return f"line {int(self.name.partition('-')[0]) + 1}"


def changes(old: str, new: str) -> list[Change]:
    """Every change from the present text to the candidate; none where they are too long to be compared."""
    deadline = monotonic() + MAX_SECONDS
    before, after = old.split("\n"), new.split("\n")
    found = []
    for tag, a, b, c, d in opcodes(before, after, deadline):
        if tag != "equal":
            lines = changed_lines(before[a:b], after[c:d], a, c, deadline)
            found.append(Change(f"{a}-{b}-{c}-{d}", tuple(lines)))
    return found


def merged(old: str, new: str, names: Iterable[str]) -> str:
    """The old text with the named changes; raises ReviewRefused for names that do not fit the two texts."""
    before, after = old.split("\n"), new.split("\n")
    places = sorted(_place(name) for name in names)
    lines: list[str] = []
    at = at_new = 0
    for a, b, c, d in places:
        if not (at <= a <= b <= len(before) and at_new <= c <= d <= len(after)):
            raise review.ReviewRefused("The chosen changes do not fit the texts any more. Nothing was changed.")
        lines += [*before[at:a], *after[c:d]]
        at, at_new = b, d
    return "\n".join([*lines, *before[at:]])


def _place(name: str) -> tuple[int, int, int, int]:
    parts = name.split("-")
    if len(parts) != 4 or not all(part.isdecimal() and len(part) < 8 for part in parts):
        raise review.ReviewRefused("The chosen changes can't be read. Nothing was changed.")
    a, b, c, d = (int(part) for part in parts)
    return a, b, c, d


def take_parts(artefact: Any, user: Any, names: list[str], candidate_id: int) -> Revision:
    """Take the named changes of this candidate; the rest of the present text stays. Raises ReviewRefused, Conflict."""
    if not names:
        raise review.ReviewRefused("Choose at least one change, or dismiss the candidate.")
    if artefact.candidate is None or artefact.candidate_id != candidate_id:
        raise review.ReviewRefused("It is not the candidate that you saw any more. Nothing was changed.")
    text = merged(artefact.current.text, artefact.candidate.text, names)
    return review.take_candidate(artefact, user, text)
