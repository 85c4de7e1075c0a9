"""Existing responses in their forms: a JSON list, JSONL, CSV; ids kept, demographic columns kept."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from consultations.file_values import refuse, text_of
from generation.odd_files import broken, json_value, parsed_json
from generation.sources import Problem

EXPECTED = "responses (a JSON list of texts, JSONL or CSV) or a brief"
IDS = ("response_id", "id", "ID", "Id", "responseid", "respondent_id")
TEXTS = ("text", "response", "response_text", "answer", "comment", "free_text_response")
KEY_CHARACTERS = 120


@dataclass(slots=True)
class Given:
    """One response of a file. `line` counts from 1; in a JSON list it is the number of the entry."""

    line: int
    text: str
    id: str = ""
    demographics: dict[str, str] = field(default_factory=dict)


Read = Iterable[Given | Problem]


def read_list(text: str) -> Iterator[Given | Problem]:
    """A JSON list of texts, or of records."""
    value = json_value(text, EXPECTED)
    if not isinstance(value, list):
        raise refuse(EXPECTED, "JSON that is no list")
    for number, one in enumerate(value, start=1):
        if isinstance(one, str):
            yield Given(number, one.strip())
        else:
            yield _record(one, number, f"Entry {number}")


def read_lines(text: str) -> Iterator[Given | Problem]:
    """JSONL: a record (or a text) a line; blank lines are passed over."""
    # Not splitlines(): a text may hold other line separators within its JSON string.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                value = parsed_json(line)
            except json.JSONDecodeError as error:
                yield Problem(number, f"Line {number}", f"No JSON ({error.msg} in column {error.colno}); left out.")
                continue
            except ValueError as error:
                yield Problem(number, f"Line {number}", f"It can't be read ({error}); left out.")
                continue
            yield Given(number, value.strip()) if isinstance(value, str) else _record(value, number, f"Line {number}")


def _record(value: Any, number: int, place: str) -> Given | Problem:
    if not isinstance(value, dict):
        return Problem(number, place, "It is neither a text nor a record; left out.")
    id_name, text_name = _named(value, IDS), _named(value, TEXTS)
    rest = {name: text_of(one) for name, one in value.items() if name not in (id_name, text_name)}
    return Given(number, text_of(value.get(text_name)), text_of(value.get(id_name)), rest)


def _named(names: Iterable[str], usual: tuple[str, ...]) -> str:
    """Which of the usual names is there; an exact spelling goes before another case."""
    there = list(names)
    lowered = {name.strip().lower(): name for name in reversed(there)}
    return next((one for one in usual if one in there), "") or next(
        (lowered[one.lower()] for one in usual if one.lower() in lowered), ""
    )


def delimiter_of(text: str) -> str:
    """Which delimiter makes the first line a header with a response in it; none if it is no header."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    for delimiter in ",;\t":
        names = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
        if _named(names, TEXTS) and (len(names) > 1 or not set(first) & set(",;\t")):
            return delimiter
    return ""


def read_table(text: str) -> Iterator[Given | Problem]:
    """CSV with a header; blank lines anywhere are passed over; other columns are kept."""
    delimiter = delimiter_of(text)
    if not delimiter:
        raise refuse(EXPECTED, "a table without a column 'text'")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header: list[str] = []
    start = 1
    try:
        for cells in reader:
            line, start = start, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = _header(cells)
            elif len(cells) > len(header):
                why = f"It has {len(cells)} cells and the header {len(header)}; left out."
                yield Problem(line, f"Line {line}", why)
            else:
                filled = [*cells, *[""] * (len(header) - len(cells))]
                yield _record(dict(zip(header, filled, strict=True)), line, f"Line {line}")
    except csv.Error as error:
        yield Problem(reader.line_num, f"Line {reader.line_num}", f"No more could be read from here on: {error}.")


def _header(cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    if twice := sorted({name for name in names if name and names.count(name) > 1}):
        raise refuse("a header with each name once", f"'{twice[0]}' more than once")
    # A column without a name would vanish with its values.
    return [name or f"column {number}" for number, name in enumerate(names, start=1)]


class Responses:
    """Collects responses, each with a key of its own, and says what is wrong with them."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, Given]] = []
        self.problems: list[Problem] = []
        self._taken: set[str] = set()

    def take(self, found: Read) -> "Responses":
        """Everything that a reader found."""
        for number, one in enumerate(found, start=1):
            if isinstance(one, Problem):
                self.problems.append(one)
            elif not one.text:
                self._say(one, "There is no text in it; left out.")
            elif any(map(broken, (one.id, one.text, *one.demographics.values()))):
                self._say(one, "It holds half of a character (a lone surrogate); left out.")
            else:
                self._keep(one, one.id or f"r{number}")
        return self

    def _keep(self, one: Given, key: str) -> None:
        if len(key) > KEY_CHARACTERS:
            self._say(one, f"Its id has more than {KEY_CHARACTERS} characters; left out.")
            return
        if key in self._taken:
            number = 2
            while f"{key[: KEY_CHARACTERS - 8]}-{number}" in self._taken:
                number += 1
            again = f"{key[: KEY_CHARACTERS - 8]}-{number}"
            self._say(one, f"The id '{key}' is there already; this one is kept as '{again}'.")
            key = again
        self._taken.add(key)
        self.kept.append((key, one))

    def _say(self, one: Given, why: str) -> None:
        self.problems.append(Problem(one.line, f"Line {one.line}", why))
