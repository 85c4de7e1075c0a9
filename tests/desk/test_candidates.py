"""Candidates: their changes one by one; a text made of any choice of them; nothing of it by mistake."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.desk.candidates import changes, merged
from generation.models import Revision
from generation.review import ReviewRefused, save_text
from lessons.models import Lesson
from tests.desk.conftest import DESK

OLD = "one\ntwo\nthree\nfour\nfive"
NEW = "1\ntwo\nfour\nfive\nsix"
TEXTS = st.lists(st.sampled_from(["a", "b", "", "c d"]), max_size=12).map("\n".join)


@pytest.fixture
def waiting(lesson):
    """A lesson with a candidate that changes three places."""
    shared = {"recipe": lesson.recipe, "item_id": lesson.item_id, "origin": "generated"}
    lesson.current = Revision.objects.create(text=OLD, **shared)
    lesson.candidate = Revision.objects.create(text=NEW, **shared)
    lesson.save()
    return lesson


def fresh(lesson):
    return Lesson.objects.select_related("current").get(pk=lesson.pk)


def take(press, lesson, *names, **fields):
    data = {"own": "take_parts", "change": names, "candidate": lesson.candidate_id} | fields
    return press("editor", lesson, **data)


@given(TEXTS, TEXTS)
def test_no_change_is_the_old_text_and_all_changes_are_the_new_one(old, new):
    names = [change.name for change in changes(old, new)]
    assert merged(old, new, []) == old
    assert merged(old, new, reversed(names)) == new


def test_any_choice_changes_exactly_its_places():
    found = changes(OLD, NEW)
    assert [change.place for change in found] == ["line 1", "line 3", "line 6"]
    for size in range(4):
        for chosen in combinations(found, size):
            text = merged(OLD, NEW, [change.name for change in chosen])
            for change, word in zip(found, ("one", "three", ""), strict=True):
                assert (word in text.split("\n") if word else "six" not in text) == (change not in chosen)


@pytest.mark.parametrize(
    "name", ["", "1", "a-b-c-d", "0-1-0", "0-9-0-1", "3-2-0-1", "0-1-0-99", "-1-0-0-0", "0-1-0-1-0"]
)
def test_a_name_that_fits_nothing_is_refused(name):
    with pytest.raises(ReviewRefused):
        merged(OLD, NEW, [name])


def test_overlapping_changes_are_refused():
    with pytest.raises(ReviewRefused):
        merged(OLD, NEW, ["0-2-0-1", "1-3-1-2"])


def test_the_page_offers_each_change(client, roles, waiting):
    client.force_login(roles["editor"])
    page = client.get(f"{DESK}{waiting.pk}/?tab=differences")
    assert [change.name for change in page.context["changes"]] == ["0-1-0-1", "2-3-2-2", "5-5-4-5"]
    assert page.content.decode().count('name="change"') == 3


def test_taking_a_part(press, waiting):
    answer = take(press, waiting, "0-1-0-1", "5-5-4-5")
    assert answer.status_code == 200, answer.content
    row = fresh(waiting)
    assert row.current.text == "1\ntwo\nthree\nfour\nfive\nsix"
    assert (row.candidate_id, row.current.origin, row.current.parent_id) == (None, "edited", waiting.candidate_id)
    assert Revision.objects.filter(text=OLD).exists()


def test_taking_nothing_is_refused(press, waiting):
    assert "Choose at least one" in take(press, waiting).json()["said"]
    assert fresh(waiting).current.text == OLD


def test_another_candidate_or_text_than_the_seen_one_is_refused(press, waiting, roles):
    assert take(press, waiting, "0-1-0-1", candidate=waiting.current_id).status_code == 422
    seen = waiting.current_id
    save_text(waiting, "Theirs.", roles["reviewer"], base_revision_id=seen)
    assert take(press, waiting, "0-1-0-1", base=seen).status_code == 422
    assert fresh(waiting).current.text == "Theirs."


@pytest.mark.parametrize(("deed", "text"), [("take", NEW), ("dismiss", OLD)])
def test_the_whole_is_taken_or_dismissed_and_the_desk_stays(press, waiting, deed, text):
    answer = press("editor", waiting, deed=deed)
    assert answer.json()["url"] == f"{DESK}{waiting.pk}/"
    row = fresh(waiting)
    assert (row.current.text, row.candidate_id) == (text, None)
    assert Revision.objects.filter(text=NEW).exists()
