"""What all readers of files here share: text out of bytes, JSON whose numbers stay as written, values as text."""

import json
import re
from typing import Any

from generation.sources import SourceError

_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKS = {
    b"PK\x03\x04": "a zip archive or an office document", b"%PDF": "a PDF document", b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"SQLite format 3": "a database",
    b"\xff\xfe": "UTF-16 text", b"\xfe\xff": "UTF-16 text",
}  # fmt: skip


def refuse(expected: str, found: str) -> SourceError:
    """The one sentence on a file that can't be read."""
    return SourceError(f"Expected {expected}, found {found}.")


def decoded(data: bytes, expected: str) -> str:
    """UTF-8 text without its BOM and with plain line ends; raises SourceError."""
    for mark, found in _MARKS.items():
        if data.startswith(mark):
            raise refuse(expected, found)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        raise refuse(f"{expected} in UTF-8", f"other bytes at place {failure.start}") from failure
    if "\x00" in text:
        raise refuse(expected, "binary data")
    if not text.strip():
        raise refuse(expected, "an empty file")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parsed_json(text: str) -> Any:
    """JSON whose numbers stay text, since 007 and 1.0 may be ids; raises ValueError."""
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError as failure:
        raise ValueError("it is nested too deeply") from failure


def json_value(text: str, expected: str) -> Any:
    """The JSON value of a whole file; raises SourceError with the place of what is wrong."""
    try:
        return parsed_json(text)
    except json.JSONDecodeError as failure:
        where = f"line {failure.lineno}, column {failure.colno}"
        raise refuse(expected, f"no JSON: {failure.msg} in {where}") from failure
    except ValueError as failure:
        raise refuse(expected, f"JSON that can't be read: {failure}") from failure


def text_of(value: Any) -> str:
    """A value as text: numbers as written, yes and no as words, what is no single value as JSON, null as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value).strip()


def broken(text: str) -> bool:
    """Whether it holds half of a character (a lone surrogate), which no database and no file takes."""
    return not text.isascii() and bool(_SURROGATE.search(text))
