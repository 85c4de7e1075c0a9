"""The consultations app: made-up or given responses to a question, their themes, and how well two codings agree."""

from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    """Responses to consultations and their themes."""

    name = "consultations"
    verbose_name = "Consultations"
