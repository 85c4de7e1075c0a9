"""What is taken of an answer or of an editor's text, and what is refused with a reason."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from generation.parameters import strict_schema
from generation.recipes import InvalidOutput, recipe_class
from materials import outputs
from materials.models import Catalogue, Material
from materials.outputs import read_bullets, read_caption, read_linked, read_tags
from tests.materials.rows import FRONTMATTER

EIGHT = ["oak", "hard-wood", "open-grain", "tannin", "floor-boards", "oiled", "dense", "european"]
METATAGS = {"title": "Oak", "description": "All about oak.", "keywords": ["oak"], "image_alt": "A board"}
LINKED = {"headline": "Oak", "description": "About it.", "about": "A wood.", "keywords": ["oak"]}


def oak(**fields) -> Material:
    home = Catalogue(slug="cat", name="Cat", authors=[{"id": "7", "name": "Mara"}], site_url="https://example.org/m/")
    return Material(collection=home, key="oak", name="Oak", category="wood", author_id="7", **fields)


def accepted(kind: str, output: str, **fields) -> str:
    recipe = recipe_class(f"materials.{kind}")()
    return recipe.accept(oak(**fields), recipe.read(output)).text


WAYS: dict[str, Callable[[Any], str]] = {
    "json": json.dumps,
    "yaml": lambda value: yaml.safe_dump(value, sort_keys=False),
    "fenced": lambda value: f"```yaml\n{yaml.safe_dump(value)}```\n",
    "fenced_json": lambda value: f"\n```json\n{json.dumps(value, indent=1)}\n```",
    "marked": lambda value: f"---\n{yaml.safe_dump(value)}---\n",
}


@pytest.mark.parametrize("way", WAYS)
def test_frontmatter_begins_with_the_catalogues_facts(way):
    text = accepted("frontmatter", WAYS[way](FRONTMATTER), formula="C6H10O5")
    values = yaml.safe_load(text)
    assert list(values)[:4] == ["name", "category", "formula", "author"]
    assert (values["name"], values["formula"], values["author"]) == ("Oak", "C6H10O5", "Mara")
    assert values["properties"] == FRONTMATTER["properties"]


def test_frontmatter_of_an_editor_may_hold_more_and_keeps_numbers_as_text():
    text = yaml.safe_dump(FRONTMATTER).replace("'0.71'", "0.710").replace("title: Oak", "title: no")
    values = outputs.read_as(text + "more: x\n", outputs.Frontmatter)
    assert (values.properties[0].value, values.title) == ("0.710", "no")


@pytest.mark.parametrize("kind", ["frontmatter", "metatags"])
@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("Sorry, I can't do that.", "no mapping"),
        ("title: [", "no YAML"),
        ("- a\n- b", "no mapping"),
        ('{"title": "x"}', "description: Field required"),
        ('{"unexpected": [1, 2, 3]}', "title: Field required"),
        ("", "no mapping"),
    ],
)
def test_yaml_that_is_none_or_not_what_was_asked_is_refused(kind, output, reason):
    with pytest.raises(InvalidOutput, match=reason):
        accepted(kind, output)


@pytest.mark.parametrize("name", ["properties", "applications", "keywords"])
def test_frontmatter_without_what_others_need_is_refused(name):
    with pytest.raises(InvalidOutput, match=name):
        accepted("frontmatter", json.dumps(FRONTMATTER | {name: []}))


@pytest.mark.parametrize("way", WAYS)
def test_metatags_are_yaml_with_what_follows_from_them(way):
    values = yaml.safe_load(accepted("metatags", WAYS[way](METATAGS)))
    assert values == METATAGS | {
        "og_title": "Oak", "og_description": "All about oak.", "og_type": "article",
        "twitter_card": "summary_large_image",
    }  # fmt: skip


@pytest.mark.parametrize(
    "output",
    [
        json.dumps({"tags": EIGHT}), json.dumps(EIGHT), ", ".join(EIGHT), "\n".join(EIGHT),
        "\n".join(f"- {tag}" for tag in EIGHT), "\n".join(f"{n}. {tag}" for n, tag in enumerate(EIGHT, 1)),
        f"```json\n{json.dumps({'tags': EIGHT})}\n```", ", ".join(f"#{tag.title().replace('-', ' ')}" for tag in EIGHT),
    ],
)  # fmt: skip
def test_eight_tags_however_they_are_written(output):
    assert accepted("tags", output) == "\n".join(f"- {tag}" for tag in EIGHT)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        (EIGHT[:7], "there are 7 tags, and exactly 8"),
        ([*EIGHT, "ninth"], "there are 9 tags"),
        ([*EIGHT[:7], "oak"], "8 tags, 1 of them repeated"),
        ([*EIGHT[:7], "a/b"], "'a/b' is no tag"),
        ([*EIGHT[:7], "-a"], "'-a' is no tag"),
        ([*EIGHT[:7], "a--b"], "is no tag"),
        ([*EIGHT[:7], ""], "'' is no tag"),
        ([*EIGHT[:7], 5], "no list of tags|there are"),
        ([], "there are 0 tags"),
    ],
)
def test_other_tags_are_refused(tags, reason):
    if tags and tags[-1] == 5:
        tags = {"tags": [*EIGHT[:7], {"tag": 5}]}
    with pytest.raises(InvalidOutput, match=reason):
        read_tags(json.dumps(tags))


def test_tags_of_other_scripts():
    assert read_tags("木材, 橡木, 家具-地板, 硬, 密, 油, 欧洲, 单宁").tags[2] == "家具-地板"


@pytest.mark.parametrize(
    "output", ['{"bullets": ["A b.", "C.", "D."]}', "* A  b.\n* C.\n* D.", "1. A b.\n2) C.\n3. D."]
)
def test_bullets_become_a_markdown_list(output):
    assert accepted("bullets", output) == "- A b.\n- C.\n- D."


@pytest.mark.parametrize("output", ['{"bullets": ["A", ""]}', "Only a paragraph.", "- one\n- two", '{"bullets": "x"}'])
def test_too_few_bullets_are_refused(output):
    with pytest.raises(InvalidOutput):
        read_bullets(output)


@pytest.mark.parametrize("output", ['{"caption": "A  board."}', "A board.", "```\nA board.\n```", "A\nboard."])
def test_a_caption_is_one_line(output):
    assert accepted("caption", output) == "A board."


@pytest.mark.parametrize("output", ["", "``` \n\n```", '{"caption": " "}', '{"title": "x"}'])
def test_no_caption_is_refused(output):
    with pytest.raises(InvalidOutput):
        read_caption(output)


def test_json_ld_is_made_of_the_words():
    assert json.loads(accepted("jsonld", json.dumps(LINKED))) == {
        "@context": "https://schema.org", "@type": "Article", "headline": "Oak", "description": "About it.",
        "keywords": ["oak"], "articleSection": "wood", "url": "https://example.org/m/oak",
        "author": {"@type": "Person", "name": "Mara"}, "publisher": {"@type": "Organization", "name": "Cat"},
        "about": {"@type": "Thing", "name": "Oak", "description": "A wood."},
    }  # fmt: skip


def test_a_whole_json_ld_document_stays_as_it_is():
    document = {"@context": "https://schema.org", "@type": "Product", "name": "Eiche 🪵"}
    assert json.loads(accepted("jsonld", f"```json\n{json.dumps(document)}\n```")) == document


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("headline: Oak", "not valid JSON"), ('{"headline": "Oak"', "not valid JSON"), ("[]", "no object"),
        ('{"@context": "https://schema.org"}', "no @type"), ('{"@type": "Thing"}', "no @context"),
        ('{"headline": "Oak"}', "description: Field required"), ("[" * 100_000, "not valid JSON"),
    ],
)  # fmt: skip
def test_what_is_no_json_ld_is_refused(output, reason):
    with pytest.raises(InvalidOutput, match=reason):
        read_linked(output)


@pytest.mark.parametrize("fence", ["```markdown\n{}\n```", "{}", "\n~~~\n{}\n~~~\n"])
def test_a_fence_around_the_whole_text_is_taken_off_and_one_inside_stays(fence):
    text = "## Use\n\n```text\nx\n```\n\nMore."
    assert accepted("text", fence.replace("{}", text) if fence[:3] != "```" else f"````md\n{text}\n````") == text


def test_an_empty_text_is_refused():
    with pytest.raises(InvalidOutput, match="nothing is left"):
        accepted("text", "```\n\n```")


@pytest.mark.parametrize("kind", ["frontmatter", "metatags", "tags", "bullets", "caption", "text", "jsonld"])
def test_an_accepted_text_is_accepted_again_as_it_is(kind):
    outputs_of: dict[str, Any] = {
        "frontmatter": FRONTMATTER, "metatags": METATAGS, "tags": {"tags": EIGHT},
        "bullets": {"bullets": ["a", "b", "c"]}, "caption": {"caption": "A."}, "jsonld": LINKED, "text": "Text.",
    }  # fmt: skip
    output = outputs_of[kind]
    text = accepted(kind, json.dumps(output) if isinstance(output, dict) else output)
    assert accepted(kind, text) == text


@pytest.mark.parametrize(("name", "least", "most"), [("keywords", 3, 5), ("properties", 3, 5), ("applications", 2, 3)])
def test_a_model_is_asked_for_bounded_lists(name, least, most):
    asked = strict_schema(outputs.Frontmatter)["properties"][name]
    assert (asked["minItems"], asked["maxItems"]) == (least, most)


def test_a_model_is_asked_for_exactly_eight_tags():
    asked = strict_schema(outputs.Tags)["properties"]["tags"]
    assert (asked["minItems"], asked["maxItems"]) == (8, 8)
