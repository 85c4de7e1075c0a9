"""The form of a schema: which fields it has, what they are called, and what is left to JSON."""

from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field, create_model

from generation.schema_form import FormWords, form_shape


class Part(BaseModel):
    """A part of something."""

    sort: Literal["gear", "belt"]
    part_name: str = Field(description="as the maker calls it.")
    share: float = Field(ge=0, le=1)
    parts: "list[Part]" = []


class Machine(BaseModel):
    """A machine."""

    name: str = Field(title="Proper name")
    parts: list[Part] = Field(max_length=3)
    running: bool = False
    best: Part
    year: int | None = None


def fields(node: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in node["fields"]}


def test_every_kind_of_field():
    found = fields(form_shape(Machine))
    assert {name: node["kind"] for name, node in found.items()} == {
        "name": "text", "parts": "list", "running": "yes", "best": "group", "year": "number",
    }  # fmt: skip
    assert found["running"]["start"] is False
    assert found["year"] | {"label": "", "help": ""} == {
        "name": "year", "kind": "number", "whole": True, "empty": True, "start": None, "label": "", "help": "",
    }  # fmt: skip
    part = fields(found["parts"]["of"])
    assert part["sort"]["options"] == ["gear", "belt"]
    assert part["share"]["help"] == "a number from 0 to 1"


def test_names_and_descriptions_become_words():
    found = fields(form_shape(Machine))
    assert [found["name"]["label"], found["parts"]["label"], found["parts"]["help"]] == [
        "Proper name", "Parts", "at most 3",
    ]  # fmt: skip
    part = fields(found["parts"]["of"])["part_name"]
    assert (part["label"], part["help"]) == ("Part name", "as the maker calls it")
    # What one part is says nothing of the member that holds it.
    assert (found["best"]["label"], found["best"]["help"]) == ("Best", "")


def test_the_kind_names_what_the_schema_does_not():
    words = FormWords(
        labels={"parts.part_name": "Name"}, help={"parts": "from the drawing"}, rows={"parts": "Part"},
        order=("running", "parts.share"),
    )  # fmt: skip
    shape = form_shape(Machine, words)
    found = fields(shape)
    assert [field["name"] for field in shape["fields"]] == ["running", "name", "parts", "best", "year"]
    assert found["parts"]["help"] == "from the drawing; at most 3" and found["parts"]["row"] == "Part"
    assert found["parts"]["of"]["fields"][0]["name"] == "share"
    assert fields(found["parts"]["of"])["part_name"]["label"] == "Name"
    assert fields(found["best"])["part_name"]["label"] == "Part name"


def test_a_model_within_itself_ends():
    part = fields(form_shape(Machine))["parts"]["of"]
    assert fields(part)["parts"]["of"]["kind"] == "other"


@pytest.mark.parametrize(
    "annotation", [Any, dict[str, int], int | str, tuple[int, str], Part | None, list[str] | None, bytes | int]
)
def test_what_has_no_simple_field_is_edited_as_json(annotation):
    model = create_model("Odd", odd=(annotation, ...))
    assert fields(form_shape(model))["odd"]["kind"] == "other"


def test_deep_schemas_end():
    model: Any = create_model("Deepest", name=(str, ...))
    for number in range(12):
        model = create_model(f"Level{number}", inner=(model, ...))
    node, depth = form_shape(model), 0
    while node["kind"] == "group":
        node, depth = node["fields"][0], depth + 1
    assert node["kind"] == "other" and 2 < depth < 9
