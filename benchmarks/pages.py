"""The admin's list of lessons, with few and with many: its queries, its time, and whether it reads any text."""

import time
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, reset_queries
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from benchmarks import material
from generation.models import Origin, Revision
from generation.models.inserts import insert_rows
from lessons.models import Course, Lesson, LessonPlan

TEXT = "# Lesson\n\n" + "A sentence of the body of this lesson. " * 50
RECIPE = "lessons.lesson"
PLAIN_FILES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def measure(sizes: list[int], rounds: int) -> dict[str, Any]:
    """Queries, best milliseconds and tables' texts read by the first page, at each number of lessons."""
    try:
        address = reverse("admin:lessons_lesson_changelist")
    except NoReverseMatch:
        return {"skipped": "the admin has no list of lessons"}
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.create_superuser("bench"))
    pages = []
    for size in sizes:
        _fill(size)
        # The list of static files is made when the site is installed, and there is none here.
        with override_settings(STORAGES={"staticfiles": PLAIN_FILES, "default": PLAIN_FILES}):
            pages.append({"lessons": size, **_page(client, address, rounds)})
    return {"pages": pages}


def _fill(size: int) -> None:
    """Lessons up to `size`, in one course for each call."""
    course = material.course(size - Lesson.objects.count(), f"pages-{size}")
    _add_lessons(course)


def _add_lessons(course: Course) -> None:
    plans = list(LessonPlan.objects.filter(collection=course).values_list("pk", "title"))
    shared = {"recipe": RECIPE, "origin": Origin.GENERATED, "text": TEXT}
    insert_rows(Revision, shared, ("item_id",), ((pk,) for pk, _ in plans))
    texts = dict(Revision.objects.filter(recipe=RECIPE).values_list("item_id", "pk"))
    rows = ((pk, title, texts[pk], f"{pk:032x}", pk % 3 * 10) for pk, title in plans)
    insert_rows(Lesson, {"recipe": RECIPE}, ("item_id", "title", "current_id", "fingerprint", "weight"), rows)


def _page(client: Client, address: str, rounds: int) -> dict[str, Any]:
    client.get(address, secure=True)
    spent = []
    for _ in range(rounds):
        start = time.perf_counter()
        answer = client.get(address, secure=True)
        spent.append(time.perf_counter() - start)
    if answer.status_code != 200:
        raise AssertionError(f"{address} answered {answer.status_code}")
    reset_queries()
    with CaptureQueriesContext(connection) as queries:
        client.get(address, secure=True)
    column = f'"{Revision._meta.db_table}"."text"'
    return {
        "queries": len(queries),
        "ms": round(1000 * min(spent), 1),
        "reads_texts": any(column in query["sql"] for query in queries.captured_queries),
    }
