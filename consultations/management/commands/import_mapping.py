"""`manage.py import_mapping`: a human coder's mapping becomes a second mapping of a consultation."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from consultations.command_files import mapping_file
from consultations.second_import import import_second, plan_second
from consultations.stored import NothingStored, themes_of
from generation.command_base import EngineCommand, Failed, acting, add_as, find_collection


class Command(EngineCommand):
    """Import a second mapping."""

    help = (
        "Keep a person's mapping of a consultation's responses ([[text, [labels]], ...] or JSONL with response_id and "
        "labels) as a second mapping, beside which the labels can be compared. Shows what is new, changed, unchanged, "
        "removed and restored under that name; the same file twice changes nothing, and labels that are gone from the "
        "file are marked removed, never deleted."
    )
    interrupted = "Interrupted: an import is one transaction, so nothing of it was written. Run the same command again."

    def add_arguments(self, parser: CommandParser) -> None:
        """What, of what."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--collection", required=True, metavar="SLUG")
        parser.add_argument("--name", default="", help="of the second mapping (default: the file's name)")
        parser.add_argument("--dry-run", action="store_true", help="read, compare and show, but write nothing")
        add_as(parser, "import_items")

    def work(self, *, file: Path, dry_run: bool, **options: Any) -> None:
        """Read, match, show, keep."""
        actor = acting(options["as_user"], "import_items")
        consultation = find_collection("consultations", options["collection"], actor)
        coding = mapping_file(self.console, file)
        name = (options["name"] or file.stem)[:80]
        try:
            if dry_run:
                plan = plan_second(consultation, coding, name)
            else:
                _, plan = import_second(consultation, coding, name, file.name[:200], actor.label)
        except NothingStored as error:
            raise Failed(str(error)) from error
        self.console.say(f"Second mapping '{name}': {plan.fitting:,} responses: {plan.words(len(coding.problems))}.")
        if plan.unmatched:
            self.console.say(f"{plan.unmatched:,} rows fit no response of {consultation.name}: left out.")
        known = {theme.topic for theme in themes_of(consultation)}
        if strange := [label for label in coding.themes if known and label not in known]:
            self.console.say(f"Labels that the theme list does not have: {', '.join(strange[:10])}.")
        if dry_run:
            self.console.say("Dry run: nothing was written.")
