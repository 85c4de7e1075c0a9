"""Questions in CSV: a header, then one row each; parted by commas, semicolons or tabs."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from generation.importing import Problem, SourceError
from generation.odd_files import parsed_json
from questions.reading import Asked, Fields, answers_of, refuse, whole_number
from questions.values import text_of, texts_of

DELIMITERS = (",", ";", "\t")


def delimiter_of(text: str, fields: Fields) -> str:
    """Which delimiter makes the first line a header with a question in it; none if that is no header."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    for delimiter in DELIMITERS:
        names = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
        if len(names) > 1 and fields.may_ask(names):
            return delimiter
    return ""


def read_table(text: str, fields: Fields, delimiter: str) -> Iterator[Asked | Problem]:
    """Questions by row, with the line that each begins in. Raises SourceError for a header without a question."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header: list[str] = []
    try:
        start = 1
        for cells in reader:
            line, start = start, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = _header(cells, fields)
            elif len(cells) > len(header):
                why = f"It has {len(cells)} cells and the header {len(header)}; it was left out."
                yield Problem(line, f"Line {line}", why)
            else:
                yield _asked(dict(zip(header, cells, strict=False)), fields, line)
    except csv.Error as error:
        yield Problem(reader.line_num, f"Line {reader.line_num}", f"No more could be read from here on: {error}.")


def _header(cells: list[str], fields: Fields) -> list[str]:
    names = [cell.strip() for cell in cells]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise SourceError(f"Expected a header with each name once, found '{twice[0]}' more than once.")
    for wanted in ("question", *fields.chosen):
        if not (fields.may_ask(names) if wanted == "question" else fields.chosen[wanted] in names):
            where = " or ".join(f"'{name}'" for name in fields.names(wanted)[:3])
            raise refuse(f"a table without a column {where} (its columns: {', '.join(names)[:200]})")
    return names


def _asked(row: dict[str, Any], fields: Fields, line: int) -> Asked:
    def text(name: str) -> str:
        return text_of(fields.value(row, name))

    answers = text("answers")
    return Asked(
        place=f"Line {line}", line=line, id=text("id"), text=fields.question(row), topic=text("topic"),
        context=text("context"), hops=whole_number(text("hops")), choices=texts_of(text("choices").split("|")),
        gold=answers_of(_listed(answers), fields.separator),
    )  # fmt: skip


def _listed(cell: str) -> Any:
    """Some tools write a JSON list into a cell."""
    if not cell.startswith("["):
        return cell
    try:
        value = parsed_json(cell)
    except ValueError:
        return cell
    return value if isinstance(value, list) else cell
