"""What models and services accept, as sentences about what they would refuse. Nothing is asked of any service here."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generation.parameters import CHAT, RESPONSES, Parameters, is_reasoning, request_body, takes_verbosity

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")
VERBOSITIES = ("low", "medium", "high")
LEAST_OUTPUT = 16
# Of structured outputs in strict mode. Some models refuse more than five levels, whatever the guide says.
MOST_PROPERTIES, MOST_LEVELS, MOST_ENUM, MOST_CHARACTERS = 5000, 5, 1000, 120_000
UNSUPPORTED = ("allOf", "not", "dependentRequired", "dependentSchemas", "if", "then", "else", "patternProperties")
_GPT = re.compile(r"gpt-(\d+)(?:\.(\d+))?")


def efforts_of(model: str) -> tuple[str, ...]:
    """The reasoning efforts that OpenAI's model knows; empty for one that does not reason."""
    if not is_reasoning(model):
        return ()
    found = _GPT.match(model)
    if not found:
        return ("low", "medium", "high")
    version = int(found[1]), int(found[2] or 0)
    if version < (5, 1):
        return ("minimal", "low", "medium", "high")
    usual = ("none", "low", "medium", "high")
    return (*usual, "xhigh") if version >= (5, 2) else usual


def refused_parameters(endpoint: str, model: str, chosen: Parameters) -> dict[str, str]:
    """Name of a parameter -> why this model would not take the chosen value; what is None is not looked at."""
    problems: dict[str, str] = {}
    efforts = efforts_of(model)
    if chosen.temperature is not None and efforts:
        problems["temperature"] = f"{model} reasons and takes no temperature: leave it empty or choose another model."
    if chosen.reasoning_effort and chosen.reasoning_effort not in efforts:
        known = f"it knows {', '.join(efforts)}" if efforts else "it does not reason: leave it empty"
        problems["reasoning_effort"] = f"{model} does not take '{chosen.reasoning_effort}': {known}."
    if chosen.verbosity and not takes_verbosity(model):
        problems["verbosity"] = f"{model} takes no verbosity: leave it empty or choose a model from gpt-5 on."
    if chosen.max_output_tokens is not None and chosen.max_output_tokens < LEAST_OUTPUT:
        where = "The responses endpoint" if endpoint == RESPONSES else "A text"
        problems["max_output_tokens"] = f"{where} needs at least {LEAST_OUTPUT} tokens."
    return problems


def left_out(endpoint: str, model: str, wanted: Parameters) -> dict[str, str]:
    """Parameters of the recipe that are not sent to this model, with the reason."""
    refused = refused_parameters(endpoint, model, wanted)
    return {
        name: why for name, why in refused.items() if name in ("temperature", "verbosity") or not is_reasoning(model)
    }


def what_is_sent(endpoint: str, model: str, wanted: Parameters) -> list[tuple[str, str]]:
    """Names and values of a request without its texts and its schema, as the service gets them."""
    body = request_body(endpoint, model, wanted, "", "")
    return [
        ("endpoint", endpoint),
        *_flat({key: value for key, value in body.items() if key not in ("messages", "input")}),
    ]


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", str(value)


def schema_problems(schema: Mapping[str, Any]) -> list[str]:
    """Why strict structured outputs would refuse a JSON schema; empty when they take it."""
    problems = []
    if schema.get("type") != "object" or "anyOf" in schema:
        problems.append("its root has to be one object")
    nodes = list(_nodes(schema, 1, schema.get("$defs", {})))
    properties = [name for node, _ in nodes for name in node.get("properties", {})]
    enums = [str(value) for node, _ in nodes for value in node.get("enum", ())]
    level = max(level for _, level in nodes)
    characters = sum(map(len, properties)) + sum(map(len, enums))
    for value, most, what in (
        (len(properties), MOST_PROPERTIES, "properties"), (level, MOST_LEVELS, "levels"),
        (len(enums), MOST_ENUM, "values to choose from"),
        (characters, MOST_CHARACTERS, "characters in names and values"),
    ):  # fmt: skip
        if value > most:
            problems.append(f"it has {value:,} {what}, and at most {most:,} are possible")
    strange = sorted({word for node, _ in nodes for word in UNSUPPORTED if word in node})
    if strange:
        problems.append(f"it uses {', '.join(strange)}, which strict mode does not know")
    return problems


def _nodes(node: Any, level: int, known: Mapping[str, Any], within: tuple[str, ...] = ()) -> Iterator[tuple[Any, int]]:
    """Every schema within a schema with the level of objects that it stands on; a reference is followed once."""
    if not isinstance(node, Mapping):
        return
    yield node, level
    name = str(node.get("$ref", "")).removeprefix("#/$defs/")
    if name in known and name not in within:
        yield from _nodes(known[name], level, known, (*within, name))
    for child in node.get("properties", {}).values():
        yield from _nodes(child, level + 1, known, within)
    for key in ("anyOf", "oneOf", "allOf"):
        for child in node.get(key, ()):
            yield from _nodes(child, level, known, within)
    yield from _nodes(node.get("items"), level, known, within)


def unusual_service(provider: str, endpoint: str) -> str:
    """A sentence where a service that is not OpenAI's is asked at an endpoint that few others have."""
    if provider in ("default", "sandbox") or endpoint == CHAT:
        return ""
    return f"Few services besides OpenAI know {endpoint}: if '{provider}' refuses it, use {CHAT}."
