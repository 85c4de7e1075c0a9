"""A text that several different people have to approve."""

import pytest

from generation import review
from generation.review import ReviewRefused
from lessons.models import Lesson, LessonPlan
from tests import factories
from tests.generation.people import EDIT, REVIEW, person


@pytest.fixture
def two(settings):
    settings.REQUIRED_APPROVALS = 2


@pytest.fixture
def lesson(course):
    return factories.lesson(LessonPlan.objects.first())


@pytest.fixture
def people(db):
    return [person(name, EDIT, REVIEW, "override_findings") for name in ("ann", "ben", "cleo")]


def test_the_second_person_approves(two, lesson, people):
    review.approve(lesson, people[0])
    assert (lesson.status, lesson.approved_id, lesson.touched) == ("needs_review", None, True)
    review.approve(lesson, people[1])
    assert (lesson.status, lesson.approved_id) == ("approved", lesson.current_id)


def test_nobody_counts_twice(two, lesson, people):
    review.approve(lesson, people[0])
    with pytest.raises(ReviewRefused, match="approved it already"):
        review.approve(lesson, people[0])
    assert review.bulk(Lesson.objects.all(), "approve", people[0]).done == 0


@pytest.mark.parametrize("between", ["edit", "reject", "undo"])
def test_an_earlier_approval_counts_for_the_same_text_only(two, lesson, people, between):
    review.approve(lesson, people[0])
    if between == "edit":
        review.save_text(lesson, "# Other\n\nText.", people[2], base_revision_id=lesson.current_id)
    elif between == "reject":
        review.reject(lesson, people[2], "no")
        review.resubmit(lesson, people[2])
    else:
        review.undo(review.last_decision(people[0], Lesson).pk, people[0])
    lesson.refresh_from_db()
    review.approve(lesson, people[1], comment="short, but good")
    assert lesson.status == "needs_review"
    with pytest.raises(ReviewRefused, match="approved it already"):
        review.approve(lesson, people[1], comment="once more")
    review.approve(lesson, people[0], comment="indeed")
    assert lesson.status == "approved"


def test_a_whole_filter_with_some_half_approved(two, course, people):
    rows = [factories.lesson(plan) for plan in LessonPlan.objects.all()]
    review.approve(rows[0], people[0])
    assert review.bulk(Lesson.objects.all(), "approve", people[1]).done == 6
    assert Lesson.objects.filter(status="approved").count() == 1
    assert review.bulk(Lesson.objects.all(), "approve", people[2]).done == 5
    assert Lesson.objects.filter(status="approved").count() == 6


def test_one_approval_is_enough_unless_set(lesson, people):
    review.approve(lesson, people[0])
    assert lesson.status == "approved"
