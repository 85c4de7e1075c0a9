"""The materials app: a catalogue of materials becomes pages of many components."""

from django.apps import AppConfig


class MaterialsConfig(AppConfig):
    """Page components for the materials of a catalogue."""

    name = "materials"
    verbose_name = "Materials"
