"""Bytes of foreign files as text and JSON: each failure one sentence, numbers as they were written."""

import json
import re
from typing import Any

from generation.sources import SourceError

_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKS = {
    b"PK\x03\x04": "a zip archive or an office document", b"%PDF": "a PDF document", b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"GIF8": "a picture", b"SQLite format 3": "a database",
    b"\xff\xfe": "UTF-16 text", b"\xfe\xff": "UTF-16 text",
}  # fmt: skip


def decoded(data: bytes, expected: str, error: type[Exception] = SourceError) -> str:
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


def json_value(text: str, expected: str, error: type[Exception] = SourceError) -> Any:
    """The JSON value of a whole file; raises `error` with the place of what is wrong."""
    try:
        return parsed_json(text)
    except json.JSONDecodeError as failure:
        where = f"line {failure.lineno}, column {failure.colno}"
        raise error(f"Expected {expected}, found no JSON: {failure.msg} in {where}.") from failure
    except ValueError as failure:
        raise error(f"Expected {expected}, found JSON that can't be read: {failure}.") from failure


def broken(text: str) -> bool:
    """Whether it holds half of a character (a lone surrogate), which no database and no file takes."""
    return not text.isascii() and bool(_SURROGATE.search(text))


def mended(text: str) -> str:
    """The text with a mark in the place of each half of a character."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)
