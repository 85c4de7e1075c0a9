"""Things as the lines of a text."""

from generation.sources import Parsed, Problem, Row, Source, SourceError, register_source
from tests.tiny.models import Box, Thing


@register_source
class ThingSource(Source):
    """One thing a line."""

    kind = "tiny"
    title = "Lists of things"
    collection_model = Box
    item_model = Thing
    suffixes = (".txt",)
    artefact_recipe = "tiny.fact"

    def parse(self, data: bytes, *, format: str, filename: str) -> Parsed:
        lines = self.artefact_text(data).split("\n")
        odd = any(not line.isprintable() for line in lines) or lines[0].startswith("{")
        if odd or not any(line.strip() for line in lines):
            raise SourceError("Expected a text with one thing a line, found none.")
        parsed = Parsed()
        for number, line in enumerate(lines, start=1):
            if line.strip():
                place = len(parsed.rows) + 1
                parsed.rows.append(Row(f"T{place}", place, {"name": line.strip()}))
            else:
                parsed.problems.append(Problem(number, "", "an empty line"))
        return parsed
