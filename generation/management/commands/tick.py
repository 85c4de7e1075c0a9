"""`manage.py tick`: wake whatever is due."""

from typing import Any

from django.core.management.base import CommandParser
from django.db import DatabaseError, close_old_connections, connection

from generation import advance
from generation.command_base import EngineCommand, seconds
from generation.console_output import Stop
from generation.pacing import nap


class Command(EngineCommand):
    """Wake runs and batch jobs that are due, once or until it is stopped."""

    help = (
        "Look for runs and batch jobs that are due and wake the worker for them. `setup` schedules this once a minute; "
        "beside the cluster `tick --every 5` makes things move faster. Ctrl-C or SIGTERM ends it cleanly."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the interval."""
        parser.add_argument("--every", type=seconds, metavar="S", help="go on, looking every S seconds")

    def work(self, *, every: float | None, **options: Any) -> None:
        """Tick once, or again and again; a database that is away for a moment does not end it."""
        if every is None:
            self.console.say(f"{advance.tick()} woken.")
            return
        self.console.say(f"Looking every {every:g} s; Ctrl-C ends it.")
        with Stop() as stop:
            while not stop():
                self._tick()
                nap(every, stop)
        self.console.say("Stopped; what is under way goes on with the next tick.")

    def _tick(self) -> None:
        try:
            close_old_connections()
            woken = advance.tick()
        except DatabaseError as error:
            self.console.complain(f"The database did not answer, trying again: {error}")
            connection.close()
            return
        if woken:
            self.console.say(f"{woken} woken.")
