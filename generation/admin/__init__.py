"""The engine's own tables in the admin, by role; Django loads this package as it loads an `admin.py`."""

from generation.admin import accounts, budgets, ledger, prompts, queue, recipe_settings, runs

__all__ = ["accounts", "budgets", "ledger", "prompts", "queue", "recipe_settings", "runs"]
