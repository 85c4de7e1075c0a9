"""`manage.py run_consultation`: all steps, from slots to the comparison's files."""

import shlex
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from consultations.command_files import share, write_file
from consultations.publish import draft_files
from consultations.slots import set_count
from consultations.stored import vary_stored
from consultations.workflow import ROUNDS, Steps
from generation.command_base import (
    EngineCommand,
    Failed,
    WrongUse,
    acting,
    add_as,
    add_pace,
    find_collection,
    pace_of,
    positive,
    seconds,
)  # fmt: skip
from generation.models import Mode

MAPPING = "varied"
REPEATED = (
    "count", "variation", "mode", "batch_size", "wait_time", "seed", "threshold", "rounds", "out", "model", "as_user",
)  # fmt: skip


class Command(EngineCommand):
    """Run a whole consultation."""

    help = (
        "Bring a consultation to so many responses (repeats are made again), find the themes, label every response, "
        "vary the labels into a second mapping, compare the two, and write all files. Every step shows its estimate "
        "and asks first. After an interrupt the same command goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which one, how many, how."""
        parser.add_argument("slug", metavar="SLUG", help="the consultation, which has its question")
        parser.add_argument("--count", type=positive, metavar="N", help="how many responses (default: as it stands)")
        parser.add_argument("--variation", type=share, default=0.3, metavar="P", help="of the second mapping (0.3)")
        parser.add_argument("--seed", default="", help="of the second mapping (default: the consultation's)")
        parser.add_argument("--threshold", type=share, metavar="T", help="similarity from which a response is a repeat")
        parser.add_argument("--rounds", type=positive, default=ROUNDS, metavar="N", help=f"of making again ({ROUNDS})")
        parser.add_argument("--out", type=Path, metavar="DIR", help="where the files go (./consultation-SLUG)")
        parser.add_argument("--mode", choices=Mode.values, default=Mode.BATCH.value, help="default: batch, half price")
        parser.add_argument("--model", default="", help="instead of the recipes' own")
        parser.add_argument("--poll-interval", type=seconds, default=30.0, metavar="S", help="between looks (30)")
        parser.add_argument("--yes", action="store_true", help="launch without asking")
        add_pace(parser)
        add_as(parser, "launch_run")

    def work(self, *, slug: str, **options: Any) -> int | None:
        """Slots, responses, themes, second mapping, comparison, files."""
        if options["threshold"] == 0:
            raise WrongUse("--threshold lies above 0 and up to 1.")
        actor = acting(options["as_user"], "launch_run")
        consultation = find_collection("consultations", slug, actor)
        steps = Steps(
            self.console, consultation, actor, self._again(slug, options), options["mode"], options["model"],
            pace_of(options), options["yes"], options["poll_interval"],
        )  # fmt: skip
        steps.resume()
        if options["count"]:
            self.console.say(f"Slots: {set_count(consultation, options['count'], actor.label)}.")
        complete = steps.responses(options["threshold"], options["rounds"])
        if steps.wanting():
            raise Failed(f"{steps.wanting():,} responses could not be made; what came in is kept. Run it again.")
        wanting = steps.themes()
        if wanting:
            raise Failed(f"{wanting:,} responses have no labels yet; what came in is kept. Run it again.")
        seed = options["seed"] or consultation.seed
        vary_stored(consultation, options["variation"], seed, MAPPING, actor.label)
        out = options["out"] or Path(f"consultation-{slug}")
        for name, content in draft_files(consultation).items():
            write_file(self.console, out / name, content)
        self.console.say(
            "These are drafts; when they are approved: manage.py publish consultations --export comparison "
            f"--collection {slug}"
        )
        if not complete:
            raise Failed("Some responses still repeat another one: make more rounds, or edit them by hand.")
        return None

    def _again(self, slug: str, options: dict[str, Any]) -> str:
        """The same command, with everything that decides what it makes and where it goes; asking is left as it is."""
        words = ["manage.py", "run_consultation", slug]
        for name in REPEATED:
            if options[name] not in (None, ""):
                words += [f"--{name.removesuffix('_user').replace('_', '-')}", str(options[name])]
        return shlex.join(words)
