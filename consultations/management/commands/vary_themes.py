"""`manage.py vary_themes`: a second mapping out of a first one, by seeded variation."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from consultations.command_files import mapping_file, read_file, write_mapping
from consultations.command_options import add_subject, add_variation, check_subject
from consultations.mappings import Coding
from consultations.stored import NothingStored, second_coding, vary_stored
from consultations.theme_lists import read_themes
from consultations.variation import varied
from generation.command_base import EngineCommand, Failed, WrongUse, acting, add_as, find_collection

FILE_SEED = "1"


class Command(EngineCommand):
    """Vary the labels of a mapping."""

    help = (
        "Make a second mapping of labels: each label set loses one, gains one (at most five) and has one replaced, "
        "each with the probability --variation, and none is left without a label. The same seed gives the same "
        "mapping. Works on a file (--input, --output), or on a collection, whose second mapping it becomes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What, how much, where to."""
        mapping = "a mapping: [[text, [labels]], ...] or JSONL"
        add_subject(parser, mapping, "a consultation whose responses have labels", "the second mapping")
        parser.add_argument("--themes", type=Path, metavar="FILE", help="theme list (default: the labels in the file)")
        add_variation(parser)
        parser.add_argument("--name", default="varied", help="of the second mapping in the collection (varied)")
        add_as(parser, "import_items")

    def work(self, *, input: Path | None, output: Path | None, **options: Any) -> None:
        """Vary a file or a collection."""
        check_subject(input, output)
        if options["themes"] and not input:
            raise WrongUse("--themes goes with --input: a consultation is varied within its own list.")
        if input:
            coding = mapping_file(self.console, input)
            given = options["themes"]
            themes = [theme.topic for theme in read_themes(read_file(given))] if given else coding.themes
            rows = varied(coding.rows, themes, options["variation"], options["seed"] or FILE_SEED)
        else:
            actor = acting(options["as_user"], "import_items")
            consultation = find_collection("consultations", options["collection"], actor)
            seed = options["seed"] or consultation.seed
            try:
                mapping = vary_stored(consultation, options["variation"], seed, options["name"], actor.label)
            except NothingStored as error:
                raise Failed(str(error)) from error
            rows = second_coding(mapping).rows
            self.console.say(f"Second mapping '{mapping.name}' of {consultation.name}: {len(rows):,} responses.")
        if output:
            write_mapping(self.console, output, Coding(rows))
