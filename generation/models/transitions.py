"""State changes that claim: one conditional update, counted to 1, with a row in the timeline and a wake-up."""

import logging
import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from generation.models.notices import tell
from generation.models.wakeups import wake

logger = logging.getLogger(__name__)


class Transition(models.Model):
    """One change of a run's or a batch job's state: the timeline that the admin shows."""

    run = models.ForeignKey("generation.Run", models.CASCADE, null=True, related_name="transitions")
    batch_job = models.ForeignKey("generation.BatchJob", models.CASCADE, null=True, related_name="transitions")
    at = models.DateTimeField(default=timezone.now)
    from_status = models.CharField(max_length=32)
    to_status = models.CharField(max_length=32)
    detail = models.TextField(blank=True)
    actor = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(run__isnull=False) ^ Q(batch_job__isnull=False), name="transition_of_one_thing"
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"


class DueQuerySet(models.QuerySet[Any]):
    """What the tick looks for."""

    def due(self) -> Self:
        """Rows whose next look is due, that nobody holds and that nobody was woken for within the last lease."""
        now = timezone.now()
        stale = now - timedelta(seconds=settings.LEASE_SECONDS)
        return self.filter(
            Q(next_due=None) | Q(next_due__lte=now),
            Q(lease_until=None) | Q(lease_until__lte=now),
            Q(woken_at=None) | Q(woken_at__lte=stale),
        )


class Stateful(models.Model):
    """A row with a status that only moves by claim, and a lease for whoever takes its next step."""

    wake_task: ClassVar[str] = ""
    transition_field: ClassVar[str] = ""
    pk: int

    status = models.CharField(max_length=32)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    lease_token = models.CharField(max_length=16, blank=True, editable=False)
    woken_at = models.DateTimeField(null=True, blank=True, editable=False)
    next_due = models.DateTimeField(null=True, blank=True, help_text="When it is looked at next. Empty: now.")

    class Meta:
        abstract = True

    def move(self, to: str, *expected: str, detail: str = "", actor: str = "", **fields: Any) -> bool:
        """Claim the change from one of `expected` (default: the status we know); False when another was first."""
        rows = type(self)._default_manager.filter(pk=self.pk)
        with transaction.atomic():
            # One by one, so that the timeline names the state that was really left.
            left = (one for one in expected or (self.status,) if rows.filter(status=one).update(status=to, **fields))
            before = next(left, None)
            if before is None:
                return False
            self.status = to
            for name, value in fields.items():
                setattr(self, name, value)
            step = Transition.objects.create(
                **{self.transition_field: self}, from_status=before, to_status=to, detail=detail, actor=actor
            )
            tell(self, step)
            # Whoever holds the lease goes on by itself: waking others would only fill the queue.
            if not fields.get("next_due") and not self.lease_token:
                wake(self.wake_task, self.pk)
        logger.info("%s: %s -> %s", self, before, to, extra=self.log_ids() | {"status": to})
        return True

    def log_ids(self) -> dict[str, Any]:
        """Ids for log lines."""
        return {self.transition_field: self.pk}

    def take_lease(self, seconds: float) -> bool:
        """Claim the right to take the next step; False when somebody has it."""
        now, token = timezone.now(), secrets.token_hex(8)
        free = Q(lease_until=None) | Q(lease_until__lte=now)
        until = now + timedelta(seconds=seconds)
        rows = type(self)._default_manager.filter(free, pk=self.pk)
        if rows.update(lease_until=until, lease_token=token) != 1:
            return False
        self.refresh_from_db()
        return self.lease_token == token

    def renew_lease(self, seconds: float) -> bool:
        """Hold the lease longer; False when it was lost meanwhile."""
        until = timezone.now() + timedelta(seconds=seconds)
        rows = type(self)._default_manager.filter(pk=self.pk, lease_token=self.lease_token)
        return bool(self.lease_token) and rows.update(lease_until=until) == 1

    def drop_lease(self) -> None:
        """Give the lease back."""
        rows = type(self)._default_manager.filter(pk=self.pk, lease_token=self.lease_token)
        rows.update(lease_until=None, lease_token="", woken_at=None)

    def wake_up(self) -> None:
        """Enqueue the next step; remembered, so that a silent worker does not make the queue grow."""
        with transaction.atomic():
            type(self)._default_manager.filter(pk=self.pk).update(woken_at=timezone.now())
            wake(self.wake_task, self.pk)

    def due_at(self, moment: datetime | None) -> None:
        """Set when this row is looked at next."""
        self.next_due = moment
        type(self)._default_manager.filter(pk=self.pk).update(next_due=moment)
