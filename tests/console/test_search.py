"""Ctrl+K: found by what people remember of a thing, seen by whoever may see it, bounded however much there is."""

import statistics
import time

import pytest
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generation.console.search import EACH, search
from generation.models import BatchJob
from generation.models.inserts import insert_rows
from lessons.models import LessonPlan
from tests import factories
from tests.desk import rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh():
    """Unfold keeps a person's results for some minutes."""
    cache.clear()


@pytest.fixture
def found(rf, roles):
    """`found(term, role)`: (title, description) of every result."""

    def ask(term, role="operator"):
        request = rf.get("/")
        request.user = roles[role] if isinstance(role, str) else role
        return [(one.title, one.description) for one in search(request, term)]

    return ask


@pytest.fixture
def scene(course):
    """A lesson of the first plan, and a run with a batch job over the course."""
    lesson = rows.lessons(course, 1)[0]
    run = factories.run(course, "all")
    job = BatchJob.objects.create(
        run=run, status="ingested", provider="default", model="m", endpoint="/v1/responses",
        remote_batch_id="batch_abc123", input_file_id="file-in1", output_file_id="file-out1",
    )  # fmt: skip
    return lesson, run, job


@pytest.mark.parametrize("term", ["Topic 0.1", "topic 0.1", " TOPIC 0.1 ", "M0-L001", "m0-l001"])
def test_an_item_and_what_was_made_of_it(found, scene, term):
    titles = found(term)
    assert ("Topic 0.1" in titles[0][0]) and "Course" in titles[0][1]
    assert any("needs review" in description for _, description in titles)


@pytest.mark.parametrize("term", ["{pk}", "run {pk}", "Run {pk}", "#{pk}", "run #{pk}", "{key}", "{start}"])
def test_a_run_by_its_number_and_by_its_key(found, scene, term):
    run = scene[1]
    term = term.format(pk=run.pk, key=run.key, start=run.key[:6]).lower()
    assert found(term)[0][0] == str(run)


@pytest.mark.parametrize("term", ["batch_abc123", "batch_abc", "file-in1", "file-out1"])
def test_a_batch_by_the_providers_names(found, scene, term):
    assert found(term) == [("batch_abc123", f"batch job of {scene[1]}, ingested")]


def test_a_request_by_its_whole_custom_id(found, scene):
    custom_id = scene[1].requests.first().custom_id
    assert [title for title, _ in found(custom_id)] == [scene[1].requests.first().label]
    assert not [one for one in found(custom_id[:-1]) if "request" in one[1]]


@pytest.mark.parametrize(
    "term", ["", " ", "x", "-", "%", "_", "\x00", "nothing like it", "%%", "__", "' OR 1=1 --", "🙂"]
)
def test_nothing_is_found_by_nothing(found, scene, term):
    assert found(term) == []


@pytest.mark.parametrize("term", ["9" * 40, "9" * 12, "run 999999999999", "x" * 5000, "²", "١٢"])
def test_strange_terms_are_no_error(found, scene, term):
    assert found(term) == []


def test_hidden_collections_are_not_found(found, scene, course):
    course.groups.add(Group.objects.create(name="insiders"))
    run, job = scene[1:]
    for term in ("Topic", "M0-L001", str(run.pk), run.key, job.remote_batch_id, run.requests.first().custom_id):
        assert found(term, "operator") == [], term
        assert found(term, "admin") != [], term


def test_without_a_right_nothing_is_found(found, scene):
    person = User.objects.create_user("someone", is_staff=True)
    for term in ("Topic", str(scene[1].pk), "batch_abc", scene[1].requests.first().custom_id):
        assert found(term, person) == []


def test_results_are_bounded(found, scene):
    factories.course(10, 20, slug="large")
    assert len([one for one in found("Topic") if "Large" in one[1] or "Course" in one[1]]) == EACH


def test_the_number_of_queries_does_not_grow(found, roles, course):
    rows.lessons(course)
    counts = []
    for term in ("Topic 0.1", "Topic"):
        person = User.objects.get(pk=roles["operator"].pk)
        with CaptureQueriesContext(connection) as counted:
            found(term, person)
        counts.append(len(counted))
    assert counts[0] == counts[1] < 40


def test_fifty_thousand_items_take_less_than_a_tenth_of_a_second(rf, roles, course):
    shared = {"collection_id": course.pk, "source_hash": "x"}
    plans = ((f"X{number:06}", number, f"Some title number {number}") for number in range(50_000))
    insert_rows(LessonPlan, shared, ("key", "position", "title"), plans)
    request, times = rf.get("/"), []
    request.user = roles["operator"]
    for term in ("number 49999", "x049999", "nothing", "title", "number 7") * 3:
        began = time.process_time()
        search(request, term)
        times.append(time.process_time() - began)
    assert statistics.median(times) < 0.1


def test_the_box_of_the_page_shows_the_results(client, roles, scene):
    client.force_login(roles["viewer"])
    page = client.get(reverse("admin:search"), {"s": "Topic 0.1", "extended": 1}).content.decode()
    assert "Topic 0.1" in page and f"/admin/lessons/lesson/{scene[0].pk}/change/" in page


def test_hostile_titles_stay_text(client, roles, course):
    LessonPlan.objects.filter(key="M0-L001").update(title="<img src=x onerror=alert(1)>")
    client.force_login(roles["viewer"])
    page = client.get(reverse("admin:search"), {"s": "M0-L001", "extended": 1}).content.decode()
    assert "&lt;img" in page and "<img" not in page
