"""Lessons of one course with the same text: among those of a chunk, and against those that are stored."""

from collections.abc import Sequence

from django.db.models import Max, Min

from generation.findings import Finding, Severity
from generation.recipes import Draft
from lessons.duplicates import fingerprint
from lessons.models import Lesson


def find_twins(drafts: Sequence[Draft]) -> dict[int, Finding]:
    """For each item of the chunk whose text is that of another lesson of its course, what to say.

    Texts that differ in case, blanks, emphasis and their first heading at most are the same. Those that are only alike
    are found by the index of similar texts, which the desk shows: to look for them here would take a third of the time.
    """
    drafted = {draft.item.pk: (draft.item, fingerprint(draft.text)) for draft in drafts}
    holders: dict[tuple[int, str], set[str]] = {}
    for item, value in drafted.values():
        holders.setdefault((item.collection_id, value), set()).add(item.key)
    # Without the courses: databases would rather go through all the lessons of them.
    rows = Lesson.objects.filter(fingerprint__in={value for _, value in holders}).order_by()
    # Of a crowd two are enough: each lesson is told of the first one, and the first one of the last.
    ends = rows.values_list("item__collection", "fingerprint").annotate(Min("item__key"), Max("item__key"))
    for course, value, first, last in ends:
        if (course, value) in holders:
            holders[course, value] |= {first, last}
    found: dict[int, Finding] = {}
    for pk, (item, value) in drafted.items():
        keys = holders[item.collection_id, value]
        twin = min(keys) if min(keys) != item.key else max(keys)
        if twin != item.key:
            found[pk] = Finding("duplicate", Severity.ERROR, f"The text is the same as that of {twin}.")
    return found
