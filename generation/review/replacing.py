"""Find and replace over a filter: the places that a person has chosen, one revision for each record."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from generation.review.editing import save_text
from generation.review.over_filter import BulkResult
from generation.review.rights import Conflict, ReviewRefused, edit_right, require

MAX_FIND = 200
CHANGED = "its text has changed since"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which revision of which artefact something stands; `start` counts characters from 0."""

    artefact_id: int
    revision_id: int
    start: int

    @property
    def name(self) -> str:
        """How a form names it."""
        return f"{self.artefact_id}-{self.revision_id}-{self.start}"

    @classmethod
    def of(cls, name: str) -> "Place":
        """Read from a form; raises ReviewRefused."""
        parts = name.split("-")
        if len(parts) != 3 or not all(part.isdecimal() and len(part) < 19 for part in parts):
            raise ReviewRefused("The chosen places can't be read. Nothing was changed.")
        return cls(*(int(part) for part in parts))


def pattern(find: str, *, ignore_case: bool) -> re.Pattern[str]:
    """What is searched, as it is written: nothing in it has a special meaning. Raises ReviewRefused."""
    if not find.strip():
        raise ReviewRefused("Please say what to look for.")
    if len(find) > MAX_FIND:
        raise ReviewRefused(f"What to look for has {len(find):,} characters, and at most {MAX_FIND} are possible.")
    return re.compile(re.escape(find), re.IGNORECASE if ignore_case else 0)


def starts(sought: re.Pattern[str], text: str) -> Iterator[int]:
    """Where it stands in a text."""
    return (found.start() for found in sought.finditer(text))


def replace_places(
    model: Any, places: Iterable[Place], sought: re.Pattern[str], replacement: str, user: Any
) -> BulkResult:
    """Replace what stands at these places; a text that has changed since the person saw it is left alone."""
    require(user, edit_right(model))
    if len(replacement) > 5000:
        raise ReviewRefused("The replacement has more than 5,000 characters.")
    chosen: dict[tuple[int, int], set[int]] = {}
    for place in places:
        chosen.setdefault((place.artefact_id, place.revision_id), set()).add(place.start)
    if not chosen:
        raise ReviewRefused("Choose at least one place.")
    done, skipped = 0, Counter[str]()
    for (artefact_id, revision_id), at in chosen.items():
        row = model._default_manager.visible_to(user).select_related("current").filter(pk=artefact_id).first()
        refusal = _replace_in(row, revision_id, at, sought, replacement, user)
        skipped.update([refusal] if refusal else [])
        done += not refusal
    return BulkResult(done, dict(skipped))


def _replace_in(
    row: Any, revision_id: int, at: set[int], sought: re.Pattern[str], replacement: str, user: Any
) -> str:
    """Why it could not be done; empty when it was."""
    if row is None:
        return "it is not there any more"
    if row.current_id != revision_id:
        return CHANGED
    text = row.current.text
    if not at <= set(starts(sought, text)):
        return "what was looked for does not stand there"
    new = sought.sub(lambda found: replacement if found.start() in at else found[0], text)
    places = f"{len(at)} place{'s' * (len(at) > 1)}"
    note = f"replaced “{_shown(sought)}” by “{replacement[:60]}” at {places}"
    try:
        save_text(row, new, user, base_revision_id=revision_id, note=note)
    except Conflict:
        return CHANGED
    except ReviewRefused as refused:
        return str(refused).rstrip(".")
    return ""


def _shown(sought: re.Pattern[str]) -> str:
    return re.sub(r"\\(.)", r"\1", sought.pattern)[:60]
