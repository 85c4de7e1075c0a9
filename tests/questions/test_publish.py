"""Approved answers as result files and as one list."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from generation.exports import export_named
from generation.models import Revision, Run
from questions.models import Answer
from questions.publish import AnswerLines, ResultFiles
from tests.questions.rows import answered, approved, dataset


@pytest.fixture
def items(db):
    return list(dataset(("a1",), ("b2",), ("c3",)).items.order_by("position"))


@pytest.fixture
def revisions(items):
    """Of each question the answer of a model, in a run."""
    run = Run.objects.create(mode="batch")
    return [answered(run, item, ["a1"], 1_000_000).attempts.get().revisions.get() for item in items]


def files(export=ResultFiles, **options):
    return {file.path: file for file in export(**options).files(Answer.objects.publishable())}


def document(file) -> dict:
    return json.loads(file.content)


def test_one_file_for_what_one_variant_answered(items, revisions):
    rows = [approved(item, revision) for item, revision in zip(items, revisions, strict=True)]
    (file,) = files().values()
    assert file.path == "results/m-1_set_batch.json"
    assert (file.artefact_ids, file.revision_ids) == (
        tuple(row.pk for row in rows), tuple(revision.pk for revision in revisions),
    )  # fmt: skip
    found = document(file)
    names = ("variant_name", "dataset_name", "mode", "model")
    assert [found[name] for name in names] == ["m-1", "set", "batch", "m-1"]
    assert [row["is_correct"] for row in found["results"]] == [True, False, False]
    assert found["metrics"]["total_cost_usd"] == pytest.approx(0.003)


def test_the_time_is_that_of_the_runs_that_made_the_answers(items, revisions):
    start = timezone.now()
    # The first two in the same 6 s; the third in another run, a day later, in 2 s.
    times = ((0, 4), (1, 6), (86400, 86402))
    for item, revision, (begin, end) in zip(items, revisions, times, strict=True):
        attempt = revision.attempt
        attempt.run = attempt.run if begin < 10 else Run.objects.create(mode="batch")
        attempt.started_at, attempt.finished_at = start + timedelta(seconds=begin), start + timedelta(seconds=end)
        attempt.save()
        approved(item, revision)
    (file,) = files().values()
    metrics = document(file)["metrics"]
    assert (metrics["total_eval_time_sec"], metrics["queries_per_second"]) == (8.0, 3 / 8)


def test_what_a_person_wrote_is_no_model_s_result(items, revisions):
    approved(items[0], revisions[0])
    edited = Revision.objects.create(
        recipe="questions.answer", item_id=items[1].pk, origin="edited", text='{"answers": ["b2"]}', parent=revisions[1]
    )
    approved(items[1], edited)
    assert sorted(files()) == ["results/edited_set.json", "results/m-1_set_batch.json"]
    assert document(files()["results/edited_set.json"])["metrics"]["total_cost_usd"] == 0.0


@pytest.mark.parametrize(("text", "path"), [(None, "m-1_set_batch"), ('{"answers": ["x"]}', "edited_set")])
def test_a_taken_candidate_is_the_model_s_unless_it_was_changed(items, revisions, text, path):
    taken = Revision.objects.create(
        recipe="questions.answer", item_id=items[0].pk, origin="taken", text=text or revisions[0].text,
        parent=revisions[0],
    )  # fmt: skip
    approved(items[0], taken)
    assert list(files()) == [f"results/{path}.json"]


def test_the_variant_can_be_named(items, revisions):
    approved(items[0], revisions[0])
    assert list(files(variant="Base line")) == ["results/base-line_set_batch.json"]


def test_answers_as_lines_in_the_order_of_the_dataset(items, revisions):
    for item, revision in zip(reversed(items), reversed(revisions), strict=True):
        approved(item, revision)
    (file,) = files(AnswerLines).values()
    lines = [json.loads(line) for line in file.content.decode().splitlines()]
    assert [line["question_id"] for line in lines] == ["q1", "q2", "q3"]
    assert lines[0] == {"question_id": "q1", "question": "question 1", "answers": ["a1"]}


def test_nothing_approved_gives_no_file(items):
    assert not files() and not files(AnswerLines)


def test_queries_grow_with_the_chunks_alone(items, revisions, django_assert_max_num_queries):
    for item, revision in zip(items, revisions, strict=True):
        approved(item, revision)
    with django_assert_max_num_queries(4):
        files()


def test_result_files_are_the_default_export():
    assert export_named("questions") is ResultFiles
