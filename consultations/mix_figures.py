"""The mix of a consultation as it was wanted and as it is, value by value."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from consultations.mix import DIMENSIONS, USUAL
from consultations.models import Consultation, Response


@dataclass(frozen=True, slots=True)
class Share:
    """One value of a dimension: its wanted share (0 to 1), its slots, and how many of these have a response."""

    value: str
    wanted: float
    slots: int
    made: int
    total: int

    @property
    def wanted_percent(self) -> float:
        """Of a hundred."""
        return 100 * self.wanted

    @property
    def actual_percent(self) -> float:
        """Of a hundred."""
        return 100 * self.slots / self.total if self.total else 0.0


def mix_of(consultation: Consultation) -> list[tuple[str, list[Share]]]:
    """For each dimension its values, the weightiest first; nothing for a consultation without slots to make up."""
    slots = consultation.items.filter(removed_at=None, text="").values_list("pk", *DIMENSIONS)
    rows = list(slots)
    if not rows:
        return []
    made = set(Response.objects.filter(item__collection=consultation).values_list("item_id", flat=True))
    wanted = consultation.mix or USUAL
    return [
        (name, list(_shares(dict(wanted.get(name) or USUAL[name]), [(row[0], row[place]) for row in rows], made)))
        for place, name in enumerate(DIMENSIONS, start=1)
    ]


def _shares(weights: dict[str, float], slots: list[tuple[int, str]], made: set[int]) -> Iterator[Share]:
    whole = sum(weights.values())
    counted = Counter(value for _, value in slots)
    done = Counter(value for pk, value in slots if pk in made)
    # A value that slots have and the weights don't: the mix was changed after they were drawn.
    for value in sorted({*weights, *counted}, key=lambda one: (-weights.get(one, 0), one)):
        yield Share(value, weights.get(value, 0) / whole, counted[value], done[value], len(slots))
