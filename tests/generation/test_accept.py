"""Good answers become artefacts; a person's work is never written over."""

import json
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generation.models import ArtefactFinding, Attempt, BatchJob, Request, Revision, Run
from generation.pipeline import accept, ingest
from lessons.models import Lesson, LessonPlan
from tests import factories
from tests.generation.stored import body, built, line, put
from tests.tiny.models import Fact, FactWord
from tests.tiny.rows import box

TEXT = "# A lesson\n\nIts text."


def answered(job: BatchJob, answer: Any = None) -> Run:
    """The job's run with an answer to every request, ingested and not yet accepted."""
    ids = job.requests.order_by("pk").values_list("custom_id", flat=True)
    ingest.ingest(put(job, [line(one, answer=answer or body(f"{TEXT} {number}")) for number, one in enumerate(ids)]))
    return job.run


def facts(*texts: str) -> dict[str, Any]:
    """A responses body with these messages."""
    messages = [{"type": "message", "content": [{"type": "output_text", "text": text}]} for text in texts]
    usage = {"input_tokens": 5, "output_tokens": 7}
    return {"object": "response", "status": "completed", "model": "gpt-5.4-mini", "output": messages, "usage": usage}


def picture() -> list[Any]:
    """Everything that accepting writes."""
    return [list(model.objects.order_by("pk").values()) for model in (Lesson, Revision, ArtefactFinding, Request)]


def test_answers_become_lessons_that_wait_for_review(course):
    run = answered(built(course))
    assert accept.accept(run)
    lesson = Lesson.objects.get(item__key="M0-L001")
    assert (lesson.status, lesson.touched, lesson.title) == ("needs_review", False, "Topic 0.1")
    assert (lesson.current.origin, lesson.current.text) == ("generated", f"{TEXT} 0")
    assert lesson.current.attempt.request.item_id == lesson.item_id
    assert (lesson.source_hash, lesson.recipe_hash) == (lesson.item.source_hash, run.requests.all()[0].recipe_hash)
    assert (Lesson.objects.count(), run.requests.filter(accepted_at=None).count()) == (6, 0)


def test_accepting_twice_changes_nothing_more(course):
    run = answered(built(course))
    accept.accept(run)
    before = picture()
    accept.accept(run)
    assert picture() == before


def test_an_interrupt_between_two_chunks_is_taken_up_again(course, monkeypatch):
    monkeypatch.setattr(accept, "CHUNK", 2)
    run = answered(built(course))
    alive = iter([True, True, False])
    assert not accept.accept(run, lambda: next(alive))
    assert Lesson.objects.count() == 4
    assert accept.accept(run)
    assert (Lesson.objects.count(), Revision.objects.count()) == (6, 6)


def test_an_untouched_draft_is_replaced_and_its_text_kept_as_a_revision(course):
    old = factories.lesson(LessonPlan.objects.get(key="M0-L001"), "# Old")
    accept.accept(answered(built(course, only="all")))
    new = Lesson.objects.get(pk=old.pk)
    assert (new.current.text, new.candidate) == (f"{TEXT} 0", None)
    assert Revision.objects.get(text="# Old").pk == old.current_id


@pytest.mark.parametrize("status", ["needs_review", "changes_requested", "rejected", "approved", "published"])
def test_a_persons_work_gets_a_candidate_beside_it(course, status):
    fields = {"status": status, "touched": status == "needs_review"}
    item = LessonPlan.objects.get(key="M0-L001")
    old = factories.lesson(item, "# By hand", words=3, weight=7)
    job = built(course, only="all")
    Lesson.objects.filter(pk=old.pk).update(approved=old.current, published=old.current, title="By hand", **fields)
    accept.accept(answered(job))
    row = Lesson.objects.get(pk=old.pk)
    assert (row.current_id, row.title, row.words, row.weight) == (old.current_id, "By hand", 3, 7)
    assert row.candidate.text == f"{TEXT} 0"
    assert row.status == status


def test_an_edit_between_answer_and_accept_is_kept(course):
    run = answered(built(course))
    item = LessonPlan.objects.get(key="M0-L001")
    factories.lesson(item, "# By hand", touched=True)
    accept.accept(run)
    assert Lesson.objects.get(item=item).current.text == "# By hand"


def test_findings_of_a_candidate_don_t_weigh_on_the_lesson(course):
    old = factories.lesson(LessonPlan.objects.get(key="M0-L001"), "# By hand", touched=True, weight=0)
    accept.accept(answered(built(course, only="all")))
    row = Lesson.objects.get(pk=old.pk)
    assert row.weight == 0
    assert ArtefactFinding.objects.filter(revision=row.candidate).exists()


def test_findings_are_stored_with_their_weight(course):
    accept.accept(answered(built(course)))
    for lesson in Lesson.objects.all():
        found = ArtefactFinding.objects.filter(artefact_id=lesson.pk, revision=lesson.current)
        weights = {"error": 100, "warning": 10, "note": 1}
        assert lesson.weight == sum(weights[one.severity] for one in found) > 0


def test_two_lessons_with_one_text_are_found_in_one_chunk(course):
    accept.accept(answered(built(course), body(TEXT)))
    assert ArtefactFinding.objects.filter(check_name="duplicate").count() == 6


def test_an_item_that_was_deleted_meanwhile_keeps_its_paid_text(course):
    run = answered(built(course))
    item = LessonPlan.objects.get(key="M0-L001")
    pk = item.pk
    item.delete()
    assert accept.accept(run)
    assert (Lesson.objects.count(), Revision.objects.get(item_id=pk).text) == (5, f"{TEXT} 0")
    assert run.ledger() == {"succeeded": 6}


@pytest.mark.parametrize("purpose", ["comparison", "rehearsal"])
def test_comparisons_and_rehearsals_make_revisions_alone(course, purpose):
    accept.accept(answered(built(course, purpose=purpose)))
    assert (Lesson.objects.count(), Revision.objects.count()) == (0, 6)


def test_an_answer_that_its_recipe_refuses_stays_paid(thing):
    accept.accept(answered(thing, facts("Sorry, no.")))
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.error_code) == ("invalid_output", "invalid_output")
    assert attempt.cost_nano


@pytest.fixture
def thing(db) -> BatchJob:
    return built(box(1), names=("tiny.fact",))


GOOD = json.dumps({"statement": "It is.", "words": ["it", "is"]})


@pytest.mark.parametrize(
    "texts",
    [(GOOD,), ("```json\n" + GOOD + "\n```",), ('{"statement": "It', GOOD), (GOOD, " and so on"), ("  \n" + GOOD,)],
    ids=["plain", "fence", "fragment_first", "rest_behind", "blanks"],
)
def test_json_is_taken_wherever_it_stands_whole(thing, texts):
    accept.accept(answered(thing, facts(*texts)))
    assert Fact.objects.get().statement == "It is."
    assert list(FactWord.objects.values_list("word", flat=True)) == ["it", "is"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Sorry, no.", "not the asked JSON"),
        ('{"statement": 7, "words": []}', "statement"),
        ('{"words": []}', "statement: Field required"),
        ("[]", "not the asked JSON"),
        ('{"statement": " ", "words": []}', "the statement is empty"),
    ],
)
def test_an_answer_that_is_not_the_asked_json_says_what_is_wrong(thing, text, reason):
    accept.accept(answered(thing, facts(text)))
    request = Request.objects.get()
    assert (request.status, request.error_code) == ("invalid", "invalid_output")
    assert reason in request.error_message
    assert Fact.objects.count() == 0


def test_zero_characters_in_json_never_reach_the_database(thing):
    accept.accept(answered(thing, facts('{"statement": "a\\u0000b", "words": ["c\\u0000", "\\\\u0000"]}')))
    assert Fact.objects.get().statement == "ab"
    assert list(FactWord.objects.values_list("word", flat=True)) == ["c", "\\u0000"]


def test_one_bad_answer_does_not_keep_the_others_back(db):
    job = built(box(3), names=("tiny.fact",))
    ids = list(job.requests.order_by("pk").values_list("custom_id", flat=True))
    texts = (GOOD, "no", GOOD)
    ingest.ingest(put(job, [line(one, answer=facts(text)) for one, text in zip(ids, texts, strict=True)]))
    accept.accept(job.run)
    assert job.run.ledger() == {"succeeded": 2, "invalid": 1}
    assert Fact.objects.count() == 2


def test_derived_rows_of_a_candidate_are_not_made(thing):
    accept.accept(answered(thing, facts(GOOD)))
    Fact.objects.update(touched=True)
    other = orjson.dumps({"statement": "New.", "words": ["new"]}).decode()
    again = built(Fact.objects.get().item.collection, names=("tiny.fact",), only="all")
    accept.accept(answered(again, facts(other)))
    assert Fact.objects.get().statement == "It is."
    assert list(FactWord.objects.values_list("word", flat=True)) == ["it", "is"]


def queries(job: BatchJob) -> int:
    run = answered(job)
    with CaptureQueriesContext(connection) as counted:
        accept.accept(run)
    return len(counted)


def test_the_queries_of_a_chunk_don_t_grow_with_it(course):
    small = queries(built(course))
    assert queries(built(factories.course(2, 100, slug="large"))) - small < 200 / 6
