"""Files for components and pages for materials."""

import json

import pytest
import yaml

from generation.exports import export_named
from generation.pipeline.publish import publish_to_dir
from materials.models import Component, Material
from materials.publish import ComponentFiles, Pages
from tests.materials.rows import FRONTMATTER, catalogue, component

TAGS = "- no\n- hard-wood"


@pytest.fixture
def oak(db) -> Material:
    return catalogue("Oak", "Tin").items.get(key="oak")


def files(export, rows=None) -> dict[str, str]:
    rows = Component.objects.publishable() if rows is None else rows
    return {file.path: file.content.decode() for file in export.files(rows)}


def page(oak: Material) -> None:
    """All sorts of parts, made in another order than that of the page."""
    component(oak, "caption", "The caption.")
    component(oak, "jsonld", '{"@type": "Thing", "n": 1}')
    component(oak, "tags", TAGS)
    component(oak, "table", "| A |\n| --- |\n| 1 |")
    component(oak, "text", "## Use\n\nText.\n")
    component(oak, "frontmatter")


def test_one_file_for_each_component(oak):
    component(oak, "frontmatter", "title: Oak")
    component(oak, "tags", TAGS)
    assert files(ComponentFiles()) == {
        "frontmatter/oak-frontmatter.md": "---\ntitle: Oak\n---\n",
        "tags/oak-tags.md": f"{TAGS}\n",
    }


def test_the_catalogues_suffix_ends_the_names(oak):
    oak.collection.suffix = "laser-cleaning"
    oak.collection.save()
    component(oak, "frontmatter")
    component(oak, "text", "Text.")
    assert [*files(ComponentFiles()), *files(Pages())] == [
        "frontmatter/oak-laser-cleaning.md", "text/oak-laser-cleaning.md", "pages/oak-laser-cleaning.md",
    ]  # fmt: skip


def test_files_come_in_the_order_of_the_catalogue(oak):
    tin = Material.objects.get(key="tin")
    component(tin, "text", "Tin.")
    component(oak, "text", "Oak.")
    assert list(files(ComponentFiles())) == ["text/oak-text.md", "text/tin-text.md"]


def test_a_page_is_front_matter_then_the_body_in_order(oak):
    page(oak)
    (text,) = files(Pages()).values()
    _, head, body = text.split("---\n", 2)
    assert body == "\n## Use\n\nText.\n\n| A |\n| --- |\n| 1 |\n\nThe caption.\n"
    values = yaml.safe_load(head)
    assert values["tags"] == ["no", "hard-wood"] and values["jsonld"] == {"@type": "Thing", "n": 1}
    assert {name: values[name] for name in FRONTMATTER} == FRONTMATTER


def test_a_page_holds_every_approved_part_though_one_was_chosen(oak):
    page(oak)
    chosen = Component.objects.filter(recipe="materials.tags")
    (made,) = Pages().files(chosen)
    assert len(made.artefact_ids) == 6 and "The caption." in made.content.decode()


def test_without_an_approved_frontmatter_there_is_no_page(oak):
    component(oak, "text", "Text.")
    assert files(Pages()) == {}


def test_a_part_that_is_not_approved_is_no_part_of_the_page(oak):
    page(oak)
    Component.objects.filter(recipe="materials.caption").update(approved=None, status="needs_review")
    assert "The caption." not in files(Pages())["pages/oak-page.md"]


def test_a_text_that_is_no_json_any_more_stays_text_in_the_head(oak):
    component(oak, "frontmatter")
    component(oak, "jsonld", "{broken: ---")
    _, head, _ = files(Pages())["pages/oak-page.md"].split("---\n", 2)
    assert yaml.safe_load(head)["jsonld"] == "{broken: ---"


def test_both_exports_go_into_one_folder(oak, tmp_path):
    page(oak)
    for export in (ComponentFiles(), Pages()):
        publish_to_dir(export, Component.objects.all(), tmp_path)
    assert len(list(tmp_path.rglob("*.md"))) == 7
    assert json.loads((tmp_path / "jsonld" / "oak-jsonld.md").read_text()) == {"@type": "Thing", "n": 1}
    again = publish_to_dir(Pages(), Component.objects.all(), tmp_path)
    assert (again.written, again.unchanged, again.removed) == ([], ["pages/oak-page.md"], [])


def test_the_names_that_a_command_takes():
    assert export_named("materials") is ComponentFiles and export_named("materials", "pages") is Pages
