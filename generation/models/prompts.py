"""Prompts with versions, and the settings of recipes."""

from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max, Q
from django.utils import timezone

from generation.base_models import digest
from generation.jsonl import ENDPOINTS


class PromptQuerySet(models.QuerySet["Prompt"]):
    """Vocabulary of prompts."""

    def active_for(self, recipe: str, collection: str = "") -> "Prompt | None":
        """The prompt in force: the collection's own, else the recipe's."""
        rows = self.filter(recipe=recipe, active=True, collection__in=["", collection])
        return rows.order_by("-collection").first()

    def versions_of(self, recipe: str, collection: str = "") -> Self:
        """All versions of one prompt, newest first."""
        return self.filter(recipe=recipe, collection=collection).order_by("-version")


class Prompt(models.Model):
    """The versioned text of a recipe, optionally of one collection. A version is never changed: a request names it."""

    recipe = models.CharField(max_length=80)
    collection = models.CharField(max_length=80, blank=True, help_text="Slug of the only collection it is for.")
    version = models.PositiveIntegerField(editable=False)
    system = models.TextField(blank=True)
    user = models.TextField()
    active = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True, help_text="What changed and why.")
    from_file = models.BooleanField(default=False, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PromptQuerySet.as_manager()

    class Meta:
        ordering = ["recipe", "collection", "-version"]
        constraints = [
            models.UniqueConstraint("recipe", "collection", "version", name="prompt_version_once"),
            models.UniqueConstraint("recipe", "collection", condition=Q(active=True), name="prompt_one_active"),
        ]

    def __str__(self) -> str:
        scope = f" for {self.collection}" if self.collection else ""
        return f"{self.recipe}{scope}, version {self.version}"

    @property
    def text_hash(self) -> str:
        """Hash of the two parts: what makes generated texts outdated when it moves."""
        return digest([self.system, self.user])

    def add(self, *, activate: bool = True, actor: str = "") -> "Prompt":
        """Save as the next version, in force at once unless told otherwise."""
        with transaction.atomic():
            versions = self._locked()
            self.version = (versions.aggregate(newest=Max("version"))["newest"] or 0) + 1
            self.pk, self.active = None, False
            self.save(force_insert=True)
            if activate:
                self.activate(self.created_by, actor)
        return self

    def activate(self, user: Any = None, actor: str = "") -> bool:
        """Put this version in force and note who did it; False when it was in force already."""
        with transaction.atomic():
            versions = self._locked()
            earlier = versions.filter(active=True).first()
            if earlier == self:
                return False
            versions.update(active=False)
            versions.filter(pk=self.pk).update(active=True)
            PromptActivation.objects.create(prompt=self, instead_of=earlier, user=user, actor=actor or str(user or ""))
        self.active = True
        return True

    def _locked(self) -> "PromptQuerySet":
        """All versions of this prompt; two people who save or activate at once wait for each other."""
        versions = Prompt.objects.filter(recipe=self.recipe, collection=self.collection)
        list(versions.select_for_update().order_by("pk").values_list("pk", flat=True))
        return versions


class PromptActivation(models.Model):
    """One time that a version was put in force: when, by whom, instead of which."""

    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="activations")
    instead_of = models.ForeignKey(Prompt, models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    actor = models.CharField(max_length=150, blank=True, help_text="Who it was; empty: the app itself.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.prompt} in force"


class RecipeSettings(models.Model):
    """What an operator has set for a recipe; empty means the recipe's own default."""

    recipe = models.CharField(max_length=80, unique=True)
    enabled = models.BooleanField(default=True)
    order = models.IntegerField(null=True, blank=True)
    provider = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=100, blank=True)
    endpoint = models.CharField(max_length=60, blank=True, choices=[(name, name) for name in ENDPOINTS])
    max_output_tokens = models.PositiveIntegerField(null=True, blank=True)
    temperature = models.FloatField(null=True, blank=True, help_text="0 to 2; reasoning models don't take one.")
    reasoning_effort = models.CharField(max_length=16, blank=True)
    verbosity = models.CharField(max_length=16, blank=True)
    read_timeout = models.FloatField(null=True, blank=True, help_text="Seconds, direct mode.")
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True, help_text="Direct mode.")
    concurrency = models.PositiveIntegerField(null=True, blank=True, help_text="Direct mode.")
    attempts = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Tries for transient failures.")
    retry_window = models.FloatField(null=True, blank=True, help_text="Seconds within which tries are made.")
    options = models.JSONField(default=dict, blank=True, help_text="The recipe's own, for example its sections.")
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["order", "recipe"]
        verbose_name = verbose_name_plural = "recipe settings"

    def __str__(self) -> str:
        return self.recipe

    def clean(self) -> None:
        """Refuse values that no model takes."""
        problems: dict[str, Any] = {}
        if self.temperature is not None and not 0 <= self.temperature <= 2:
            problems["temperature"] = "A temperature lies between 0 and 2."
        if self.provider and self.provider not in settings.PROVIDERS:
            known = ", ".join(sorted(settings.PROVIDERS))
            problems["provider"] = f"No provider of this name is configured (configured: {known})."
        if problems:
            raise ValidationError(problems)
