"""What people say about a record, and whose it is to look at."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from generation.models.revisions import Revision


class Comment(models.Model):
    """A remark of a person on a record; it changes nothing."""

    recipe = models.CharField(max_length=80)
    item_id = models.BigIntegerField()
    revision = models.ForeignKey(Revision, models.SET_NULL, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    actor = models.CharField(max_length=150, blank=True)
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["recipe", "item_id"], name="comment_item")]

    def __str__(self) -> str:
        return f"Comment by {self.actor}"


class Assignment(models.Model):
    """Whose share of the queue an artefact is. Everybody with the right may still work on it."""

    recipe = models.CharField(max_length=80)
    item_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    by = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint("recipe", "item_id", name="assigned_once")]
        indexes = [models.Index(fields=["user", "recipe", "item_id"], name="assignment_user")]

    def __str__(self) -> str:
        return f"{self.recipe} {self.item_id}: {self.user}"
