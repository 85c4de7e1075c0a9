"""The engine: finds what domain apps register, as Django's admin finds `admin.py`."""

import gc

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from generation.checks import register_checks


class GenerationConfig(AppConfig):
    """Runs, batch jobs, requests, prompts, revisions."""

    name = "generation"
    verbose_name = "Generation"

    def ready(self) -> None:
        """Register the system checks; load <app>/recipes.py, <app>/publish.py and <app>/sources.py of every app."""
        register_checks()
        autodiscover_modules("recipes", "publish", "sources")
        # What is loaded by now stays: else the collector would walk through all of it again and again while a run's
        # rows are made (a fifth of that time), and forked workers would each get a copy of its memory.
        gc.freeze()
