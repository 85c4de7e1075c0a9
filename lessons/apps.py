"""The lessons app: course outlines become lessons."""

from django.apps import AppConfig


class LessonsConfig(AppConfig):
    """Lessons from a course outline."""

    name = "lessons"
    verbose_name = "Lessons"
