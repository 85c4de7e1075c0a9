"""Bytes of foreign files as text and JSON: ids that look like numbers stay as they were written."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generation.sources import Problem, SourceError

_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKS = {
    b"PK\x03\x04": "a zip archive or an office document", b"%PDF": "a PDF document", b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a picture", b"\xff\xfe": "UTF-16 text", b"\xfe\xff": "UTF-16 text",
}  # fmt: skip
# A value with its line (JSONL) or its place in the list (JSON), from 1.
Placed = tuple[int, Any]


def decoded(data: bytes, expected: str) -> str:
    """UTF-8 text without BOM, with plain line ends; raises SourceError with a sentence."""
    for mark, found in _MARKS.items():
        if data.startswith(mark):
            raise SourceError(f"Expected {expected}, found {found}.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"Expected {expected} in UTF-8, found other bytes at place {error.start}.") from error
    if "\x00" in text:
        raise SourceError(f"Expected {expected}, found binary data.")
    if not text.strip():
        raise SourceError(f"Expected {expected}, found an empty file.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parsed_json(text: str) -> Any:
    """JSON whose numbers stay text; raises ValueError."""
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def json_value(text: str, expected: str) -> Any:
    """The JSON value of a whole file; raises SourceError."""
    try:
        return parsed_json(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise SourceError(f"Expected {expected}, found no JSON: {error.msg} in {where}.") from error
    except ValueError as error:
        raise SourceError(f"Expected {expected}, found JSON that can't be read: {error}.") from error


def json_lines(text: str, problems: list[Problem]) -> Iterator[Placed]:
    """Values of JSONL with their line numbers; lines that are none become problems."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, parsed_json(line)
            except ValueError:
                problems.append(Problem(number, line.strip()[:60], "The line is no JSON."))


def is_lines(text: str) -> bool:
    """Whether it is JSONL: its first line is an object of its own, and more lines follow."""
    lines = [line for line in text.split("\n") if line.strip()]
    try:
        return len(lines) > 1 and isinstance(parsed_json(lines[0]), dict)
    except ValueError:
        # A broken first line does not make another format of it.
        return len(lines) > 1 and all(line.startswith("{") and line.rstrip().endswith("}") for line in lines[1:4])


def text_of(value: Any) -> str:
    """A single value as text; lists, objects and null are nothing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).strip() if isinstance(value, str | int | float) else ""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def first_of(record: Mapping[str, Any], names: Sequence[str]) -> Any:
    """The first of these fields that holds something; 0 and false are something."""
    return next((found for name in names if (found := record.get(name)) not in (None, "", [], {})), None)


def text_in(record: Mapping[str, Any], names: Sequence[str]) -> str:
    """The first of these fields that holds a text or number, as text."""
    return next((text for name in names if (text := text_of(record.get(name)))), "")
