"""Trials of prompts: one version or two on the same items, and what people thought of the texts."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Choice(models.TextChoices):
    """What a person thinks of two texts of one item."""

    LEFT = "left", "left is better"
    SAME = "same", "no difference"
    RIGHT = "right", "right is better"


class PromptTrial(models.Model):
    """A version of a prompt, or two, tried on the same items: a run for each, whose texts become no artefacts."""

    recipe = models.CharField(max_length=80)
    collection = models.CharField(max_length=80, help_text="Slug of the items' collection.")
    left = models.ForeignKey("generation.Prompt", models.PROTECT, related_name="+")
    right = models.ForeignKey("generation.Prompt", models.PROTECT, null=True, related_name="+")
    left_run = models.OneToOneField("generation.Run", models.PROTECT, related_name="+")
    right_run = models.OneToOneField("generation.Run", models.PROTECT, null=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    actor = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["recipe", "collection"], name="trial_recipe")]

    def __str__(self) -> str:
        versions = f"version {self.left.version}"
        return f"{self.recipe}, {versions} beside {self.right.version}" if self.right else f"{self.recipe}, {versions}"


class PromptVoteQuerySet(models.QuerySet["PromptVote"]):
    """Vocabulary of votes."""

    def cast(self, trial: PromptTrial, item_id: int, user: object, choice: str) -> None:
        """The person's vote on an item, instead of an earlier one."""
        vote = self.model(trial=trial, item_id=item_id, user=user, choice=choice)
        keys = ["trial", "item_id", "user"]
        self.bulk_create([vote], update_conflicts=True, unique_fields=keys, update_fields=["choice", "at"])

    def of(self, trial: PromptTrial) -> Self:
        """Those of one trial, with who cast them."""
        return self.filter(trial=trial).select_related("user").order_by("user__username", "item_id")


class PromptVote(models.Model):
    """Which of two texts one person finds better, for one item."""

    trial = models.ForeignKey(PromptTrial, models.CASCADE, related_name="votes")
    item_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    choice = models.CharField(max_length=8, choices=Choice)
    at = models.DateTimeField(default=timezone.now)

    objects = PromptVoteQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint("trial", "item_id", "user", name="prompt_vote_once"),
            models.CheckConstraint(condition=Q(choice__in=Choice.values), name="prompt_vote_choice"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_choice_display()}"
