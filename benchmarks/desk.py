"""The desk's "approve and next" and its preview: queries and server time, with few lessons and with many."""

import time
from collections.abc import Callable
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
PREVIEWED = 16_000
PLAIN_FILES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def measure(sizes: list[int], rounds: int = 21) -> list[dict[str, Any]]:
    """For each number of lessons: queries and milliseconds of one press, of the whole page, of previews, of the floor.

    The floor is a page of the admin with a short form on it: what the frame, the session and the permissions cost.

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
    base = start.current_id
    with CaptureQueriesContext(connection) as queries:
        url, base = _press(client, url, base)
    statements = [query["sql"] for query in queries.captured_queries]

    def press() -> None:
        nonlocal url, base
        url, base = _press(client, url, base)

    presses = timed(press, rounds)
    texts = f'"{Revision._meta.db_table}"."text"'
    return {
        "queries": len(statements) - 1,
        **presses,
        "page_ms": timed(lambda: client.get(url, secure=True), 5)["cpu_ms"],
        "floor_ms": timed(lambda: client.get(reverse("admin:lessons_lesson_desk_keys"), secure=True), 5)["cpu_ms"],
        "texts_read": sum(texts in statement for statement in statements),
        **_previews(client, url, rounds),
    }


def timed(act: Callable[[], Any], rounds: int) -> dict[str, float]:
    """Milliseconds of one call: median and worst by the clock, and the median of our own processor time."""
    clock, busy = [], []
    for _ in range(rounds):
        before, began = time.process_time(), time.perf_counter()
        act()
        busy.append(1000 * (time.process_time() - before))
        clock.append(1000 * (time.perf_counter() - began))
    return {"ms": round(median(clock), 1), "worst_ms": round(max(clock), 1), "cpu_ms": round(median(busy), 1)}


def _previews(client: Client, desk: str, rounds: int) -> dict[str, float]:
    """The preview of a lesson of 16 KB: when its text is new, and when it was rendered before."""
    pk = desk.rstrip("/").rpartition("/")[2]
    item = Lesson.objects.values_list("item_id", flat=True).get(pk=pk)
    url = reverse("admin:lessons_lesson_preview", args=[pk])
    texts = [material.lesson_text("A long lesson", number, PREVIEWED) for number in range(rounds)]
    made = [Revision.objects.create(recipe=RECIPE, item_id=item, origin=Origin.IMPORTED, text=text) for text in texts]
    addresses = iter([f"{url}?revision={revision.pk}" for revision in made])
    fresh = timed(lambda: client.get(next(addresses), secure=True), rounds)
    kept = timed(lambda: client.get(f"{url}?revision={made[0].pk}", secure=True), rounds)
    return {"preview_ms": fresh["cpu_ms"], "preview_kept_ms": kept["cpu_ms"]}


def _press(client: Client, url: str, base: int | None) -> tuple[str, int | None]:
    answer = client.post(url, {"deed": "approve", "base": base}, secure=True, headers={"X-Desk": "1"})
    if answer.status_code != 200:
        raise AssertionError(f"{url} answered {answer.status_code}: {answer.content[:300]!r}")
    url = answer.json()["url"]
    return url, Lesson.objects.values_list("current_id", flat=True).get(pk=url.rstrip("/").rpartition("/")[2])
