"""Options that several commands here have, each declared once, and the command line that goes on after an interrupt."""

import shlex
from argparse import ArgumentTypeError
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from consultations.models import Consultation
from consultations.workflow import Steps
from generation.command_base import Actor, WrongUse, pace_of
from generation.console_output import Console

VARIATION = 0.3
GOES_ON = "Interrupted: what came in is kept, and nothing is paid twice. Run the same command again; it goes on."
# What decides how a run is sent, by whom and for whom; `--yes` and `--poll-interval` stay the caller's own choice.
LAUNCH = ("mode", "batch_size", "wait_time", "model", "as_user")


def share(text: str) -> float:
    """An argument that is a number from 0 to 1."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise ArgumentTypeError(f"{text!r} is not a number from 0 to 1")
    return value


def add_subject(parser: CommandParser, what: str, collection: str, output: str) -> None:
    """Offer a file or a consultation to work on, and where the mapping goes."""
    either = parser.add_mutually_exclusive_group(required=True)
    either.add_argument("--input", type=Path, metavar="FILE", help=what)
    either.add_argument("--collection", default="", metavar="SLUG", help=collection)
    parser.add_argument("--output", type=Path, metavar="FILE", help=f"{output}; *.jsonl gets ids, if there are any")


def check_subject(input: Path | None, output: Path | None) -> None:
    """A file in needs a file out; raises WrongUse."""
    if input and not output:
        raise WrongUse("Say where the mapping goes, with --output FILE.")


def add_variation(parser: CommandParser) -> None:
    """Offer how much a second mapping is varied, and what decides it."""
    words = f"of the second mapping: probability, 0 to 1 ({VARIATION})"
    parser.add_argument("--variation", type=share, default=VARIATION, metavar="P", help=words)
    words = "of the second mapping: decides what is varied (the consultation's; 1 for a file)"
    parser.add_argument("--seed", default="", help=words)


def steps_of(console: Console, consultation: Consultation, actor: Actor, again: str, options: dict[str, Any]) -> Steps:
    """The steps over a consultation, launched as the options say."""
    return Steps(
        console, consultation, actor, again, options["mode"], options["model"], pace_of(options), options["yes"],
        options["poll_interval"],
    )  # fmt: skip


def same_again(words: Sequence[str], options: dict[str, Any], names: Sequence[str]) -> str:
    """The same command, with everything named that decides what it makes and where it goes."""
    line = ["manage.py", *words]
    for name in (*names, *LAUNCH):
        if options[name] not in (None, ""):
            line += [f"--{name.removesuffix('_user').replace('_', '-')}", str(options[name])]
    return shlex.join(line)
