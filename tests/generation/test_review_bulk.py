"""Decisions over a filter: everything that allows it, and a count of what does not."""

import pytest

from generation import review
from generation.models import ReviewEvent
from generation.review import ReviewRefused
from lessons.models import Lesson, LessonPlan
from tests import factories
from tests.generation.people import EDIT, REVIEW, person, with_error


@pytest.fixture
def reviewer(db):
    return person("rita", EDIT, REVIEW)


def test_bulk_decides_what_it_can_and_says_what_it_cannot(course, reviewer):
    rows = [factories.lesson(plan) for plan in LessonPlan.objects.all()[:4]]
    with_error(rows[0])
    review.reject(rows[1], reviewer, "no")
    result = review.bulk(Lesson.objects.all(), "approve", reviewer)
    assert result.done == 2
    assert result.skipped == {"its findings hold errors": 1, "it is 'rejected'": 1}
    assert Lesson.objects.filter(status="approved").count() == ReviewEvent.objects.filter(action="approve").count() == 2


def test_bulk_with_a_filter_that_its_own_work_empties(course, reviewer, monkeypatch):
    monkeypatch.setattr("generation.review.over_filter.CHUNK", 2)
    for plan in LessonPlan.objects.all():
        factories.lesson(plan)
    assert review.bulk(Lesson.objects.filter(status="needs_review"), "reject", reviewer, "all").done == 6


def test_bulk_takes_approvals_back_in_each_state(course, reviewer):
    rows = [factories.lesson(plan) for plan in LessonPlan.objects.all()[:3]]
    review.approve(rows[0], reviewer)
    review.bulk(Lesson.objects.all(), "request_changes", reviewer, "style")
    assert Lesson.objects.filter(status="changes_requested", approved=None).count() == 3
    assert set(ReviewEvent.objects.filter(action="request_changes").values_list("from_status", flat=True)) == {
        "approved", "needs_review",
    }  # fmt: skip


def test_bulk_refuses_unknown_actions_and_missing_reasons(course, reviewer):
    for action, reason in (("delete", "x"), ("reject", "")):
        with pytest.raises(ReviewRefused):
            review.bulk(Lesson.objects.all(), action, reviewer, reason)


def test_bulk_asks_the_database_by_chunk_not_by_row(course, reviewer, django_assert_max_num_queries):
    for plan in LessonPlan.objects.all():
        factories.lesson(plan)
    with django_assert_max_num_queries(12):
        assert review.bulk(Lesson.objects.all(), "approve", reviewer).done == 6
