"""Generate again: allowances, the remark, and what becomes of the text that is there."""

import pytest
from django.core.exceptions import PermissionDenied

from generation import advance, review
from generation.desk.provenance import provenance
from generation.models import RawAnswer, ReviewEvent, Run
from generation.review import ReviewRefused
from lessons.models import Lesson, LessonPlan
from tests import factories
from tests.generation.people import EDIT, REVIEW, person


@pytest.fixture
def lessons(course):
    return [factories.lesson(plan) for plan in LessonPlan.objects.all()[:3]]


@pytest.fixture
def editor(db):
    return person("ed", EDIT, "regenerate_single")


def follow(run: Run) -> None:
    for _ in advance.follow(run, interval=0.05):
        pass


def test_an_untouched_draft_is_replaced(provider, lessons, editor):
    run = review.generate_again(lessons[:1], editor, "  shorter, with an example ")
    assert (run.purpose, run.mode, run.remark, run.created_by) == (
        "regeneration", "direct", "shorter, with an example", editor,
    )  # fmt: skip
    follow(run)
    lesson = Lesson.objects.get(pk=lessons[0].pk)
    assert lesson.current != lessons[0].current and lesson.candidate is None
    event = ReviewEvent.objects.get()
    assert (event.action, event.reason, event.to_status) == ("generate_again", run.remark, "needs_review")


@pytest.mark.parametrize("step", ["edit", "approve"])
def test_a_touched_text_gets_a_candidate(step, provider, lessons, editor):
    lesson = lessons[0]
    if step == "edit":
        review.save_text(lesson, "# Typed", editor, base_revision_id=lesson.current_id)
    else:
        review.approve(lesson, person("rita", REVIEW))
    before = (lesson.current, lesson.approved, lesson.status, lesson.weight)
    follow(review.generate_again([lesson], editor))
    lesson.refresh_from_db()
    assert (lesson.current, lesson.approved, lesson.status, lesson.weight) == before
    assert lesson.candidate is not None and RawAnswer.objects.count() == 1


def test_a_dismissed_candidate_is_not_how_the_text_was_made(provider, lessons, editor):
    follow(first := review.generate_again(lessons[:1], editor))
    lesson = Lesson.objects.get(pk=lessons[0].pk)
    review.save_text(lesson, "# Typed", editor, base_revision_id=lesson.current_id)
    LessonPlan.objects.filter(pk=lesson.item_id).update(source_hash="moved")
    follow(review.generate_again([lesson], editor))
    lesson = Lesson.objects.get(pk=lesson.pk)
    assert lesson.candidate is not None
    review.dismiss_candidate(lesson, editor)
    found = provenance(Lesson.objects.get(pk=lesson.pk))
    assert found.attempt is not None and found.attempt.run == first
    assert found.source_changed


def test_a_taken_candidate_is_how_the_text_was_made(provider, lessons, editor):
    lesson = lessons[0]
    review.save_text(lesson, "# Typed", editor, base_revision_id=lesson.current_id)
    follow(second := review.generate_again([lesson], editor))
    lesson.refresh_from_db()
    review.take_candidate(lesson, editor)
    found = provenance(Lesson.objects.get(pk=lesson.pk))
    assert found.attempt is not None and found.attempt.run == second and not found.source_changed


def test_editors_have_a_monthly_allowance(provider, lessons, editor, settings):
    settings.EDITOR_MONTHLY_REGENERATIONS = 2
    for lesson in lessons[:2]:
        review.generate_again([lesson], editor)
    assert review.allowance_left(editor) == 0
    with pytest.raises(ReviewRefused, match="allowance of 2"):
        review.generate_again(lessons[2:], editor)
    assert review.allowance_left(person("other", "regenerate_single")) == 2


def test_last_months_records_do_not_count(provider, lessons, editor, settings):
    run = review.generate_again(lessons[:1], editor)
    before = review.allowance_left(editor)
    Run.objects.filter(pk=run.pk).update(created_at="2001-01-31T23:59:59Z")
    month = settings.EDITOR_MONTHLY_REGENERATIONS
    assert (before, review.allowance_left(editor)) == (month - 1, month)


def test_several_at_once_need_an_operator(provider, lessons, editor):
    with pytest.raises(PermissionDenied, match="operator"):
        review.generate_again(lessons, editor)
    operator = person("op", "launch_run")
    assert review.allowance_left(operator) is None
    review.reject(lessons[0], person("rita", REVIEW), "dull")
    assert review.generate_again(lessons, operator).total == 3
    events = ReviewEvent.objects.filter(action="generate_again").order_by("item_id")
    assert [event.to_status for event in events] == ["rejected", "needs_review", "needs_review"]


def test_a_refused_launch_costs_nothing_and_says_why(lessons, editor, settings):
    settings.PROVIDERS = {"default": {"base_url": "http://127.0.0.1:9", "api_key": "", "batch": True}}
    with pytest.raises(ReviewRefused, match="Nothing was sent"):
        review.generate_again(lessons[:1], editor)
    assert review.allowance_left(editor) == settings.EDITOR_MONTHLY_REGENERATIONS
    assert Run.objects.get().status == "cancelled" and not ReviewEvent.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"remark": "x" * 2001}, "2,001 characters"),
        ({"mode": "pigeon"}, "no mode 'pigeon'"),
    ],
)
def test_bad_wishes_are_refused(change, words, lessons, editor):
    with pytest.raises(ReviewRefused, match=words):
        review.generate_again(lessons[:1], editor, **change)
    assert not Run.objects.exists()


def test_an_item_that_its_source_lost_is_not_generated(provider, lessons, editor):
    LessonPlan.objects.update(removed_at="2026-01-01T00:00:00Z")
    with pytest.raises(ReviewRefused, match="Nothing to generate"):
        review.generate_again(lessons[:1], editor)


def test_nothing_chosen(editor):
    with pytest.raises(ReviewRefused, match="Nothing was chosen"):
        review.generate_again([], editor)
