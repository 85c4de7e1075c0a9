"""Instances of JSON schemas, judged by a checker of our own."""

import json
import random
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.schema_instance import instance
from tests.sandbox.raw import CHAT, RESPONSES

TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}


def fits(value, schema, root):
    """Whether a value conforms, by a plain reading of the schema words that we use."""
    if "$ref" in schema:
        return fits(value, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root)
    if "anyOf" in schema:
        return any(fits(value, option, root) for option in schema["anyOf"])
    if "const" in schema:
        return value == schema["const"]
    if "enum" in schema:
        return value in schema["enum"]
    kind = schema["type"]
    if isinstance(kind, list):
        return any(fits(value, {**schema, "type": one}, root) for one in kind)
    if kind == "null":
        return value is None
    if not isinstance(value, TYPES[kind]) or (kind in ("integer", "number") and isinstance(value, bool)):
        return False
    if kind == "object":
        return fits_object(value, schema, root)
    if kind == "array":
        inside = schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 10**6)
        return inside and all(fits(item, schema["items"], root) for item in value)
    if kind == "string":
        inside = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**6)
        return inside and re.search(schema.get("pattern", ""), value) is not None
    low, high = schema.get("minimum", -(10**9)), schema.get("maximum", 10**9)
    return kind == "boolean" or low <= value <= high


def fits_object(value, schema, root):
    properties = schema["properties"]
    if set(schema["required"]) - value.keys() or (
        schema.get("additionalProperties") is False and value.keys() - properties
    ):
        return False
    return all(fits(item, properties[name], root) for name, item in value.items())


def bounded(kind, low, size):
    return {"type": kind, "minimum": low, "maximum": low + size}


LEAVES = st.one_of(
    st.sampled_from(
        [{"type": "boolean"}, {"type": "null"}, {"type": "string"}, {"type": "integer"}, {"type": "number"}]
    ),
    st.builds(bounded, st.sampled_from(["integer", "number"]), st.integers(-50, 50), st.integers(0, 20)),
    st.builds(
        lambda low, more: {"type": "string", "minLength": low, "maxLength": low + more},
        st.integers(0, 300),
        st.integers(0, 50),
    ),
    st.sampled_from(
        ["^[a-z]{3}$", r"^\d{2}-\d+$", "^(red|green)?$", "^[A-Z][a-z0-9_-]*$", r"^#[0-9a-fA-F]{6}$", "^[^x]+$"]
    ).map(lambda pattern: {"type": "string", "pattern": pattern}),
    st.lists(st.integers() | st.text() | st.none(), min_size=1, max_size=4).map(lambda values: {"enum": values}),
    st.text().map(lambda value: {"const": value}),
    st.just({"type": ["string", "null"]}),
    st.just({"$ref": "#/$defs/shared"}),
)


def objects(inner):
    def build(properties):
        return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}

    return st.dictionaries(st.text(max_size=8), inner, max_size=4).map(build)


def arrays(inner):
    return st.builds(
        lambda items, least, more: {"type": "array", "items": items, "minItems": least, "maxItems": least + more},
        inner,
        st.integers(0, 4),
        st.integers(0, 3),
    )


SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: (
        objects(inner) | arrays(inner) | st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"anyOf": parts})
    ),
    max_leaves=12,
)
SHARED = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}


@settings(max_examples=300, deadline=None)
@given(objects(SCHEMAS), st.integers(0, 1000))
def test_instances_conform(schema, seed):
    root = {**schema, "$defs": {"shared": SHARED}}
    made = instance(root, random.Random(seed), ["words"])
    assert fits(json.loads(json.dumps(made)), root, root)


def test_the_checker_is_not_blind():
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer"}},
        "required": ["n"],
        "additionalProperties": False,
    }
    assert fits({"n": 1}, schema, schema)
    wrongs: tuple[Any, ...] = ({}, {"n": "1"}, {"n": True}, {"n": 1, "m": 2}, [])
    for wrong in wrongs:
        assert not fits(wrong, schema, schema)


def test_recursion_ends():
    node = {
        "type": "object",
        "properties": {"next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}},
        "required": ["next"],
    }
    for seed in range(30):
        made = instance({"$ref": "#/$defs/node", "$defs": {"node": node}}, random.Random(seed), ["w"])
        assert len(json.dumps(made)) < 1000


@pytest.mark.parametrize(
    ("schema", "test"),
    [
        ({"type": "string", "format": "date"}, lambda value: re.fullmatch(r"\d{4}-\d\d-\d\d", value)),
        ({"type": "string", "format": "date-time"}, lambda value: value.endswith("Z")),
        ({"type": "string", "format": "email"}, lambda value: "@" in value),
        ({"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 5}, lambda value: value == 4),
        ({"type": "integer", "multipleOf": 7, "minimum": 1, "maximum": 13}, lambda value: value == 7),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 1}, lambda value: 0 < value <= 1),
        ({"type": "number", "minimum": 1000}, lambda value: value >= 1000),
        (
            {"type": "array", "items": {"enum": [1, 2, 3]}, "uniqueItems": True, "minItems": 3},
            lambda value: len(set(value)) == 3,
        ),
        (
            {"allOf": [{"type": "object", "properties": {"a": {"const": 1}}}], "required": ["b"]},
            lambda value: {"a", "b"} <= value.keys(),
        ),
        (
            {"type": "array", "prefixItems": [{"const": "x"}], "items": False, "minItems": 1},
            lambda value: value == ["x"],
        ),
        (
            {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 2},
            lambda value: len(value) == 2,
        ),
    ],
)
def test_other_words_of_schemas(schema, test):
    for seed in range(20):
        assert test(instance(schema, random.Random(seed), ["w"]))


ANSWERS = {
    "type": "object",
    "properties": {"answers": {"type": "array", "items": {"type": "string"}, "maxItems": 3}},
    "required": ["answers"],
    "additionalProperties": False,
}


def ask(schema, strict=True, name="answers"):
    chosen = {"type": "json_schema", "json_schema": {"name": name, "strict": strict, "schema": schema}}
    return {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Who?"}], "response_format": chosen}


def test_chat_and_responses_answer_with_an_instance(api):
    content = api.post(CHAT, ask(ANSWERS)).json["choices"][0]["message"]["content"]
    assert fits(json.loads(content), ANSWERS, ANSWERS)
    form = {"format": {"type": "json_schema", "name": "answers", "strict": True, "schema": ANSWERS}}
    body = api.post(RESPONSES, {"model": "gpt-5.4", "input": "Who?", "text": form}).json
    assert fits(json.loads(body["output"][1]["content"][0]["text"]), ANSWERS, ANSWERS)
    assert body["text"] == form


def test_json_object(api):
    body = {**ask(ANSWERS), "response_format": {"type": "json_object"}}
    assert isinstance(json.loads(api.post(CHAT, body).json["choices"][0]["message"]["content"]), dict)


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (
            {**ANSWERS, "additionalProperties": True},
            "'additionalProperties' is required to be supplied and to be false",
        ),
        ({**ANSWERS, "required": []}, "Missing 'answers'"),
        ({"type": "array", "items": {"type": "string"}}, "got 'type: \"array\"'"),
    ],
)
def test_strict_rules(api, schema, words):
    answer = api.post(CHAT, ask(schema))
    assert (answer.status, answer.error["param"], answer.error["code"]) == (
        400,
        "response_format",
        "invalid_json_schema",
    )
    assert words in answer.error["message"]
    assert api.post(CHAT, ask(schema, strict=False)).status == 200


def test_a_schema_needs_a_good_name(api):
    assert api.post(CHAT, ask(ANSWERS, name="my answers")).error["param"] == "response_format.json_schema.name"
    form = {"format": {"type": "json_schema", "schema": ANSWERS}}
    answer = api.post(RESPONSES, {"model": "gpt-5.4", "input": "Who?", "text": form})
    assert answer.error["param"] == "text.format.name"
