"""Stored runs as evaluated answers: every question once, with what it cost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from generation.models import Prompt, Revision, Run
from questions.evaluation import NothingToEvaluate, evaluate_run, merged
from questions.models import Question
from tests.questions.rows import answered, dataset


@pytest.fixture
def run(db) -> Run:
    return Run.objects.create(mode="batch", status="completed")


@pytest.fixture
def three(run) -> list[Question]:
    return list(dataset(("a1", "b2"), ("c3",), ()).items.order_by("position"))


def test_answers_scores_and_costs(run, three):
    answered(run, three[0], ["a1", "zz"], 1_500_000)
    # A failed attempt was paid, too.
    answered(run, three[1], ["c3"], 2_000_000, 500_000)
    answered(run, three[2], ["x"], 9_000_000)
    (found,) = evaluate_run(run.pk)
    assert [(one.question_id, one.predicted, one.cost) for one in found.results] == [
        ("q1", ["a1", "zz"], 0.0015), ("q2", ["c3"], 0.0025), ("q3", ["x"], 0.009),
    ]  # fmt: skip
    metrics = found.metrics
    assert (metrics["total_questions"], metrics["accuracy"], metrics["precision"]) == (2, 0.5, 2 / 3)
    assert metrics["total_cost_usd"] == pytest.approx(0.004) and metrics["cost_per_query_usd"] == pytest.approx(0.002)
    assert (found.model, found.mode, found.dataset_name, found.status) == ("m-1", "batch", "set", "completed")


def test_the_time_is_that_from_the_first_start_to_the_last_end(run, three):
    start = timezone.now()
    for number, question in enumerate(three[:2]):
        answered(run, question, ["a1"], 1)
        # 0 to 5 s, and 3 to 8 s: 8 s in all for 2 questions.
        run.attempts().filter(request__item_id=question.pk).update(
            started_at=start + timedelta(seconds=3 * number), finished_at=start + timedelta(seconds=5 + 3 * number)
        )
    metrics = evaluate_run(run.pk)[0].metrics
    assert (metrics["total_eval_time_sec"], metrics["queries_per_second"]) == (8.0, 0.25)


def test_what_was_asked_in_vain_counts_as_failed(run, three):
    answered(run, three[0], None, 1_000_000)
    answered(run, three[1], None, status="missing")
    (found,) = evaluate_run(run.pk)
    assert found.metrics["count_failed"] == 2 and found.metrics["total_missed_answers"] == 3
    assert found.metrics["total_cost_usd"] == 0.001


@pytest.mark.parametrize("status", ["planned", "queued", "cancelled", "blocked", "unchanged"])
def test_what_was_not_asked_is_left_out(run, three, status):
    answered(run, three[0], None, status=status)
    answered(run, three[1], ["c3"], 1)
    assert [one.question_id for one in evaluate_run(run.pk)[0].results] == ["q2"]


def test_an_unknown_price_makes_the_cost_unknown(run, three):
    answered(run, three[0], ["a1"], None)
    answered(run, three[1], ["c3"], 1_000)
    metrics = evaluate_run(run.pk)[0].metrics
    assert metrics["total_cost_usd"] is None and metrics["cost_per_query_usd"] is None


def test_other_runs_and_people_s_edits_do_not_count(run, three):
    other = Run.objects.create(mode="direct")
    answered(run, three[0], ["a1"], 1)
    answered(other, three[0], ["b2"], 1)
    Revision.objects.create(recipe="questions.answer", item_id=three[0].pk, origin="edited", text='{"answers": ["q"]}')
    assert [evaluate_run(one.pk)[0].results[0].predicted for one in (run, other)] == [["a1"], ["b2"]]


def test_a_deleted_question_is_listed_by_its_label_and_not_scored(run, three):
    answered(run, three[0], ["a1"], 1)
    answered(run, three[1], ["c3"], 1)
    three[0].delete()
    (found,) = evaluate_run(run.pk)
    assert [one.question_text for one in found.results] == ["q1 question 1", "question 2"]
    assert len(found.scored) == 1


def test_several_datasets_are_kept_apart_and_can_be_put_together(run):
    for slug in ("one", "two"):
        answered(run, dataset(("a1",), slug=slug).items.get(), ["a1"], 1)
    sets = evaluate_run(run.pk)
    assert [one.dataset_name for one in sets] == ["one", "two"]
    whole = merged(sets)
    assert [one.question_id for one in whole.results] == ["one/q1", "two/q1"]
    assert (whole.metrics["total_questions"], whole.dataset_name) == (2, "one+two")


def test_the_variant_is_the_model_with_its_prompt_or_as_named(run, three):
    prompt = Prompt(recipe="questions.answer", user="x").add()
    answered(run, three[0], ["a1"], 1, prompt=prompt)
    assert evaluate_run(run.pk)[0].variant_name == f"m-1-p{prompt.version}"
    assert evaluate_run(run.pk, variant="baseline")[0].path == "results/baseline_set_batch.json"


def test_the_queries_do_not_grow_with_the_questions(run, django_assert_max_num_queries):
    for question in dataset(*[("a1",)] * 40).items.all():
        answered(run, question, ["a1"], 1)
    with django_assert_max_num_queries(10):
        evaluate_run(run.pk)


def test_no_run_and_an_empty_run_are_told_apart(run):
    with pytest.raises(NothingToEvaluate, match="no run 99"):
        evaluate_run(99)
    with pytest.raises(NothingToEvaluate, match="no answered questions"):
        evaluate_run(run.pk)
