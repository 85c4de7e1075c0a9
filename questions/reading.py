"""What the readers of all formats have in common: a question as a file has it, its field names, their problems."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generation.importing import Problem, Row, SourceError
from generation.odd_files import broken
from questions.values import at, first_of, text_of, texts_of

EXPECTED = "a question set (MetaQA text, JSON, JSONL or CSV)"
KEY_CHARACTERS = 120
# Where a field is looked for when nobody names it.
USUAL = {
    "id": ("id", "_id", "question_id", "qid", "QuestionId", "Id", "ID"),
    "question": ("question", "Question", "question_text", "query", "claim", "text"),
    "answers": (
        "answers", "Answers", "answer", "Answer", "gold", "golden_answers", "ground_truth_answers", "ground_truth",
        "gold_answers", "label",
    ),
    "topic": ("topic", "topic_entity", "entity"),
    "context": ("context", "passage", "paragraph"),
    "hops": ("hops", "hop"),
    "choices": ("choices", "options"),
}  # fmt: skip
# A field of this name is a question only beside known answers: elsewhere it may be any text.
WEAK = "text"


@dataclass(frozen=True)
class Fields:
    """Field names: those that were chosen, else the usual ones. `separator` parts the answers within one text."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    separator: str = "|"

    def value(self, row: Mapping[str, Any], name: str) -> Any:
        """The value of a field in a row."""
        return at(row, self.chosen[name]) if name in self.chosen else first_of(row, USUAL[name])

    def names(self, name: str) -> tuple[str, ...]:
        """Where a field is looked for."""
        return (self.chosen[name],) if name in self.chosen else USUAL[name]

    def may_ask(self, names: Collection[str]) -> bool:
        """Whether a record or a table with these fields has one for the question."""
        found = [name for name in self.names("question") if name in names]
        if found == [WEAK] and "question" not in self.chosen:
            return any(name in names for name in self.names("answers"))
        return bool(found)

    def question(self, row: Mapping[str, Any]) -> str:
        """The question in a row, if there is one."""
        return text_of(self.value(row, "question")) if "question" in self.chosen or self.may_ask(row) else ""


@dataclass(slots=True)
class Asked:
    """One question of a file. `place` says where it stands: a line, or a row of a JSON list."""

    place: str
    line: int
    text: str
    id: str = ""
    gold: list[list[str]] = field(default_factory=list)
    topic: str = ""
    context: str = ""
    choices: list[str] = field(default_factory=list)
    hops: int | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """How many questions a file says that it holds, and under which name it says so."""

    name: str
    total: int


Read = Iterable[Asked | Problem | Stated]


def answers_of(value: Any, separator: str = "") -> list[list[str]]:
    """Known answers of a field: a list of texts, a text with separators, or lists of spellings within the list."""
    if isinstance(value, str) and separator:
        value = value.split(separator)
    if isinstance(value, Mapping):
        # As one finds it in published sets: {"text": [...]} or {"value": ..., "aliases": [...]}.
        return one_answer([first_of(value, ("value", "Value", "text", "answer")), first_of(value, ("aliases",))])
    values = value if isinstance(value, list) else [value]
    return [spellings for one in values if (spellings := _spellings(one))]


def _spellings(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return texts_of(first_of(value, ("text", "value", "name", "answer")))
    return texts_of(value)


def one_answer(values: Iterable[Any]) -> list[list[str]]:
    """A single known answer with all its spellings (texts or lists of them), the usual one first; [] for none."""
    flat = [text for value in values if value is not None for text in texts_of(value)]
    return [list(dict.fromkeys(flat))] if flat else []


def whole_number(value: Any) -> int | None:
    """A small number from 1, or None."""
    text = text_of(value)
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 100 else None


class Rows:
    """Collects questions as rows, each with a key of its own, and says what is wrong with them."""

    def __init__(self, hops: int | None = None, usual_hops: int | None = None) -> None:
        """`hops` holds for all questions, `usual_hops` for those that don't say it themselves."""
        self.rows: list[Row] = []
        self.problems: list[Problem] = []
        self.without_gold = 0
        self._hops, self._usual_hops = hops, usual_hops
        self._stated: list[Stated] = []
        self._taken: set[str] = set()
        # Of a repeated id the last suffix: a file may give all its questions the same one.
        self._suffixes: dict[str, int] = {}

    def take(self, found: Read) -> None:
        """Everything that a reader found."""
        for number, one in enumerate(found, start=1):
            if isinstance(one, Problem):
                self.problems.append(one)
            elif isinstance(one, Stated):
                self._stated.append(one)
            else:
                self._add(one, number)
        for stated in self._stated:
            if stated.total != len(self.rows):
                why = f"The file states a total of {stated.total:,}; {len(self.rows):,} found."
                self.problems.append(Problem(0, stated.name, why))

    def _add(self, asked: Asked, number: int) -> None:
        if not asked.text:
            self._say(asked, "There is no question in it; it was left out.")
            return
        if any(map(broken, self._texts(asked))):
            self._say(asked, "It holds half of a character (a lone surrogate); it was left out.")
            return
        self.without_gold += not asked.gold
        values = {
            "text": asked.text, "topic": asked.topic, "context": asked.context, "choices": asked.choices,
            "hops": self._hops or asked.hops or self._usual_hops, "gold": asked.gold,
        }  # fmt: skip
        self.rows.append(Row(self._key(asked, number), len(self.rows) + 1, values))

    def _texts(self, asked: Asked) -> Iterator[str]:
        yield from (asked.id, asked.text, asked.topic, asked.context, *asked.choices)
        yield from (text for spellings in asked.gold for text in spellings)

    def _key(self, asked: Asked, number: int) -> str:
        """Its id, else its number; a repeated one gets a suffix, for the same text may well be asked twice."""
        key = asked.id or f"q{number}"
        if len(key) > KEY_CHARACTERS:
            key = f"{key[: KEY_CHARACTERS - 9]}-{hashlib.blake2b(key.encode(), digest_size=4).hexdigest()}"
            self._say(asked, f"Its id has {len(asked.id)} characters and was cut to {KEY_CHARACTERS}: {key}.")
        if key in self._taken:
            again = self._next(key[: KEY_CHARACTERS - 8])
            self._say(asked, f"The id '{key}' is there already; this one is kept as '{again}'.")
            key = again
        self._taken.add(key)
        return key

    def _next(self, base: str) -> str:
        count = self._suffixes.get(base, 1) + 1
        while f"{base}-{count}" in self._taken:
            count += 1
        self._suffixes[base] = count
        return f"{base}-{count}"

    def _say(self, asked: Asked, why: str) -> None:
        self.problems.append(Problem(asked.line, asked.place, why))


def refuse(found: str) -> SourceError:
    """The sentence on a file that can't be read as questions."""
    return SourceError(f"Expected {EXPECTED}, found {found}.")
