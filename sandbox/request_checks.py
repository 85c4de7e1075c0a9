"""What the API refuses in the body of a chat completions or responses call."""

import re
from typing import Any

from sandbox.catalog import Catalog, reasons
from sandbox.wire import ApiError, missing

CHAT, RESPONSES = "/v1/chat/completions", "/v1/responses"
# As large as any model's window, so that only absurd prompts are refused.
CONTEXT_TOKENS = 1_050_000
FORMAT_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
Body = dict[str, Any]


def check_request(endpoint: str, body: Body, catalog: Catalog) -> None:
    """Raise the ApiError that OpenAI would answer; a body that passes can be answered."""
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise ApiError(400, "you must provide a model parameter")
    catalog.require(model)
    content = "messages" if endpoint == CHAT else "input"
    if not body.get(content):
        raise missing(content)
    if body.get("stream"):
        raise ApiError(400, "The sandbox does not stream answers.", "stream", "unsupported_value")
    _check_parameters(endpoint, model, body)
    _check_format(endpoint, body)


def _check_parameters(endpoint: str, model: str, body: Body) -> None:
    if endpoint == RESPONSES:
        for name in ("max_tokens", "max_completion_tokens"):
            if name in body:
                moved = f"Unsupported parameter: '{name}'. In the Responses API, this parameter has moved to"
                raise ApiError(400, f"{moved} 'max_output_tokens'.", name, "unsupported_parameter")
    if not reasons(model):
        return
    if body.get("max_tokens") is not None:
        message = (
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        )
        raise ApiError(400, message, "max_tokens", "unsupported_parameter")
    # The default may be said aloud.
    if body.get("temperature") not in (None, 1):
        message = "Unsupported parameter: 'temperature' is not supported with this model."
        raise ApiError(400, message, "temperature", "unsupported_parameter")


def asked_format(endpoint: str, body: Body) -> tuple[str, Body]:
    """The kind of output asked for (`text`, `json_object`, `json_schema`) and its name, schema and strictness."""
    asked = body.get("response_format") if endpoint == CHAT else (body.get("text") or {}).get("format")
    if not isinstance(asked, dict):
        return "text", {}
    kind = asked.get("type", "text")
    return kind, asked.get("json_schema") or {} if endpoint == CHAT and kind == "json_schema" else asked


def _check_format(endpoint: str, body: Body) -> None:
    kind, asked = asked_format(endpoint, body)
    if kind != "json_schema":
        return
    where = "response_format.json_schema" if endpoint == CHAT else "text.format"
    for name in ("name", "schema"):
        if not asked.get(name):
            raise missing(f"{where}.{name}")
    if not FORMAT_NAME.fullmatch(asked["name"]):
        message = f"Invalid '{where}.name': string does not match pattern. Expected a string that matches the pattern"
        raise ApiError(400, f"{message} '^[a-zA-Z0-9_-]+$'.", f"{where}.name", "invalid_value")
    problem = _strict_problem(asked["schema"], ()) if asked.get("strict") else None
    if problem:
        param = "response_format" if endpoint == CHAT else "text.format.schema"
        message = f"Invalid schema for response_format '{asked['name']}': {problem}"
        raise ApiError(400, message, param, "invalid_json_schema")


def _strict_problem(schema: Any, path: tuple[str, ...]) -> str | None:
    """The first breach of the rules for strict schemas, in OpenAI's words."""
    if not isinstance(schema, dict):
        return None
    if not path and (schema.get("type") != "object" or "anyOf" in schema):
        return f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{schema.get('type')}\"'."
    properties = schema.get("properties", {})
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            return f"In context={path}, 'additionalProperties' is required to be supplied and to be false."
        absent = [name for name in properties if name not in schema.get("required", [])]
        if absent:
            return (
                f"In context={path}, 'required' is required to be supplied and to be an array including every key in "
                f"properties. Missing '{absent[0]}'."
            )
    inner: list[tuple[tuple[str, ...], Any]] = [(("properties", name), part) for name, part in properties.items()]
    inner += [(("$defs", name), part) for name, part in schema.get("$defs", {}).items()]
    inner += [(("anyOf", str(place)), part) for place, part in enumerate(schema.get("anyOf", []))]
    inner += [(("items",), schema.get("items"))]
    problems = (_strict_problem(part, (*path, *step)) for step, part in inner)
    return next((problem for problem in problems if problem), None)


def check_length(tokens: int) -> None:
    """The 400 of a prompt that no model can read."""
    if tokens > CONTEXT_TOKENS:
        message = f"This model's maximum context length is {CONTEXT_TOKENS} tokens. Your input has {tokens} tokens."
        raise ApiError(400, message, "messages", "context_length_exceeded")
