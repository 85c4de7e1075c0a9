"""Controlled lists of topics: a line each, or JSON, or CSV."""

import csv
from collections.abc import Iterator, Mapping
from io import StringIO

from generation.odd_files import json_value
from generation.sources import Problem, Row, SourceError
from stories.names import normal
from stories.reading import Placed, text_in

EXPECTED = "a list of topics as text, JSON or CSV"
NAMES = ("name", "topic", "title", "label")
WORDS = ("description", "definition", "rationale")
LONGEST = 200
KEY_CHARACTERS = 120


def read_topics(text: str, format: str) -> tuple[list[Row], list[Problem]]:
    """Topics in the order of the file, each once; raises SourceError."""
    format = guessed(text) if format == "auto" else format
    readers = {"json": _json, "csv": _table, "text": _lines}
    rows: dict[str, Row] = {}
    problems: list[Problem] = []
    for place, record in readers[format](text):
        name = text_in(record, NAMES) if isinstance(record, Mapping) else ""
        key = normal(name)[:KEY_CHARACTERS]
        if not name or len(name) > LONGEST:
            problems.append(Problem(place, name[:60], "It has no name, or one that is too long."))
        elif key in rows:
            problems.append(Problem(place, name, "It stands in the list before: it was left out."))
        else:
            rows[key] = Row(key, place, {"name": name, "description": text_in(record, WORDS)})
    return list(rows.values()), problems


def guessed(text: str) -> str:
    """json, csv (a header with a known column beside others, or alone) or text."""
    if text.lstrip()[0] in "[{":
        return "json"
    head = {cell.strip().lower() for cell in text.lstrip("\n").split("\n", 1)[0].split(",")}
    return "csv" if head & set(NAMES) and head <= {*NAMES, *WORDS, "id"} else "text"


def _json(text: str) -> Iterator[Placed]:
    value = json_value(text, EXPECTED)
    if isinstance(value, Mapping):
        value = next((one for one in value.values() if isinstance(one, list)), None) or [
            {"name": name, "description": words} for name, words in value.items() if isinstance(words, str)
        ]
    if not isinstance(value, list) or not value:
        raise SourceError(f"Expected {EXPECTED}, found JSON without a list.")
    for place, one in enumerate(value, start=1):
        yield place, one if isinstance(one, Mapping) else {"name": one}


def _table(text: str) -> Iterator[Placed]:
    table = csv.reader(StringIO(text.strip("\n")))
    names = [name.strip().lower() for name in next(table)]
    for cells in table:
        if any(cell.strip() for cell in cells):
            yield table.line_num, dict(zip(names, cells, strict=False))


def _lines(text: str) -> Iterator[Placed]:
    if not all(line.isprintable() or "\t" in line for line in text.split("\n")):
        raise SourceError(f"Expected {EXPECTED}, found text with control characters.")
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, {"name": line.strip().removeprefix("- ").strip()}
