"""What every answer on the wire has in common: the error envelope, ids and JSON bytes."""

import json
import secrets
import string
import uuid
from typing import Any, NoReturn

BASE62 = string.ascii_letters + string.digits


class ApiError(Exception):
    """A refusal that goes out in OpenAI's error envelope."""

    def __init__(
        self,
        status: int,
        message: str,
        param: str | None = None,
        code: str | None = None,
        *,
        kind: str = "invalid_request_error",
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


def hex_id(prefix: str) -> str:
    """An id such as `batch_` and 32 hexadecimal digits."""
    return prefix + uuid.uuid4().hex


def file_id() -> str:
    """`file-` and 22 characters of base 62."""
    return "file-" + "".join(secrets.choice(BASE62) for _ in range(22))


def dumps(value: Any) -> bytes:
    """JSON in UTF-8; a lone surrogate stays an escape, everything else is written as itself."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def loads(raw: bytes | str) -> Any:
    """Strict JSON (no NaN, no byte order mark); ValueError for anything else."""
    try:
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def missing(name: str) -> ApiError:
    """The 400 for an absent field."""
    return ApiError(400, f"Missing required parameter: '{name}'.", name, "missing_required_parameter")


def whole_number(raw: str, name: str, low: int, high: int) -> int:
    """A number from a query or form field between two bounds, refused in OpenAI's words."""
    try:
        number = int(raw)
    except ValueError:
        message = f"Invalid type for '{name}': expected an integer, but got a string instead."
        raise ApiError(400, message, name, "invalid_type") from None
    if number < low:
        message = f"Invalid '{name}': integer below minimum value. Expected a value >= {low}, but got {number} instead."
        raise ApiError(400, message, name, "integer_below_min_value")
    if number > high:
        message = f"Invalid '{name}': integer above maximum value. Expected a value <= {high}, but got {number}"
        raise ApiError(400, f"{message} instead.", name, "integer_above_max_value")
    return number
