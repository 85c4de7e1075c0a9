"""Values of foreign files as text: numbers as they were written, yes and no as words, nothing as nothing."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKS = {
    b"PK\x03\x04": "a zip archive or an office document", b"%PDF": "a PDF document", b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"GIF8": "a picture", b"SQLite format 3": "a database",
    b"\xff\xfe": "UTF-16 text", b"\xfe\xff": "UTF-16 text",
}  # fmt: skip


def decoded(data: bytes, error: type[Exception], expected: str) -> str:
    """UTF-8 text without its BOM and with plain line ends; raises `error` with a sentence."""
    for mark, found in _MARKS.items():
        if data.startswith(mark):
            raise error(f"Expected {expected}, found {found}.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        raise error(f"Expected {expected} in UTF-8, found other bytes at place {failure.start}.") from failure
    if "\x00" in text:
        raise error(f"Expected {expected}, found binary data.")
    if not text.strip():
        raise error(f"Expected {expected}, found an empty file.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parsed_json(text: str) -> Any:
    """JSON whose numbers stay text, since 007, 1.0 and 12345678901234567890 may be ids; raises ValueError."""
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError as failure:
        raise ValueError("it is nested too deeply") from failure


def plain_json(data: bytes, error: type[Exception], expected: str) -> Any:
    """The JSON value of a file; raises `error` with a sentence."""
    text = decoded(data, error, expected)
    try:
        return parsed_json(text)
    except json.JSONDecodeError as failure:
        where = f"line {failure.lineno}, column {failure.colno}"
        raise error(f"Expected {expected}, found no JSON: {failure.msg} in {where}.") from failure
    except ValueError as failure:
        raise error(f"Expected {expected}, found JSON that can't be read: {failure}.") from failure


def text_of(value: Any) -> str:
    """A value as text; what is no single value (a list, an object, null) is nothing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip() if isinstance(value, str | int | float) else ""


def texts_of(value: Any) -> list[str]:
    """The texts of a value or of a list of values, without empty ones and repetitions."""
    values = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(filter(None, map(text_of, values))))


def at(row: Mapping[str, Any], path: str) -> Any:
    """The value of a field; `a.b` also finds b within a. None where there is none."""
    if path in row:
        return row[path]
    head, _, rest = path.partition(".")
    inner = row.get(head)
    return at(inner, rest) if rest and isinstance(inner, Mapping) else None


def lone_surrogate(text: str) -> bool:
    """Whether it holds half of a character, which no database and no file takes."""
    return not text.isascii() and bool(_SURROGATE.search(text))


def first_of(row: Mapping[str, Any], names: Sequence[str]) -> Any:
    """The first of these fields that holds something."""
    return next((found for name in names if (found := at(row, name)) not in (None, "")), None)
