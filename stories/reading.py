"""Bytes of foreign files as text and JSON: ids that look like numbers stay as they were written."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generation.odd_files import mended, parsed_json
from generation.sources import Problem

# A value with its line (JSONL) or its place in the list (JSON), from 1.
Placed = tuple[int, Any]


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
    return mended(str(value).strip()) if isinstance(value, str | int | float) else ""


def first_of(record: Mapping[str, Any], names: Sequence[str]) -> Any:
    """The first of these fields that holds something; 0 and false are something."""
    return next((found for name in names if (found := record.get(name)) not in (None, "", [], {})), None)


def text_in(record: Mapping[str, Any], names: Sequence[str]) -> str:
    """The first of these fields that holds a text or number, as text."""
    return next((text for name in names if (text := text_of(record.get(name)))), "")
