"""Lessons of one course that repeat each other: among the texts of a chunk, and against those that are stored."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db.models import Max, Min, Q

from generation.findings import Finding, Severity
from generation.models import Revision
from generation.recipes import Draft
from lessons.duplicates import BANDS, COMMON, NEAR, in_common, prints, shared
from lessons.models import Lesson

BAND_COLUMNS = tuple(f"band_{number}" for number in range(1, BANDS + 1))
# What a chunk may cost, however alike the lessons of a course are: stored rows looked at for each of its texts, lessons
# remembered for one number, candidates of a lesson that are compared in full.
ROWS_EACH, CROWD, TRIED = 4, 12, 2


class Known(NamedTuple):
    """A lesson to compare with, of the chunk or (with a revision) a stored one; its sketch as a number."""

    item: int
    key: str
    sketch: int
    revision: int | None


# Who has a number in common: course, place of the number among the five, its value -> lessons by their items.
Meetings = dict[tuple[int, int, int], dict[int, Known]]


def find_twins(drafts: Sequence[Draft]) -> dict[int, Finding]:
    """For each item of the chunk whose text repeats another lesson of its course, wholly or nearly, what to say."""
    texts = {draft.item.pk: draft for draft in drafts}
    found = _same(texts)
    return found | _near(texts, [pk for pk in texts if pk not in found])


def _same(texts: Mapping[int, Draft]) -> dict[int, Finding]:
    """Texts that differ from another in case, blanks, emphasis and their first heading at most."""
    holders: dict[tuple[int, str], set[str]] = {}
    for draft in texts.values():
        holders.setdefault((draft.item.collection_id, prints(draft.text).fingerprint), set()).add(draft.item.key)
    values = {value for _, value in holders}
    # Without the courses: databases would rather go through all the lessons of them.
    rows = Lesson.objects.filter(fingerprint__in=values).order_by()
    # Of a crowd two are enough: each lesson is told of the first one, and the first one of the last.
    for course, value, first, last in rows.values_list("item__collection", "fingerprint").annotate(
        Min("item__key"), Max("item__key")
    ):
        if (course, value) in holders:
            holders[course, value] |= {first, last}
    found: dict[int, Finding] = {}
    for pk, draft in texts.items():
        keys = holders[draft.item.collection_id, prints(draft.text).fingerprint]
        twin = min(keys) if min(keys) != draft.item.key else max(keys)
        if twin != draft.item.key:
            found[pk] = Finding("duplicate", Severity.ERROR, f"The text is the same as that of {twin}.")
    return found


def _near(texts: Mapping[int, Draft], asked: Sequence[int]) -> dict[int, Finding]:
    """Those of the asked texts that have most of their word triples in common with another."""
    meetings = _meetings(texts)
    wanted = {pk: _likeliest(texts[pk], meetings) for pk in asked}
    stored = Revision.objects.in_bulk({one.revision for likely in wanted.values() for one in likely if one.revision})
    found: dict[int, Finding] = {}
    for pk, likely in wanted.items():
        shares = {
            one.key: shared(texts[pk].text, stored[one.revision].text if one.revision else texts[one.item].text)
            for one in likely
        }
        twin = max(shares, key=lambda key: shares[key], default="")
        if twin and shares[twin] >= NEAR:
            message = f"The text is nearly the same as that of {twin}: {shares[twin]:.0%} of their word triples."
            found[pk] = Finding("duplicate", Severity.WARNING, message)
    return found


def _meetings(texts: Mapping[int, Draft]) -> Meetings:
    """The lessons of the chunk and the stored ones that share a number with one of them, by these numbers."""
    meetings: Meetings = {}
    wanted: list[set[int]] = [set() for _ in BAND_COLUMNS]
    for pk, draft in texts.items():
        seen = prints(draft.text)
        known = Known(pk, draft.item.key, int(seen.sketch or "0", 16), None)
        for place, value in enumerate(seen.bands):
            wanted[place].add(value)
            crowd = meetings.setdefault((draft.item.collection_id, place, value), {})
            if len(crowd) < CROWD:
                crowd[pk] = known
    if meetings:
        _add_stored(meetings, wanted, texts)
    return meetings


def _add_stored(meetings: Meetings, wanted: Sequence[set[int]], texts: Mapping[int, Draft]) -> None:
    either = Q()
    for column, values in zip(BAND_COLUMNS, wanted, strict=True):
        either |= Q(**{f"{column}__in": values})
    rows = Lesson.objects.filter(either).exclude(item__in=list(texts)).order_by()
    columns = ("item__collection", "item", "item__key", "sketch", "current", *BAND_COLUMNS)
    for course, item, key, sketch, revision, *bands in rows.values_list(*columns)[: ROWS_EACH * len(texts)]:
        known = Known(item, key, int(sketch, 16), revision)
        for place, value in enumerate(bands):
            crowd = meetings.get((course, place, value))
            if crowd and len(crowd) < 2 * CROWD:
                crowd[item] = known


def _likeliest(draft: Draft, meetings: Meetings) -> list[Known]:
    """The lessons whose sketches have the most in common with this one's, those that have enough."""
    seen = prints(draft.text)
    others: dict[int, Known] = {}
    for place, value in enumerate(seen.bands):
        others |= meetings[draft.item.collection_id, place, value]
    others.pop(draft.item.pk, None)
    mine = int(seen.sketch or "0", 16)
    likely = [(count, one) for one in others.values() if (count := in_common(mine, one.sketch)) >= COMMON]
    return [one for _, one in sorted(likely, key=lambda pair: (-pair[0], pair[1].key))[:TRIED]]
