"""Undo: the last decision of the same person, back to the very row, unless something has happened since."""

import pytest

from generation import review
from generation.models import ReviewEvent, Revision
from lessons.models import Lesson
from tests.desk.conftest import DESK, SCRIPT

ROW = ("status", "approved_id", "published_id", "current_id", "touched")


def row(lesson):
    return Lesson.objects.values(*ROW).get(pk=lesson.pk)


def undo(press, role, lesson, event=None):
    event = event or ReviewEvent.objects.order_by("-pk").first()
    return press(role, lesson, deed="undo", event=event.pk)


DECISIONS = [{"deed": "approve"}, {"deed": "request_changes", "reason": "x"}, {"deed": "reject", "reason": "x"}]


@pytest.mark.parametrize("fields", DECISIONS, ids=lambda one: one["deed"])
@pytest.mark.parametrize("start", ["fresh", "approved", "published"])
def test_undo_gives_the_very_row_back(press, pair, roles, fields, start):
    lesson = pair[0]
    if start != "fresh":
        review.approve(lesson, roles["reviewer"])
        pointers = {"status": start, "published": lesson.current if start == "published" else None}
        Lesson.objects.filter(pk=lesson.pk).update(**pointers)
        if fields["deed"] == "approve":
            older = lesson.current
            Lesson.objects.filter(pk=lesson.pk).update(status="needs_review", approved=older)
    before = row(lesson)
    assert press("reviewer", lesson, **fields).status_code == 200
    assert row(lesson) != before or start == "fresh"
    answer = undo(press, "reviewer", pair[1])
    assert answer.json()["url"] == f"{DESK}{lesson.pk}/"
    assert row(lesson) == before


def test_the_page_names_what_would_be_undone(press, client, pair):
    press("reviewer", pair[0], deed="approve")
    page = client.get(f"{DESK}{pair[1].pk}/").content.decode()
    assert f"approve: {ReviewEvent.objects.get().label}" in page


def test_an_event_is_left_and_a_decision_is_undone_only_once(press, pair):
    press("reviewer", pair[0], deed="approve")
    event = ReviewEvent.objects.get()
    undo(press, "reviewer", pair[1])
    assert list(ReviewEvent.objects.values_list("action", flat=True)) == ["approve", "undo"]
    assert undo(press, "reviewer", pair[1], event).status_code == 422


def test_undo_goes_back_step_by_step(press, client, pair):
    press("reviewer", pair[0], deed="approve")
    press("reviewer", pair[1], deed="approve")
    for lesson in reversed(pair):
        page = client.get(DESK, headers=SCRIPT).json()["html"]
        event = review.last_decision(lesson_user(), Lesson)
        assert f'name="event" value="{event.pk}"' in page
        undo(press, "reviewer", lesson, event)
    assert set(Lesson.objects.values_list("status", flat=True)) == {"needs_review"}


def lesson_user():
    return ReviewEvent.objects.first().user


@pytest.mark.parametrize("what", ["edit", "decision", "text", "deleted"])
def test_nothing_is_undone_when_something_has_happened_since(press, pair, roles, what):
    lesson = pair[0]
    press("reviewer", lesson, deed="approve")
    event = ReviewEvent.objects.get()
    lesson.refresh_from_db()
    if what == "edit":
        review.save_text(lesson, "New.", roles["editor"], base_revision_id=lesson.current_id)
    elif what == "decision":
        review.reject(lesson, roles["publisher"], "No")
    elif what == "text":
        newer = Revision.objects.create(recipe=lesson.recipe, item_id=lesson.item_id, origin="generated", text="N")
        Lesson.objects.filter(pk=lesson.pk).update(current=newer)
    else:
        lesson.delete()
    before = list(Lesson.objects.values())
    answer = undo(press, "reviewer", pair[1], event)
    assert answer.status_code == 422
    assert list(Lesson.objects.values()) == before


def test_nobody_undoes_the_decision_of_another(press, pair):
    press("reviewer", pair[0], deed="approve")
    before = row(pair[0])
    answer = undo(press, "publisher", pair[1])
    assert answer.json()["said"] == "There is no such decision of yours to undo."
    assert row(pair[0]) == before


def test_who_lost_the_right_undoes_nothing(press, pair, roles):
    press("reviewer", pair[0], deed="approve")
    roles["reviewer"].groups.set(roles["viewer"].groups.all())
    assert undo(press, "reviewer", pair[1]).status_code == 403
    assert row(pair[0])["status"] == "approved"


def test_without_a_script_a_refusal_is_a_message(press, client, pair):
    answer = press("reviewer", pair[0], script=False, deed="undo", event=999)
    assert "no such decision" in client.get(answer["Location"]).content.decode()
