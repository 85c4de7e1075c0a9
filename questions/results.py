"""Evaluated answers, and the result files that keep them: `results/<variant>_<dataset>[_batch].json`."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import fsum, isfinite
from typing import Any

from django.utils.text import slugify

from generation.odd_files import broken
from questions.matching import Rule
from questions.metrics import Metrics, report
from questions.scoring import Score, Spellings, score
from questions.values import plain_json, text_of

FOLDER = "results"


class ResultError(Exception):
    """It is no result file: one sentence that says what was expected and what was found."""


@dataclass(frozen=True)
class Result:
    """One question with its predicted and known answers; `cost` in dollars, None where nobody knows it."""

    question_id: str
    question_text: str
    predicted: Sequence[str]
    gold: Sequence[Spellings]
    cost: float | None
    score: Score

    @property
    def scored(self) -> bool:
        """Whether there is a known answer to hold it against."""
        return bool(self.gold)

    @property
    def ground_truth(self) -> list[str]:
        """One spelling of each known answer: the one that was found, so that a reader's recomputation finds it too."""
        return [spellings[max(0, place)] for spellings, place in zip(self.gold, self.score.found, strict=True)]

    def document(self) -> dict[str, Any]:
        """As the file has it; a question without known answers has no score."""
        one, scored = self.score, self.scored
        return {
            "question_id": self.question_id,
            "question_text": self.question_text,
            "predicted_answers": list(self.predicted),
            "ground_truth_answers": self.ground_truth,
            "is_correct": one.complete if scored else None,
            "precision": one.precision if scored else None,
            "recall": one.recall if scored else None,
            "f1": one.f1 if scored else None,
            "answer_category": one.category.value if scored else None,
            "cost": self.cost,
        }


@dataclass
class ResultSet:
    """What one variant (a model with a prompt, in a mode) answered to one dataset."""

    variant_name: str
    dataset_name: str
    model: str = ""
    mode: str = ""
    status: str = "completed"
    results: list[Result] = field(default_factory=list)
    seconds: float = 0.0
    # What a file says of itself: compared, never trusted.
    stated: Metrics = field(default_factory=dict)

    @cached_property
    def scored(self) -> list[Result]:
        """The questions that have known answers: the only ones that count."""
        return [result for result in self.results if result.scored]

    @property
    def scores(self) -> list[Score]:
        """Scores of the questions that count."""
        return [result.score for result in self.scored]

    @property
    def exact_match(self) -> float:
        """Share of the questions whose answers are the known ones to the letter, and no others."""
        return sum(one.exact for one in self.scores) / len(self.scored) if self.scored else 0.0

    @cached_property
    def metrics(self) -> Metrics:
        """The report."""
        costs = [result.cost for result in self.scored]
        known = [cost for cost in costs if cost is not None]
        total = fsum(known) if len(known) == len(costs) else self.stated.get("total_cost_usd")
        return report(self.scores, total, self.seconds)

    @property
    def path(self) -> str:
        """Where the file belongs."""
        parts = [plain_name(self.variant_name), plain_name(self.dataset_name)]
        return f"{FOLDER}/{'_'.join([*parts, *(['batch'] if self.mode == 'batch' else [])])}.json"

    def document(self) -> dict[str, Any]:
        """As the file has it."""
        return {
            "variant_name": self.variant_name,
            "dataset_name": self.dataset_name,
            "model": self.model,
            "mode": self.mode,
            "status": self.status,
            "metrics": self.metrics,
            "results": [result.document() for result in self.results],
        }

    def to_bytes(self) -> bytes:
        """The file."""
        return (json.dumps(self.document(), ensure_ascii=False, indent=1) + "\n").encode()


def placed(sets: Iterable[ResultSet]) -> Iterator[tuple[str, ResultSet]]:
    """Each set with a path of its own: two runs of one variant, or names that differ only in what no file name holds,
    would lie in one place."""
    taken: Counter[str] = Counter()
    for one in sets:
        taken[one.path] += 1
        yield one.path if taken[one.path] == 1 else one.path.replace(".json", f"-{taken[one.path]}.json"), one


def plain_name(text: str) -> str:
    """A name that any file system takes."""
    return slugify(text.replace(".", "-"), allow_unicode=True)[:80].strip("-_") or "unnamed"


def read_results(data: bytes, rule: Rule | None = None) -> ResultSet:
    """Read a result file and score its predictions again; raises ResultError."""
    value = plain_json(data, ResultError, "a result file (JSON with `results`)")
    rows = value.get("results") if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(rows, list):
        found = f"an object with {', '.join(list(value)[:5]) or 'nothing'}" if isinstance(value, Mapping) else "a list"
        raise ResultError(f"Expected a result file (JSON with `results`, a list), found {found}.")
    stated = value.get("metrics")
    stated = {name: number(given) for name, given in stated.items()} if isinstance(stated, Mapping) else {}
    seconds = stated.get("total_eval_time_sec")
    names = {name: text_of(value.get(name)) for name in ("variant_name", "dataset_name", "model", "mode", "status")}
    return ResultSet(
        **names, results=[_result(row, place, rule) for place, row in enumerate(rows, start=1)], stated=stated,
        seconds=seconds if isinstance(seconds, float) else 0.0,
    )  # fmt: skip


def _result(row: Any, place: int, rule: Rule | None) -> Result:
    if not isinstance(row, Mapping):
        raise ResultError(f"Expected a question with its answers as result {place}, found {text_of(row)[:40]!r}.")
    predicted = _texts(row, "predicted_answers", place)
    gold = [(text,) for text in _texts(row, "ground_truth_answers", place)]
    cost = number(row.get("cost"))
    return Result(
        question_id=text_of(row.get("question_id")) or str(place),
        question_text=text_of(row.get("question_text")),
        predicted=predicted,
        gold=gold,
        cost=cost if isinstance(cost, float) else None,
        score=score(predicted, gold, rule),
    )


def _texts(row: Mapping[str, Any], name: str, place: int) -> list[str]:
    value = row.get(name)
    if value is None and name in row:
        # Some programs write null for a question that failed or has no known answers.
        return []
    if not isinstance(value, list):
        raise ResultError(f"Expected a list as `{name}` of result {place}, found {text_of(value)[:40]!r}.")
    if strange := [one for one in value if not isinstance(one, str | bool)]:
        found = "null" if strange[0] is None else "a list" if isinstance(strange[0], list) else "an object"
        raise ResultError(f"Expected texts in `{name}` of result {place}, found {found}.")
    texts = [text_of(one) for one in value]
    if any(map(broken, texts)):
        raise ResultError(f"`{name}` of result {place} holds half of a character (a lone surrogate).")
    return texts


def number(value: Any) -> Any:
    """A figure as a float; whatever else as it is. Numbers come as text, for ids must stay as they were written."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        try:
            figure = float(value)
        except ValueError:
            return value
        # NaN and Infinity, which some programs write, are no figures and no JSON.
        return figure if isfinite(figure) else str(value)
    return value
