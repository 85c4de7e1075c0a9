"""Questions in JSON and JSONL: records with settable field names, and the shapes of four published sets."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from generation.importing import Problem
from generation.odd_files import parsed_json
from questions.reading import Asked, Fields, Stated, answers_of, one_answer, refuse, whole_number
from questions.values import at, first_of, text_of, texts_of

Record = Mapping[str, Any]
# (where it stands, its line or 0, the record)
Placed = tuple[str, int, Any]
LISTS = ("data", "Data", "questions", "items", "examples", "rows", "results")
# Where a file speaks of itself, and how it calls the number of its questions.
ABOUT = ("metadata", "meta", "info")
TOTALS = re.compile(
    r"(?:total|number|count)(?:_of)?(?:_(?:questions|items|examples|rows))?|(?:questions|items|examples|rows)?_?(?:total|count)",
    re.IGNORECASE,
)
FEVER_LABELS = ("SUPPORTS", "REFUTES", "NOT ENOUGH INFO")


def placed_records(text: str, *, lines: bool) -> Iterator[Placed | Problem | Stated]:
    """Records of a JSONL file, or of the list in a JSON file with the totals that stand beside it.

    Raises SourceError where there is no such list.
    """
    if not lines:
        value = _value(text)
        yield from ((f"Row {number}", 0, one) for number, one in enumerate(_listed(value), start=1))
        yield from _stated(value)
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield f"Line {number}", number, parsed_json(line)
            except ValueError as error:
                why = f"It is no JSON ({getattr(error, 'msg', error)}); it was left out."
                yield Problem(number, f"Line {number}", why)


def _value(text: str) -> Any:
    try:
        return parsed_json(text)
    except json.JSONDecodeError as error:
        raise refuse(f"no JSON: {error.msg} in line {error.lineno}, column {error.colno}") from error
    except ValueError as error:
        raise refuse(f"JSON that can't be read: {error}") from error


def _listed(value: Any) -> Sequence[Any]:
    if isinstance(value, Mapping):
        lists = [value[name] for name in LISTS if isinstance(value.get(name), list)]
        # A JSONL file of a single line looks like this.
        lists += [[value]] if Fields().question(value) else []
        if not lists:
            raise refuse(f"a JSON object without a list of questions (its fields: {', '.join(list(value)[:8])})")
        value = lists[0]
    if not isinstance(value, list):
        raise refuse("a single JSON value")
    return value


def _stated(value: Any) -> Iterator[Stated]:
    """Totals that a file states about itself: not trusted, only compared."""
    if not isinstance(value, Mapping):
        return
    for part in (value, *(value.get(name) for name in ABOUT)):
        for name, given in part.items() if isinstance(part, Mapping) else ():
            total = text_of(given)
            if TOTALS.fullmatch(name) and re.fullmatch("[0-9]{1,18}", total):
                yield Stated(name, int(total))


def shape_of(record: Any) -> str:
    """Which published set a record is of; `json` if none."""
    if not isinstance(record, Mapping):
        return "json"
    if "paragraphs" in record:
        return "squad"
    if "claim" in record and ("label" in record or "verifiable" in record):
        return "fever"
    if isinstance(first_of(record, ("answer", "Answer")), Mapping):
        return "triviaqa"
    return "hotpotqa" if "supporting_facts" in record or _is_titled(record.get("context")) else "json"


def _is_titled(context: Any) -> bool:
    """Whether it is a list of paragraphs as [title, [sentences]]: a test set of HotpotQA has no supporting facts."""
    return isinstance(context, list) and bool(context) and all(map(_is_paragraph, context))


def _is_paragraph(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], list)


def read_records(
    found: Iterator[Placed | Problem | Stated], fields: Fields, shape: str
) -> Iterator[Asked | Problem | Stated]:
    """Questions of records in one of the shapes."""
    read = SHAPES[shape]
    for one in found:
        if isinstance(one, Problem | Stated):
            yield one
        elif not isinstance(one[2], Mapping):
            yield Problem(one[1], one[0], "Expected an object with a question; it was left out.")
        else:
            yield from read(*one, fields)


def _plain(place: str, line: int, record: Record, fields: Fields) -> Iterator[Asked]:
    def text(name: str) -> str:
        return text_of(fields.value(record, name))

    context = fields.value(record, "context")
    yield Asked(
        place, line, fields.question(record), text("id"), answers_of(fields.value(record, "answers"), fields.separator),
        text("topic"), "\n\n".join(texts_of(context)), texts_of(fields.value(record, "choices")),
        whole_number(fields.value(record, "hops")),
    )  # fmt: skip


def _squad(place: str, line: int, record: Record, fields: Fields) -> Iterator[Asked]:
    """SQuAD 1.1: articles > paragraphs > questions; its several answers are one answer as several people marked it."""
    for paragraph in _objects(record.get("paragraphs")):
        for question in _objects(paragraph.get("qas")):
            marked = [text_of(answer.get("text")) for answer in _objects(question.get("answers"))]
            key = text_of(question.get("id"))
            yield Asked(
                f"{place}, question {key}" if key else place, line, text_of(question.get("question")), key,
                one_answer(marked), text_of(record.get("title")), text_of(paragraph.get("context")),
            )  # fmt: skip


def _hotpot(place: str, line: int, record: Record, fields: Fields) -> Iterator[Asked]:
    """HotpotQA: paragraphs as [title, [sentences]], or as two lists side by side."""
    context = record.get("context")
    if isinstance(context, Mapping):
        context = list(zip(_list(context.get("title")), _list(context.get("sentences")), strict=False))
    paragraphs = [
        f"{text_of(pair[0])}: {' '.join(map(text_of, pair[1]))}"
        for pair in _list(context)
        if isinstance(pair, list | tuple) and len(pair) == 2 and isinstance(pair[1], list)
    ]
    yield Asked(
        place, line, text_of(record.get("question")), text_of(first_of(record, ("_id", "id"))),
        one_answer([record.get("answer")]), context="\n\n".join(paragraphs),
    )  # fmt: skip


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _trivia(place: str, line: int, record: Record, fields: Fields) -> Iterator[Asked]:
    """TriviaQA: one answer, its value first and its aliases as other ways to write it."""
    answer = first_of(record, ("Answer", "answer"))
    spellings = [answer]
    if isinstance(answer, Mapping):
        spellings = [first_of(answer, ("Value", "value")), first_of(answer, ("Aliases", "aliases"))]
    yield Asked(
        place, line, text_of(first_of(record, ("Question", "question"))),
        text_of(first_of(record, ("QuestionId", "question_id", "id"))), one_answer(spellings),
    )  # fmt: skip


def _fever(place: str, line: int, record: Record, fields: Fields) -> Iterator[Asked]:
    """FEVER: a claim, and its label as the answer; a shared task's test set has no labels."""
    yield Asked(
        place, line, text_of(record.get("claim")), text_of(record.get("id")), one_answer([record.get("label")]),
        choices=list(FEVER_LABELS),
    )  # fmt: skip


def _objects(value: Any) -> Iterator[Record]:
    return (one for one in _list(value) if isinstance(one, Mapping))


SHAPES: dict[str, Callable[[str, int, Record, Fields], Iterator[Asked]]] = {
    "json": _plain,
    "squad": _squad,
    "hotpotqa": _hotpot,
    "triviaqa": _trivia,
    "fever": _fever,
}


def knows(record: Any, path: str) -> bool:
    """Whether a record has a field."""
    return isinstance(record, Mapping) and at(record, path) is not None
