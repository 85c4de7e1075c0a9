"""The questions app: datasets of questions are answered and the answers scored."""

from django.apps import AppConfig


class QuestionsConfig(AppConfig):
    """Questions with known answers, and how well models do on them."""

    name = "questions"
    verbose_name = "Questions"
