"""Counts of every prompt of a plan, asked for where a sample is not enough."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from generation.models.wakeups import wake

# What stands around an item (its neighbours, the outline) moves without a trace in the fingerprint.
GOOD_FOR = timedelta(days=1)


class TokenCountQuerySet(models.QuerySet["TokenCount"]):
    """Vocabulary of counts."""

    def open(self) -> Self:
        """Those with prompts left to count."""
        return self.filter(finished_at=None)

    def due(self) -> Self:
        """Those with prompts left that nobody is at."""
        return self.open().filter(Q(lease_until=None) | Q(lease_until__lt=timezone.now()))

    def outdated(self) -> Self:
        """Those that ended with an error or are too old: to be counted anew."""
        return self.filter(~Q(error="") | Q(created_at__lte=timezone.now() - GOOD_FOR))


class TokenCount(models.Model):
    """The input of one recipe and collection of a plan, counted prompt by prompt.

    The plan itself is not kept: `fingerprint` says for which prompts the count is good.
    """

    fingerprint = models.CharField(max_length=32, unique=True)
    recipe = models.CharField(max_length=80)
    collection = models.CharField(max_length=80, help_text="Slug of the collection.")
    prompt = models.ForeignKey("generation.Prompt", models.CASCADE, null=True, related_name="+")
    model = models.CharField(max_length=100, blank=True, help_text="Overrides the recipe's own model.")
    remark = models.TextField(blank=True)
    ids = models.JSONField(default=list, help_text="The items.")
    total = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0, help_text="How many of the ids were looked at.")
    counted = models.PositiveIntegerField(default=0, help_text="Those whose item is still there.")
    tokens = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    error = models.TextField(blank=True, help_text="Why it ended early.")
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = TokenCountQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["recipe", "collection"], name="token_count_of")]

    def __str__(self) -> str:
        return f"{self.position:,} of {self.total:,} prompts of {self.recipe}"

    @property
    def is_good(self) -> bool:
        """Whether it has come to its end and may be relied on."""
        return self.finished_at is not None and not self.error and self.created_at > timezone.now() - GOOD_FOR

    def claim(self) -> bool:
        """Take it for one slice of work; False when somebody else has it or nothing is left to do."""
        taken = TokenCount.objects.due().filter(pk=self.pk).update(lease_until=_lease())
        self.refresh_from_db()
        return taken == 1

    def advance(self, looked_at: int, counted: int, tokens: int, size: int) -> bool:
        """Add one chunk; False when somebody else has gone on meanwhile."""
        rows = TokenCount.objects.open().filter(pk=self.pk, position=self.position)
        moved = rows.update(
            position=self.position + looked_at, counted=self.counted + counted, tokens=self.tokens + tokens,
            bytes=self.bytes + size, lease_until=_lease(),
        )  # fmt: skip
        self.refresh_from_db()
        return moved == 1

    def end(self, error: str = "") -> None:
        """Close it; with an error it counts for nothing."""
        TokenCount.objects.open().filter(pk=self.pk).update(error=error, lease_until=None, finished_at=timezone.now())
        self.refresh_from_db()

    def release(self) -> None:
        """Let the next slice begin at once."""
        TokenCount.objects.filter(pk=self.pk).update(lease_until=None)

    def wake_up(self) -> None:
        """Ask the worker for the next slice."""
        wake("count_tokens", self.pk)


def _lease() -> datetime:
    return timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)
