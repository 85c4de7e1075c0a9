"""Deeds over a large filter in the background: chunks, guards, a killed worker, a stop, a changed text."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from generation import review, tasks
from generation.models import Assignment, BulkJob, ReviewEvent
from generation.review import background
from lessons.models import Lesson, LessonPlan
from tests import factories
from tests.generation.people import EDIT, REVIEW, person, with_error


@pytest.fixture
def rows(course):
    return [factories.lesson(plan) for plan in LessonPlan.objects.all()]


@pytest.fixture
def rita(db):
    return person("rita", EDIT, REVIEW)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(background, "CHUNK", 2)


def finished(job):
    tasks.bulk(job.pk)
    job.refresh_from_db()
    return job


def test_everything_is_done_and_the_guards_hold(rows, rita):
    with_error(rows[2])
    job = finished(review.start_bulk(Lesson.objects.all(), "approve", rita))
    assert (job.status, job.position, job.done, job.skipped) == ("finished", 6, 5, {"its findings hold errors": 1})
    assert Lesson.objects.filter(status="approved").count() == ReviewEvent.objects.count() == 5


def test_a_text_that_changed_after_the_confirmation_is_left_alone(rows, rita):
    job = review.start_bulk(Lesson.objects.all(), "approve", rita)
    review.save_text(rows[0], "# New\n\nText.", rita, base_revision_id=rows[0].current_id)
    assert finished(job).skipped == {"its text has changed since": 1}
    assert Lesson.objects.get(pk=rows[0].pk).status == "needs_review"


def test_what_came_into_the_filter_later_is_not_decided(rows, rita):
    job = review.start_bulk(Lesson.objects.filter(status="rejected"), "request_changes", rita, "why")
    review.reject(rows[0], rita, "no")
    assert finished(job).total == 0
    assert Lesson.objects.get(pk=rows[0].pk).status == "rejected"


def test_a_killed_worker_is_followed_where_it_left_off(rows, rita, monkeypatch):
    job = review.start_bulk(Lesson.objects.all(), "approve", rita)
    calls = []

    def killed(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise SystemExit
        return whole(*arguments)

    whole = background.do_chunk
    monkeypatch.setattr(background, "do_chunk", killed)
    with pytest.raises(SystemExit):
        tasks.bulk(job.pk)
    job.refresh_from_db()
    assert (job.position, job.done, job.status) == (2, 2, "running")
    assert finished(job).position == 2, "its lease is still held"
    BulkJob.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert background.wake_due() == 1
    assert finished(job).done == 6
    assert ReviewEvent.objects.filter(action="approve").count() == 6
    assert background.wake_due() == 0


def test_it_goes_on_in_slices(rows, rita, settings):
    settings.DIRECT_SLICE_SECONDS = -1
    job = finished(review.start_bulk(Lesson.objects.all(), "approve", rita))
    assert (job.status, job.position, job.lease_until) == ("running", 0, None)
    settings.DIRECT_SLICE_SECONDS = 60
    assert finished(job).done == 6


def test_stopping(rows, rita):
    job = review.start_bulk(Lesson.objects.all(), "approve", rita)
    with pytest.raises(PermissionDenied):
        review.stop_bulk(job, person("otto", REVIEW))
    review.stop_bulk(job, rita)
    assert finished(job).status == "stopped"
    assert not ReviewEvent.objects.exists()
    with pytest.raises(review.ReviewRefused):
        review.stop_bulk(job, rita)


def test_rights_are_asked_again_when_it_runs(rows, rita):
    job = review.start_bulk(Lesson.objects.all(), "approve", rita)
    rita.user_permissions.clear()
    job = finished(job)
    assert (job.status, job.done) == ("refused", 0)
    assert "review_artefact" in job.said


def test_deleted_records_are_counted(rows, rita):
    job = review.start_bulk(Lesson.objects.all(), "approve", rita)
    rows[0].delete()
    assert finished(job).skipped == {"it was deleted meanwhile": 1}


def test_publishing_a_filter(rows, rita, settings, roles):
    review.approve(rows[0], rita)
    job = finished(review.start_bulk(Lesson.objects.all(), "publish", roles["publisher"]))
    assert (job.done, job.skipped) == (1, {"not approved (needs review)": 5})
    assert len(list(settings.PUBLISH_ROOT.rglob("M*.md"))) == 1


def test_assigning_a_filter_and_taking_it_back(rows, rita):
    job = finished(review.start_bulk(Lesson.objects.all(), "assign", rita, assignee=rita))
    assert (job.done, Assignment.objects.filter(user=rita).count()) == (6, 6)
    otto = person("otto", EDIT)
    review.bulk(Lesson.objects.filter(pk=rows[0].pk), "assign", rita, assignee=otto)
    assert Assignment.objects.get(user=otto).item_id == rows[0].item_id
    review.bulk(Lesson.objects.all(), "assign", rita)
    assert not Assignment.objects.exists()
    with pytest.raises(review.ReviewRefused, match="may not edit"):
        review.bulk(Lesson.objects.all(), "assign", rita, assignee=person("vera"))


def test_what_will_be_left_out_is_foreseen(rows, rita):
    with_error(rows[0])
    review.reject(rows[1], rita, "no")
    assert review.foreseen(Lesson.objects.all(), "approve", rita) == {
        "its findings hold errors": 1, "it is 'rejected'": 1,
    }  # fmt: skip
    assert review.foreseen(Lesson.objects.all(), "publish", rita) == {
        "not approved (needs review)": 5, "not approved (rejected)": 1,
    }  # fmt: skip
