"""Catalogues of materials, in YAML or JSON, as the source of pages."""

import re
from typing import Any

from generation.importing import Parsed, Problem, Row, Source, SourceError, register_source
from generation.odd_files import decoded
from materials.catalogue import FORMATS, CatalogueError, Contents, Entry, author_list, read_catalogue
from materials.file_tree import TreeError, tree_of
from materials.models import Catalogue, Material

MARKUP = re.compile(r"\s*<[A-Za-z!?]")
COLUMNS = ("name", "id", "category", "article_type", "author_id", "complexity", "formula")


@register_source
class CatalogueSource(Source):
    """A catalogue of materials."""

    kind = "materials"
    title = "a catalogue of materials in YAML or JSON"
    collection_model = Catalogue
    item_model = Material
    formats = FORMATS
    suffixes = (".yaml", ".yml", ".json")

    def parse(self, data: bytes, *, format: str, filename: str) -> Parsed:
        """Materials of a catalogue; raises SourceError."""
        text = decoded(data, self.title)
        if MARKUP.match(text):
            raise SourceError(f"Expected {self.title}, found HTML or XML.")
        try:
            found = read_catalogue(tree_of(text), format)
        except (TreeError, CatalogueError) as error:
            raise SourceError(f"Expected {self.title}, {error}.") from error
        fields: dict[str, Any] = {"source_name": filename[:200]}
        if found.authors is not None:
            fields["authors"] = author_list(found.authors)
        return Parsed(
            rows=[_row(entry, place) for place, entry in enumerate(found.entries, start=1)],
            problems=[Problem(remark.line, remark.what, remark.why) for remark in found.problems],
            collection_fields=fields,
            notices=[_counted(found), *found.notices],
        )


def _row(entry: Entry, place: int) -> Row:
    """Scalars of the known names become columns; everything else is kept as it is, as strings."""
    rest = {key: node.plain() for key, node in entry.fields.items() if key not in COLUMNS or not node.is_scalar}
    return Row(
        entry.key,
        place,
        {
            "name": entry.name,
            "category": entry.category,
            "category_description": entry.category_description,
            "article_type": entry.article_type,
            "identifier": entry.text("id"),
            "author_id": entry.text("author_id"),
            "complexity": entry.text("complexity"),
            "formula": entry.text("formula"),
            "data": rest,
        },
    )


def _counted(found: Contents) -> str:
    materials, categories = len(found.entries), len({entry.category for entry in found.entries} - {""})
    said = f"{materials:,} material{'' if materials == 1 else 's'}"
    return f"{said} in {categories:,} categor{'y' if categories == 1 else 'ies'}." if categories else f"{said}."
