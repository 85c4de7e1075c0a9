"""JSON out of a model's text: plain, fenced, with words around the fence, and what is none."""

import pytest
from pydantic import BaseModel

from generation.recipes import InvalidOutput, parse_json


class Said(BaseModel):
    words: list[str]


PLAIN = '{"words": ["a", "b"]}'


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        f"\n {PLAIN} \n",
        f"```json\n{PLAIN}\n```",
        f"```\n{PLAIN}\n```\n",
        f"  ```JSON\n{PLAIN}```",
        f"```json\n{PLAIN}",
        f"Here is the result:\n```json\n{PLAIN}\n```",
        f"Here it is.\n\n```json\n{PLAIN}\n```\nAnything else?",
        f"```json\n{PLAIN}\n```\nI hope that this helps.",
    ],
)
def test_it_is_found(text):
    assert parse_json(text, Said).words == ["a", "b"]


def test_a_fence_inside_a_string_stays():
    assert parse_json('{"words": ["```x\\n1\\n```"]}', Said).words == ["```x\n1\n```"]
    assert parse_json('```json\n{"words": ["```x```"]}\n```', Said).words == ["```x```"]


@pytest.mark.parametrize(
    "text", ["", "no JSON", "```json\n```", f"{PLAIN} and more", f"[{PLAIN}]", '{"words": "a"}', "x ```{}``` y", "```"]
)
def test_anything_else_is_invalid(text):
    with pytest.raises(InvalidOutput, match="not the asked JSON"):
        parse_json(text, Said)


def test_the_reason_names_the_place():
    with pytest.raises(InvalidOutput, match=r"words\.1: Input should be a valid string"):
        parse_json('{"words": ["a", null]}', Said)
