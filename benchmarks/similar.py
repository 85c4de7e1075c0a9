"""Similar texts of a collection: to index them, to find the pairs, to show the page; time and memory as they grow."""

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.urls import reverse

from benchmarks import material
from benchmarks.desk import PLAIN_FILES, RECIPE
from benchmarks.memory import aside, peak_mb
from generation.likeness import catch_up, similar_pairs
from generation.models import Origin, Revision
from generation.models.inserts import insert_rows
from generation.recipes import recipe_class
from lessons.models import Course, Lesson, LessonPlan

WORDS = 800
VOCABULARY = 5000
# Every so many texts, one is the text before it with a few other words.
TWINS = 100


def measure(size: int) -> dict[str, Any]:
    """Seconds and peak MB of each step over a course of `size` lessons of about 5 KB; how many pairs were found."""
    aside(lambda: _fill(size))
    course = Course.objects.get()
    peaks, seconds = {"start": peak_mb()}, {}

    def step(name: str, act: Callable[[], Any]) -> Any:
        began = time.process_time()
        result = act()
        seconds[name] = round(time.process_time() - began, 2)
        peaks[name] = peak_mb()
        return result

    step("index", lambda: catch_up(recipe_class(RECIPE), [course.pk]))
    pairs = step("pairs", lambda: similar_pairs(RECIPE, course.pk))
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.create_superuser("bench"))
    with override_settings(STORAGES={"staticfiles": PLAIN_FILES, "default": PLAIN_FILES}):
        page = step("page", lambda: client.get(_address(), {"status": "any"}, secure=True))
    shown = page.content.decode().count("side by side")
    return {"size": size, "pairs": len(pairs), "shown": shown, "seconds": seconds, "peaks": peaks}


def _address() -> str:
    return reverse("admin:lessons_lesson_desk_similar")


def _fill(size: int) -> None:
    course = material.course(size, "similar")
    plans = list(LessonPlan.objects.filter(collection=course).order_by("pk").values_list("pk", "title"))
    shared = {"recipe": RECIPE, "origin": Origin.GENERATED}
    texts = zip((pk for pk, _ in plans), _texts(), strict=False)
    insert_rows(Revision, shared, ("item_id", "text"), texts)
    made = dict(Revision.objects.values_list("item_id", "pk"))
    rows = ((pk, title, made[pk], f"{pk:032x}") for pk, title in plans)
    insert_rows(Lesson, {"recipe": RECIPE}, ("item_id", "title", "current_id", "fingerprint"), rows)


def _texts() -> Iterator[str]:
    dice, words, number = random.Random(1), [], 0
    while True:
        number += 1
        if number % TWINS:
            words = [f"word{place}" for place in dice.choices(range(VOCABULARY), k=WORDS)]
        else:
            words[::50] = ["other"] * len(words[::50])
        yield " ".join(words)
