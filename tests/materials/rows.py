"""Rows of the materials kind for tests."""

from typing import Any

from generation.models import Origin, Revision
from materials.models import Catalogue, Component, Material
from materials.outputs import as_yaml

FRONTMATTER = {
    "title": "Oak",
    "description": "Oak in short.",
    "keywords": ["oak", "hardwood"],
    "symbol": "OAK",
    "properties": [
        {"name": "density", "value": "0.71", "unit": "g/cm³"},
        {"name": "hardness", "value": "6.0", "unit": ""},
    ],
    "applications": [{"industry": "Building", "use": "Floors | stairs."}],
}


def catalogue(*names: str, slug: str = "cat", **fields: Any) -> Catalogue:
    """A catalogue of these materials, alternately of the categories wood and metal."""
    made = Catalogue.objects.create(slug=slug, name=slug.capitalize(), **fields)
    for place, name in enumerate(names, start=1):
        material(made, name, position=place, category=("metal", "wood")[place % 2])
    return made


def material(home: Catalogue, name: str, **fields: Any) -> Material:
    """One material with its hash."""
    row = Material(collection=home, key=fields.pop("key", name.lower()), name=name, **fields)
    row.source_hash = row.compute_hash()
    row.save()
    return row


def component(item: Material, kind: str, text: str = "", **fields: Any) -> Component:
    """A component whose text is approved."""
    text = text or as_yaml(FRONTMATTER)
    revision = Revision.objects.create(
        recipe=f"materials.{kind}", item_id=item.pk, origin=Origin.GENERATED, text=text
    )  # fmt: skip
    shared = {"source_hash": item.source_hash, "status": "approved", "approved": revision, "current": revision}
    return Component.objects.create(item=item, recipe=f"materials.{kind}", title=kind, **shared | fields)
