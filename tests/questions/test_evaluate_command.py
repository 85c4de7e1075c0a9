"""`manage.py evaluate`, on files and on runs."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from generation.models import Prompt, Run
from questions.models import Question
from tests.generation.shell import document
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


def test_each_threshold_is_the_rule_s(tmp_path):
    """By hand: 2*5/11 = 0.909 for difflib, and 300 of 320 letters, where difflib sees nothing alike, for the length."""
    gold = "ab " * 100
    file = tmp_path / "x.json"
    file.write_bytes(results((["color"], ("colour",)), (["x" * 20 + gold], (gold,))).to_bytes())
    for options, right in (((), 2), (("--threshold", "0.91"), 1), (("--containment", "0.95"), 1)):
        (one,) = document("evaluate", file, *options)["sets"]
        assert one["metrics"]["correct_answers"] == right


def test_the_seed_and_the_number_of_drawings_are_the_bootstrap_s(files):
    def interval(*options):
        return document("evaluate", files[0], *options)["sets"][0]["intervals"]["accuracy"]

    assert interval() == interval("--seed", "0") == interval("--resamples", "1000")
    # One drawing alone has no width, and the seed says which it is: 0, 1 or 2 of 2 questions.
    lone = [interval("--resamples", "1", "--seed", str(seed)) for seed in range(12)]
    assert all(one["low"] == one["high"] for one in lone) and {one["low"] for one in lone} == {0.0, 0.5, 1.0}


@pytest.mark.parametrize(
    ("names", "first", "second"),
    [
        (("m-1-p1 (direct)", "m-2-p1 (direct)"), ("m-1", 1, "direct"), ("m-2", 1, "direct")),
        (("m-1-p1 (direct)", "m-1-p2 (direct)"), ("m-1", 1, "direct"), ("m-1", 2, "direct")),
        (("m-1-p1 (batch)", "m-1-p1 (direct)"), ("m-1", 1, "batch"), ("m-1", 1, "direct")),
    ],
    ids=["models", "prompts", "modes"],
)
def test_runs_side_by_side_by_model_prompt_and_mode(db, names, first, second):
    questions = list(dataset(("a1",), ("b2", "c3"), ("d4",)).items.order_by("position"))
    prompts = {number: Prompt(recipe="questions.answer", user=f"{number}").add() for number in (1, 2)}
    given = ([["a1"], ["b2"], ["zz"]], [["zz"], ["b2", "c3"], ["zz"]])
    runs = []
    for (model, version, mode), answers in zip((first, second), given, strict=True):
        runs.append(Run.objects.create(mode=mode, status="completed"))
        for question, said in zip(questions, answers, strict=True):
            answered(runs[-1], question, said, 1_000_000, prompt=prompts[version])
        runs[-1].attempts().update(model=model)
    found = document("evaluate", "--run", runs[0].pk, "--run", runs[1].pk)
    (both,) = found["comparisons"]
    assert (both["first"], both["second"], both["questions"]) == (*names, 3)
    # F1 from 1 to 0, from 2*1/(2+0+1) to 1, from 0 to 0; what was found then and now.
    assert [(one["question_id"], one["change"], one["gained"], one["lost"]) for one in both["worse"]] == [
        ("q1", -1.0, [], ["a1"])
    ]
    ((name, change, gained, lost),) = [
        (one["question_id"], one["change"], one["gained"], one["lost"]) for one in both["better"]
    ]
    assert (name, gained, lost) == ("q2", ["c3"], []) and change == pytest.approx(1 / 3)
    assert (both["worse"][0]["first"], both["worse"][0]["second"]) == ("perfect", "hallucination_only")
    assert (both["better"][0]["first"], both["better"][0]["second"]) == ("partial", "perfect")
    # 2 right of 3 predictions, then 2 of 4; 2 found of 4, then 2 of 4.
    precision = both["measures"]["precision"]
    assert [precision[name]["value"] for name in ("first", "second", "difference")] == pytest.approx(
        [2 / 3, 1 / 2, -1 / 6]
    )
    assert both["measures"]["recall"]["difference"]["value"] == 0.0


def test_two_runs_of_one_variant_do_not_overwrite_each_other(db, tmp_path):
    (question,) = dataset(("a1",)).items.all()
    runs = [Run.objects.create(mode="batch", status="completed") for _ in "12"]
    for run, answer in zip(runs, ("a1", "zz"), strict=True):
        answered(run, question, [answer], 1_000_000)
    evaluate(run=[run.pk for run in runs], out=tmp_path)
    found = {path.name: json.loads(path.read_text()) for path in (tmp_path / "results").iterdir()}
    assert {name: one["results"][0]["predicted_answers"] for name, one in found.items()} == {
        "m-1_set_batch.json": ["a1"], "m-1_set_batch-2.json": ["zz"],
    }  # fmt: skip


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
