"""Courses, lesson plans and lessons."""

from django.db import models

from generation.base_models import Artefact, Collection, SourceItem
from lessons.levels import level_word


class Course(Collection):
    """A collection: one outline."""

    audience = models.CharField(max_length=300, blank=True, help_text="Who the lessons are for; goes into the prompt.")
    domain = models.CharField(max_length=300, blank=True, help_text="The subject field; goes into the prompt.")
    outline_name = models.CharField(max_length=200, blank=True, editable=False, help_text="Name of the imported file.")
    outline_format = models.CharField(max_length=20, blank=True, editable=False)
    imported_at = models.DateTimeField(null=True, blank=True, editable=False)


class LessonPlan(SourceItem):
    """A source item: one line of the outline."""

    hashed_fields = ("module_title", "section", "title", "level")
    group_field = "module_code"

    collection = models.ForeignKey(Course, models.CASCADE, related_name="items", verbose_name="course")
    module_code = models.CharField("module", max_length=40, db_index=True)
    module_title = models.CharField(max_length=300)
    section = models.CharField(max_length=300, blank=True)
    code = models.CharField(max_length=60, blank=True, help_text="Its number as written in the outline.")
    title = models.CharField(max_length=500)
    level = models.CharField(max_length=8, blank=True, help_text="F, I, A, E or a range such as F-I.")

    class Meta(SourceItem.Meta):
        verbose_name = "lesson plan"

    @property
    def label(self) -> str:
        """Key and title."""
        return f"{self.key} {self.title}"

    @property
    def level_word(self) -> str:
        """The level in words."""
        return level_word(self.level)


class Lesson(Artefact):
    """An artefact: the text of one lesson."""

    item = models.ForeignKey(LessonPlan, models.CASCADE, related_name="lessons", verbose_name="lesson plan")
    title = models.CharField(max_length=500)
    words = models.PositiveIntegerField(default=0)
    fingerprint = models.CharField(max_length=64, blank=True, db_index=True, editable=False)

    class Meta(Artefact.Meta):
        verbose_name = "lesson"

    def __str__(self) -> str:
        return self.title
