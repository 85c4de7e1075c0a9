"""`manage.py compare_themes`: how far two mappings of the same responses agree."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from consultations.charts import charts
from consultations.command_files import mapping_file, response_texts, write_file
from consultations.comparison import Comparison, compare
from consultations.mappings import Joined, join
from consultations.stored import NothingStored, compare_stored, latest_second
from consultations.summary import band, summary
from generation.command_base import EngineCommand, Failed, WrongUse, acting, add_as, add_json, find_collection


class Command(EngineCommand):
    """Compare two mappings."""

    help = (
        "Compare two mappings of the same responses to themes: similarity of the label sets, changes, agreement beyond "
        "chance for each theme. Works on two files (joined by id, else by text), or on a collection with a second "
        "mapping."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What, where to."""
        parser.add_argument("--mapping1", type=Path, metavar="FILE", help="[[text, [labels]], ...] or JSONL")
        parser.add_argument("--mapping2", type=Path, metavar="FILE", help="the same responses, labelled otherwise")
        parser.add_argument("--responses", type=Path, metavar="FILE", help="ids and texts, if a mapping lacks one")
        parser.add_argument("--collection", default="", metavar="SLUG", help="a consultation instead of files")
        parser.add_argument("--second", default="", metavar="NAME", help="which second mapping (the one made last)")
        parser.add_argument("--output", type=Path, metavar="FILE", help="the figures as JSON")
        parser.add_argument("--summary", type=Path, metavar="FILE", help="the summary in Markdown")
        parser.add_argument("--charts", type=Path, metavar="DIR", help="three charts as SVG")
        add_as(parser, "import_items")
        add_json(parser)

    def work(self, **options: Any) -> None:
        """Compare, say, write."""
        files = bool(options["mapping1"] and options["mapping2"])
        if files == bool(options["collection"]):
            raise WrongUse("Say what to compare: --mapping1 FILE --mapping2 FILE, or --collection SLUG.")
        title = ""
        if files:
            texts = response_texts(self.console, options["responses"]) if options["responses"] else None
            joined = join(*(mapping_file(self.console, options[name], texts) for name in ("mapping1", "mapping2")))
            comparison = compare(joined)
        else:
            consultation = find_collection(
                "consultations", options["collection"], acting(options["as_user"], "import_items")
            )
            title = consultation.name
            try:
                joined, comparison = compare_stored(latest_second(consultation, options["second"]))
            except NothingStored as error:
                raise Failed(str(error)) from error
        self._say(joined, comparison)
        self._write(joined, comparison, title, options)

    def _say(self, joined: Joined, comparison: Comparison) -> None:
        figures = comparison.document()
        self.console.say(
            f"{len(comparison.scores):,} responses: {comparison.identical:,} with identical themes "
            f"({comparison.percentage:.1f} %), Jaccard {figures['jaccard_similarity']['mean']:.3f} on average, kappa "
            f"{comparison.mean_kappa:.3f} on average ({band(comparison.mean_kappa)})."
        )
        if joined.only_first or joined.only_second:
            self.console.say(
                f"Left out: {joined.only_first:,} responses that only the first mapping has, {joined.only_second:,} "
                "that only the second has."
            )

    def _write(self, joined: Joined, comparison: Comparison, title: str, options: dict[str, Any]) -> None:
        if options["output"]:
            write_file(self.console, options["output"], comparison.to_bytes())
        if options["summary"]:
            words = summary(comparison, title, joined.only_first, joined.only_second)
            write_file(self.console, options["summary"], words.encode())
        if options["charts"]:
            for name, content in charts(comparison).items():
                write_file(self.console, options["charts"] / name, content)
        if options["json"]:
            self.console.document(comparison.document())
