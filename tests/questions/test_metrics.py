"""The report: its keys, and every figure by hand."""

import pytest

from questions.metrics import deviations, report
from questions.scoring import Score

# perfect, complete with one wrong, partial, hallucination only, failed
FIVE = [Score(2, 0, 0), Score(1, 1, 0), Score(1, 1, 2), Score(0, 3, 1), Score(0, 0, 2)]
KEYS = {
    "total_questions", "correct_answers", "accuracy", "successful_searches", "success_rate", "precision", "recall",
    "f1_score", "avg_correct_per_question", "avg_incorrect_per_question", "avg_missed_per_question",
    "total_correct_answers", "total_incorrect_answers", "total_missed_answers", "total_cost_usd", "cost_per_query_usd",
    "total_eval_time_sec", "queries_per_second",
    *(f"{kind}_{name}" for kind in ("count", "pct") for name in (
        "perfect", "complete_with_hallucinations", "partial", "hallucination_only", "failed",
    )),
}  # fmt: skip


def test_it_has_exactly_these_keys():
    assert set(report(FIVE)) == set(report([])) == KEYS


def test_every_figure_of_five_questions():
    found = report(FIVE, cost_usd=0.5, seconds=2.0)
    expected = {
        "total_questions": 5,
        "correct_answers": 2,
        "accuracy": 0.4,
        "successful_searches": 4,
        "success_rate": 0.8,
        # pooled: 4 correct, 5 incorrect, 5 missed
        "precision": 4 / 9,
        "recall": 4 / 9,
        "f1_score": 8 / 18,
        "avg_correct_per_question": 0.8,
        "avg_incorrect_per_question": 1.0,
        "avg_missed_per_question": 1.0,
        "total_correct_answers": 4,
        "total_incorrect_answers": 5,
        "total_missed_answers": 5,
        "total_cost_usd": 0.5,
        "cost_per_query_usd": 0.1,
        "total_eval_time_sec": 2.0,
        "queries_per_second": 2.5,
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    assert all(found[name] == 1 for name in KEYS if name.startswith("count_"))
    assert all(found[name] == 20.0 for name in KEYS if name.startswith("pct_"))


def test_nothing_scored_is_zero_everywhere():
    assert set(report([]).values()) == {0}


def test_a_cost_that_nobody_knows_is_not_zero():
    found = report(FIVE, cost_usd=None)
    assert found["total_cost_usd"] is None and found["cost_per_query_usd"] is None


def test_stated_figures_are_compared():
    computed = report(FIVE, 0.5, 2.0)
    assert deviations({**computed, "precision": 0.4444, "queries_per_second": 99, "note": "x"}, computed) == []
    assert deviations({"accuracy": 0.5}, computed) == ["accuracy: the file states 0.5, its predictions give 0.4."]
    assert "'many'" in deviations({"total_questions": "many"}, computed)[0]
