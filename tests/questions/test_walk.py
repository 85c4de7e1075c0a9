"""From a file to published results through the sandbox, in both modes."""

from pathlib import Path

import pytest
from django.core.management import call_command

from generation import review
from generation.models import Run
from questions.evaluation import evaluate_run
from questions.models import Answer, Dataset, Question
from questions.results import read_results
from tests import factories
from tests.generation.shell import document

DEMO = Path(__file__).resolve().parents[2] / "demo" / "questions"
MODES = pytest.mark.parametrize("mode", ["batch", "direct"])


def load(name: str, slug: str, **options: str) -> Dataset:
    call_command("import_items", "questions", str(DEMO / name), collection=slug, verbosity=0, **options)
    return Dataset.objects.get(slug=slug)


@pytest.fixture
def hops(provider, db):
    return [load("1-hop.txt", "1-hop"), load("2-hop.txt", "2-hop")]


@MODES
def test_a_file_becomes_published_results(hops, roles, settings, mode):
    run = factories.finished(hops[0], names=("questions",), mode=mode)
    assert run.counts == {"succeeded": 15}
    review.bulk(Answer.objects.all(), "approve", roles["publisher"])
    published = review.publish_artefacts(Answer.objects.all(), roles["publisher"])
    (path,) = published.written
    assert path.startswith("1-hop/results/") and path.endswith("_1-hop" + "_batch" * (mode == "batch") + ".json")
    found = read_results((settings.PUBLISH_ROOT / "questions" / path).read_bytes())
    (evaluated,) = evaluate_run(run.pk)
    assert len(found.results) == 15 and len(found.scored) == 14
    # The same answers at the same cost; only the time is the run's own.
    assert found.document()["results"] == evaluated.document()["results"]
    assert found.metrics["total_cost_usd"] == pytest.approx(evaluated.metrics["total_cost_usd"]) and run.cost_nano
    assert set(Answer.objects.values_list("status", flat=True)) == {"published"}


@MODES
def test_several_datasets_in_one_run_with_a_limit_for_each(hops, mode):
    told = document(
        "generate", "questions", "--collection", "1-hop", "--collection", "2-hop", "--limit", "3", "--mode", mode,
        "--yes", "--wait", "--poll-interval", "0.05",
    )  # fmt: skip
    assert told["counts"] == {"succeeded": 6}
    run = Run.objects.get()
    assert [(one.dataset_name, len(one.results)) for one in evaluate_run(run.pk)] == [("1-hop", 3), ("2-hop", 3)]
    assert list(Answer.objects.values_list("item__position", flat=True)) == [1, 2, 3] * 2


@MODES
def test_the_same_text_under_two_ids_is_asked_and_scored_twice(provider, db, tmp_path, mode):
    path = tmp_path / "same.csv"
    path.write_text("id;question;answers\n0;Who?;Ann\nNA;Who?;Bo\n1;Who?;\n")
    document("import_items", "questions", path, "--collection", "same")
    run = factories.finished(Dataset.objects.get(), names=("questions",), mode=mode)
    assert run.counts == {"succeeded": 3} and Answer.objects.count() == 3
    assert len(set(run.requests.values_list("custom_id", flat=True))) == 3
    (found,) = evaluate_run(run.pk)
    assert [(one.question_id, one.question_text, one.gold) for one in found.results] == [
        ("0", "Who?", [["Ann"]]), ("NA", "Who?", [["Bo"]]), ("1", "Who?", []),
    ]  # fmt: skip
    # The third has no known answer: asked, listed and not scored.
    assert found.metrics["total_questions"] == 2


@MODES
@pytest.mark.parametrize("fault", ["json_fence", "schema_violation"])
def test_a_fence_is_read_and_another_form_is_invalid(hops, sandbox, mode, fault):
    sandbox.faults(fault, 1.0)
    run = factories.finished(hops[1], names=("questions",), mode=mode)
    good = fault == "json_fence"
    assert run.counts == {"succeeded" if good else "invalid": 10}
    assert Answer.objects.count() == (10 if good else 0)
    metrics = evaluate_run(run.pk)[0].metrics
    assert metrics["count_failed"] == (0 if good else 10) and metrics["total_cost_usd"] > 0


def test_labels_are_chosen_and_contexts_are_sent(provider, db):
    for name in ("claims.jsonl", "house-rules.csv"):
        factories.finished(load(name, name.partition(".")[0]), names=("questions",), mode="direct")
    assert Answer.objects.count() == 12
    assert not Answer.objects.filter(category="").exists()


def test_hops_can_be_named_on_the_command_line(db):
    load("claims.jsonl", "claims", option_hops="2")
    assert set(Question.objects.values_list("hops", flat=True)) == {2}


def test_only_a_changed_question_is_asked_again(hops, tmp_path):
    factories.finished(hops[1], names=("questions",), mode="direct")
    changed = tmp_path / "2-hop.txt"
    changed.write_text((DEMO / "2-hop.txt").read_text().replace("[Cairo] run", "[Cairo] flow"))
    call_command("import_items", "questions", str(changed), collection="2-hop", verbosity=0)
    run = factories.run(hops[1], only="changed", names=("questions",))
    assert [request.label.split()[0] for request in run.requests.all()] == ["q3"]
