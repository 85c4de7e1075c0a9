"""`manage.py vary_themes`: a second mapping out of a first one, by seeded variation."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from consultations.command_files import mapping_file, read_file, share, write_file
from consultations.mappings import mapping_bytes
from consultations.stored import NothingStored, second_coding, vary_stored
from consultations.theme_lists import read_themes
from consultations.variation import varied
from generation.command_base import EngineCommand, Failed, WrongUse, acting, add_as, find_collection


class Command(EngineCommand):
    """Vary the labels of a mapping."""

    help = (
        "Make a second mapping of labels: each label set loses one, gains one (at most five) and has one replaced, "
        "each with the probability --variation, and none is left without a label. The same seed gives the same "
        "mapping. Works on a file (--input, --output), or on a collection, whose second mapping it becomes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What, how much, where to."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--input", type=Path, metavar="FILE", help="a mapping: [[text, [labels]], ...] or JSONL")
        what.add_argument("--collection", default="", metavar="SLUG", help="a consultation whose responses have labels")
        parser.add_argument("--output", type=Path, metavar="FILE", help="where the second mapping goes")
        parser.add_argument("--themes", type=Path, metavar="FILE", help="theme list (default: the labels in the file)")
        parser.add_argument("--variation", type=share, default=0.3, metavar="P", help="probability, 0 to 1 (0.3)")
        parser.add_argument("--seed", default="1", help="decides what is varied (1)")
        parser.add_argument("--name", default="varied", help="of the second mapping in the collection (varied)")
        add_as(parser, "import_items")

    def work(self, *, input: Path | None, output: Path | None, **options: Any) -> None:
        """Vary a file or a collection."""
        if input:
            if not output:
                raise WrongUse("Say where the second mapping goes, with --output FILE.")
            coding = mapping_file(self.console, input)
            given = options["themes"]
            themes = [theme.topic for theme in read_themes(read_file(given))] if given else coding.themes
            rows = varied(coding.rows, themes, options["variation"], options["seed"])
        else:
            actor = acting(options["as_user"], "import_items")
            consultation = find_collection("consultations", options["collection"], actor)
            try:
                mapping = vary_stored(consultation, options["variation"], options["seed"], options["name"], actor.label)
            except NothingStored as error:
                raise Failed(str(error)) from error
            rows = second_coding(mapping).rows
            self.console.say(f"Second mapping '{mapping.name}' of {consultation.name}: {len(rows):,} responses.")
        if output:
            write_file(self.console, output, mapping_bytes(rows))
