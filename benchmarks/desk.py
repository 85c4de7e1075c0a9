"""The desk's "approve and next": its queries and its server time, with few lessons and with many."""

import time
from statistics import median
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks import material
from generation.models import ArtefactFinding, Origin, Revision
from generation.models.inserts import insert_rows
from lessons.models import Lesson, LessonPlan

RECIPE = "lessons.lesson"
PLAIN_FILES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def measure(sizes: list[int], rounds: int = 21) -> list[dict[str, Any]]:
    """For each number of lessons: queries, median and worst milliseconds of one press, and of the page without script.

    A press is one POST whose answer holds the next record with its count and position; nothing else is asked for.
    """
    call_command("setup", verbosity=0)
    reviewer = User.objects.create_user("bench-reviewer", is_staff=True)
    reviewer.groups.add(Group.objects.get(name="Reviewer"))
    client = Client(headers={"host": "localhost"})
    client.force_login(reviewer)
    found = []
    for size in sizes:
        fill(size)
        with override_settings(STORAGES={"staticfiles": PLAIN_FILES, "default": PLAIN_FILES}):
            found.append({"lessons": size, **_presses(client, rounds)})
    return found


def fill(size: int) -> None:
    """Lessons up to `size`: every third with a warning, every tenth with an error among its findings."""
    course = material.course(size - Lesson.objects.count(), f"desk-{size}")
    plans = list(LessonPlan.objects.filter(collection=course).values_list("pk", "title"))
    text = material.lesson_text("A lesson", 1)
    shared = {"recipe": RECIPE, "origin": Origin.GENERATED, "text": text}
    insert_rows(Revision, shared, ("item_id",), ((pk,) for pk, _ in plans))
    made = Revision.objects.filter(item_id__in=LessonPlan.objects.filter(collection=course).values("pk"))
    texts = dict(made.values_list("item_id", "pk"))
    rows = ((pk, title, texts[pk], f"{pk:032x}", _weight(pk)) for pk, title in plans)
    insert_rows(Lesson, {"recipe": RECIPE}, ("item_id", "title", "current_id", "fingerprint", "weight"), rows)
    weighty = Lesson.objects.filter(item__collection=course, weight=10).values_list("pk", "current_id")
    warning = {"recipe": RECIPE, "check_name": "too_short", "severity": "warning", "message": "Too short."}
    insert_rows(ArtefactFinding, warning, ("artefact_id", "revision_id"), weighty.iterator())


def _weight(number: int) -> int:
    return 110 if number % 10 == 0 else 10 if number % 3 == 0 else 0


def _presses(client: Client, rounds: int) -> dict[str, Any]:
    """Press `rounds` times, always on the record that the answer before has shown, from the middle of the queue on.

    One statement of each press is our own: it asks which text the next record has.
    """
    middle = Lesson.objects.filter(status="needs_review", weight=0).order_by("pk")
    start = middle[middle.count() // 2]
    url = reverse("admin:lessons_lesson_desk", args=[start.pk])
    base, spent = start.current_id, []
    with CaptureQueriesContext(connection) as queries:
        url, base = _press(client, url, base)
    statements = [query["sql"] for query in queries.captured_queries]
    busy = time.process_time()
    for _ in range(rounds):
        before = time.perf_counter()
        url, base = _press(client, url, base)
        spent.append(1000 * (time.perf_counter() - before))
    busy = 1000 * (time.process_time() - busy) / rounds
    before = time.perf_counter()
    client.get(url, secure=True)
    plain = 1000 * (time.perf_counter() - before)
    texts = f'"{Revision._meta.db_table}"."text"'
    return {
        "queries": len(statements) - 1,
        "ms": round(median(spent), 1),
        "worst_ms": round(max(spent), 1),
        "cpu_ms": round(busy, 1),
        "page_ms": round(plain, 1),
        "texts_read": sum(texts in statement for statement in statements),
        "statements": statements,
    }


def _press(client: Client, url: str, base: int | None) -> tuple[str, int | None]:
    answer = client.post(url, {"deed": "approve", "base": base}, secure=True, headers={"X-Desk": "1"})
    if answer.status_code != 200:
        raise AssertionError(f"{url} answered {answer.status_code}: {answer.content[:300]!r}")
    url = answer.json()["url"]
    return url, Lesson.objects.values_list("current_id", flat=True).get(pk=url.rstrip("/").rpartition("/")[2])
