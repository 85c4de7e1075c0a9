"""Whether a worker takes tasks from the queue: for container health checks and monitoring."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from generation.models import Heartbeat


class Command(BaseCommand):
    """Exit 0 when a worker answered the last heartbeat in time, 1 when not."""

    help = (
        "Checks the age of the last heartbeat that went through the queue. A hanging cluster still says that it works; "
        "this tells the truth. Needs `tick` to run (setup's schedule, or `tick --every S`). Exit 0: alive, 1: silent."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How old the last answer may be."""
        parser.add_argument("--max-age", type=float, default=180, metavar="S", help="seconds (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say the age and exit."""
        last = Heartbeat.last()
        age = (timezone.now() - last).total_seconds() if last else None
        if age is None or age > options["max_age"]:
            words = "never" if age is None else f"{age:.0f} s ago"
            hint = "Is `manage.py qcluster` running?"
            self.stderr.write(f"No worker answers: the last heartbeat came back {words}. {hint}")
            raise SystemExit(1)
        self.stdout.write(f"The worker answered {age:.0f} s ago.")
