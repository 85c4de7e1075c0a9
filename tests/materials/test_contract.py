"""The eleven components, the catalogue and its files keep the contract of every kind."""

from typing import Any

from django.db.models import F

from generation.models import RecipeSettings
from materials.models import Component, Material
from tests.contract import ExportContract, RecipeContract, SourceContract
from tests.materials.rows import catalogue, component

FIRST = "materials.frontmatter"
NO_JSON = ("", "No.", "[]", '{"unexpected": [1]}')


def stock(contract: RecipeContract, items: int, slug: str) -> Any:
    """A catalogue; the usual pace would take a minute for each test."""
    for key in {FIRST, contract.key}:
        RecipeSettings.objects.update_or_create(recipe=key, defaults={"requests_per_minute": 60_000})
    return catalogue(*(f"Material {number}" for number in range(items)), slug=slug)


class TestFrontmatter(RecipeContract):
    key = "materials.frontmatter"
    run_names = (FIRST,)
    bad_outputs = NO_JSON
    make_collection = stock


class TestMetatags(RecipeContract):
    key = "materials.metatags"
    run_names = (FIRST, key)
    bad_outputs = NO_JSON
    make_collection = stock


class TestPropertiesTable(RecipeContract):
    key = "materials.propertiestable"
    run_names = (FIRST, key)
    make_collection = stock


class TestBadgeSymbol(RecipeContract):
    key = "materials.badgesymbol"
    run_names = (FIRST, key)
    make_collection = stock


class TestAuthor(RecipeContract):
    key = "materials.author"
    run_names = (FIRST, key)
    make_collection = stock


class TestText(RecipeContract):
    key = "materials.text"
    run_names = (FIRST, key)
    bad_outputs = ("", " \n", "```\n```")
    make_collection = stock


class TestTable(RecipeContract):
    key = "materials.table"
    run_names = (FIRST, key)
    make_collection = stock


class TestTags(RecipeContract):
    key = "materials.tags"
    run_names = (FIRST, key)
    bad_outputs = (*NO_JSON, "a, b, c, d, e, f, g", "a, b, c, d, e, f, g, a", "a, b, c, d, e, f, g, h, i")
    make_collection = stock


class TestBullets(RecipeContract):
    key = "materials.bullets"
    run_names = (FIRST, key)
    bad_outputs = NO_JSON
    make_collection = stock


class TestCaption(RecipeContract):
    key = "materials.caption"
    run_names = (FIRST, key)
    bad_outputs = ("", '{"caption": ""}', '{"unexpected": [1]}')
    make_collection = stock


class TestJsonLd(RecipeContract):
    key = "materials.jsonld"
    run_names = (FIRST, key)
    bad_outputs = (*NO_JSON, '{"@context": "https://schema.org"}')
    make_collection = stock


class TestCatalogueSource(SourceContract):
    kind = "materials"
    good = b"materials:\n  wood:\n    items: [Oak, {name: Ash, laser: {power: 5}}, NO]\n"
    filename = "materials.yaml"


class TestFiles(ExportContract):
    kind = "materials"

    def make_approved(self) -> Any:
        for item in Material.objects.filter(collection=catalogue("Oak", "Tin")):
            component(item, "frontmatter")
            component(item, "tags", "- a")
        Component.objects.update(approved=F("current"))
        return Component.objects.publishable()
