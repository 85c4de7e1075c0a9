"""Who may do what, as the groups say it."""

import pytest
from django.contrib.auth.models import Group, Permission, User

from generation.roles import make_groups, permission_names

DEEDS = {
    "import_items": {"operator"},
    "launch_run": {"operator"},
    "view_costs": {"operator"},
    "change_prompt": {"operator"},
    "change_recipesettings": {"operator"},
    "regenerate_single": {"editor", "reviewer", "publisher"},
    "review_artefact": {"reviewer", "publisher"},
    "publish_artefact": {"publisher"},
    "override_findings": {"publisher"},
    "view_run": {"viewer", "editor", "reviewer", "publisher", "operator"},
}


@pytest.mark.parametrize(("deed", "doers"), DEEDS.items())
def test_a_deed_is_for_its_roles_only(roles, deed, doers):
    able = {name for name, user in roles.items() if user.has_perm(f"generation.{deed}")}
    assert able == doers | {"admin"}


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_only_editors_write_in_lessons(roles, role):
    assert roles["editor"].has_perm("lessons.change_lesson")
    assert roles[role].has_perm("lessons.view_lesson")
    assert not roles[role].has_perm("lessons.change_lesson")


def test_an_operator_looks_after_collections_and_items(roles):
    able = roles["operator"].get_all_permissions()
    assert {"lessons.add_course", "lessons.delete_course", "lessons.change_lessonplan"} <= able


def test_nobody_writes_in_what_the_engine_writes():
    tables = ("run", "batchjob", "request", "attempt", "revision", "transition")
    written = {f"{deed}_{table}" for deed in ("add", "change", "delete") for table in tables}
    assert not [name for names in permission_names().values() for _, name in names if name in written]


def test_made_again_nothing_is_added_and_nothing_taken_away(roles):
    own = Permission.objects.get(codename="delete_lesson")
    Group.objects.get(name="Viewer").permissions.add(own)
    Group.objects.create(name="Interns")
    assert set(make_groups().values()) == {0}
    assert Group.objects.get(name="Viewer").permissions.contains(own)
    assert Group.objects.filter(name="Interns").exists()


def test_what_is_missing_comes_back(roles):
    group = Group.objects.get(name="Reviewer")
    group.permissions.remove(Permission.objects.get(codename="review_artefact"))
    assert make_groups()["Reviewer"] == 1
    assert User.objects.get(username="reviewer").has_perm("generation.review_artefact")
