"""The tiny kind, as Django sees it."""

from django.apps import AppConfig


class TinyConfig(AppConfig):
    """Facts of things, quizzes on the facts, a digest of a box."""

    name = "tests.tiny"
    label = "tiny"
