"""JSON Lines as streams: writing request files within limits, checking them, reading answers."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import orjson

ENDPOINTS = ("/v1/chat/completions", "/v1/responses")
CUSTOM_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_CUSTOM_ID_IN_BROKEN_LINE = re.compile(rb'"custom_id"\s*:\s*"([A-Za-z0-9_-]{1,64})"')


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One line of an output or error file, or one direct answer in the same shape."""

    custom_id: str
    status: int | None = None
    body: dict[str, Any] = field(default_factory=dict)
    error_code: str = ""
    error_message: str = ""
    request_id: str = ""
    broken: str = ""


def request_line(custom_id: str, endpoint: str, body: dict[str, Any]) -> bytes:
    """One line of a batch input file, with its newline."""
    line = {"custom_id": custom_id, "method": "POST", "url": endpoint, "body": body}
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def lines(handle: BinaryIO, chunk_bytes: int = 1 << 20) -> Iterator[bytes]:
    """Lines of a binary stream, cut at b"\\n" only: U+2028 inside a text is no line end. Blank lines are left out."""
    rest = b""
    while chunk := handle.read(chunk_bytes):
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line for line in whole if line.strip())
    if rest.strip():
        yield rest


def input_problems(path: Path, endpoint: str, model: str, *, limit: int = 20) -> list[str]:
    """Everything for which the service would refuse this input file, as sentences with line numbers; [] is good."""
    problems: list[str] = []
    seen: set[str] = set()
    if endpoint not in ENDPOINTS:
        problems.append(f"endpoint {endpoint!r} is not one of {', '.join(ENDPOINTS)}")
    with path.open("rb") as handle:
        for number, line in enumerate(lines(handle), start=1):
            problem = _line_problem(line, endpoint, model, seen)
            if problem:
                problems.append(f"line {number}: {problem}")
            if len(problems) >= limit:
                break
    if not seen and not problems:
        problems.append("the file has no requests")
    return problems


def _line_problem(line: bytes, endpoint: str, model: str, seen: set[str]) -> str:
    try:
        request = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return f"not JSON ({error})"
    if not isinstance(request, dict):
        return "JSON, but no object"
    custom_id, body = request.get("custom_id"), request.get("body")
    if not isinstance(custom_id, str) or not CUSTOM_ID.match(custom_id):
        return f"custom_id {custom_id!r} is not 1 to 64 of A-Z a-z 0-9 _ -"
    if custom_id in seen:
        return f"custom_id {custom_id} stands twice"
    seen.add(custom_id)
    if request.get("url") != endpoint or request.get("method") != "POST":
        return f"url {request.get('url')!r} is not the file's endpoint {endpoint}"
    if not isinstance(body, dict) or body.get("model") != model:
        return f"its model is not {model}: one file holds one model"
    return ""


def read_answer(line: bytes) -> AnswerLine:
    """A line of an output or error file as a typed value; never raises, a broken line says so in `broken`."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        found = _CUSTOM_ID_IN_BROKEN_LINE.search(line)
        return AnswerLine(found.group(1).decode() if found else "", broken=f"not JSON: {error}")
    if not isinstance(value, dict):
        return AnswerLine("", broken=f"JSON, but {type(value).__name__} and not an object")
    custom_id = value.get("custom_id")
    if not isinstance(custom_id, str) or not words(custom_id):
        return AnswerLine("", broken="without a custom_id")
    return _answer(words(custom_id), mapping(value.get("response")), value.get("error"))


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is an object of JSON, else an empty one: an odd line must not stop the rest of its file."""
    return value if isinstance(value, dict) else {}


def words(value: Any) -> str:
    """Text for a column: nothing for null, and without the zero characters that PostgreSQL refuses."""
    return "" if value is None else str(value).replace("\x00", "")


def _body(value: Any) -> dict[str, Any]:
    """The body of a response; some services send it as a string of JSON: a paid answer all the same."""
    if isinstance(value, str):
        with suppress(orjson.JSONDecodeError):
            return mapping(orjson.loads(value))
    return mapping(value)


def _answer(custom_id: str, response: dict[str, Any], error: Any) -> AnswerLine:
    body, status = _body(response.get("body")), response.get("status_code")
    # A request-level failure has `error: null` and the error in the body; an unexecuted one has it at the top.
    failure = error or (body.get("error") if body.get("status") is None else None) or {}
    failure = failure if isinstance(failure, dict) else {"message": str(failure)}
    return AnswerLine(
        custom_id=custom_id,
        status=status if isinstance(status, int) and 0 <= status < 1000 else None,
        body=body,
        error_code=words(failure.get("code") or failure.get("type")),
        error_message=words(failure.get("message")),
        request_id=words(response.get("request_id")),
    )


def chunked(values: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Lists of at most `size` of the values, in order."""
    chunk: list[Any] = []
    for value in values:
        chunk.append(value)
        if len(chunk) >= size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
