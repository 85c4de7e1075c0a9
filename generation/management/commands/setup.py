"""`manage.py setup`: what a site needs in its database besides tables."""

from typing import Any

from django.db import transaction
from django_q.models import Schedule

from generation.command_base import EngineCommand
from generation.instructions import ensure_prompt
from generation.recipes import all_recipes
from generation.roles import make_groups

# Name -> function, and how often it runs unless an administrator has set it otherwise.
SCHEDULES = {
    "tick": ("generation.tasks.tick", {"schedule_type": Schedule.MINUTES, "minutes": 1}),
    "prune": ("generation.tasks.prune", {"schedule_type": Schedule.DAILY}),
}


class Command(EngineCommand):
    """Make groups, schedules and prompts."""

    help = (
        "Make the groups Viewer, Editor, Reviewer, Publisher and Operator, the schedules of tick (every minute) and "
        "prune (daily), and the first version of every recipe's prompt. It can be run again at any time and after each "
        "upgrade: it adds what is missing and takes nothing away. Publisher is the only group that may approve despite "
        "errors; only Operator sees costs."
    )

    @transaction.atomic
    def work(self, **options: Any) -> None:
        """Everything or nothing."""
        for role, added in make_groups().items():
            self.console.say(f"Group {role}: {f'{added} permissions added' if added else 'complete'}.")
        for name, (function, often) in SCHEDULES.items():
            _, made = Schedule.objects.get_or_create(name=name, defaults={"func": function, **often})
            self.console.say(f"Schedule {name}: {'made' if made else 'there already'}.")
        for recipe in (recipe for recipe in all_recipes() if not recipe.local):
            prompt = ensure_prompt(recipe)
            self.console.say(f"Prompt of {recipe.key}: version {prompt.version} in force.")
