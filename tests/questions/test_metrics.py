"""The report: its keys, and every figure by hand."""

import pytest

from questions.metrics import deviations, report
from questions.scoring import Score

# (correct, incorrect, missed): 2 questions are perfect, 3 complete with something wrong, 4 partial, 5 hallucinated, 6
# failed; together 13 correct, 11 incorrect and 19 missed answers. No two figures of theirs are alike.
TWENTY = [
    *[Score(2, 0, 0), Score(1, 0, 0)],
    *[Score(1, 1, 0), Score(3, 2, 0), Score(1, 1, 0)],
    *[Score(1, 0, 2), Score(1, 1, 1), Score(2, 0, 3), Score(1, 0, 1)],
    *[Score(0, 1, 1)] * 4, Score(0, 2, 2),
    *[Score(0, 0, 1)] * 6,
]  # fmt: skip
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
    assert set(report(TWENTY)) == set(report([])) == KEYS


def test_every_figure_of_twenty_questions():
    assert report(TWENTY, cost_usd=0.5, seconds=8.0) == pytest.approx({
        "total_questions": 20,
        # the perfect and the complete ones: 2 + 3
        "correct_answers": 5,
        "accuracy": 0.25,
        # all but the failed ones: 20 - 6
        "successful_searches": 14,
        "success_rate": 0.7,
        # pooled, not the mean of the questions: 13 / (13 + 11), 13 / (13 + 19), 26 / (26 + 11 + 19)
        "precision": 13 / 24,
        "recall": 13 / 32,
        "f1_score": 26 / 56,
        "avg_correct_per_question": 0.65,
        "avg_incorrect_per_question": 0.55,
        "avg_missed_per_question": 0.95,
        "total_correct_answers": 13,
        "total_incorrect_answers": 11,
        "total_missed_answers": 19,
        "total_cost_usd": 0.5,
        "cost_per_query_usd": 0.025,
        "total_eval_time_sec": 8.0,
        "queries_per_second": 2.5,
        "count_perfect": 2,
        "count_complete_with_hallucinations": 3,
        "count_partial": 4,
        "count_hallucination_only": 5,
        "count_failed": 6,
        "pct_perfect": 10.0,
        "pct_complete_with_hallucinations": 15.0,
        "pct_partial": 20.0,
        "pct_hallucination_only": 25.0,
        "pct_failed": 30.0,
    })  # fmt: skip


def test_nothing_scored_is_zero_everywhere():
    """A division by no questions, no predictions, no known answers, no seconds."""
    assert report([]) == dict.fromkeys(KEYS, 0)


def test_each_division_by_zero_is_zero():
    silent = report([Score(0, 0, 2)], 0.0, 0.0)
    # Nothing was predicted: 0 / 0; nothing found; no time.
    names = ("precision", "recall", "f1_score", "queries_per_second", "cost_per_query_usd", "avg_missed_per_question")
    assert [silent[name] for name in names] == [0, 0, 0, 0, 0, 2]
    wrong = report([Score(0, 3, 1)], 0.5, 4.0)
    assert [wrong[name] for name in names] == [0, 0, 0, 0.25, 0.5, 1]


def test_a_cost_that_nobody_knows_is_not_zero():
    found = report(TWENTY, cost_usd=None)
    assert found["total_cost_usd"] is None and found["cost_per_query_usd"] is None


def test_stated_figures_are_compared():
    computed = report(TWENTY, 0.5, 8.0)
    assert deviations({**computed, "note": "x"}, computed) == []
    assert deviations({"accuracy": 0.5}, computed) == ["accuracy: the file states 0.5, its predictions give 0.25."]
    assert "'many'" in deviations({"total_questions": "many"}, computed)[0]


@pytest.mark.parametrize("said", [0.54, 0.542, 0.5417, 0.5416, 0.541667])
def test_a_rounded_figure_is_no_other_figure(said):
    """13/24 = 0.541666..."""
    assert deviations({"precision": said}, report(TWENTY)) == []


@pytest.mark.parametrize("said", [0.5, 0.55, 0.53, 0.541, 0.543, 0.5414, 0.5419])
def test_a_figure_that_is_not_rounded_so_is_named(said):
    assert deviations({"precision": said}, report(TWENTY)) == [
        f"precision: the file states {said:g}, its predictions give 0.541667."
    ]


def test_costs_and_speed_are_compared_where_they_can_be_computed():
    stated = {"total_cost_usd": 0.9, "cost_per_query_usd": 0.2, "queries_per_second": 7.0}
    assert deviations(stated, report(TWENTY, 0.5, 8.0)) == [
        "total_cost_usd: the file states 0.9, its results give 0.5.",
        "cost_per_query_usd: the file states 0.2, its results give 0.025.",
        "queries_per_second: the file states 7, its results give 2.5.",
    ]
    assert deviations(stated, report(TWENTY, None, 0.0)) == []
