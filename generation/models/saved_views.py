"""Views of lists that a person has saved: a filter, an order and a search under a name."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Vocabulary of saved views."""

    def of(self, user: Any, table: str) -> Self:
        """What the person has saved of one list, by name."""
        return self.filter(user=user, table=table)


class SavedView(models.Model):
    """One person's view of one list. It holds the list's own parameters only, never an address."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    table = models.CharField(max_length=100, help_text="Label of the list's model.")
    name = models.CharField(max_length=60)
    query = models.TextField(blank=True, help_text="Filter, order and search, as in an address.")
    is_default = models.BooleanField(default=False, help_text="What the list opens with.")
    created_at = models.DateTimeField(default=timezone.now)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("user", "table", "name", name="saved_view_once"),
            models.UniqueConstraint("user", "table", condition=Q(is_default=True), name="saved_view_one_default"),
        ]

    def __str__(self) -> str:
        return self.name
