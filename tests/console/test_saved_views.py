"""Views of a list: everybody's own, of that list alone, and never a way to another place."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generation.models import SavedView
from lessons.models import LessonPlan

pytestmark = pytest.mark.django_db
TABLE = "lessons.lessonplan"
LIST = "/admin/lessons/lessonplan/"
LISTS = ("lessons.lessonplan", "lessons.lesson", "questions.answer", "generation.run", "generation.request")


@pytest.fixture
def viewer(client, roles, course):
    client.force_login(roles["viewer"])
    return client


def press(client, deed, table=TABLE, **fields):
    return client.post(reverse("console_saved_views"), {"deed": deed, "table": table} | fields)


def saved(client, name="Mine", query="made=no&q=Topic", **fields):
    press(client, "save", name=name, query=query, **fields)
    return SavedView.objects.get(name=name)


def test_a_view_is_saved_and_leads_to_its_list(viewer, roles):
    answer = press(viewer, "save", name=" Still \t to do ", query="q=Topic&made=no&o=2")
    view = SavedView.objects.get()
    assert (view.user, view.table, view.name) == (roles["viewer"], TABLE, "Still to do")
    assert view.query == "made=no&o=2&q=Topic" and answer["Location"] == f"{LIST}?{view.query}"


@pytest.mark.parametrize("table", LISTS)
def test_the_big_lists_have_views(viewer, table):
    assert saved(viewer, table=table, query="q=x").table == table
    page = viewer.get(reverse(f"admin:{table.replace('.', '_')}_changelist") + "?q=x")
    assert [(one["row"].name, one["current"]) for one in page.context["saved_views"]] == [("Mine", True)]
    assert 'aria-label="Saved views"' in page.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "https://evil.example/", "//evil.example", "next=https://evil.example", "/admin/logout/", "p=3&e=1&all=1",
        "_popup=1&_to_field=id", "collection__groups__name=x", "id__in=1,2", "csrfmiddlewaretoken=abc",
        "\r\nLocation: x",
        "made=" + "x" * 201, "&".join(f"a{n}=1" for n in range(50)), "q=a%00b", "?", "%",
    ],
)  # fmt: skip
def test_nothing_is_kept_but_the_lists_own_parameters(viewer, query):
    view = saved(viewer, query=query)
    assert view.query == ""
    assert viewer.get(viewer.post(reverse("console_saved_views"), {"deed": "default", "table": TABLE, "view": view.pk})[
        "Location"
    ]).status_code == 200  # fmt: skip


def test_hostile_words_stay_words(viewer):
    saved(viewer, name="<script>alert(1)</script>", query="q=<b>&evil=1")
    page = viewer.get(LIST + "?q=").content.decode()
    assert "<script>alert(1)" not in page and "q=%3Cb%3E" in page


def test_a_view_of_the_same_name_is_saved_over(viewer):
    saved(viewer)
    assert saved(viewer, query="made=yes").query == "made=yes" and SavedView.objects.count() == 1


def test_a_list_opens_with_its_default_view_and_can_still_show_everything(viewer):
    view = saved(viewer, query="q=Topic+1.1")
    assert viewer.get(LIST).status_code == 200
    press(viewer, "default", view=view.pk)
    answer = viewer.get(LIST)
    assert answer["Location"] == f"{LIST}?q=Topic+1.1"
    assert viewer.get(answer["Location"]).status_code == 200
    everything = viewer.get(LIST + "?q=")
    assert everything.context["cl"].result_count == LessonPlan.objects.count() == 6
    press(viewer, "no_default", view=view.pk)
    assert viewer.get(LIST).status_code == 200


def test_only_one_view_is_the_default(viewer):
    first, second = saved(viewer), saved(viewer, name="Other")
    for view in (first, second):
        press(viewer, "default", view=view.pk)
    assert list(SavedView.objects.filter(is_default=True)) == [second]


def test_an_empty_default_view_is_no_circle(viewer):
    view = saved(viewer, query="")
    press(viewer, "default", view=view.pk)
    assert viewer.get(viewer.get(LIST)["Location"]).status_code == 200


def test_a_view_is_renamed_and_deleted(viewer):
    view = saved(viewer)
    press(viewer, "rename", view=view.pk, name="New name")
    assert SavedView.objects.get().name == "New name"
    answer = press(viewer, "delete", view=view.pk)
    assert answer["Location"] == f"{LIST}?q=" and not SavedView.objects.exists()


@pytest.mark.parametrize("deed", ["rename", "delete", "default", "no_default"])
def test_views_of_others_are_neither_seen_nor_touched(viewer, roles, deed):
    view = saved(viewer, query="q=secret")
    viewer.force_login(roles["admin"])
    assert press(viewer, deed, view=view.pk, name="Stolen").status_code == 404
    page = viewer.get(LIST)
    assert page.context["saved_views"] == [] and "secret" not in page.content.decode()
    view.refresh_from_db()
    assert (view.name, view.is_default) == ("Mine", False)


def test_a_view_of_another_list_is_not_touched(viewer):
    view = saved(viewer)
    assert press(viewer, "delete", table="generation.run", view=view.pk).status_code == 404


@pytest.mark.parametrize("table", ["", "nowhere", "auth.user", "generation.prompt", "lessons.course", "LESSONS.LESSON"])
def test_other_lists_have_no_views(viewer, table):
    assert press(viewer, "save", table=table, name="x").status_code == 403 and not SavedView.objects.exists()


def test_who_may_not_see_the_list_saves_no_view_of_it(client, course):
    person = User.objects.create_user("someone", is_staff=True)
    client.force_login(person)
    assert press(client, "save", name="x").status_code == 403 and not SavedView.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"name": ""}, {"name": "   "}, {"name": "x" * 61}, {"deed": "explode"}, {"deed": "rename", "view": ""}],
)
def test_what_makes_no_sense_is_refused(viewer, fields):
    answer = viewer.post(reverse("console_saved_views"), {"deed": "save", "table": TABLE} | fields)
    assert answer.status_code in (400, 404) and not SavedView.objects.exists()


@pytest.mark.parametrize("view", ["x", "-1", "²", "99999999999999999999"])
def test_a_strange_number_is_not_found(viewer, view):
    assert press(viewer, "delete", view=view).status_code == 404


def test_two_views_do_not_get_one_name(viewer):
    saved(viewer)
    other = saved(viewer, name="Other")
    assert press(viewer, "rename", view=other.pk, name="Mine").status_code == 400


def test_there_is_an_end_to_saving(viewer, roles):
    SavedView.objects.bulk_create(SavedView(user=roles["viewer"], table=TABLE, name=f"v{n}") for n in range(30))
    assert press(viewer, "save", name="one more").status_code == 400
    assert press(viewer, "save", name="v3", query="q=x").status_code == 302


def test_the_list_takes_one_query_for_any_number_of_views(viewer, roles):
    viewer.get(LIST + "?q=")
    counts = []
    for number in (1, 20):
        SavedView.objects.bulk_create(
            SavedView(user=roles["viewer"], table=TABLE, name=f"{number}-{n}") for n in range(number)
        )
        with CaptureQueriesContext(connection) as counted:
            viewer.get(LIST + "?q=")
        counts.append(len(counted))
    assert counts[0] == counts[1]
