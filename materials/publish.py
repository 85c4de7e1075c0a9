"""Approved components as files: one for each, or a page for each material."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from generation.exports import Export, ExportFile, register_export
from generation.jsonl import chunked
from generation.recipe_choice import orders_in_force
from materials.components import FRONTMATTER
from materials.models import Component, Material
from materials.pages import assembled

CHUNK = 200
PAGES = "pages"


def file_name(item: Material, component: str) -> str:
    """`oak-laser-cleaning`, or `oak-tags` in a catalogue without a suffix of its own."""
    return f"{item.key}-{item.collection.suffix or component}"


@register_export
class ComponentFiles(Export):
    """One file for each component: `<component>/<material>-<suffix>.md`."""

    key = "materials.files"
    title = "One file for each component"
    artefact_model = Component
    scope = "artefact"

    def files(self, artefacts: Any) -> Iterator[ExportFile]:
        """Files in the order of the catalogue; texts are loaded in chunks."""
        ids = list(artefacts.order_by("item__position", "item_id", "recipe").values_list("pk", flat=True))
        for chunk in chunked(ids, CHUNK):
            rows = Component.objects.select_related("item__collection", "approved").in_bulk(chunk)
            yield from (_component_file(rows[pk]) for pk in chunk if pk in rows and rows[pk].approved)


def _component_file(row: Component) -> ExportFile:
    text = _text(row)
    if row.recipe == FRONTMATTER:
        text = f"---\n{text}\n---"
    path = f"{row.kind}/{file_name(row.item, row.kind)}.md"
    return ExportFile(path, f"{text}\n".encode(), (row.pk,), (row.approved_id or 0,))


def _text(row: Component) -> str:
    return row.approved.text.strip("\n") if row.approved else ""


@register_export
class Pages(Export):
    """A page for each material whose frontmatter is approved: front matter, then the body's parts in order."""

    key = "materials.pages"
    title = "One page for each material"
    artefact_model = Component
    scope = "item"

    def files(self, artefacts: Any) -> Iterator[ExportFile]:
        """Pages in the order of the catalogue, with every approved component of a material, chosen or not."""
        chosen = artefacts.order_by("item__position", "item_id").values_list("item_id", flat=True)
        orders = orders_in_force()
        for items in chunked(dict.fromkeys(chosen), CHUNK):
            rows = Component.objects.publishable().filter(item__in=items).select_related("item__collection", "approved")
            parts: dict[int, list[Component]] = defaultdict(list)
            for row in rows:
                parts[row.item_id].append(row)
            pages = (_page(in_order(parts[item], orders)) for item in items if item in parts)
            yield from (page for page in pages if page)


def in_order(parts: Iterable[Component], orders: Mapping[str, int] | None = None) -> list[Component]:
    """The parts of a page in their places, which an operator may have set."""
    places = orders_in_force() if orders is None else orders
    return sorted(parts, key=lambda part: (places[part.recipe], part.recipe))


def _page(parts: Sequence[Component]) -> ExportFile | None:
    page = assembled([(row.kind, _text(row)) for row in parts])
    if page is None:
        return None
    path = f"{PAGES}/{file_name(parts[0].item, 'page')}.md"
    ids = tuple(row.pk for row in parts)
    return ExportFile(path, page.content.encode(), ids, tuple(row.approved_id or 0 for row in parts))
