"""A result file as another program publishes it: its own predictions give its figures again, and nothing is generated.

By hand, (correct, incorrect, missed) of its questions:
0: both in other letters and with a space, (2, 0, 0). 1: "color" in "colour", 2*5/11 = 0.909, (1, 0, 0).
NA: the second "spain" finds the only answer taken, (1, 1, 0). 3: "abcdX" takes the first that is alike, "abcde" with
2*4/10 = 0.8, which "abcdefg" would have needed, (1, 1, 1). 4: (1, 0, 1). 5: (0, 3, 1). 6: (0, 0, 4). 7: (0, 3, 2).
8 has no known answer. Together 6 correct, 8 incorrect, 9 missed, over 8 questions.
"""

import json
from pathlib import Path

import pytest

from generation.models import Request, Revision, Run
from questions.metrics import report
from questions.results import read_results
from tests.generation.shell import document, said
from tests.questions.test_evaluate_command import evaluate

FILE = Path(__file__).with_name("published_2-hop_batch.json")
FIGURES = {
    "total_questions": 8,
    # 0, 1 and NA: all known answers found, whatever else was said.
    "correct_answers": 3,
    "accuracy": 3 / 8,
    # All but 6.
    "successful_searches": 7,
    "success_rate": 7 / 8,
    "precision": 6 / (6 + 8),
    "recall": 6 / (6 + 9),
    # 2 * 6/14 * 6/15 / (6/14 + 6/15) = 12/29
    "f1_score": 12 / 29,
    "avg_correct_per_question": 6 / 8,
    "avg_incorrect_per_question": 8 / 8,
    "avg_missed_per_question": 9 / 8,
    "total_correct_answers": 6,
    "total_incorrect_answers": 8,
    "total_missed_answers": 9,
    # 4 * 0.001 + 4 * 0.0015
    "total_cost_usd": 0.01,
    "cost_per_query_usd": 0.01 / 8,
    "total_eval_time_sec": 20.0,
    "queries_per_second": 8 / 20,
    "count_perfect": 2,
    "count_complete_with_hallucinations": 1,
    "count_partial": 2,
    "count_hallucination_only": 2,
    "count_failed": 1,
    "pct_perfect": 100 * 2 / 8,
    "pct_complete_with_hallucinations": 100 * 1 / 8,
    "pct_partial": 100 * 2 / 8,
    "pct_hallucination_only": 100 * 2 / 8,
    "pct_failed": 100 * 1 / 8,
}


def published() -> dict:
    return json.loads(FILE.read_text(encoding="utf-8"))


def test_its_figures_are_those_worked_out_by_hand():
    (one,) = document("evaluate", FILE)["sets"]
    assert one["metrics"] == pytest.approx(FIGURES)
    assert list(one["metrics"]) == [name for name in published()["metrics"] if name != "avg_path_length"]
    names = ("variant_name", "dataset_name", "model", "mode", "status", "without_gold")
    assert [one[name] for name in names] == ["baseline_v2", "2-hop", "gpt-4o-mini", "batch", "completed", 1]


def test_its_own_figures_are_found_to_fit_rounded_as_they_are():
    assert document("evaluate", FILE)["sets"][0]["deviations"] == []
    # 9/8 = 1.125 stands there as 1.12, 6/14 as 0.4286.
    assert (published()["metrics"]["avg_missed_per_question"], published()["metrics"]["precision"]) == (1.12, 0.4286)


@pytest.mark.parametrize("name", [name for name in FIGURES if name != "total_eval_time_sec"])
def test_every_figure_that_does_not_fit_is_named(tmp_path, name):
    value = published()
    value["metrics"][name] += 0.25
    file = tmp_path / "x.json"
    file.write_text(json.dumps(value))
    (sentence,) = document("evaluate", file)["sets"][0]["deviations"]
    assert sentence.startswith(f"{name}: the file states {value['metrics'][name]:g}, its ")
    assert sentence.endswith(f" give {FIGURES[name]:g}.") and sentence in evaluate(file)


def test_each_of_its_questions_is_scored_as_it_says():
    for row, ours in zip(published()["results"], read_results(FILE.read_bytes()).document()["results"], strict=True):
        assert ours["question_id"] == str(row["question_id"])
        assert ours["predicted_answers"] == [text.strip() for text in row["predicted_answers"]]
        for name in ("question_text", "ground_truth_answers", "is_correct", "answer_category"):
            assert ours[name] == row[name]
        for name in ("precision", "recall", "f1", "cost"):
            assert ours[name] == (row[name] if row[name] is None else pytest.approx(row[name], abs=0.00005))


def test_nothing_is_generated_and_nothing_is_asked(db, provider):
    told = said("evaluate", FILE)
    assert "8 questions scored; 1 without known answers are left out." in told
    assert not (Run.objects.exists() or Request.objects.exists() or Revision.objects.exists())
    assert provider.log()["calls"] == []


def test_the_file_that_is_written_from_it_gives_the_same_again(tmp_path):
    told = said("evaluate", FILE, "--out", tmp_path)
    path = tmp_path / "results" / "baseline_v2_2-hop_batch.json"
    assert f"Written: {path}" in told
    assert json.loads(path.read_text())["metrics"] == pytest.approx(FIGURES)
    assert list(json.loads(path.read_text())) == [name for name in published() if name != "note"]
    assert list(json.loads(path.read_text())["results"][0]) == list(published()["results"][0])


def test_the_figures_above_are_all_of_the_report():
    assert set(FIGURES) == set(report([]))
