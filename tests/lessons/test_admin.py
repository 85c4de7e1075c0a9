"""The lists of courses, lesson plans and lessons: filters, search, a constant number of queries, no bodies loaded."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from generation import review
from generation.models import ArtefactFinding, Request, Revision
from lessons.models import Course, Lesson, LessonPlan
from tests import factories

BODY = "the body of a lesson that no list may load"
LISTS = ("course", "lessonplan", "lesson")


@pytest.fixture
def editor(client, roles):
    client.force_login(roles["editor"])
    return client


def listed(client, name, query=""):
    return client.get(reverse(f"admin:lessons_{name}_changelist") + query)


def keys(client, name, query):
    rows = listed(client, name, query).context["cl"].result_list
    return [getattr(row, "key", None) or row.item.key for row in rows]


def with_lessons(modules, lessons, slug="course"):
    course = factories.course(modules, lessons, slug)
    for plan in course.items.all():
        factories.lesson(plan, BODY)
    return course


def queries(client, name):
    with CaptureQueriesContext(connection) as captured:
        listed(client, name)
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize("name", LISTS)
def test_the_number_of_queries_does_not_grow_with_the_rows(editor, name):
    with_lessons(1, 2)
    few = queries(editor, name)
    for number in range(4):
        with_lessons(3, 4, f"more-{number}")
    many = queries(editor, name)
    assert len(many) == len(few) < 25


def test_the_list_of_lessons_loads_no_bodies(editor):
    with_lessons(2, 3)
    texts = [sql for sql in queries(editor, "lesson") if '"generation_revision"."text"' in sql]
    assert texts == []


def test_only_one_page_of_lessons_is_fetched(editor, monkeypatch):
    with_lessons(2, 6)
    monkeypatch.setattr("lessons.admin.LessonAdmin.list_per_page", 5)
    changelist = listed(editor, "lesson").context["cl"]
    assert (len(changelist.result_list), changelist.result_count) == (5, 12)


def test_courses_count_plans_and_lessons_by_state(editor):
    course = with_lessons(2, 3)
    Lesson.objects.filter(item__key="M0-L001").update(status="rejected")
    LessonPlan.objects.filter(key="M1-L003").update(removed_at=timezone.now())
    [row] = listed(editor, "course").context["cl"].result_list
    assert (row.pk, row.item_count, row.states) == (course.pk, 5, {"needs_review": 5, "rejected": 1})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?made=no", ["M1-L002", "M1-L003"]),
        ("?made=rejected", ["M0-L002"]),
        ("?made=yes&module=M1", ["M1-L001"]),
        ("?source=removed", ["M1-L003"]),
        ("?source=changed", ["M0-L003"]),
        ("?source=present&module=M1", ["M1-L001", "M1-L002"]),
        ("?level=I", ["M0-L001", "M0-L002"]),
        ("?level=none", ["M0-L003"]),
        ("?q=Topic+1.2", ["M1-L002"]),
        ("?q=m0-l003", ["M0-L003"]),
        ("?collection=other", []),
    ],
)
def test_plans_are_filtered_and_searched(editor, query, found):
    with_lessons(2, 3)
    factories.course(1, 1, "other").items.all().delete()
    Lesson.objects.filter(item__key__in=["M1-L002", "M1-L003"]).delete()
    Lesson.objects.filter(item__key="M0-L002").update(status="rejected")
    plans = LessonPlan.objects
    plans.filter(key="M1-L003").update(removed_at=timezone.now())
    plans.filter(key="M0-L003").update(source_hash="moved", level="")
    plans.filter(key="M0-L001").update(level="I")
    plans.filter(key="M0-L002").update(level="F-I")
    assert keys(editor, "lessonplan", query) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?status=rejected", ["M0-L002"]),
        ("?module=M1&collection=course", ["M1-L001", "M1-L002"]),
        ("?findings=error", ["M0-L001"]),
        ("?findings=warning", ["M1-L001"]),
        ("?findings=check:too_short", ["M1-L001"]),
        ("?findings=none", ["M0-L002", "M1-L002"]),
        ("?candidate=yes", ["M1-L002"]),
        ("?source=changed", ["M0-L002"]),
        ("?source=removed", ["M1-L001"]),
        ("?level=A", ["M0-L001"]),
        ("?q=Topic+1.1", ["M1-L001"]),
    ],
)
def test_lessons_are_filtered_and_searched(editor, query, found):
    with_lessons(2, 2)
    rows = {lesson.item.key: lesson for lesson in Lesson.objects.select_related("item", "current")}
    for key, check, severity in (("M0-L001", "heading", "error"), ("M1-L001", "too_short", "warning")):
        lesson = rows[key]
        assert lesson.current
        ArtefactFinding.objects.create(
            recipe=lesson.recipe, artefact_id=lesson.pk, revision=lesson.current, check_name=check, severity=severity
        )
        Lesson.objects.filter(pk=lesson.pk).update(weight=10)
    Lesson.objects.filter(pk=rows["M0-L002"].pk).update(status="rejected", source_hash="moved")
    Lesson.objects.filter(pk=rows["M1-L002"].pk).update(candidate=rows["M1-L002"].current)
    LessonPlan.objects.filter(key="M1-L001").update(removed_at=timezone.now())
    LessonPlan.objects.filter(key="M0-L001").update(level="A")
    assert keys(editor, "lesson", query) == found


def test_approved_texts_whose_source_has_moved_are_one_list(editor, roles):
    with_lessons(2, 2)
    for lesson in Lesson.objects.select_related("item", "current"):
        Revision.objects.filter(pk=lesson.current_id).update(source_hash=lesson.item.source_hash)
        if lesson.item.key != "M1-L002":
            review.approve(lesson, roles["reviewer"])
    assert keys(editor, "lesson", "?source=approved") == []
    LessonPlan.objects.exclude(key="M0-L001").update(source_hash="moved")
    LessonPlan.objects.filter(key="M1-L001").update(removed_at=timezone.now())
    one = Lesson.objects.get(item__key="M0-L002")
    review.save_text(one, "# A new draft", roles["editor"], base_revision_id=one.current_id)
    assert keys(editor, "lesson", "?source=approved") == ["M0-L002", "M1-L001"]


def test_findings_of_an_earlier_text_do_not_count(editor):
    with_lessons(1, 1)
    lesson = Lesson.objects.get()
    earlier = Revision.objects.create(recipe=lesson.recipe, item_id=lesson.item_id, origin="generated", text="old")
    ArtefactFinding.objects.create(
        recipe=lesson.recipe, artefact_id=lesson.pk, revision=earlier, check_name="heading", severity="error"
    )
    assert keys(editor, "lesson", "?findings=error") == []
    assert "1 error" not in listed(editor, "lesson").content.decode()


def test_a_plan_says_where_its_request_stands(editor, course):
    run = factories.run(course)
    Request.objects.filter(label__startswith="M0-L001").update(status="failed")
    page = listed(editor, "lessonplan").content.decode()
    assert "waiting to be sent" in page and ">failed<" in page.replace("\n", "").replace(" ", "")
    assert run.total == 6


@pytest.mark.parametrize("name", LISTS)
def test_restricted_courses_are_seen_by_their_groups_only(client, roles, name):
    with_lessons(1, 1, "open")
    with_lessons(1, 1, "closed").groups.add(roles["viewer"].groups.get())
    for role, count in (("editor", 1), ("viewer", 2), ("admin", 2)):
        client.force_login(roles[role])
        page = listed(client, name)
        assert page.context["cl"].result_count == count
        assert ("closed" in page.content.decode().lower()) is (count == 2)


def test_a_hidden_course_is_not_offered_by_a_filter(editor, roles):
    with_lessons(1, 1, "closed").groups.add(roles["viewer"].groups.get())
    page = listed(editor, "lesson").content.decode()
    assert "Closed" not in page and "Module 0" not in page


def test_only_operators_edit_and_delete_a_course(client, roles):
    course = with_lessons(1, 2)
    change = reverse("admin:lessons_course_change", args=[course.pk])
    delete = reverse("admin:lessons_course_delete", args=[course.pk])
    client.force_login(roles["publisher"])
    assert client.post(change, {"name": "Other"}).status_code == client.post(delete, {"post": "yes"}).status_code == 403
    client.force_login(roles["operator"])
    client.post(change, {"name": "Other", "audience": "Stewards", "slug": "hacked"})
    course.refresh_from_db()
    assert (course.name, course.audience, course.slug) == ("Other", "Stewards", "course")
    client.post(delete, {"post": "yes"})
    assert not Course.objects.exists() and not Lesson.objects.exists()


def test_the_page_before_a_deletion_counts_what_goes_and_what_stays(client, roles, provider, course):
    factories.finished(course)
    client.force_login(roles["operator"])
    page = client.get(reverse("admin:lessons_course_delete", args=[course.pk])).content.decode()
    for words in ("Lesson plans: 6", "Lessons: 6", "Revisions: 6", "Not deleted: the ledger, 6 requests"):
        assert words in page
    chosen = {"action": "delete_selected", "_selected_action": [course.pk], "index": 0}
    assert "Not deleted: the ledger" in client.post(reverse("admin:lessons_course_changelist"), chosen).content.decode()
    client.post(reverse("admin:lessons_course_changelist"), {**chosen, "post": "yes"})
    assert not Course.objects.exists() and Request.objects.count() == 6
