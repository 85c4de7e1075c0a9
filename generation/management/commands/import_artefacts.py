"""`manage.py import_artefacts`: texts that exist as files already come in, so that only the rest is generated."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from generation.command_base import EngineCommand, Failed, acting, add_as, add_json, find_collection
from generation.importing import import_artefacts
from generation.published_folder import MANIFEST

SHOWN = 20


class Command(EngineCommand):
    """Bring existing texts in."""

    help = (
        "Bring texts that exist as files (named as published, for lessons M0-L001.md) into a collection whose items "
        "are imported. They need review like generated ones; an item that has a text keeps it. All in one transaction."
    )
    interrupted = "Interrupted: an import is one transaction, so nothing of it was written. Run the same command again."

    def add_arguments(self, parser: CommandParser) -> None:
        """From where, into which collection."""
        parser.add_argument("kind", metavar="KIND", help="for example lessons")
        parser.add_argument("dir", type=Path, metavar="DIR", help="folder of the files (and its subfolders)")
        parser.add_argument("--collection", required=True, metavar="SLUG")
        parser.add_argument("--dry-run", action="store_true", help="match and show, but write nothing")
        add_as(parser, "import_items")
        add_json(parser)

    def work(self, *, dir: Path, dry_run: bool, json: bool, **options: Any) -> None:
        """Match, write, say what fits nothing."""
        actor = acting(options["as_user"], "import_items")
        collection = find_collection(options["kind"], options["collection"], actor)
        if not dir.is_dir():
            raise Failed(f"{dir} is no folder: nothing was imported.")
        result = import_artefacts(options["kind"], _files(dir), collection, actor.label, dry_run=dry_run)
        for name in result.unmatched[:SHOWN]:
            self.console.say(f"{name}: fits no item of {collection.slug}")
        for problem in result.problems[:SHOWN]:
            self.console.say(f"{problem.what}: {problem.why}")
        verb = "would come in" if dry_run else "came in"
        self.console.say(
            f"{len(result.created):,} texts {verb}, {len(result.kept):,} items kept the text they have, "
            f"{len(result.unmatched):,} files fit no item, {len(result.problems):,} problems."
        )
        if json:
            problems = [{"what": one.what, "why": one.why} for one in result.problems]
            self.console.document({
                "collection": collection.slug, "dry_run": dry_run, "created": result.created, "kept": result.kept,
                "unmatched": result.unmatched, "problems": problems,
            })  # fmt: skip


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Files in a stable order, read one by one; hidden ones and the manifest of a published folder stay out."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and name.name != MANIFEST and not any(part.startswith(".") for part in name.parts):
            yield str(name), path.read_bytes()
