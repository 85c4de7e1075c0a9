"""Deleting a collection takes what was made from it and leaves the ledger."""

import pytest

from generation.deletion import belongings, delete_collection, discard_run
from generation.models import ArtefactFinding, Attempt, Request, ReviewEvent, Revision, Run, RunStatus
from generation.review import approve, save_text
from lessons.models import Course, Lesson, LessonPlan
from tests import factories


def test_everything_made_goes_and_the_ledger_stays(provider, course, roles):
    run = factories.finished(course)
    lesson = Lesson.objects.earliest("pk")
    save_text(lesson, "# Other\n\nText.", roles["editor"], base_revision_id=lesson.current_id)
    delete_collection(course)
    for model in (Course, LessonPlan, Lesson, Revision, ArtefactFinding, ReviewEvent):
        assert not model.objects.exists(), model
    assert Request.objects.count() == Attempt.objects.count() == run.total
    assert Run.objects.get().cost_nano == run.cost_nano


def test_another_collection_keeps_its_own(provider, course):
    other = factories.course(slug="other")
    factories.finished(course)
    factories.finished(other)
    delete_collection(course)
    assert Lesson.objects.count() == LessonPlan.objects.count() == 6
    assert Revision.objects.count() == 6


def test_approved_and_candidate_pointers_do_not_hold_it(db, course, roles):
    lesson = factories.lesson(LessonPlan.objects.earliest("pk"))
    approve(lesson, roles["reviewer"])
    Lesson.objects.update(candidate=lesson.current)
    delete_collection(course)
    assert not Lesson.objects.exists()


def test_an_interrupted_deletion_is_finished_by_repeating_it(course, monkeypatch):
    chunks = []

    def interrupted(recipes, ids):
        chunks.append(len(ids))
        if len(chunks) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("generation.deletion.CHUNK", 4)
    with monkeypatch.context() as once:
        once.setattr("generation.deletion._delete_made", interrupted)
        with pytest.raises(KeyboardInterrupt):
            delete_collection(course)
    assert chunks == [4, 2]
    assert LessonPlan.objects.count() == 2
    delete_collection(course)
    assert not LessonPlan.objects.exists() and not Course.objects.exists()


def test_it_says_beforehand_what_goes_and_what_stays(provider, course):
    factories.finished(course, limit=4)
    found = belongings([course])
    assert found.going["lesson plans"] == 6
    assert found.going["lessons"] == found.going["revisions"] == found.staying == 4
    assert found.under_way == 0


def test_it_says_what_is_under_way(course):
    run = factories.run(course)
    assert belongings([course]).under_way == 0
    run.move(RunStatus.RUNNING)
    assert belongings([course]).under_way == 6


def test_a_planned_run_is_discarded_without_trace(course):
    run = factories.run(course)
    assert discard_run(run)
    assert not Run.objects.exists()
    assert not Request.objects.exists()


def test_a_run_that_was_launched_is_never_discarded(provider, course):
    run = factories.finished(course)
    assert not discard_run(run)
    assert Request.objects.filter(run=run).count() == 6
