"""What a batch's output and error files look like, line by line, also with faults."""

import math
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from sandbox.faults import Fault
from sandbox.wire import dumps, hex_id

OUT, ERR = "output", "error"
Rendered = list[tuple[str, bytes]]
NOT_RUN = {
    "batch_expired": "This request could not be executed before the completion window expired.",
    # The wire texts of the last two are those of the reference, not seen live.
    "batch_cancelled": "The batch was cancelled before this request executed",
    "request_timeout": "The underlying call to the model timed out",
}
FAILURES: dict[str, tuple[int, dict[str, Any]]] = {
    "all_failed": (500, {"message": "The server had an error.", "type": "server_error", "param": None, "code": None}),
    "request_500": (500, {"message": "The server had an error.", "type": "server_error", "param": None, "code": None}),
    "request_400": (
        400,
        {
            "message": "This model's maximum context length is 128000 tokens.",
            "type": "invalid_request_error",
            "param": "messages",
            "code": "context_length_exceeded",
        },
    ),
    "request_429": (
        429,
        {"message": "Rate limit reached.", "type": "requests", "param": None, "code": "rate_limit_exceeded"},
    ),
    "integer_error_code": (
        400,
        {"message": "Provider returned error", "type": "invalid_request_error", "param": None, "code": 400},
    ),
    "error_in_output": (
        400,
        {"message": "Invalid prompt.", "type": "invalid_request_error", "param": None, "code": "invalid_prompt"},
    ),
}


def line(custom_id: Any, status: int, body: Any) -> dict[str, Any]:
    """A request that was executed, well or not."""
    response = {"status_code": status, "request_id": hex_id("req_"), "body": body}
    return {"id": hex_id("batch_req_"), "custom_id": custom_id, "response": response, "error": None}


def unexecuted(custom_id: Any, code: str) -> bytes:
    """A request that was not executed, with one of the three documented codes."""
    error = {"code": code, "message": NOT_RUN[code]}
    return dumps({"id": hex_id("batch_req_"), "custom_id": custom_id, "response": None, "error": error})


def plain(done: dict[str, Any]) -> Rendered:
    """The line as it should be, in the file where it belongs."""
    return [(OUT if done["response"]["status_code"] == 200 else ERR, dumps(done))]


def _status_code_0(done: dict[str, Any]) -> Rendered:
    return [(ERR, dumps({**done, "response": {"status_code": 0, "request_id": "", "body": {}}}))]


# The id stands before the cut, so that it can still be read.
def _cut(done: dict[str, Any]) -> Rendered:
    raw = dumps(done)
    return [(OUT, raw[: len(raw) * 3 // 5])]


def _without_id(done: dict[str, Any]) -> Rendered:
    return [(OUT, dumps({key: value for key, value in done.items() if key != "custom_id"}))]


def _body(done: dict[str, Any], body: Any) -> Rendered:
    return [(OUT, dumps({**done, "response": {**done["response"], "body": body}}))]


BENT: dict[str, Callable[[dict[str, Any]], Rendered]] = {
    "status_code_0": _status_code_0,
    "invalid_json_line": _cut,
    "missing_custom_id": _without_id,
    "duplicate_custom_id": lambda done: [*plain(done), *plain({**done, "id": hex_id("batch_req_")})],
    "unknown_custom_id": lambda done: [*plain(done), *plain({**done, "custom_id": hex_id("unknown-")})],
    "missing_lines": lambda done: [],
    "blank_lines": lambda done: [(OUT, b""), *plain(done), (OUT, b"   ")],
    "non_object_line": lambda done: [*plain(done), *((OUT, raw) for raw in (b'"text"', b"42", b"[]", b"null"))],
    "string_body": lambda done: _body(done, dumps(done["response"]["body"]).decode()),
    "null_body": lambda done: _body(done, None),
    "request_timeout": lambda done: [(ERR, unexecuted(done["custom_id"], "request_timeout"))],
}


def failed(name: str, custom_id: Any) -> Rendered:
    """The line of a request that failed by the fault `name`."""
    status, error = FAILURES[name]
    return [(OUT if name == "error_in_output" else ERR, dumps(line(custom_id, status, {"error": error})))]


class Victims:
    """Which requests of a batch a fault strikes: the first ones executed, or those whose custom_id matches.

    A value is a number of requests, a share of them (0.1), or `all`.
    """

    def __init__(self, faults: list[Fault], total: int) -> None:
        self.left = [(fault, self._quota(fault, total)) for fault in faults]

    @staticmethod
    def _quota(fault: Fault, total: int) -> float:
        default = "all" if fault.custom_id or fault.name == "all_failed" else fault.kind.default
        value = fault.value or default
        if value == "all":
            return math.inf
        return round(float(value) * total) if "." in value else int(value)

    def pick(self, custom_id: str) -> str | None:
        """The fault that strikes this request, counted down."""
        for place, (fault, left) in enumerate(self.left):
            if left > 0 and fnmatchcase(custom_id, fault.custom_id or "*"):
                self.left[place] = (fault, left - 1)
                return fault.name
        return None
