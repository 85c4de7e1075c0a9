"""Room at the provider: how many prompt tokens of a model may be enqueued, and who has reserved how many."""

import re
from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Sum
from django.utils import timezone

# The provider's codes for a batch that did not fit into what may be enqueued: nothing of it was run.
NO_ROOM = ("token_limit_exceeded", "request_limit_exceeded")
_NO_ROOM = re.compile(r"Enqueued (token|request) limit reached", re.IGNORECASE)
_STATED = re.compile(r"Limit:\s*([\d,._]+)\s*enqueued tokens", re.IGNORECASE)


def stated_limit(message: str) -> int | None:
    """The limit that the provider's own error text names, in tokens."""
    found = _STATED.search(message)
    digits = re.sub(r"\D", "", found.group(1)) if found else ""
    return int(digits) if digits else None


def no_room(errors: list[dict[str, Any]]) -> bool:
    """Whether a batch failed only because too much is enqueued, by its errors' codes or words."""
    return any(error.get("code") in NO_ROOM or _NO_ROOM.match(str(error.get("message"))) for error in errors)


class EnqueuedLimitQuerySet(models.QuerySet["EnqueuedLimit"]):
    """Vocabulary of limits."""

    def of(self, provider: str, model: str) -> Self:
        """The row of one model."""
        return self.filter(provider=provider, model=model)


class EnqueuedLimit(models.Model):
    """What is known of one model's limit; without a number nothing is held back until the provider says no."""

    provider = models.CharField(max_length=40)
    model = models.CharField(max_length=100)
    tokens = models.PositiveBigIntegerField(null=True, blank=True, help_text="Prompt tokens that may be enqueued.")
    learned_from = models.CharField(max_length=300, blank=True)
    refused = models.PositiveIntegerField(default=0, help_text="Refusals in a row.")
    not_before = models.DateTimeField(null=True, blank=True, help_text="The provider said no: wait until then.")
    updated_at = models.DateTimeField(auto_now=True)

    objects = EnqueuedLimitQuerySet.as_manager()

    class Meta:
        ordering = ["provider", "model"]
        constraints = [models.UniqueConstraint("provider", "model", name="limit_once")]

    def __str__(self) -> str:
        return f"{self.provider}/{self.model}"

    @classmethod
    def refused_by_provider(cls, provider: str, model: str, message: str) -> None:
        """Learn from a refusal: the limit, where the text names it, and a pause that doubles up to an hour."""
        row, _ = cls.objects.get_or_create(provider=provider, model=model)
        row.tokens = stated_limit(message) or row.tokens
        row.learned_from = message[:300]
        row.refused += 1
        row.not_before = timezone.now() + timedelta(seconds=min(3600, 30 * 2 ** min(row.refused, 7)))
        row.save()

    @classmethod
    def accepted_by_provider(cls, provider: str, model: str) -> None:
        """A batch got in: the pauses begin anew."""
        cls.objects.of(provider, model).exclude(refused=0).update(refused=0, not_before=None)

    def reserved(self, jobs: "models.QuerySet[models.Model]") -> int:
        """Tokens held by jobs that are on their way or at the provider."""
        held = jobs.filter(provider=self.provider, model=self.model).aggregate(total=Sum("reserved_tokens"))
        return held["total"] or 0

    def room_for(self, tokens: int, jobs: "models.QuerySet[models.Model]") -> bool:
        """Whether a job of so many tokens may go now. A job larger than the limit goes alone: the provider decides."""
        if self.not_before and self.not_before > timezone.now():
            return False
        held = self.reserved(jobs)
        return self.tokens is None or held == 0 or held + tokens <= self.tokens
