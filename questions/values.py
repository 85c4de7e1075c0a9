"""Values of foreign files as text: numbers as they were written, yes and no as words, nothing as nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from generation.odd_files import decoded, json_value


def plain_json(data: bytes, error: type[Exception], expected: str) -> Any:
    """The JSON value of a file; raises `error` with a sentence."""
    return json_value(decoded(data, expected, error), expected, error)


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


def first_of(row: Mapping[str, Any], names: Sequence[str]) -> Any:
    """The first of these fields that holds something."""
    return next((found for name in names if (found := at(row, name)) not in (None, "")), None)
