"""The report on scored questions, with the keys that result files have."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from questions.scoring import Category, Score, f1, share

Metrics = dict[str, Any]
# What can't be computed again from predictions and known answers.
MEASURED = ("total_cost_usd", "cost_per_query_usd", "total_eval_time_sec", "queries_per_second")
# Published figures are rounded to two places or to more, or cut after the fourth.
PLACES, NEAR = (2, 3), 0.0001


def report(scores: Sequence[Score], cost_usd: float | None = 0.0, seconds: float = 0.0) -> Metrics:
    """Figures of scored questions. Shares are 0 to 1, `pct_*` 0 to 100; a cost that nobody knows is None."""
    questions = len(scores)
    correct, incorrect, missed = totals(scores)
    complete = sum(one.complete for one in scores)
    answered = sum(bool(one.correct + one.incorrect) for one in scores)
    return {
        "total_questions": questions,
        "correct_answers": complete,
        "accuracy": share(complete, questions),
        "successful_searches": answered,
        "success_rate": share(answered, questions),
        "precision": share(correct, correct + incorrect),
        "recall": share(correct, correct + missed),
        "f1_score": f1(correct, incorrect, missed),
        "avg_correct_per_question": share(correct, questions),
        "avg_incorrect_per_question": share(incorrect, questions),
        "avg_missed_per_question": share(missed, questions),
        "total_correct_answers": correct,
        "total_incorrect_answers": incorrect,
        "total_missed_answers": missed,
        "total_cost_usd": cost_usd,
        "cost_per_query_usd": None if cost_usd is None else share(cost_usd, questions),
        "total_eval_time_sec": seconds,
        "queries_per_second": share(questions, seconds),
        **_by_category(scores),
    }


def totals(scores: Iterable[Score]) -> tuple[int, int, int]:
    """Correct, incorrect and missed answers of all questions together."""
    sums = [0, 0, 0]
    for one in scores:
        sums[0] += one.correct
        sums[1] += one.incorrect
        sums[2] += one.missed
    return sums[0], sums[1], sums[2]


def _by_category(scores: Sequence[Score]) -> Metrics:
    counted = Counter(one.category for one in scores)
    counts = {f"count_{category}": counted[category] for category in Category}
    return counts | {f"pct_{category}": 100 * share(counted[category], len(scores)) for category in Category}


def deviations(stated: Metrics, computed: Metrics) -> list[str]:
    """Sentences on figures that a file states otherwise than its own results give them."""
    found = []
    for name, value in computed.items():
        said = stated.get(name)
        # Nothing is known of costs where a result has none, nor of the speed where no time is stated.
        if said is None or value is None or (name == "queries_per_second" and not computed["total_eval_time_sec"]):
            continue
        source = "results" if name in MEASURED else "predictions"
        if isinstance(said, bool) or not isinstance(said, int | float):
            found.append(f"{name}: the file states {said!r}, its {source} give {value:g}.")
        elif not _fits(said, value):
            found.append(f"{name}: the file states {said:g}, its {source} give {value:g}.")
    return found


def _fits(said: float, value: float) -> bool:
    """Whether a stated figure is the computed one as people publish it."""
    apart = abs(said - value)
    rounded = any(said == round(said, places) and apart <= 0.5 * 0.1**places + 1e-9 for places in PLACES)
    return rounded or apart <= NEAR * max(1.0, abs(value))
