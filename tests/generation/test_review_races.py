"""Several people at the same moment: one wins, the others are told, on a database with row locks truly at once."""

from collections import Counter
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from generation import review
from generation.importing import apply_import, plan_import
from generation.models import ReviewEvent, Revision
from generation.review import Conflict, ReviewRefused
from lessons.models import Course, Lesson, LessonPlan
from tests import factories
from tests.generation.people import EDIT, REVIEW, person

PEOPLE = 4

pytestmark = pytest.mark.django_db(transaction=True)


def together(step: Callable[[int], object]) -> list[object]:
    """What the step gave each of the people. SQLite's test database lives in memory: there one after the other."""
    results: list[object] = []

    def go(number: int) -> None:
        try:
            results.append(step(number))
        except ReviewRefused as error:
            results.append(error)

    def go_at_once(number: int) -> None:
        barrier.wait()
        go(number)
        connection.close()

    if not connection.features.has_select_for_update:
        for number in range(PEOPLE):
            go(number)
        return results
    barrier = Barrier(PEOPLE)
    threads = [Thread(target=go_at_once, args=(number,)) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def pages():
    """The same lesson as each of the people has it open."""
    factories.lesson(factories.course(1, 1).items.get())
    return [Lesson.objects.get() for _ in range(PEOPLE)]


@pytest.fixture
def people():
    return [person(f"p{number}", EDIT, REVIEW) for number in range(PEOPLE)]


def test_of_several_saves_one_wins_and_the_others_see_it(pages, people):
    base = pages[0].current_id
    results = together(lambda n: review.save_text(pages[n], f"# By {n}", people[n], base_revision_id=base))
    assert Counter(map(type, results)) == {Revision: 1, Conflict: PEOPLE - 1}
    won = next(result for result in results if isinstance(result, Revision))
    others = [result for result in results if isinstance(result, Conflict)]
    assert {conflict.current for conflict in others} == {won}
    assert {won.text, *(conflict.text for conflict in others)} == {f"# By {n}" for n in range(PEOPLE)}


def test_of_several_decisions_one_counts(pages, people):
    results = together(lambda n: review.reject(pages[n], people[n], f"reason {n}"))
    assert Counter(map(type, results)) == {type(None): 1, ReviewRefused: PEOPLE - 1}
    assert ReviewEvent.objects.count() == 1


def test_bulk_decisions_at_once_count_each_record_once(pages, people):
    results = together(lambda n: review.bulk(Lesson.objects.all(), "approve", people[n]).done)
    assert sorted(results, key=str) == [0, 0, 0, 1] and ReviewEvent.objects.count() == 1


def test_imports_at_once_make_each_item_once():
    data = b"# M0: A - Lesson Map\n\n## L001: One [F]\n\n## L002: Two [F]\n"
    together(lambda n: apply_import(plan_import("lessons", data, slug="same")))
    assert (Course.objects.count(), LessonPlan.objects.count()) == (1, 2)
