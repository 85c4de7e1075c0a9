"""Texts and what people thought of them: revisions, findings, review events."""

from collections.abc import Iterable, Iterator
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from generation.findings import Finding


class Origin(models.TextChoices):
    """Where a revision came from."""

    GENERATED = "generated", "generated"
    EDITED = "edited", "edited"
    IMPORTED = "import", "imported"
    TAKEN = "taken", "taken from a candidate"
    REHEARSED = "rehearsed", "made up by the sandbox in a rehearsal"
    TRIED = "tried", "made to compare prompts"


# What an answer became, by the purpose of its run; the last two belong to no artefact.
ANSWERED = (Origin.GENERATED, Origin.REHEARSED, Origin.TRIED)


class RevisionQuerySet(models.QuerySet["Revision"]):
    """Vocabulary of revisions."""

    def of(self, artefact: Any) -> Self:
        """Those of the artefact's item and recipe; what a rehearsal or a trial of prompts made is none of them."""
        rows = self.filter(recipe=artefact.recipe, item_id=artefact.item_id)
        return rows.exclude(origin__in=(Origin.REHEARSED, Origin.TRIED))


class Revision(models.Model):
    """Every text or value of (item, recipe). JSON kinds hold their value as JSON text."""

    recipe = models.CharField(max_length=80)
    item_id = models.BigIntegerField()
    origin = models.CharField(max_length=12, choices=Origin)
    text = models.TextField()
    attempt = models.ForeignKey("generation.Attempt", models.SET_NULL, null=True, related_name="revisions")
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    author_label = models.CharField(max_length=150, blank=True)
    note = models.CharField(max_length=300, blank=True)
    source_hash = models.CharField(max_length=32, blank=True)
    recipe_hash = models.CharField(max_length=32, blank=True)
    dependencies = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                "attempt", condition=Q(origin__in=["generated", "rehearsed", "tried"], attempt__isnull=False),
                name="revision_once_for_attempt",
            )
        ]
        indexes = [models.Index(fields=["recipe", "item_id"], name="revision_item")]

    def __str__(self) -> str:
        return f"Revision {self.pk} ({self.get_origin_display()})"


class FindingQuerySet(models.QuerySet["ArtefactFinding"]):
    """Vocabulary of findings."""

    def standing(self) -> Self:
        """Those that nobody has dismissed: they count and they block."""
        return self.filter(dismissed_at=None)


class ArtefactFinding(models.Model):
    """One finding of a check in one revision of an artefact; dismissed by a person, it stays so for that revision."""

    recipe = models.CharField(max_length=80)
    artefact_id = models.BigIntegerField()
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="findings")
    check_name = models.CharField(max_length=60)
    severity = models.CharField(max_length=8)
    place = models.CharField(max_length=200, blank=True)
    line = models.PositiveIntegerField(default=0, help_text="Line of the text, from 1; 0: the whole.")
    message = models.CharField(max_length=300)
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.CharField(max_length=150, blank=True)
    remark = models.CharField(max_length=300, blank=True, help_text="Why it was dismissed.")

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["recipe", "artefact_id"], name="finding_artefact"),
            models.Index(fields=["recipe", "check_name", "artefact_id"], name="finding_check"),
        ]

    def __str__(self) -> str:
        return self.message


FINDING_COLUMNS = ("artefact_id", "revision_id", "check_name", "severity", "place", "line", "message")


def finding_values(artefact_id: int, revision: Revision, findings: Iterable[Finding]) -> Iterator[tuple[Any, ...]]:
    """The values of FINDING_COLUMNS for each finding of one revision."""
    for finding in findings:
        yield (
            artefact_id, revision.pk, finding.check[:60], finding.severity.value, finding.place[:200], finding.line,
            finding.message[:300],
        )  # fmt: skip


def finding_rows(
    recipe: str, artefact_id: int, revision: Revision, findings: Iterable[Finding]
) -> Iterator[ArtefactFinding]:
    """Unsaved rows for the findings of one revision."""
    for values in finding_values(artefact_id, revision, findings):
        yield ArtefactFinding(recipe=recipe, **dict(zip(FINDING_COLUMNS, values, strict=True)))


class ReviewEvent(models.Model):
    """One decision or deed of a person on an artefact."""

    recipe = models.CharField(max_length=80)
    item_id = models.BigIntegerField()
    label = models.CharField(max_length=200)
    action = models.CharField(max_length=24)
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    revision = models.ForeignKey(Revision, models.SET_NULL, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    actor = models.CharField(max_length=150, blank=True)
    before = models.JSONField(default=dict, help_text="What undoing it needs to know of the row as it was.")
    undone = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["recipe", "item_id"], name="event_item"),
            models.Index(fields=["action", "at"], name="event_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor}"
