"""Result files: their form, and that they can be computed again from their own predictions."""

import json

import pytest

from questions.metrics import MEASURED, deviations, report
from questions.results import Result, ResultError, ResultSet, placed, read_results
from questions.scoring import score
from tests.questions.rows import results

# As another program wrote it, with a figure that its own predictions do not give.
PUBLISHED = {
    "variant_name": "gpt_direct",
    "dataset_name": "1-hop",
    "model": "gpt-x",
    "mode": "direct",
    "status": "completed",
    "metrics": {"total_questions": 3, "accuracy": 0.9, "total_cost_usd": 0.003, "total_eval_time_sec": 6},
    "results": [
        {
            "question_id": 0,
            "question_text": "what does [Ann] appear in",
            "predicted_answers": ["film a", "Film C"],
            "ground_truth_answers": ["Film A", "Film B"],
            "is_correct": True,
            "cost": 0.001,
        },
        {"question_id": "NA", "predicted_answers": [], "ground_truth_answers": ["x"], "cost": 0.001},
        {"question_id": "1", "predicted_answers": ["yes"], "ground_truth_answers": [], "cost": 0.001},
    ],
}


def read(value) -> ResultSet:
    return read_results(json.dumps(value).encode())


def test_a_file_is_scored_from_its_own_predictions():
    found = read(PUBLISHED)
    # "film a" takes Film A; "film c" and "film b": 2*5/12 = 0.83, so it takes Film B.
    assert [one.score.category for one in found.scored] == ["perfect", "failed"]
    assert (found.metrics["total_questions"], found.metrics["accuracy"]) == (2, 0.5)
    assert [one.question_id for one in found.results] == ["0", "NA", "1"]
    assert (found.metrics["total_eval_time_sec"], found.metrics["queries_per_second"]) == (6.0, 2 / 6)


def test_null_is_no_answer_and_refuses_no_file():
    rows = [
        {"question_id": 1, "predicted_answers": None, "ground_truth_answers": ["x"]},
        {"question_id": 2, "predicted_answers": ["y"], "ground_truth_answers": None},
        {"question_id": 3, "predicted_answers": ["Z", "z"], "ground_truth_answers": ["z"]},
    ]
    found = read({"results": rows})
    assert [one.score.category for one in found.scored] == ["failed", "complete_with_hallucinations"]
    assert (found.metrics["precision"], found.metrics["recall"], len(found.results)) == (0.5, 0.5, 3)


def test_the_cost_is_that_of_the_scored_questions_or_the_stated_one():
    assert read(PUBLISHED).metrics["total_cost_usd"] == pytest.approx(0.002)
    bare = [{name: row[name] for name in row if name != "cost"} for row in PUBLISHED["results"]]
    assert read(PUBLISHED | {"results": bare}).metrics["total_cost_usd"] == 0.003
    assert read({"results": bare}).metrics["total_cost_usd"] is None


def test_the_file_has_the_listed_keys():
    document = results((["a"], ("a",))).document()
    assert list(document) == ["variant_name", "dataset_name", "model", "mode", "status", "metrics", "results"]
    assert document["results"] == [
        {
            "question_id": "q1", "question_text": "question 1", "predicted_answers": ["a"],
            "ground_truth_answers": ["a"], "is_correct": True, "precision": 1.0, "recall": 1.0, "f1": 1.0,
            "answer_category": "perfect", "cost": 0.001,
        }
    ]  # fmt: skip


def test_each_key_of_a_result_by_hand():
    """Of 4 predictions 2 are right, of 3 known answers 1 is missed: 2/4, 2/3, and 2*2 / (2*2 + 2 + 1)."""
    (row,) = results((["A", "b", "x1y2", "x3y4"], ("a", "b", "c"))).document()["results"]
    assert row == {
        "question_id": "q1", "question_text": "question 1", "predicted_answers": ["A", "b", "x1y2", "x3y4"],
        "ground_truth_answers": ["a", "b", "c"], "is_correct": False, "precision": 0.5,
        "recall": pytest.approx(2 / 3), "f1": pytest.approx(4 / 7), "answer_category": "partial", "cost": 0.001,
    }  # fmt: skip
    # Correct is what is complete, whatever else was said.
    (row,) = results((["a", "x1y2"], ("a",))).document()["results"]
    assert (row["is_correct"], row["answer_category"]) == (True, "complete_with_hallucinations")


def test_each_key_of_the_file_by_hand():
    made = results((["a"], ("a",)), model="m-1", mode="batch", status="running", variant_name="v", dataset_name="d")
    document = json.loads(made.to_bytes())
    names = ("variant_name", "dataset_name", "model", "mode", "status")
    assert [document[name] for name in names] == ["v", "d", "m-1", "batch", "running"]
    assert document["metrics"] == report(made.scores, 0.001, 0.0) and len(document["results"]) == 1


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "-Infinity", '"nan"'])
def test_a_figure_that_is_none_is_no_figure(figure):
    row = '{"question_id": 1, "predicted_answers": [], "ground_truth_answers": ["x"], "cost": ' + figure + "}"
    stated = f'"total_eval_time_sec": {figure}, "accuracy": {figure}'
    found = read_results(f'{{"metrics": {{{stated}}}, "results": [{row}]}}'.encode())
    assert found.results[0].cost is found.metrics["total_cost_usd"] is None
    assert found.metrics["total_eval_time_sec"] == 0
    assert b"NaN" not in found.to_bytes() and b"Infinity" not in found.to_bytes()
    assert [one.partition(":")[0] for one in deviations(found.stated, found.metrics)] == [
        "accuracy", "total_eval_time_sec",
    ]  # fmt: skip


def test_two_of_one_name_have_each_a_place():
    made = [results(variant_name=name, mode="batch") for name in ("v.1", "v-1", "w", "v 1")]
    assert [path for path, _ in placed(made)] == [
        "results/v-1_d_batch.json", "results/v-1_d_batch-2.json", "results/w_d_batch.json",
        "results/v-1_d_batch-3.json",
    ]  # fmt: skip


def test_what_was_written_reads_the_same():
    made = results((["Ann", "Zoë 🙂"], ("ann", "Bo")), ([], ("x",)), (["y"], ()), (["q"], ("w",)), seconds=2.5)
    again = read_results(made.to_bytes())
    assert again.metrics == made.metrics and again.document() == made.document()


def test_a_question_without_known_answers_is_listed_and_not_scored():
    made = results((["y"], ()), (["a"], ("a",)))
    row = made.document()["results"][0]
    assert (row["is_correct"], row["f1"], row["answer_category"]) == (None, None, None)
    assert made.metrics["total_questions"] == 1


def test_the_spelling_that_was_found_is_written_so_that_others_find_it_too():
    gold = [["New York", "NYC"], ["Rome", "Roma"]]
    made = results()
    made.results = [Result("1", "x", ["nyc"], gold, 0.0, score(["nyc"], gold))]
    assert made.document()["results"][0]["ground_truth_answers"] == ["NYC", "Rome"]
    assert read_results(made.to_bytes()).metrics == made.metrics


@pytest.mark.parametrize(
    ("names", "path"),
    [
        (("gpt-5.4-mini-p1", "1-hop", "batch"), "results/gpt-5-4-mini-p1_1-hop_batch.json"),
        (("gpt-5.4-mini-p1", "1-hop", "direct"), "results/gpt-5-4-mini-p1_1-hop.json"),
        (("../../etc", "a/b", "batch"), "results/etc_ab_batch.json"),
        (("", "数据", ""), "results/unnamed_数据.json"),
    ],
)
def test_where_it_belongs(names, path):
    variant, dataset, mode = names
    assert ResultSet(variant, dataset, mode=mode).path == path


def test_exact_match_is_the_share_of_exact_questions():
    assert results((["colour"], ("color",)), (["a"], ("A",)), (["b"], ())).exact_match == 0.5
    assert results().exact_match == 0.0


def test_only_measured_figures_are_taken_from_a_file():
    found = read(PUBLISHED | {"metrics": dict.fromkeys(read(PUBLISHED).metrics, 7.0)})
    assert {name for name, value in found.metrics.items() if value == 7.0} <= set(MEASURED)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "an empty file"),
        (b"PK\x03\x04", "a zip archive"),
        (b"[1, 2]", "a list"),
        (b"{}", "an object with nothing"),
        (b'{"results": 7, "metrics": {}}', "an object with results, metrics"),
        (b'{"results": [7]}', "as result 1"),
        (b'{"results": [{"predicted_answers": "a"}]}', "as `predicted_answers` of result 1"),
        (b'{"results": [{"predicted_answers": []}]}', "as `ground_truth_answers` of result 1"),
        (b'{"results": [{"predicted_answers": ["\\ud800"], "ground_truth_answers": []}]}', "half of a character"),
        (b'{"results": [{"predicted_answers": [null], "ground_truth_answers": []}]}', "found null"),
        (b'{"results": [{"predicted_answers": [], "ground_truth_answers": [["NYC", "New York"]]}]}', "found a list"),
        (b'{"results": [{"predicted_answers": [{"text": "x"}], "ground_truth_answers": []}]}', "found an object"),
        (b'{"results": ', "no JSON"),
        (b" \r\n", "an empty file"),
        (b"%PDF-1.7", "a PDF document"),
        (b"<html></html>", "no JSON"),
        (b'{"results": [], "note": "caf\xe9"}', "other bytes at place 28"),
        (b'{"data": [{"question": "x", "answer": "y"}]}', "an object with data"),
    ],
)
def test_other_files_end_in_one_sentence(data, found):
    with pytest.raises(ResultError, match=found) as caught:
        read_results(data)
    assert "\n" not in str(caught.value)
