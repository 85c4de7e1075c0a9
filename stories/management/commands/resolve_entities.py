"""`manage.py resolve_entities`: look again at the open mentions of a feed."""

from typing import Any

from django.core.management.base import CommandParser

from generation.command_base import EngineCommand, acting, add_as, add_json, find_collection
from stories.derived import resolve_open
from stories.figures import feed_figures


class Command(EngineCommand):
    """Resolve what is open, in bulk."""

    help = (
        "Look again at the mentions of a feed that are ambiguous or unresolved, for example after an import of "
        "entities. What is resolved and what people have decided stays as it is."
    )
    interrupted = "Interrupted: what was resolved stays so. Run the same command again for the rest."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which feed."""
        parser.add_argument("--collection", required=True, metavar="SLUG", help="short name of the feed")
        add_as(parser, "import_items")
        add_json(parser)

    def work(self, *, collection: str, json: bool, **options: Any) -> None:
        """Resolve and count."""
        feed = find_collection("stories", collection, acting(options["as_user"], "import_items"))
        counts = resolve_open(feed)
        said = ", ".join(f"{number:,} {method}" for method, number in sorted(counts.items())) or "nothing was open"
        self.console.say(f"{feed.name}: {said}.")
        figures = feed_figures(feed)
        self.console.say(", ".join(f"{number:,} {words}" for words, number in figures.items()) + ".")
        if json:
            self.console.document({"collection": feed.slug, "looked_at": counts, "figures": figures})
