"""Components as forms: a kept text becomes JSON and comes back as what it was, in its own notation."""

import json

import pytest
import yaml
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from generation.recipes import InvalidOutput, recipe_class
from materials.models import Component
from materials.outputs import as_yaml
from tests.materials.rows import FRONTMATTER, catalogue, component

TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20).map(str.strip)
NAMES = st.text("abcxyz_", min_size=1, max_size=9)
MAPPINGS = st.dictionaries(NAMES, TEXTS | st.lists(TEXTS, max_size=3), min_size=1, max_size=5)
TAGS = [f"tag-{letter}" for letter in "abcdefgh"]
DOCUMENT = {
    "@context": "https://schema.org", "@type": "Article", "headline": "Oak", "description": "All of it.",
    "keywords": ["oak"], "about": {"@type": "Thing", "name": "Oak", "description": "A wood."}, "more": [1, {"a": None}],
}  # fmt: skip


def recipe(name):
    return recipe_class(f"materials.{name}")()


@given(MAPPINGS)
def test_yaml_comes_back_as_it_was(value):
    text = as_yaml(value).strip()
    form = recipe("frontmatter").to_form(text)
    assert json.loads(form) == value
    assert recipe("frontmatter").from_form(form) == text


def test_numbers_keep_how_they_are_written():
    form = recipe("frontmatter").to_form("density: 2.70\nyear: 012\nnothing: ~\n")
    assert yaml.safe_load(recipe("frontmatter").from_form(form))["density"] == "2.70"
    assert json.loads(form)["year"] == "012"


@pytest.mark.parametrize("text", ["no: [", "{ broken", '{"a"', "- a\n- b", "", "plain"])
def test_any_other_text_is_left_as_it_is(text):
    for name in ("frontmatter", "metatags", "tags", "jsonld"):
        assert recipe(name).from_form(text) == text
    with pytest.raises(InvalidOutput):
        recipe("frontmatter").to_form(text)


def test_tags_are_a_list_again():
    text = "\n".join(f"- {tag}" for tag in TAGS)
    form = recipe("tags").to_form(text)
    assert json.loads(form) == {"tags": TAGS}
    assert recipe("tags").from_form(form) == text


@pytest.fixture
def page(client, roles):
    """`page(component, ...)`: the form's value as the desk shows it, or the answer to a press of a button."""
    client.force_login(roles["editor"])

    def asked(row, **posted):
        address = reverse("admin:materials_component_desk", args=[row.pk])
        if posted:
            return client.post(address, {"base": row.current_id} | posted, headers={"X-Desk": "1"})
        return client.get(address).context

    return asked


@pytest.fixture
def oak(db):
    return catalogue("Oak").items.get()


def text_of(row):
    return Component.objects.select_related("current").get(pk=row.pk).current.text


def test_the_forms_json_is_saved_as_yaml(page, oak):
    row = component(oak, "frontmatter")
    value = json.loads(page(row)["form_value"])
    assert value == FRONTMATTER
    value["properties"].append({"name": "age", "value": "200", "unit": "a"})
    assert page(row, deed="save", text=json.dumps(value)).status_code == 200
    assert text_of(row) == as_yaml(value).strip()


def test_a_refused_value_names_its_place(page, oak):
    row = component(oak, "frontmatter")
    wrong = FRONTMATTER | {"properties": [FRONTMATTER["properties"][0], {"name": "hardness"}]}
    answer = page(row, deed="save", text=json.dumps(wrong))
    assert (answer.status_code, answer.json()["place"]) == (422, "properties.1.value")
    assert text_of(row) == row.current.text


def test_the_same_values_are_no_change(page, oak):
    row = component(oak, "frontmatter", as_yaml(FRONTMATTER).strip())
    assert "Saved" in page(row, deed="save", text=json.dumps(FRONTMATTER | {"symbol": "X"})).json()["said"]
    row.refresh_from_db()
    assert "Nothing was changed" in page(row, deed="save", text=page(row)["form_value"]).json()["said"]


def test_a_document_keeps_what_is_in_no_field(page, oak):
    row = component(oak, "jsonld", json.dumps(DOCUMENT))
    context = page(row)
    named = [field["name"] for field in json.loads(context["shape"])["fields"]]
    assert named == ["headline", "description", "about", "keywords"] and not context["form_value"]
    page(row, deed="save", text=json.dumps(DOCUMENT | {"headline": "Oaks"}))
    assert json.loads(text_of(row)) == DOCUMENT | {"headline": "Oaks"}


@pytest.mark.parametrize(("kind", "text"), [("text", "# Oak"), ("bullets", "- a\n- b\n- c"), ("frontmatter", "no: [")])
def test_what_is_prose_or_broken_is_edited_as_text(page, oak, kind, text):
    assert "shape" not in page(component(oak, kind, text))
