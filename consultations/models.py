"""Consultations, their response slots and theme lists, what is made of them, and second mappings."""

from typing import Any

from django.db import models

from consultations.duplicates import THRESHOLD
from generation.base_models import Artefact, Collection, SourceItem

LABEL_CHARACTERS = 80
THEMES_KEY = "themes"


class Consultation(Collection):
    """A collection: one question, put to many people."""

    question = models.TextField(blank=True, help_text="What people are asked; goes into the prompts.")
    background = models.TextField(blank=True, help_text="What they are told beforehand; goes into the prompts.")
    seed = models.CharField(max_length=40, default="1", help_text="Decides the mix of the responses, repeatably.")
    mix = models.JSONField(default=dict, blank=True, help_text="What responses vary over, with weights.")
    threshold = models.FloatField(
        "similarity of repeats", default=THRESHOLD, help_text="From which similarity on (0 to 1) a text is a repeat."
    )
    file_name = models.CharField(max_length=200, blank=True, editable=False, help_text="Name of the imported file.")
    file_format = models.CharField(max_length=20, blank=True, editable=False)
    imported_at = models.DateTimeField(null=True, blank=True, editable=False)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Every consultation has the one row that its theme list is made for."""
        super().save(*args, **kwargs)
        if not ThemeSheet.objects.filter(collection=self).exists():
            ThemeSheet(collection=self, key=THEMES_KEY).save()


class ResponseSlot(SourceItem):
    """A source item: a response to be made up in a certain way, or (with a text) one that somebody has given."""

    hashed_fields = ("perspective", "length", "focus", "stance", "text")

    collection = models.ForeignKey(Consultation, models.CASCADE, related_name="items", verbose_name="consultation")
    perspective = models.CharField(max_length=200, blank=True, db_index=True)
    length = models.CharField(max_length=20, blank=True, help_text="short, medium or long")
    focus = models.CharField(max_length=200, blank=True)
    stance = models.CharField(max_length=200, blank=True, db_index=True)
    text = models.TextField("given response", blank=True, help_text="What a person wrote. Empty: to be made up.")
    demographics = models.JSONField(default=dict, blank=True, help_text="Other columns of the file, as they were.")
    avoid = models.TextField(
        blank=True, editable=False, help_text="A text that this one repeated; the next one is to differ from it."
    )

    class Meta(SourceItem.Meta):
        verbose_name = "response slot"

    @property
    def label(self) -> str:
        """Key, and the beginning of the text or what it is to be."""
        words = " ".join(self.text.split()) or ", ".join(filter(None, [self.perspective, self.stance, self.length]))
        return f"{self.key} {words if len(words) <= LABEL_CHARACTERS else words[: LABEL_CHARACTERS - 1] + '…'}".strip()


class ThemeSheet(SourceItem):
    """A source item too: the one row of a consultation that its theme list is made for."""

    hashed_fields = ("sample_size", "most_themes")

    collection = models.ForeignKey(
        Consultation, models.CASCADE, related_name="theme_sheets", verbose_name="consultation"
    )
    sample_size = models.PositiveIntegerField(default=100, help_text="From how many responses the themes are found.")
    most_themes = models.PositiveSmallIntegerField(default=12, help_text="How many themes there may be.")

    class Meta(SourceItem.Meta):
        verbose_name = "theme sheet"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """It comes from no file: its hash moves with what an operator sets."""
        self.source_hash = self.compute_hash()
        super().save(*args, **kwargs)

    @property
    def label(self) -> str:
        """Whose themes."""
        return f"Themes of {self.collection.name}"


class Response(Artefact):
    """An artefact: the made-up response of a slot."""

    item = models.ForeignKey(ResponseSlot, models.CASCADE, related_name="responses", verbose_name="slot")
    words = models.PositiveIntegerField(default=0)
    fingerprint = models.CharField(max_length=32, blank=True, db_index=True, editable=False)

    class Meta(Artefact.Meta):
        verbose_name = "response"


class ThemeList(Artefact):
    """An artefact: the themes of a consultation, as JSON."""

    item = models.ForeignKey(ThemeSheet, models.CASCADE, related_name="theme_lists", verbose_name="theme sheet")
    themes = models.PositiveSmallIntegerField(default=0, help_text="How many there are.")

    class Meta(Artefact.Meta):
        verbose_name = "theme list"


class Labelling(Artefact):
    """An artefact: the themes of one response, as JSON."""

    item = models.ForeignKey(ResponseSlot, models.CASCADE, related_name="labellings", verbose_name="slot")
    labels = models.JSONField(default=list)

    class Meta(Artefact.Meta):
        verbose_name = "labelling"


class ThemeLabel(models.Model):
    """A derived row: one theme of one response, by the labelling's current revision."""

    slot = models.ForeignKey(ResponseSlot, models.CASCADE, related_name="theme_labels")
    theme = models.CharField(max_length=300, db_index=True)
    place = models.PositiveSmallIntegerField(help_text="Its place among the labels, from 1.")
    revision = models.ForeignKey("generation.Revision", models.CASCADE, related_name="+")

    class Meta:
        ordering = ["slot", "place"]
        constraints = [models.UniqueConstraint("slot", "theme", name="theme_label_once")]

    def __str__(self) -> str:
        return self.theme


class SecondMapping(models.Model):
    """Another coding of a consultation's responses: varied from the first one, or a person's, imported."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="second_mappings")
    name = models.CharField(max_length=80)
    variation = models.FloatField(null=True, blank=True, help_text="Empty: it was imported.")
    seed = models.CharField(max_length=40, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    made_by = models.CharField(max_length=150, blank=True)
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["consultation", "-made_at", "-pk"]
        constraints = [models.UniqueConstraint("consultation", "name", name="second_mapping_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.consultation})"

    @property
    def standing(self) -> models.QuerySet["SecondLabels"]:
        """Its rows without those that are gone from the file."""
        return SecondLabels.objects.filter(mapping=self, removed_at=None)


class SecondLabels(models.Model):
    """The labels of one response in a second mapping."""

    mapping = models.ForeignKey(SecondMapping, models.CASCADE, related_name="rows")
    slot = models.ForeignKey(ResponseSlot, models.CASCADE, related_name="second_labels")
    labels = models.JSONField(default=list)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When it was gone.")

    class Meta:
        ordering = ["mapping", "slot"]
        verbose_name_plural = "second labels"
        constraints = [models.UniqueConstraint("mapping", "slot", name="second_labels_once")]

    def __str__(self) -> str:
        return ", ".join(self.labels)
