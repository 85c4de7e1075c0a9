"""`manage.py import_items`: a source file becomes source items."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from generation.command_base import EngineCommand, Failed, acting, add_as, add_json
from generation.importing import ImportPlan, apply_import, plan_import
from generation.sources import source_options

MOST_PROBLEMS = 50


class Command(EngineCommand):
    """Import a source file into a collection."""

    help = (
        "Import a source file (for lessons: a course outline) into a collection, which is made when it is new. Shows "
        "what is new, changed, unchanged, removed and restored, and what could not be read. Importing the same file "
        "twice changes nothing; an item that is gone from the file is marked removed, never deleted."
    )
    interrupted = "Interrupted: an import is one transaction, so nothing of it was written. Run the same command again."

    def add_arguments(self, parser: CommandParser) -> None:
        """What, from where, into which collection."""
        parser.add_argument("kind", metavar="KIND", help="what the file holds, for example lessons")
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--collection", required=True, metavar="SLUG", help="short name of the collection")
        parser.add_argument("--name", default="", help="title of the collection (default: from the file's name)")
        parser.add_argument("--format", default="auto", help="format of the file (default: found out from it)")
        for option, words in source_options().items():
            flag = f"--{option.replace('_', '-')}"
            parser.add_argument(flag, dest=f"option_{option}", default="", metavar="VALUE", help=words)
        parser.add_argument("--dry-run", action="store_true", help="read, compare and show, but write nothing")
        add_as(parser, "import_items")
        add_json(parser)

    def work(self, *, file: Path, dry_run: bool, json: bool, **options: Any) -> None:
        """Plan, show, carry out."""
        actor = acting(options["as_user"], "import_items")
        plan = plan_import(
            options["kind"], _read(file), slug=options["collection"], name=options["name"], format=options["format"],
            filename=file.name, options=_chosen(options),
        )  # fmt: skip
        self._show(plan)
        if dry_run:
            self.console.say("Dry run: nothing was written.")
        else:
            apply_import(plan, actor.label)
            slug = plan.collection.slug
            self.console.say(f"Go on with: manage.py generate {options['kind']} --collection {slug} --dry-run")
        if json:
            problems = [{"line": one.line, "what": one.what, "why": one.why} for one in plan.problems]
            counts = {name: number for name, number in plan.counts().items() if name != "problems"}
            self.console.document({
                "collection": plan.collection.slug, "dry_run": dry_run, "counts": counts, "problems": problems,
                "notices": plan.notices,
            })  # fmt: skip

    def _show(self, plan: ImportPlan) -> None:
        for notice in plan.notices:
            self.console.say(notice)
        for problem in plan.problems[:MOST_PROBLEMS]:
            where = f"line {problem.line}: " if problem.line else ""
            self.console.say(f"{where}{problem.what}: {problem.why}")
        if (more := len(plan.problems) - MOST_PROBLEMS) > 0:
            self.console.say(f"... and {more:,} more problems (--json lists all).")
        counts = ", ".join(f"{number:,} {name}" for name, number in plan.counts().items())
        self.console.say(f"{plan.collection.name}: {len(plan.rows):,} items in the file: {counts}.")


def _chosen(options: dict[str, Any]) -> dict[str, str]:
    named = {name: options.get(f"option_{name}", "") for name in source_options()}
    return {name: value for name, value in named.items() if value}


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Failed(f"The file {file} can't be read ({error.strerror}): nothing was imported.") from error
