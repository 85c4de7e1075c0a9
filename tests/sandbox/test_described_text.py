"""Short texts that follow a schema's descriptions, as a model's would."""

import random
from typing import Any

import pytest

from sandbox.schema_instance import described, instance

WORDS = ["oak", "grain", "hardness", "oak grain", "grain hardness"]


def made(description: str, **schema: Any) -> str:
    node = {"type": "string", "description": description, **schema}
    return instance(
        {"type": "object", "properties": {"x": node}, "required": ["x"]}, random.Random(1), WORDS
    )["x"]  # fmt: skip


def test_named_examples_are_taken():
    said = {
        described("the unit, such as MPa, °C or W/(m·K); empty for none", random.Random(n), WORDS) for n in range(40)
    }
    assert said == {"MPa", "°C", "W/(m·K)"}


@pytest.mark.parametrize("most", [1, 2, 3, 5, 8])
def test_a_limit_of_words_is_kept(most):
    for seed in range(40):
        assert 1 <= len(described(f"a title, at most {most} words", random.Random(seed), WORDS).split()) <= most


@pytest.mark.parametrize(
    "description", ["", "one sentence", "at most 25 words", "such as this", "at most 60 characters"]
)
def test_other_descriptions_ask_for_a_sentence(description):
    assert made(description).startswith("Sandbox: ")


def test_a_pattern_comes_before_the_description():
    assert made("such as One, Two or Three", pattern="^[0-9]{3}$").isdigit()
    assert made("such as 123, 456 or 789", pattern="^[0-9]{3}$") in ("123", "456", "789")


def test_a_list_says_nothing_twice_while_it_can():
    items = {"type": "string", "description": "at most 2 words"}
    five = instance({"type": "array", "items": items, "minItems": 5, "maxItems": 5}, random.Random(3), WORDS)
    assert sorted(five) == sorted(WORDS)


def test_a_list_is_full_also_when_little_can_be_said():
    items = {"type": "boolean"}
    assert len(instance({"type": "array", "items": items, "minItems": 5, "maxItems": 5}, random.Random(3), WORDS)) == 5
