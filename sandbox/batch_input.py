"""The checks of a batch's input file that the service does after the batch was created."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.answers import prompt_tokens
from sandbox.catalog import Catalog
from sandbox.request_checks import CHAT, RESPONSES, Body
from sandbox.wire import loads

# The service's own cap is not known.
MAX_ERRORS = 100
MAX_REQUESTS = 50_000
REQUIRED = ("custom_id", "method", "url", "body")


@dataclass
class Verdict:
    """What the checks found."""

    total: int = 0
    tokens: int = 0
    model: str | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)

    def add(self, code: str, message: str, line: int | None = None, param: str | None = None) -> None:
        """Note an error; the list is cut where it becomes useless."""
        if len(self.errors) < MAX_ERRORS:
            self.errors.append({"code": code, "line": line, "message": message, "param": param})


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Each line that is not blank, with its number from 1."""
    with path.open("rb") as lines:
        for number, raw in enumerate(lines, 1):
            # Blank lines count for the numbers, not as requests.
            if raw.strip():
                yield number, raw.rstrip(b"\r\n")


def line_offsets(path: Path) -> "array[int]":
    """Where each request of a file begins, eight bytes a request."""
    offsets, at = array("Q"), 0
    with path.open("rb") as lines:
        for raw in lines:
            if raw.strip():
                offsets.append(at)
            at += len(raw)
    return offsets


def read_input(path: Path, endpoint: str, catalog: Catalog, most: int = MAX_REQUESTS) -> Verdict:
    """Check a whole file, line by line; nothing but the custom ids is held in memory."""
    verdict, seen = Verdict(), set[str]()
    for number, raw in numbered_lines(path):
        verdict.total += 1
        try:
            line = loads(raw)
        except ValueError:
            line = None
        if not isinstance(line, dict):
            verdict.add("invalid_json_line", "This line is not parseable as valid JSON.", number)
            continue
        _check_line(line, number, endpoint, catalog, verdict)
        custom_id = line.get("custom_id")
        if isinstance(custom_id, str) and custom_id in seen:
            # Code from Azure's documentation; OpenAI's wording is not known.
            message = f"The custom_id '{custom_id}' is used more than once."
            verdict.add("duplicate_custom_id", message, number, "custom_id")
        seen.add(str(custom_id))
    if not verdict.total:
        message = "The input file is empty. Please ensure that the batch contains at least one request."
        verdict.add("empty_file", message)
    # The service's code for this is not known; this is the one that Azure documents.
    if verdict.total > most:
        message = f"The batch input file has {verdict.total} requests, more than the {most} allowed."
        verdict.add("too_many_tasks", message)
    return verdict


def _check_line(line: Body, number: int, endpoint: str, catalog: Catalog, verdict: Verdict) -> None:
    absent = [name for name in REQUIRED if line.get(name) in (None, "")]
    for name in absent:
        verdict.add("missing_required_parameter", f"Missing required parameter: '{name}'.", number, name)
    # What else is wrong with such a line would only repeat it.
    if absent:
        return
    if line["url"] != endpoint:
        message = "The URL provided for this request does not match the batch endpoint."
        verdict.add("invalid_url", message, number, "url")
    if not isinstance(line["body"], dict):
        verdict.add("invalid_request", "Body must be an object.", number, "body")
        return
    _check_body(line["body"], number, endpoint, catalog, verdict)


def _check_body(body: Body, number: int, endpoint: str, catalog: Catalog, verdict: Verdict) -> None:
    model = body.get("model")
    if not model:
        verdict.add("invalid_request", "Model parameter is required.", number, "body.model")
    elif not catalog.has(str(model)):
        message = f"The provided model '{model}' is not supported by the Batch API."
        verdict.add("model_not_found", message, number, "body.model")
    elif verdict.model not in (None, model):
        message = "The provided model does not match the model of the other requests in this batch."
        verdict.add("mismatched_model", message, number, "body.model")
    else:
        verdict.model = model
    content = {CHAT: "messages", RESPONSES: "input"}.get(endpoint)
    if content and not body.get(content):
        message = f"{content.capitalize()} parameter is required."
        verdict.add("invalid_request", message, number, f"body.{content}")
    elif content:
        verdict.tokens += prompt_tokens(endpoint, body)
    # False and null are accepted.
    if body.get("stream"):
        name = "Chat Completions" if endpoint == CHAT else "Responses"
        message = f"{name}: Streaming is not supported in the Batch API."
        verdict.add("streaming_unsupported", message, number, "body.stream")
