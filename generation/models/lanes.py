"""Lanes: who may send direct requests to one (provider, model) now, and at what pace."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone


class DirectLane(models.Model):
    """One lease for each (provider, model), so that two workers or hosts don't double the rate."""

    provider = models.CharField(max_length=40)
    model = models.CharField(max_length=100)
    holder = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    pace = models.JSONField(default=dict, help_text="State of the throttle when the last holder wrote it down.")
    paced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("provider", "model", name="lane_once")]

    def __str__(self) -> str:
        return f"{self.provider}/{self.model}"

    @classmethod
    def take(cls, provider: str, model: str, holder: str, seconds: float) -> "DirectLane | None":
        """Take or renew the lane; None while another holder has it."""
        now = timezone.now()
        cls.objects.get_or_create(provider=provider, model=model)
        free = Q(lease_until=None) | Q(lease_until__lte=now) | Q(holder=holder)
        rows = cls.objects.filter(free, provider=provider, model=model)
        if rows.update(holder=holder, lease_until=now + timedelta(seconds=seconds)) != 1:
            return None
        return cls.objects.get(provider=provider, model=model)

    def keep(self, holder: str, seconds: float, pace: dict[str, Any]) -> bool:
        """Renew the lease and write the pace down; False when another holder has taken it."""
        now = timezone.now()
        rows = type(self).objects.filter(pk=self.pk, holder=holder)
        return rows.update(lease_until=now + timedelta(seconds=seconds), pace=pace, paced_at=now) == 1

    def leave(self, holder: str, pace: dict[str, Any]) -> None:
        """Give the lane back, with the pace for whoever comes next."""
        rows = type(self).objects.filter(pk=self.pk, holder=holder)
        rows.update(holder="", lease_until=None, pace=pace, paced_at=timezone.now())

    @property
    def pace_age(self) -> float:
        """Seconds since the pace was written down."""
        return (timezone.now() - self.paced_at).total_seconds() if self.paced_at else 0.0
