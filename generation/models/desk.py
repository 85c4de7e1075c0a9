"""What the desk remembers: who has what open, and which keys a person has switched off."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

CLAIM = timedelta(minutes=10)


class DeskClaimQuerySet(models.QuerySet["DeskClaim"]):
    """Vocabulary of claims."""

    def live(self, now: datetime | None = None) -> Self:
        """Claims that were renewed within the last ten minutes."""
        return self.filter(renewed_at__gt=(now or timezone.now()) - CLAIM)

    def renew(self, model: type[models.Model], artefact_id: int, user: Any) -> None:
        """Say that the user has it open now; one statement, however often it is said."""
        claim = self.model(model=model._meta.label_lower, artefact_id=artefact_id, user=user)
        fields = ["model", "artefact_id", "user"]
        self.bulk_create([claim], update_conflicts=True, unique_fields=fields, update_fields=["renewed_at"])


class DeskClaim(models.Model):
    """Somebody has an artefact open: "next" passes over it for others, and nothing is locked."""

    model = models.CharField(max_length=100, help_text="Label of the artefact's model.")
    artefact_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    renewed_at = models.DateTimeField(default=timezone.now)

    objects = DeskClaimQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint("model", "artefact_id", "user", name="desk_claim_once")]

    def __str__(self) -> str:
        return f"{self.user} has {self.model} {self.artefact_id}"


class DeskPreference(models.Model):
    """One person's own settings of the desk."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    keys_off = models.JSONField(default=list, help_text="Names of the keys that do nothing for this person.")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"Desk of {self.user}"
