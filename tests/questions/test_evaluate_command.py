"""`manage.py evaluate`, on files and on runs."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from generation.models import Run
from questions.models import Question
from tests.questions.rows import answered, dataset, results

RIGHT, WRONG = (["a1"], ("a1",)), (["zz"], ("a1",))


@pytest.fixture
def files(tmp_path):
    """Two variants over one dataset; the second is right once more."""
    found = []
    for name, pairs in {"old": (RIGHT, WRONG), "new": (RIGHT, RIGHT)}.items():
        found.append(tmp_path / f"{name}.json")
        found[-1].write_bytes(results(*pairs, variant_name=name, mode="direct").to_bytes())
    return found


def evaluate(*arguments, **options) -> str:
    out = io.StringIO()
    call_command("evaluate", *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def test_a_file_is_scored_and_nothing_else_happens(files, db):
    said = evaluate(files[0])
    assert "old on d (model unknown, direct mode)" in said
    assert "accuracy     0.5000" in said and "hallucination_only                 1   50.0 %" in said
    assert not Run.objects.exists()


def test_stated_figures_that_do_not_fit_are_named(files):
    value = json.loads(files[0].read_text())
    value["metrics"]["recall"] = 0.75
    files[0].write_text(json.dumps(value))
    assert "recall: the file states 0.75, its predictions give 0.5." in evaluate(files[0])


def test_two_files_are_compared_by_question(files):
    said = evaluate(*files)
    assert "new (direct) beside old (direct): 2 questions." in said
    assert "Questions better: 1, worse: 0, the same: 1." in said and "+1.00  q2  question 2" in said


def test_the_json_document_holds_everything(files):
    found = json.loads(evaluate(*files, "--json"))
    assert [one["metrics"]["accuracy"] for one in found["sets"]] == [0.5, 1.0]
    (comparison,) = found["comparisons"]
    assert comparison["measures"]["accuracy"]["difference"]["value"] == 0.5
    assert [(one["question_id"], one["gained"]) for one in comparison["better"]] == [("q2", ["a1"])]
    assert evaluate(*files, "--json") == evaluate(*files, "--json")


def test_other_datasets_are_not_compared(files, tmp_path):
    other = tmp_path / "other.json"
    other.write_bytes(results(RIGHT, dataset_name="else").to_bytes())
    assert json.loads(evaluate(files[0], other, "--json"))["comparisons"] == []


def test_the_threshold_is_the_rule_s(tmp_path):
    file = tmp_path / "x.json"
    file.write_bytes(results((["colour"], ("color",))).to_bytes())
    scored = [json.loads(evaluate(file, "--json", threshold=value))["sets"][0] for value in (0.8, 0.95)]
    assert [one["metrics"]["accuracy"] for one in scored] == [1.0, 0.0]


def test_files_and_charts_are_written(files, tmp_path):
    said = evaluate(*files, out=tmp_path / "out", charts=tmp_path / "charts")
    assert sorted(path.name for path in (tmp_path / "out/results").iterdir()) == ["new_d.json", "old_d.json"]
    names = ["categories.svg", "differences-2.svg", "measures.svg"]
    assert sorted(path.name for path in (tmp_path / "charts").iterdir()) == names
    assert said.count("Written: ") == 5
    assert (tmp_path / "out/results/old_d.json").read_bytes() == files[0].read_bytes()


def test_runs_are_evaluated_and_compared_by_dataset(db):
    for slug in ("one", "two"):
        dataset(("a1",), ("b2",), slug=slug)
    runs = [Run.objects.create(mode=mode, status="completed") for mode in ("batch", "direct")]
    for run in runs:
        for question in Question.objects.order_by("pk"):
            answered(run, question, ["a1"] if run.mode == "batch" else question.known_answers, 1_000_000)
    found = json.loads(evaluate("--json", run=[run.pk for run in runs]))
    assert [(one["dataset_name"], one["mode"]) for one in found["sets"]] == [
        ("one", "batch"), ("two", "batch"), ("one", "direct"), ("two", "direct"),
    ]  # fmt: skip
    assert [one["measures"]["accuracy"]["second"]["value"] for one in found["comparisons"]] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ((), 2, "Say what to score"),
        (("/nowhere.json",), 1, "can't be read"),
        (("--run", "7"), 1, "There is no run 7"),
        (("x", "--threshold", "0"), 2, "--threshold is a share"),
        (("x", "--containment", "1.5"), 2, "--containment is a share"),
    ],
)
def test_wrong_use_and_failures_have_their_own_status(db, arguments, status, words):
    with pytest.raises(CommandError, match=words) as caught:
        evaluate(*arguments)
    assert caught.value.returncode == status


def test_a_foreign_file_is_one_sentence(tmp_path):
    file = tmp_path / "x.json"
    file.write_text("[1]")
    with pytest.raises(CommandError, match=r"x\.json: Expected a result file .*, found a list\."):
        evaluate(file)
