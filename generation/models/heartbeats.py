"""Signs of life: a beat that goes through the queue, and webhooks that came in."""

from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from generation.models.wakeups import wake


class Heartbeat(models.Model):
    """When the worker was last asked through the queue, and when it last answered.

    A hanging cluster still says that it works; only a beat that goes through the queue tells the truth.
    """

    name = models.CharField(max_length=40, unique=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    memory_kib = models.PositiveIntegerField(default=0, help_text="Peak memory of the worker that answered.")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def ask(cls, every: float = 30) -> bool:
        """Send a beat through the queue, at most once in so many seconds."""
        now = timezone.now()
        cls.objects.get_or_create(name="queue")
        with transaction.atomic():
            old = Q(asked_at=None) | Q(asked_at__lte=now - timedelta(seconds=every))
            if cls.objects.filter(old, name="queue").update(asked_at=now) != 1:
                return False
            wake("heartbeat")
        return True

    @classmethod
    def answer(cls, memory_kib: int) -> None:
        """Called in the worker."""
        cls.objects.update_or_create(
            name="queue", defaults={"answered_at": timezone.now(), "memory_kib": memory_kib}
        )

    @classmethod
    def last(cls) -> datetime | None:
        """When a worker last answered."""
        return cls.objects.filter(name="queue").values_list("answered_at", flat=True).first()


class WebhookDelivery(models.Model):
    """One delivery that was taken: the provider repeats them, we act once."""

    webhook_id = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=60)
    remote_batch_id = models.CharField(max_length=100, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.remote_batch_id}"
