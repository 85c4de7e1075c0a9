"""The evaluation of questions: time, and the same counts as the rule written down plainly with difflib."""

import time
from difflib import SequenceMatcher
from itertools import islice
from typing import Any

from benchmarks.memory import peak_mb
from benchmarks.question_material import cases, evaluate
from questions.matching import CONTAINMENT, SIMILARITY
from questions.scoring import score

ALIKE_SIZE = 60


def measure(questions: int, answers: int) -> dict[str, Any]:
    """Seconds of processor time, peak MB, right answers, and questions that the plain rule scores otherwise."""
    # What is made anew for each question is no part of the figure.
    start = time.process_time()
    made = sum(len(predicted) for predicted, _ in cases(questions, answers))
    making = time.process_time() - start
    start = time.process_time()
    correct = evaluate(questions, answers)
    spent = time.process_time() - start - making
    return {
        "questions": questions, "answers": answers, "cpu": round(max(spent, 0.0), 2), "peak": peak_mb(),
        "made": made, "correct": correct, "different": different(answers),
    }  # fmt: skip


def different(answers: int) -> int:
    """How many questions of a sample are scored otherwise than by the plain rule."""
    sample = islice(cases(ALIKE_SIZE, answers, seed=1), ALIKE_SIZE)
    return sum(score(predicted, known).correct != plainly(predicted, known) for predicted, known in sample)


def plainly(predicted: list[str], known: list[list[str]]) -> int:
    """How many predictions find a known answer left, by the rule as it is written down."""
    left = [spellings[0].lower().strip() for spellings in known]
    correct = 0
    for text in predicted:
        one = text.lower().strip()
        found = next((other for other in left if _same(one, other)), None)
        if found is not None:
            left.remove(found)
            correct += 1
    return correct


def _same(one: str, other: str) -> bool:
    shorter, longer = sorted((len(one), len(other)))
    within = one in other or other in one
    if one == other or (within and shorter / longer >= CONTAINMENT):
        return True
    return SequenceMatcher(None, one, other).ratio() >= SIMILARITY
