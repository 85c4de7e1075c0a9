"""Each view and each button of the desk, for each role; and collections that are restricted to groups."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from generation.models import DeskClaim, DeskPreference, ReviewEvent
from lessons.models import Lesson
from tests import factories
from tests.desk import rows
from tests.desk.conftest import DESK, SCRIPT

ROLES = ("viewer", "editor", "reviewer", "publisher", "operator", "admin")
EDITORS = {"editor", "reviewer", "publisher", "admin"}
REVIEWERS = {"reviewer", "publisher", "admin"}
ALLOWED = {
    "save": EDITORS, "approve": REVIEWERS, "request_changes": REVIEWERS, "reject": REVIEWERS, "take": EDITORS,
    "dismiss": EDITORS, "again": EDITORS | {"operator"}, "publish": {"publisher", "admin"},
    "unpublish": {"publisher", "admin"},
}  # fmt: skip
OWN = {"dismiss_finding": EDITORS, "restore_finding": EDITORS, "take_parts": EDITORS}


@pytest.fixture
def full(lesson):
    """With a candidate and a finding, so that every button has something to do."""
    newer = {"recipe": lesson.recipe, "item_id": lesson.item_id, "origin": "generated"}
    lesson.candidate = type(lesson.current).objects.create(text="# Title\n\nNewer.", **newer)
    lesson.save()
    return lesson, rows.with_finding(lesson)


def pages(lesson):
    tabs = ("text", "differences", "checks", "history")
    return [DESK, f"{DESK}keys/", *(f"{DESK}{lesson.pk}/?tab={tab}" for tab in tabs)]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_read(client, roles, full, role):
    client.force_login(roles[role])
    for address in pages(full[0]):
        assert client.get(address).status_code in (200, 302), address


@pytest.mark.parametrize("staff", [True, False])
def test_who_may_not_see_lessons_sees_no_desk(client, roles, full, django_user_model, staff):
    client.force_login(django_user_model.objects.create_user("nobody", is_staff=staff))
    posts = [f"{DESK}{full[0].pk}/", f"{DESK}keys/", DESK]
    answers = [client.get(address) for address in pages(full[0])] + [
        client.post(one, {"deed": "save"}) for one in posts
    ]
    assert {answer.status_code for answer in answers} == {403 if staff else 302}
    assert client.post(f"{DESK}{full[0].pk}/claim/").status_code in (302, 410)
    assert not DeskClaim.objects.exists()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("deed", ALLOWED)
def test_every_button_for_every_role(press, provider, full, role, deed):
    lesson = full[0]
    before = list(Lesson.objects.values())
    fields = {"text": "# Mine"} if deed == "save" else {}
    answer = press(role, lesson, deed=deed, reason="x", **fields)
    if role in ALLOWED[deed]:
        assert answer.status_code in (200, 422), answer.content
    else:
        assert answer.status_code == 403
        assert "Not allowed" in answer.json()["said"]
        assert list(Lesson.objects.values()) == before
        assert not ReviewEvent.objects.exists()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("own", OWN)
def test_every_button_of_the_desk_for_every_role(press, full, role, own):
    lesson, finding = full
    before = list(Lesson.objects.values())
    answer = press(role, lesson, own=own, finding=finding.pk, why="x", candidate=lesson.candidate_id, change="2-3-2-3")
    assert (answer.status_code == 403) == (role not in OWN[own])
    if role not in OWN[own]:
        assert list(Lesson.objects.values()) == before


@pytest.mark.parametrize("role", ROLES)
def test_buttons_are_shown_to_who_may_press_them(client, roles, full, role):
    client.force_login(roles[role])
    page = client.get(f"{DESK}{full[0].pk}/").content.decode()
    for deed in ("save", "approve", "request_changes", "reject", "again"):
        assert (f'value="{deed}"' in page) == (role in ALLOWED[deed]), deed
    assert ("readonly" in page) == (role not in EDITORS)


@pytest.mark.parametrize("role", ROLES)
def test_the_cost_is_shown_to_who_may_see_it(client, roles, provider, course, role):
    factories.finished(course)
    client.force_login(roles[role])
    page = client.get(f"{DESK}{Lesson.objects.first().pk}/").content.decode()
    assert ("<dt>Cost</dt>" in page) == (role in ("operator", "admin"))


def test_a_restricted_collection_is_not_there_for_others(press, client, roles, pair):
    lesson = pair[0]
    lesson.item.collection.groups.add(Group.objects.create(name="Closed"))
    for script in (True, False):
        assert press("publisher", lesson, deed="save", text="x", script=script).status_code == 410
    assert client.get(f"{DESK}{lesson.pk}/").status_code == 410
    assert client.get(DESK).context["queue"].waiting == 0
    assert press("admin", lesson, deed="approve").status_code == 200
    event = ReviewEvent.objects.get()
    assert press("publisher", lesson, deed="undo", event=event.pk).status_code == 422


def test_the_keys_are_each_persons_own(client, roles, lesson):
    client.force_login(roles["viewer"])
    client.post(f"{DESK}keys/", {"on": ["next"]})
    assert DeskPreference.objects.get().user == roles["viewer"]
    client.force_login(roles["editor"])
    assert 'data-key="k"' in client.get(f"{DESK}{lesson.pk}/").content.decode()


def test_a_post_without_a_token_is_refused(roles, lesson):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(roles["publisher"])
    for address in (f"{DESK}{lesson.pk}/", f"{DESK}{lesson.pk}/claim/", f"{DESK}keys/"):
        assert strict.post(address, {"deed": "approve", "base": lesson.current_id}, headers=SCRIPT).status_code == 403
    lesson.refresh_from_db()
    assert lesson.status == "needs_review"
