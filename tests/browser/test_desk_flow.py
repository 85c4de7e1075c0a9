"""Work on the whole filter in a real browser: approved in the background, published again, replaced."""

import pytest
from django.urls import reverse

from generation import review, tasks
from generation.models import BulkJob, Revision
from lessons.models import Lesson
from tests import factories
from tests.browser.signed_in import desk_browser, signed_in  # noqa: F401 (fixtures)
from tests.desk import rows

# ruff: noqa: F811 (the fixture is named as it is imported)
pytestmark = [pytest.mark.browser, pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]


def desk(lesson, query="?status=any"):
    return reverse("admin:lessons_lesson_desk", args=[lesson.pk]) + query


def whole(action, query="?status=any"):
    return reverse("admin:lessons_lesson_desk_whole", args=[action]) + query


def told(page, words):
    page.wait_for_function("words => document.querySelector('#desk-said').textContent.includes(words)", arg=words)


def fresh(lesson):
    return Lesson.objects.select_related("current").get(pk=lesson.pk)


def test_a_whole_filter_of_three_hundred_with_some_refused(signed_in, live_server, roles):
    made = rows.lessons(factories.course(3, 100), 300)
    for lesson in made[:7]:
        rows.with_finding(lesson, "error")
    review.reject(made[9], roles["reviewer"], "no")
    page = signed_in(roles["reviewer"])
    page.goto(reverse("admin:lessons_lesson_changelist"))
    page.click("summary:has-text('Whole filter')")
    page.click("a:has-text('Approve …')")
    assert "300 lessons of the whole filter" in page.inner_text(".bs-page h1")
    assert "its findings hold errors\t7" in page.inner_text("#whole-skipped")
    page.click("button:has-text('Approve 292')")
    page.wait_for_selector("#job-progress")
    assert "0 of 300 looked at" in page.inner_text("#job-progress")
    tasks.bulk(BulkJob.objects.get().pk)
    page.wait_for_selector("#job-progress[data-live='0']")
    assert "292 approved" in page.inner_text("#job-progress")
    assert Lesson.objects.filter(status="approved").count() == 292


def test_only_the_edited_file_is_published_again_and_unpublished(signed_in, live_server, roles, course, settings):
    one = rows.lessons(course, 3)[0]
    review.bulk(Lesson.objects.all(), "approve", roles["reviewer"])
    page = signed_in(roles["publisher"])
    page.goto(whole("publish"))
    assert "3 written" in page.inner_text("#files")
    page.click("button:has-text('Publish')")
    page.wait_for_load_state()
    files = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in settings.PUBLISH_ROOT.rglob("M*.md")}
    assert len(files) == 3
    review.save_text(fresh(one), "# Changed\n\nText.", roles["editor"], base_revision_id=one.current_id)
    page.goto(desk(one))
    assert "an earlier text is published" in page.inner_text("#desk-main")
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files} == files
    review.approve(fresh(one), roles["publisher"], comment="short, but good")
    page.goto(whole("publish"))
    assert "1 written" in page.inner_text("#files") and "M0-L001.md" in page.inner_text("#files")
    page.click("button:has-text('Publish')")
    page.wait_for_load_state()
    changed = [path for path, was in files.items() if (path.stat().st_mtime_ns, path.read_bytes()) != was]
    assert [path.name for path in changed] == ["M0-L001.md"]
    page.goto(desk(one))
    page.click("button:has-text('Unpublish')")
    told(page, "No longer published")
    assert not changed[0].exists() and fresh(one).status == "approved"


def test_find_and_replace_with_one_place_left_out(signed_in, live_server, roles, course):
    one, other = rows.lessons(course, 2)
    page = signed_in(roles["editor"])
    page.goto(reverse("admin:lessons_lesson_desk_search") + "?status=any")
    page.fill("#id_find", "line")
    page.click("button:has-text('Search')")
    assert "6 places in 2 lessons" in page.inner_text(".bs-page")
    page.uncheck("input[name=place] >> nth=0")
    page.fill("#id_replacement", "<b>row</b>")
    page.click("button:has-text('Replace at the ticked places')")
    page.wait_for_load_state()
    assert fresh(one).current.text.count("<b>row</b>") == 2 and "First line." in fresh(one).current.text
    assert fresh(other).current.text.count("<b>row</b>") == 3
    assert Revision.objects.filter(origin="edited").count() == 2
