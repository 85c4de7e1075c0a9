"""Mappings of responses to themes, `[[text, [labels]], ...]` or JSONL `{"response_id", "labels"}`, and their join."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from consultations.file_values import refuse, text_of
from generation.odd_files import broken, decoded, json_value, parsed_json
from generation.sources import Problem, SourceError

EXPECTED = 'a mapping ([[text, [labels]], ...] or JSONL {"response_id", "labels"})'


@dataclass(frozen=True, slots=True)
class Labelled:
    """One response with its labels; of id and text one may be empty."""

    id: str
    text: str
    labels: tuple[str, ...]


@dataclass
class Coding:
    """All labelled responses of one coder, in the order of the file, and what could not be read."""

    rows: list[Labelled] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def themes(self) -> list[str]:
        """Every label, in order of first use."""
        return list(dict.fromkeys(label for row in self.rows for label in row.labels))

    @property
    def by_id(self) -> bool:
        """Whether every response has an id."""
        return all(row.id for row in self.rows)

    @property
    def by_text(self) -> bool:
        """Whether every response has its text."""
        return all(row.text for row in self.rows)


@dataclass(frozen=True)
class Joined:
    """Both codings of the common responses, in the first one's order, and how many only one of them has."""

    first: list[Labelled]
    second: list[Labelled]
    only_first: int
    only_second: int


def read_mapping(data: bytes) -> Coding:
    """A mapping in either form; raises SourceError."""
    text = decoded(data, EXPECTED)
    coding = Coding()
    if text.lstrip().startswith("["):
        value = json_value(text, EXPECTED)
        for number, one in enumerate(value if isinstance(value, list) else [], start=1):
            _add(coding, number, f"Entry {number}", one)
    else:
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                _add(coding, number, f"Line {number}", _line(line))
    if not coding.rows:
        why = f" ({coding.problems[0].what}: {coding.problems[0].why})" if coding.problems else ""
        raise refuse(EXPECTED, f"no labelled response in it{why}")
    _drop_repeated(coding)
    return coding


def _line(line: str) -> Any:
    try:
        return parsed_json(line)
    except ValueError:
        return None


def _add(coding: Coding, number: int, place: str, one: Any) -> None:
    if isinstance(one, list) and len(one) == 2 and isinstance(one[0], str):
        row = ("", one[0], one[1])
    elif isinstance(one, dict) and "labels" in one:
        id = text_of(one.get("response_id", one.get("id")))
        row = (id, text_of(one.get("text", one.get("response"))), one["labels"])
    else:
        why = "It is neither [text, [labels]] nor a record with response_id and labels; left out."
        coding.problems.append(Problem(number, place, why))
        return
    labels = _labels(row[2])
    if labels is None or not (row[0] or row[1].strip()) or broken("".join((row[0], row[1], *labels))):
        why = "It has no id or text, or its labels are no list of texts; left out."
        coding.problems.append(Problem(number, place, why))
        return
    coding.rows.append(Labelled(row[0], row[1].strip(), labels))


def _labels(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return None
    return tuple(dict.fromkeys(text for one in value if (text := one.strip())))


def _drop_repeated(coding: Coding) -> None:
    """Of a repeated id the first stays. The same text may well be given by two people: it is paired in order."""
    seen: set[str] = set()
    rows = []
    for row in coding.rows:
        if row.id and row.id in seen:
            why = f"The id '{row.id}' is there already; the first one counts."
            coding.problems.append(Problem(0, row.id, why))
            continue
        seen.add(row.id)
        rows.append(row)
    coding.rows = rows


def with_texts(coding: Coding, texts: Mapping[str, str]) -> Coding:
    """The coding with the texts of its ids, and the ids of its texts, as far as `texts` (id -> text) has them."""
    ids: dict[str, list[str]] = {}
    for id, text in texts.items():
        ids.setdefault(text, []).append(id)
    waiting = {text: iter(found) for text, found in ids.items()}
    rows = [
        replace(row, text=row.text or texts.get(row.id, ""), id=row.id or next(waiting.get(row.text, iter(())), ""))
        for row in coding.rows
    ]
    return Coding(rows, coding.problems)


def join(first: Coding, second: Coding) -> Joined:
    """Pairs of the same response: by id where both have ids, else by text. Raises SourceError."""
    if first.by_id and second.by_id:
        ones, others = [{row.id: row for row in one.rows} for one in (first, second)]
    elif first.by_text and second.by_text:
        ones, others = _by_text(first.rows), _by_text(second.rows)
    else:
        raise SourceError(
            "Expected two mappings that name their responses alike, found one with ids and one with texts: "
            "add --responses FILE, which has both."
        )
    common = [key for key in ones if key in others]
    if not common:
        raise SourceError("Expected two mappings of the same responses, found no response that is in both.")
    return Joined(
        [ones[key] for key in common], [others[key] for key in common], len(ones) - len(common),
        len(others) - len(common),
    )  # fmt: skip


def _by_text(rows: Iterable[Labelled]) -> dict[Any, Labelled]:
    """Rows by text and occurrence of that text."""
    seen: Counter[str] = Counter()
    found: dict[Any, Labelled] = {}
    for row in rows:
        found[row.text, seen[row.text]] = row
        seen[row.text] += 1
    return found


def mapping_bytes(rows: Sequence[Labelled], *, ids: bool = False) -> bytes:
    """`[[text, [labels]], ...]` with one response a line; JSONL with `ids`, and where a text is missing."""
    if ids or not all(row.text for row in rows):
        lines = [_dumped({"response_id": row.id, "labels": list(row.labels)}) for row in rows]
        return "".join(f"{line}\n" for line in lines).encode()
    lines = [_dumped([row.text, list(row.labels)]) for row in rows]
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
