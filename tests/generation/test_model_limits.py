"""What a model would refuse is said before anything is sent."""

import pytest
from pydantic import BaseModel

from generation.model_limits import efforts_of, left_out, refused_parameters, schema_problems, what_is_sent
from generation.parameters import CHAT, RESPONSES, Parameters, strict_schema
from generation.recipes import all_recipes


@pytest.mark.parametrize(
    ("model", "efforts"),
    [
        ("gpt-4.1-mini", ""), ("gpt-4o", ""), ("my-model", ""), ("o3", "low medium high"),
        ("o4-mini", "low medium high"),
        ("gpt-5", "minimal low medium high"), ("gpt-5-mini", "minimal low medium high"),
        ("gpt-5.1", "none low medium high"), ("gpt-5.4-mini", "none low medium high xhigh"),
        ("gpt-10", "none low medium high xhigh"),
    ],
)  # fmt: skip
def test_efforts_by_model(model, efforts):
    assert efforts_of(model) == tuple(efforts.split())


@pytest.mark.parametrize(
    ("endpoint", "model", "chosen", "refused"),
    [
        (CHAT, "gpt-5.4-mini", {}, set()),
        (CHAT, "gpt-5.4-mini", {"temperature": 0.0}, {"temperature"}),
        (CHAT, "gpt-4.1", {"temperature": 0.0}, set()),
        (CHAT, "gpt-4.1", {"reasoning_effort": "low", "verbosity": "low"}, {"reasoning_effort", "verbosity"}),
        (CHAT, "o3", {"verbosity": "low", "reasoning_effort": "low"}, {"verbosity"}),
        (CHAT, "o3", {"reasoning_effort": "none"}, {"reasoning_effort"}),
        (CHAT, "gpt-5.4", {"reasoning_effort": "minimal"}, {"reasoning_effort"}),
        (CHAT, "gpt-5", {"reasoning_effort": "minimal", "verbosity": "high"}, set()),
        (RESPONSES, "gpt-5", {"max_output_tokens": 15}, {"max_output_tokens"}),
        (CHAT, "gpt-5", {"max_output_tokens": 0}, {"max_output_tokens"}),
        (CHAT, "gpt-5", {"max_output_tokens": 16}, set()),
    ],
)  # fmt: skip
def test_refused_parameters(endpoint, model, chosen, refused):
    problems = refused_parameters(endpoint, model, Parameters(**chosen))
    assert set(problems) == refused and all(sentence.endswith(".") for sentence in problems.values())


@pytest.mark.parametrize(
    ("endpoint", "model", "expected"),
    [
        (CHAT, "gpt-4.1", {"max_tokens": "900", "temperature": "0.2"}),
        (CHAT, "gpt-5.4", {"max_completion_tokens": "900", "reasoning_effort": "low"}),
        (RESPONSES, "gpt-5.4", {"max_output_tokens": "900", "reasoning.effort": "low"}),
    ],
)
def test_what_is_sent_names_what_the_endpoint_calls_it(endpoint, model, expected):
    wanted = Parameters(max_output_tokens=900, temperature=0.2, reasoning_effort="low")
    assert dict(what_is_sent(endpoint, model, wanted)) == {"endpoint": endpoint, "model": model, **expected}


@pytest.mark.parametrize("model", ["gpt-4.1", "gpt-5.4", "o3", "my-model"])
@pytest.mark.parametrize("endpoint", [CHAT, RESPONSES])
def test_each_parameter_is_either_sent_or_left_out_with_a_reason(endpoint, model):
    wanted = Parameters(max_output_tokens=900, temperature=0.2, reasoning_effort="low", verbosity="low")
    sent = " ".join(name for name, _ in what_is_sent(endpoint, model, wanted))
    for name, word in (("temperature", "temperature"), ("reasoning_effort", "effort"), ("verbosity", "verbosity")):
        assert (name in left_out(endpoint, model, wanted)) != (word in sent)


class Leaf(BaseModel):
    name: str


class Tree(BaseModel):
    leaf: Leaf
    children: "list[Tree]"


def deep(levels):
    node = {"type": "string"}
    for _ in range(levels):
        node = {"type": "object", "properties": {"a": node}}
    return node


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (strict_schema(Leaf), ""), (strict_schema(Tree), "root"), (deep(4), ""), (deep(5), "6 levels"),
        ({"type": "array", "items": {}}, "root"), ({"type": "object", "anyOf": []}, "root"),
        ({"type": "object", "properties": {"a": {"enum": [str(n) for n in range(1001)]}}}, "1,001 values"),
        ({"type": "object", "properties": {f"p{n}": {} for n in range(5001)}}, "5,001 properties"),
        ({"type": "object", "properties": {"a": {"enum": ["x" * 130_000]}}}, "characters"),
        ({"type": "object", "properties": {"a": {"not": {}}}}, "not"),
    ],
)  # fmt: skip
def test_limits_of_structured_outputs(schema, words):
    problems = schema_problems(schema)
    assert bool(problems) == bool(words) and words in "; ".join(problems)


def test_the_apps_own_schemas_are_accepted():
    assert not [one.key for one in all_recipes() if one.schema and schema_problems(strict_schema(one.schema))]
