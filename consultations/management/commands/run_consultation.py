"""`manage.py run_consultation`: all steps, from slots to the comparison's files."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from consultations.command_files import write_file
from consultations.command_options import GOES_ON, add_variation, same_again, share, steps_of
from consultations.publish import draft_files
from consultations.slots import set_count
from consultations.stored import NothingStored, vary_stored
from consultations.workflow import ROUNDS
from generation.command_base import EngineCommand, Failed, WrongUse, acting, add_launch, find_collection, positive

MAPPING = "varied"
REPEATED = ("count", "variation", "seed", "threshold", "rounds", "out")


class Command(EngineCommand):
    """Run a whole consultation."""

    help = (
        "Bring a consultation to so many responses (repeats are made again), find the themes, label every response, "
        "vary the labels into a second mapping, compare the two, and write all files. Every step shows its estimate "
        "and asks first. After an interrupt the same command goes on where it was."
    )
    interrupted = GOES_ON

    def add_arguments(self, parser: CommandParser) -> None:
        """Which one, how many, how."""
        parser.add_argument("slug", metavar="SLUG", help="the consultation, which has its question")
        parser.add_argument("--count", type=positive, metavar="N", help="how many responses (default: as it stands)")
        add_variation(parser)
        parser.add_argument("--threshold", type=share, metavar="T", help="similarity from which a response is a repeat")
        parser.add_argument("--rounds", type=positive, default=ROUNDS, metavar="N", help=f"of making again ({ROUNDS})")
        parser.add_argument("--out", type=Path, metavar="DIR", help="where the files go (./consultation-SLUG)")
        add_launch(parser, "between looks")

    def work(self, *, slug: str, **options: Any) -> int | None:
        """Slots, responses, themes, second mapping, comparison, files."""
        if options["threshold"] == 0:
            raise WrongUse("--threshold lies above 0 and up to 1.")
        actor = acting(options["as_user"], "launch_run")
        consultation = find_collection("consultations", slug, actor)
        again = same_again(["run_consultation", slug], options, REPEATED)
        steps = steps_of(self.console, consultation, actor, again, options)
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
        try:
            vary_stored(consultation, options["variation"], seed, MAPPING, actor.label)
            files = draft_files(consultation)
        except NothingStored as error:
            raise Failed(str(error)) from error
        out = options["out"] or Path(f"consultation-{slug}")
        for name, content in files.items():
            write_file(self.console, out / name, content)
        self.console.say(
            "These are drafts; when they are approved: manage.py publish consultations --export comparison "
            f"--collection {slug}"
        )
        if not complete:
            raise Failed("Some responses still repeat another one: make more rounds, or edit them by hand.")
        return None
