"""Controlled lists of topics: a line each, or JSON, or CSV."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generation.odd_files import json_value
from generation.sources import Problem, Row, SourceError
from stories.names import normal
from stories.reading import Placed, Table, compared_total, text_in

EXPECTED = "a list of topics as text, JSON or CSV"
NAMES = ("name", "topic", "title", "label")
WORDS = ("description", "definition", "rationale")
LONGEST = 200
KEY_CHARACTERS = 120
TOTAL = "topics?"
# What story groups, entities and the rows of other files have, and topics have not.
STRANGE = {
    "aliases", "external_id", "entity_type", "abbreviation", "summaries", "items", "texts", "articles", "members",
    "question", "answers", "text", "labels",
}  # fmt: skip
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
MARKUP = re.compile(r"\s*<(?:!doctype|html|\?xml)|#{1,6} ", re.IGNORECASE)


def read_topics(text: str, format: str) -> tuple[list[Row], list[Problem], list[str]]:
    """Topics in the order of the file, each once, with problems and notices; raises SourceError."""
    format = guessed(text) if format == "auto" else format
    rows: dict[str, Row] = {}
    problems: list[Problem] = []
    notices: list[str] = []
    if format == "json":
        value = json_value(text, EXPECTED)
        placed = _json(value)
        notices = compared_total(value, TOTAL, len(placed), problems)
    else:
        placed = list(_table(text) if format == "csv" else _lines(text))
    for place, record in placed:
        name = text_in(record, NAMES) if isinstance(record, Mapping) else ""
        key = normal(name)[:KEY_CHARACTERS]
        if not name or len(name) > LONGEST:
            problems.append(Problem(place, name[:60], "It has no name, or one that is too long."))
        elif key in rows:
            problems.append(Problem(place, name, "It stands in the list before: it was left out."))
        else:
            rows[key] = Row(key, place, {"name": name, "description": text_in(record, WORDS)})
    return list(rows.values()), problems, notices


def guessed(text: str) -> str:
    """json, csv (a header with a known column beside others, or alone) or text."""
    if text.lstrip()[0] in "[{":
        return "json"
    names = set(Table(text, EXPECTED).names)
    return "csv" if names & set(NAMES) and (len(names) > 1 or names <= set(NAMES)) else "text"


def _json(value: Any) -> list[Placed]:
    if isinstance(value, Mapping):
        value = next((one for one in value.values() if isinstance(one, list)), None) or [
            {"name": name, "description": words} for name, words in value.items() if isinstance(words, str)
        ]
    if not isinstance(value, list) or not value:
        raise SourceError(f"Expected {EXPECTED}, found JSON without a list.")
    _own({str(name) for one in value if isinstance(one, Mapping) for name in one})
    return [(place, one if isinstance(one, Mapping) else {"name": one}) for place, one in enumerate(value, start=1)]


def _table(text: str) -> Iterator[Placed]:
    table = Table(text, EXPECTED)
    _own(set(table.names))
    return table.rows()


def _own(names: set[str]) -> None:
    """Raises SourceError for the columns of another file."""
    if strange := sorted(names & STRANGE):
        raise SourceError(f"Expected {EXPECTED}, found rows with '{strange[0]}', which topics have not.")


def _lines(text: str) -> Iterator[Placed]:
    lines = text.split("\n")
    if any(CONTROL.search(line.strip()) for line in lines):
        raise SourceError(f"Expected {EXPECTED}, found text with tabs or control characters.")
    if marked := next((line for line in lines if MARKUP.match(line)), ""):
        raise SourceError(f"Expected {EXPECTED}, found a document with headings or markup ('{marked.strip()[:40]}').")
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, {"name": line.strip().removeprefix("- ").strip()}
