"""Question sets as the source of questions: which format a file has, and its rows."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, ClassVar

from generation.importing import Parsed, Problem, Source, SourceError, register_source
from generation.odd_files import decoded, parsed_json
from generation.second_look import look_again
from questions.metaqa import hops_of, looks_like_metaqa, read_metaqa
from questions.models import Dataset, Question
from questions.reading import EXPECTED, Fields, Read, Rows, Stated, refuse, whole_number
from questions.records import Placed, knows, placed_records, read_records, shape_of
from questions.tables import delimiter_of, read_table

LOOKED_AT = 50
DELIMITERS = {"csv": "", "csv-semicolon": ";"}
SETTABLE = ("json", "jsonl", *DELIMITERS)
FIELDS = ("id", "question", "answers", "topic", "context")


@register_source
class QuestionSource(Source):
    """A set of questions with or without known answers."""

    kind = "questions"
    title = EXPECTED
    collection_model = Dataset
    item_model = Question
    formats: ClassVar[dict[str, str]] = {
        "auto": "find out from the file",
        "metaqa": "a line each: question with its [topic], tab, answers parted by |",
        "json": "JSON: a list of objects with a question and answers",
        "jsonl": "JSONL: an object a line",
        "csv": "CSV with a header, parted by commas, semicolons or tabs",
        "csv-semicolon": "CSV with a header, parted by semicolons",
        "squad": "SQuAD 1.1: articles, paragraphs, questions",
        "hotpotqa": "HotpotQA: question, answer and paragraphs",
        "triviaqa": "TriviaQA: an answer with its aliases",
        "fever": "FEVER: claims with a label",
    }
    suffixes = (".txt", ".tsv", ".json", ".jsonl", ".ndjson", ".csv")
    artefact_recipe = "questions.answer"
    options: ClassVar[Mapping[str, str]] = {
        "hops": "how many steps lead from topic to answer (else as the question itself or the file's name says)",
        "id_field": "name of the field with the id; a.b is b within a",
        "question_field": "name of the field with the question",
        "answers_field": "name of the field with the known answers",
        "topic_field": "name of the field with the topic",
        "context_field": "name of the field with the text to answer from",
        "answer_separator": "what parts the answers within one text (|)",
    }

    def parse(self, data: bytes, *, format: str, filename: str) -> Parsed:
        """Questions of a file in one of the formats; raises SourceError."""
        text = decoded(data, EXPECTED)
        fields = self._fields()
        rows = Rows(self._hops(), hops_of(filename))
        wanted = self._guessed(text, fields) if format == "auto" else format
        if fields.chosen and wanted not in SETTABLE:
            raise SourceError(f"Expected a format whose fields can be named ({', '.join(SETTABLE)}), found '{wanted}'.")
        name, found = _opened(text, fields, wanted)
        rows.take(found)
        if not rows.rows:
            why = f" ({rows.problems[0].what}: {rows.problems[0].why})" if rows.problems else ""
            raise refuse(f"no question in it{why}")
        scored = len(rows.rows) - rows.without_gold
        notices = [f"{len(rows.rows):,} questions, {scored:,} of them with known answers (format: {name})."]
        origin = {"file_name": filename[:200], "file_format": name}
        return Parsed(rows.rows, rows.problems, origin, notices)

    @classmethod
    def after_import(cls, items: Any) -> None:
        """Other known answers: the answers that there are score anew."""
        look_again(cls.artefact_recipe, items)

    def _fields(self) -> Fields:
        chosen = {name: self.chosen[f"{name}_field"] for name in FIELDS if self.chosen.get(f"{name}_field")}
        return Fields(chosen, self.chosen.get("answer_separator", "|"))

    def _hops(self) -> int | None:
        stated = self.chosen.get("hops", "")
        if stated and whole_number(stated) is None:
            raise SourceError(f"Expected a number of hops from 1 to 99, found '{stated}'.")
        return whole_number(stated)

    def _guessed(self, text: str, fields: Fields) -> str:
        lines = list(islice((line for line in text.split("\n") if line.strip()), LOOKED_AT))
        # First, since a question of MetaQA may begin with the bracket of its topic as a JSON list does.
        if looks_like_metaqa(lines):
            return "metaqa"
        if lines[0].lstrip()[0] in "[{":
            return "jsonl" if _are_objects(lines) else "json"
        if delimiter_of(text, fields):
            return "csv"
        raise refuse(f"text that begins with '{lines[0].strip()[:40]}'; name its format if it is one of these")


def _opened(text: str, fields: Fields, format: str) -> tuple[str, Read]:
    """The format's name, more precise where a published set is recognised, and the questions."""
    if format == "metaqa":
        return format, read_metaqa(text, fields.separator)
    if format in DELIMITERS:
        delimiter = DELIMITERS[format] or delimiter_of(text, fields) or ","
        return format, read_table(text, fields, delimiter)
    lines = format == "jsonl" or (format != "json" and _is_lines(text))
    found = iter(placed_records(text, lines=lines))
    if format not in ("json", "jsonl"):
        return format, read_records(found, fields, format)
    begin = list(islice(found, LOOKED_AT))
    first: Any = next((one[2] for one in begin if isinstance(one, tuple)), None)
    shape = "json" if fields.chosen else shape_of(first)
    _check_fields(begin, fields)
    return format if shape == "json" else shape, read_records(chain(begin, found), fields, shape)


def _check_fields(begin: list[Placed | Problem | Stated], fields: Fields) -> None:
    """A chosen field that none of the first records has is a slip of the one who chose it."""
    records = [one[2] for one in begin if isinstance(one, tuple)]
    for path in fields.chosen.values():
        if not any(knows(record, path) for record in records):
            names: Iterator[str] = (name for record in records[:1] if isinstance(record, Mapping) for name in record)
            raise refuse(f"records without the field '{path}' (the first has: {', '.join(islice(names, 8))})")


def _is_lines(text: str) -> bool:
    """Whether a preset's file is JSONL."""
    return _are_objects(list(islice((line for line in text.split("\n") if line.strip()), LOOKED_AT)))


def _are_objects(lines: Sequence[str]) -> bool:
    """Whether several lines are given and most of them are objects: a broken one does not make another format."""
    return len(lines) > 1 and sum(map(_is_object, lines)) > len(lines) / 2


def _is_object(line: str) -> bool:
    try:
        return isinstance(parsed_json(line), dict)
    except ValueError:
        return False
