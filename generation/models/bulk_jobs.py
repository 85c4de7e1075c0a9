"""A decision over a filter that is too large for one request: it goes on in the background, chunk by chunk."""

from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from generation.models.wakeups import wake


class BulkStatus(models.TextChoices):
    """Where the work stands."""

    WAITING = "waiting", "waiting"
    RUNNING = "running", "running"
    FINISHED = "finished", "finished"
    STOPPED = "stopped", "stopped"
    REFUSED = "refused", "refused"


class BulkJobQuerySet(models.QuerySet["BulkJob"]):
    """Vocabulary of bulk jobs."""

    def open(self) -> Self:
        """Those with work left."""
        return self.filter(status__in=(BulkStatus.WAITING, BulkStatus.RUNNING))

    def due(self) -> Self:
        """Those with work left that nobody is at."""
        return self.open().filter(Q(lease_until=None) | Q(lease_until__lt=timezone.now()))


class BulkJob(models.Model):
    """What a person asked for everything in a filter, with what was done of it so far."""

    model = models.CharField(max_length=100, help_text="Label of the artefacts' model.")
    action = models.CharField(max_length=24)
    query = models.TextField(blank=True, help_text="The filter as it stood in the address.")
    reason = models.TextField(blank=True)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    actor = models.CharField(max_length=150, blank=True)
    status = models.CharField(max_length=12, choices=BulkStatus, default=BulkStatus.WAITING, db_index=True)
    # The filter's own rows when it was confirmed: its first chunk may change what the filter finds.
    ids = models.JSONField(default=list)
    newest_revision = models.BigIntegerField(default=0, help_text="Texts that are newer than this are left alone.")
    total = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0, help_text="How many of the ids were looked at.")
    done = models.PositiveIntegerField(default=0)
    skipped = models.JSONField(default=dict, help_text="Reason -> how many were left out for it.")
    said = models.TextField(blank=True, help_text="The sentence that it ended with.")
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = BulkJobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.action.replace('_', ' ')} of {self.total:,}"

    @property
    def is_open(self) -> bool:
        """Whether it still has work to do."""
        return self.status in (BulkStatus.WAITING, BulkStatus.RUNNING)

    def claim(self) -> bool:
        """Take it for one slice of work; False when somebody else has it or nothing is left to do."""
        until = timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)
        taken = BulkJob.objects.due().filter(pk=self.pk).update(lease_until=until, status=BulkStatus.RUNNING)
        self.refresh_from_db()
        return taken == 1

    def advance(self, looked_at: int, done: int, skipped: dict[str, int]) -> bool:
        """Note one chunk, in its transaction; False when it was stopped or somebody else has gone on meanwhile."""
        counts: dict[str, Any] = dict(self.skipped)
        for reason, number in skipped.items():
            counts[reason] = counts.get(reason, 0) + number
        until = timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)
        rows = BulkJob.objects.filter(pk=self.pk, status=BulkStatus.RUNNING, position=self.position)
        moved = rows.update(
            position=self.position + looked_at, done=self.done + done, skipped=counts, lease_until=until
        )
        if moved:
            self.position, self.done, self.skipped = self.position + looked_at, self.done + done, counts
        return moved == 1

    def end(self, status: str, said: str = "") -> bool:
        """Close it; False when it was closed before."""
        rows = BulkJob.objects.open().filter(pk=self.pk)
        ended = rows.update(status=status, said=said, lease_until=None, finished_at=timezone.now())
        self.refresh_from_db()
        return ended == 1

    def release(self) -> None:
        """Let the next slice begin at once."""
        BulkJob.objects.filter(pk=self.pk).update(lease_until=None)

    def wake_up(self) -> None:
        """Ask the worker for the next slice."""
        wake("bulk", self.pk)
