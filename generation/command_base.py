"""The base of our commands: exit statuses, one sentence for each failure, `--json`, `--log-file` and `--as`."""

import getpass
import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser, SystemCheckError
from django.db import OperationalError, ProgrammingError

from generation.advance import LaunchRefused
from generation.console_output import Console
from generation.models import Mode
from generation.pipeline.build import BuildError
from generation.pipeline.plan import PlanError
from generation.prompts import PromptError
from generation.provider import ProviderError
from generation.recipes import UnknownRecipe, collection_model, kinds, recipes_named
from generation.sources import SourceError

FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130
PACED = 10
# What the engine raises with a message for people.
SENTENCES = (PlanError, PromptError, LaunchRefused, BuildError, ProviderError, SourceError, OSError)
EXIT_STATUSES = "Exit status: 0 done, 1 failed, 2 wrong use, 130 interrupted."


class Failed(CommandError):
    """It did not work: exit status 1. The message says what happened, what it means, and what to do."""


class WrongUse(CommandError):
    """The command can't be meant like this: exit status 2."""

    def __init__(self, message: str) -> None:
        super().__init__(message, returncode=WRONG_USE)


class Interrupted(CommandError):
    """Ctrl-C: exit status 130. The message says how to resume."""

    def __init__(self, message: str) -> None:
        super().__init__(message, returncode=INTERRUPTED)


@dataclass(frozen=True)
class Actor:
    """Who does it: an account of the site (`--as`), or the operating system's user."""

    user: Any
    label: str


def acting(username: str, permission: str) -> Actor:
    """The account of `--as`, which must be active and may do `generation.<permission>`; raises Failed."""
    if not username:
        return Actor(None, f"{_system_user()} (command line)")
    user = get_user_model()._default_manager.filter(username=username).first()
    if user is None:
        raise Failed(f"There is no user '{username}' on this site: nothing was done. Check the name after --as.")
    if not user.is_active:
        raise Failed(f"The account of '{username}' is switched off: nothing was done.")
    if not user.has_perm(f"generation.{permission}"):
        raise Failed(f"'{username}' may not do this (it needs the permission '{permission}'): nothing was done.")
    return Actor(user, user.get_username())


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container's user may have no name.
        return f"user {os.getuid()}"


def find_collection(kind: str, slug: str, actor: Actor) -> Any:
    """The collection of this kind that the actor may see; raises Failed with the slugs that there are."""
    return find_collections([kind], [slug], actor)[0]


def find_collections(names: Sequence[str], slugs: Sequence[str], actor: Actor) -> list[Any]:
    """Collections of the kinds behind these kinds or recipes, each slug found at least once, in the given order."""
    wanted = {recipe.key.partition(".")[0] for recipe in recipes_named(names)}
    rows = [_visible(kind, actor) for kind in kinds() if kind in wanted]
    found: list[Any] = []
    for slug in dict.fromkeys(slugs):
        here = [row for visible in rows for row in visible.filter(slug=slug)]
        if not here:
            known = sorted(name for visible in rows for name in visible.values_list("slug", flat=True)[:20])
            raise Failed(
                f"There is no collection '{slug}' of {' or '.join(sorted(wanted))}: nothing was done. "
                + (f"There are: {', '.join(known)}." if known else "There is none yet: import one with import_items.")
            )
        found += here
    return found


def only_collections(names: Sequence[str], actor: Actor) -> list[Any]:
    """Where none is named: the one collection of each kind; raises WrongUse with the slugs where there are several."""
    wanted = {recipe.key.partition(".")[0] for recipe in recipes_named(names)}
    found: list[Any] = []
    for kind in sorted(wanted):
        rows = list(_visible(kind, actor).order_by("slug")[:20])
        if not rows:
            raise Failed(f"There is no collection of {kind} yet: import one with import_items.")
        if len(rows) > 1:
            known = ", ".join(row.slug for row in rows)
            raise WrongUse(f"Say of which collection, with --collection SLUG: of {kind} there are {known}.")
        found += rows
    return found


def _visible(kind: str, actor: Actor) -> Any:
    rows = collection_model(kind)._default_manager.all()
    return rows.visible_to(actor.user) if actor.user else rows  # type: ignore[attr-defined]


def positive(text: str) -> int:
    """An argument that is a whole number from 1."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def seconds(text: str) -> float:
    """An argument that is a time in seconds, more than 0."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e7:
        raise ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return value


def add_launch(parser: ArgumentParser, looks: str) -> None:
    """Offer what every command has that launches runs; `looks` says when the interval between two looks counts."""
    parser.add_argument("--mode", choices=Mode.values, default=Mode.BATCH.value, help="default: batch, half price")
    parser.add_argument("--model", default="", help="instead of the recipes' own")
    parser.add_argument("--poll-interval", type=seconds, default=30.0, metavar="S", help=f"{looks} (30)")
    parser.add_argument("--yes", action="store_true", help="launch without asking")
    add_pace(parser)
    add_as(parser, "launch_run")


def add_pace(parser: ArgumentParser) -> None:
    """Offer paced generation."""
    parser.add_argument("--batch-size", type=positive, metavar="N", help="direct mode: N requests, then a pause (10)")
    parser.add_argument("--wait-time", type=seconds, metavar="S", help="direct mode: seconds of the pause")


def pace_of(options: dict[str, Any]) -> dict[str, Any]:
    """What a run remembers of the pace that was asked for; raises WrongUse in batch mode."""
    size, wait = options.get("batch_size"), options.get("wait_time")
    if not (size or wait):
        return {}
    if options["mode"] == Mode.BATCH:
        raise WrongUse("--batch-size and --wait-time go with --mode direct: a batch is sent as a whole.")
    return {"batch_size": size or PACED, "wait_time": wait or 0}


def add_json(parser: ArgumentParser) -> None:
    """Offer `--json`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document, and nothing else, on stdout")


def add_as(parser: ArgumentParser, permission: str) -> None:
    """Offer `--as`."""
    parser.add_argument(
        "--as", dest="as_user", default="", metavar="USER",
        help=f"do it as this account of the site, which must be active and have the permission '{permission}'; "
        "without it the operating system's user name is recorded",
    )  # fmt: skip


class EngineCommand(BaseCommand):
    """A thin shell over the engine. Subclasses have `work`, which returns None or an exit status."""

    interrupted: ClassVar[str] = "Interrupted: nothing was changed. Run the same command again."
    console: Console

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Add what all of our commands share."""
        parser = super().create_parser(prog_name, subcommand, epilog=EXIT_STATUSES, **kwargs)
        parser.add_argument("--log-file", default="", metavar="FILE", help="append plain log lines to this file")
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run the command; every failure that we know becomes one sentence on stderr and an exit status."""
        try:
            return super().execute(*args, **options)
        except SystemCheckError:
            raise
        except CommandError as error:
            # Called from Python (a test, another command) the exception is the answer.
            if not getattr(self, "_called_from_command_line", False) or options.get("traceback"):
                raise
            console = getattr(self, "console", None) or Console(self.stdout, self.stderr)
            console.complain(str(error))
            sys.exit(error.returncode)

    def handle(self, *args: Any, **options: Any) -> None:
        """Set the console up, do the work, turn failures into sentences."""
        with ExitStack() as stack:
            self.console = self._console(options, stack)
            stack.enter_context(self.console.logging())
            with self._sentences():
                status = self.work(**options)
        if status:
            raise SystemExit(status)

    def work(self, *args: Any, **options: Any) -> int | None:
        """What the command does; None or 0 is success."""
        raise CommandError(f"{type(self).__module__} does nothing")

    def _console(self, options: dict[str, Any], stack: ExitStack) -> Console:
        path = options.get("log_file")
        try:
            log_file = stack.enter_context(Path(path).open("a", encoding="utf-8")) if path else None  # noqa: SIM115
        except OSError as error:
            raise WrongUse(f"The log file can't be written: {error}. Nothing was done.") from error
        quiet = options.get("verbosity") == 0
        return Console(self.stdout, self.stderr, json=bool(options.get("json")), quiet=quiet, log_file=log_file)

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except UnknownRecipe as error:
            raise WrongUse(str(error)) from error
        except SENTENCES as error:
            raise Failed(str(error)) from error
        except (OperationalError, ProgrammingError) as error:
            raise Failed(f"The database can't be used ({error}). Is it up, and did `manage.py migrate` run?") from error
        except KeyboardInterrupt:
            raise Interrupted(self.interrupted) from None
