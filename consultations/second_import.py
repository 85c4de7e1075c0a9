"""A person's mapping becomes a second mapping: first what would change, then one transaction that does it."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from consultations.mappings import Coding, with_texts
from consultations.models import Consultation, SecondLabels, SecondMapping
from consultations.stored import NothingStored, texts_of
from generation.jsonl import chunked

CHUNK = 500
SORTS = ("new", "changed", "unchanged", "removed", "restored")


@dataclass
class SecondPlan:
    """What an import would do: slot id -> labels of each sort, and how many rows fit no response.

    `replaces` is the mapping of that name, whose rows go where it was varied by a machine.
    """

    replaces: SecondMapping | None
    unmatched: int = 0
    new: dict[int, list[str]] = field(default_factory=dict)
    changed: dict[int, list[str]] = field(default_factory=dict)
    unchanged: dict[int, list[str]] = field(default_factory=dict)
    removed: dict[int, list[str]] = field(default_factory=dict)
    restored: dict[int, list[str]] = field(default_factory=dict)

    @property
    def fitting(self) -> int:
        """How many responses have labels in it."""
        return len(self.new) + len(self.changed) + len(self.unchanged) + len(self.restored)

    @property
    def changes(self) -> bool:
        """Whether there is anything to write."""
        return self.replaces is None or bool(self.new or self.changed or self.removed or self.restored)

    def words(self, problems: int) -> str:
        """The count of each sort."""
        counts = ", ".join(f"{len(getattr(self, name)):,} {name}" for name in SORTS)
        return f"{counts}, {problems + self.unmatched:,} invalid"


def plan_second(consultation: Consultation, coding: Coding, name: str) -> SecondPlan:
    """Compare a coding with what is there under this name; writes nothing. Raises NothingStored."""
    slots: dict[str, int] = dict(consultation.items.values_list("key", "pk"))
    rows = with_texts(coding, texts_of(consultation)).rows
    wanted: dict[int, list[str]] = {}
    for row in rows:
        # One response may be named by its id in one row and by its text in another: the first counts.
        if row.id in slots:
            wanted.setdefault(slots[row.id], list(row.labels))
    if not wanted:
        raise NothingStored(f"No row of the mapping fits a response of '{consultation.slug}': nothing was kept.")
    mapping = consultation.second_mappings.filter(name=name).first()
    plan = SecondPlan(mapping, len(rows) - len(wanted))
    standing = mapping.rows.all() if mapping and mapping.variation is None else SecondLabels.objects.none()
    for pk, labels, removed_at in standing.values_list("slot_id", "labels", "removed_at"):
        now = wanted.pop(pk, None)
        if now is None:
            if removed_at is None:
                plan.removed[pk] = labels
        elif removed_at is not None:
            plan.restored[pk] = now
        else:
            (plan.unchanged if now == labels else plan.changed)[pk] = now
    plan.new = wanted
    return plan


def import_second(
    consultation: Consultation, coding: Coding, name: str, file_name: str = "", actor: str = ""
) -> tuple[SecondMapping, SecondPlan]:
    """Keep a person's coding as a second mapping, and say what that did. The same one twice changes nothing.

    Labels that are gone from the file are marked, not deleted: they are a person's work.
    """
    with transaction.atomic():
        # Imports into one consultation go one after the other.
        Consultation.objects.select_for_update().get(pk=consultation.pk)
        plan = plan_second(consultation, coding, name)
        if plan.replaces and not plan.changes:
            return plan.replaces, plan
        fields: dict[str, Any] = {"variation": None, "seed": "", "file_name": file_name, "made_by": actor[:150]}
        mapping, _ = SecondMapping.objects.update_or_create(consultation=consultation, name=name, defaults=fields)
        _write(mapping, plan)
    return mapping, plan


def _write(mapping: SecondMapping, plan: SecondPlan) -> None:
    if plan.replaces and plan.replaces.variation is not None:
        mapping.rows.all().delete()
    moved = plan.changed | plan.restored
    for chunk in chunked(list(moved), CHUNK):
        rows = list(mapping.rows.filter(slot__in=chunk))
        for row in rows:
            row.labels, row.removed_at = moved[row.slot_id], None
        SecondLabels.objects.bulk_update(rows, ["labels", "removed_at"])
    for chunk in chunked(list(plan.removed), CHUNK):
        mapping.rows.filter(slot__in=chunk).update(removed_at=timezone.now())
    for pairs in chunked(list(plan.new.items()), CHUNK):
        SecondLabels.objects.bulk_create(SecondLabels(mapping=mapping, slot_id=pk, labels=one) for pk, one in pairs)
