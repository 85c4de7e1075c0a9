"""Responses that repeat another one of their consultation: found, and their slots set up to be made again."""

from dataclasses import dataclass
from typing import NamedTuple

from consultations.duplicates import repeats
from consultations.models import Consultation, Response, ResponseSlot


class Stored(NamedTuple):
    """One response under comparison; `item_id` 0: it is a given one."""

    text: str
    item_id: int
    key: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """A made-up response that repeats another one. Only an untouched draft may be made again."""

    item_id: int
    key: str
    of: str
    of_text: str
    similarity: float
    untouched: bool


def repeated(consultation: Consultation, threshold: float | None = None) -> list[Repeated]:
    """Every response that is the same as, or nearly the same as, one that is kept.

    Given responses are kept first, then those that a person has touched, then the rest in order: so that what may be
    made again is what is found. A given response is never reported: two people may well write the same.
    """
    slots = consultation.items.filter(removed_at=None).exclude(text="").order_by("position", "pk")
    given = [Stored(text, 0, key) for text, key in slots.values_list("text", "key")]
    rows = Response.objects.filter(item__collection=consultation, item__removed_at=None, current__isnull=False)
    rows = rows.order_by("item__position", "item_id")
    drafts = set(rows.untouched().values_list("item_id", flat=True))
    made = map(Stored._make, rows.values_list("current__text", "item_id", "item__key"))
    stored = [*given, *sorted(made, key=lambda one: one.item_id in drafts)]
    limit = consultation.threshold if threshold is None else threshold
    found = (
        (stored[one.place], stored[one.of], one.similarity) for one in repeats([one.text for one in stored], limit)
    )
    return [
        Repeated(one.item_id, one.key, of.key, of.text, near, one.item_id in drafts)
        for one, of, near in found
        if one.item_id
    ]


def set_up(found: list[Repeated]) -> list[int]:
    """Note for each slot which text it is to stay away from; returns the ids of those that may be made again."""
    again = {one.item_id: one.of_text for one in found if one.untouched}
    slots = list(ResponseSlot.objects.filter(pk__in=again))
    for slot in slots:
        slot.avoid = again[slot.pk]
    ResponseSlot.objects.bulk_update(slots, ["avoid"], batch_size=200)
    return list(again)
