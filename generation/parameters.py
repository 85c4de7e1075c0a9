"""Neutral parameters of a recipe, mapped to what each endpoint and model takes, in this one place."""

import re
from dataclasses import asdict, dataclass
from typing import Any, cast

from pydantic import BaseModel

CHAT = "/v1/chat/completions"
RESPONSES = "/v1/responses"
_REASONING = re.compile(r"(o\d|gpt-(?:[5-9]|\d\d))")


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a recipe asks of a model; None leaves it to the service."""

    max_output_tokens: int | None = None
    temperature: float | None = None
    reasoning_effort: str | None = None
    verbosity: str | None = None

    def changed(self, **values: Any) -> "Parameters":
        """A copy with the values that are set (not None and not empty)."""
        given = {key: value for key, value in values.items() if value not in (None, "")}
        return Parameters(**{**asdict(self), **given})


def is_reasoning(model: str) -> bool:
    """Whether OpenAI's model reasons: those take no temperature and count their limit with the reasoning."""
    return bool(_REASONING.match(model))


def takes_verbosity(model: str) -> bool:
    """Whether the model knows a verbosity: from gpt-5 on, and none of the o-series."""
    return is_reasoning(model) and model.startswith("gpt-")


def request_body(
    endpoint: str, model: str, parameters: Parameters, system: str, user: str, schema: type[BaseModel] | None = None
) -> dict[str, Any]:
    """The body of one request to chat completions or responses."""
    messages = [{"role": role, "content": text} for role, text in (("system", system), ("user", user)) if text]
    body: dict[str, Any] = {"model": model}
    if endpoint == RESPONSES:
        body |= {"input": messages} | _responses_options(model, parameters, schema)
    else:
        body |= {"messages": messages} | _chat_options(model, parameters, schema)
    if parameters.temperature is not None and not is_reasoning(model):
        body["temperature"] = parameters.temperature
    return body


def _chat_options(model: str, parameters: Parameters, schema: type[BaseModel] | None) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if parameters.max_output_tokens:
        # Reasoning models refuse `max_tokens`; other services that speak this protocol often know nothing else.
        options["max_completion_tokens" if is_reasoning(model) else "max_tokens"] = parameters.max_output_tokens
    if parameters.reasoning_effort and is_reasoning(model):
        options["reasoning_effort"] = parameters.reasoning_effort
    if parameters.verbosity and takes_verbosity(model):
        options["verbosity"] = parameters.verbosity
    if schema:
        described = {"name": schema.__name__, "strict": True, "schema": strict_schema(schema)}
        options["response_format"] = {"type": "json_schema", "json_schema": described}
    return options


def _responses_options(model: str, parameters: Parameters, schema: type[BaseModel] | None) -> dict[str, Any]:
    options: dict[str, Any] = {}
    text: dict[str, Any] = {}
    if parameters.max_output_tokens:
        options["max_output_tokens"] = parameters.max_output_tokens
    if parameters.reasoning_effort and is_reasoning(model):
        options["reasoning"] = {"effort": parameters.reasoning_effort}
    if parameters.verbosity and takes_verbosity(model):
        text["verbosity"] = parameters.verbosity
    if schema:
        text["format"] = {
            "type": "json_schema", "name": schema.__name__, "strict": True, "schema": strict_schema(schema),
        }  # fmt: skip
    return options | ({"text": text} if text else {})


def strict_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema as OpenAI's strict mode wants it: every property required, nothing additional."""
    return cast("dict[str, Any]", _strict(schema.model_json_schema()))


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(child) for child in node]
    if not isinstance(node, dict):
        return node
    result = {key: _strict(value) for key, value in node.items() if key not in ("default", "title")}
    if "title" in node and not isinstance(node["title"], str):
        result["title"] = _strict(node["title"])
    if "properties" in result:
        properties = node["properties"]
        result["properties"] = {name: _strict(value) for name, value in properties.items()}
        result |= {"required": list(properties), "additionalProperties": False}
    return result
