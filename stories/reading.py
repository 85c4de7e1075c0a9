"""Bytes of foreign files as text and JSON: ids that look like numbers stay as they were written."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

from generation.odd_files import mended, parsed_json
from generation.sources import Problem, SourceError

# A value with its line (JSONL) or its place in the list (JSON), from 1.
Placed = tuple[int, Any]
BLANK_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")
# What a file calls a total of what it lists.
TOTAL = r"(?:total|count|number|num)(?:_of)?(?:_(?:{0}))?|(?:{0})_(?:total|count)"
NUMBER = re.compile(r"\d{1,12}")
ABOUT = ("metadata", "meta", "info")


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
    if not text.lstrip().startswith("{"):
        return False
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
    # PostgreSQL holds no NUL, in a list of texts neither.
    return mended(str(value).replace("\x00", "").strip()) if isinstance(value, str | int | float) else ""


def first_of(record: Mapping[str, Any], names: Sequence[str]) -> Any:
    """The first of these fields that holds something; 0 and false are something."""
    return next((found for name in names if (found := record.get(name)) not in (None, "", [], {})), None)


def text_in(record: Mapping[str, Any], names: Sequence[str]) -> str:
    """The first of these fields that holds a text or number, as text."""
    return next((text for name in names if (text := text_of(record.get(name)))), "")


class Table:
    """CSV with a header, parted by commas, semicolons or tabs, whatever stands most often in its first line."""

    def __init__(self, text: str, expected: str) -> None:
        self._text = BLANK_LINES.sub("", text)
        self._skipped = text.count("\n") - self._text.count("\n")
        self._expected = expected
        self.head = self._text.split("\n", 1)[0]
        self._delimiter = max(",;\t", key=self.head.count)
        self.names = [_column(name.replace('"', "")) for name in self.head.split(self._delimiter)]

    def rows(self) -> Iterator[Placed]:
        """Rows by their columns, with their line numbers; raises SourceError."""
        table = csv.reader(StringIO(self._text), delimiter=self._delimiter)
        try:
            names = [_column(name) for name in next(table)]
            for cells in table:
                if any(cell.strip() for cell in cells):
                    yield self._skipped + table.line_num, dict(zip(names, cells, strict=False))
        except csv.Error as error:
            raise SourceError(f"Expected {self._expected}, found a table that can't be read: {error}.") from error


def _column(name: str) -> str:
    return name.strip().lower().replace(" ", "_")


def compared_total(value: Any, what: str, found: int, problems: list[Problem]) -> list[str]:
    """A notice for each total that a JSON file states about itself (`what`: what it may call them) where it fits.

    It is never trusted: where it does not fit, that is a problem.
    """
    notices: list[str] = []
    if isinstance(value, Mapping):
        pattern = re.compile(TOTAL.format(what), re.IGNORECASE)
        stated = [
            (name, one)
            for about in (value, *map(value.get, ABOUT))
            if isinstance(about, Mapping)
            for name, one in about.items()
            if pattern.fullmatch(name) and NUMBER.fullmatch(text_of(one))
        ]
        for name, one in stated:
            if int(one) == found:
                notices.append(f"The file states a total of {found:,} ({name}): that fits.")
            else:
                problems.append(Problem(0, name[:60], f"The file states a total of {int(one):,}; {found:,} found."))
    return notices
