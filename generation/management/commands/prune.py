"""`manage.py prune`: remove what has outlived its retention."""

from typing import Any

from django.core.management.base import CommandParser

from generation.command_base import EngineCommand, add_json
from generation.pruning import prune


class Command(EngineCommand):
    """Remove old raw answers, timelines, files and queue records."""

    help = (
        "Remove raw answers and batch files older than RAW_RETENTION_DAYS, timelines of ended runs older than "
        "TRANSITION_RETENTION_DAYS, stored files that belong to nothing and are older than a day, and the queue's own "
        "records older than 30 days. Texts, revisions, requests, attempts and costs are never removed. `setup` "
        "schedules it once a day."
    )
    interrupted = "Interrupted: what was removed by now is gone, the rest goes with the next run."

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer a dry run."""
        parser.add_argument("--dry-run", action="store_true", help="only count")
        add_json(parser)

    def work(self, *, dry_run: bool, json: bool, **options: Any) -> None:
        """Remove, and say how many of what."""
        counts = prune(dry_run=dry_run)
        verb = "would go" if dry_run else "removed"
        for name, number in counts.items():
            self.console.say(f"{number:,} {name} {verb}.")
        if json:
            self.console.document({"dry_run": dry_run, "counts": counts})
