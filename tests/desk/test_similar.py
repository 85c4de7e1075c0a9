"""Similar texts are found by parts of their signatures, kept as texts change."""

import random
import time

import pytest
from django.urls import reverse

from generation import review, tasks
from generation.likeness import catch_up, similar_pairs, similar_to
from generation.models import Likeness
from generation.shingles import BANDS, likeness, signature
from lessons.models import Lesson, LessonPlan
from lessons.recipes import LessonRecipe
from tests import factories


def prose(seed, words=300):
    chance = random.Random(seed)
    return " ".join(f"w{chance.randrange(5000)}" for _ in range(words))


def altered(text, share, seed=0):
    chance = random.Random(seed)
    return " ".join("other" if chance.random() < share else word for word in text.split())


@pytest.fixture
def twins(course):
    texts = [prose(1), altered(prose(1), 0.03), prose(2), prose(3), "Too short.", "Too short."]
    return [factories.lesson(plan, text) for plan, text in zip(LessonPlan.objects.all(), texts, strict=True)]


def pairs(course):
    catch_up(LessonRecipe, [course.pk])
    return [pair for pair, _ in similar_pairs("lessons.lesson", course.pk)]


def test_signatures_meet_as_often_as_the_texts_are_alike():
    def met(share):
        found = [set(enumerate(signature(prose(n)))) & set(enumerate(signature(altered(prose(n), share, n))))
                 for n in range(60)]  # fmt: skip
        return sum(map(bool, found))

    assert met(0.0) == met(0.02) == 60
    assert met(0.9) == 0
    assert len(signature(prose(1))) == BANDS
    assert all(0 <= value < 2**32 for value in signature(prose(1)))


def test_case_and_punctuation_do_not_matter_and_short_texts_have_none():
    assert signature(prose(1)) == signature(prose(1).upper().replace(" ", ", "))
    assert signature("A short text.") == signature("") == []
    assert likeness("A short text.", "A short text.") == 0.0
    assert likeness(prose(1), prose(1)) == 1.0


def test_only_the_twins_are_found(course, twins):
    assert pairs(course) == [(twins[0].pk, twins[1].pk)]
    assert similar_to(twins[0]) == [twins[1].pk]
    assert similar_to(twins[4]) == []


def test_an_edit_moves_a_text_in_the_index(course, twins, roles):
    pairs(course)
    review.save_text(twins[1], prose(9), roles["editor"], base_revision_id=twins[1].current_id)
    assert pairs(course) == []
    review.save_text(twins[2], prose(9) + " end", roles["editor"], base_revision_id=twins[2].current_id)
    assert [pair for pair, _ in similar_pairs("lessons.lesson", course.pk)] == [(twins[1].pk, twins[2].pk)]
    assert catch_up(LessonRecipe, [course.pk]) == 0


def test_generated_texts_are_indexed_by_the_worker_after_the_run(course, provider):
    run = factories.finished(course)
    assert not Likeness.objects.exists()
    tasks.index_run(run.pk)
    assert Likeness.objects.values("artefact_id").distinct().count() == 6
    assert catch_up(LessonRecipe, [course.pk]) == 0


def test_another_collection_has_pairs_of_its_own(course, twins):
    other = factories.course(1, 1, "other")
    factories.lesson(other.items.get(), prose(1))
    pairs(other)
    assert similar_pairs("lessons.lesson", other.pk) == []


def test_a_crowd_of_the_same_text_stays_small(db):
    crowd = factories.course(1, 60, "crowd")
    for plan in crowd.items.all():
        factories.lesson(plan, prose(1))
    assert len(pairs(crowd)) == 59


def test_the_page_and_the_two_side_by_side(client, roles, course, twins):
    client.force_login(roles["viewer"])
    page = client.get(reverse("admin:lessons_lesson_desk_similar"))
    (pair,) = page.context["pairs"]
    assert (pair.one.pk, pair.other.pk) == (twins[0].pk, twins[1].pk) and 80 < pair.percent < 100
    beside = client.get(reverse("admin:lessons_lesson_desk_beside", args=[twins[0].pk, twins[1].pk]))
    assert beside.context["percent"] == pair.percent
    assert client.get(reverse("admin:lessons_lesson_desk_beside", args=[twins[0].pk, 999999])).status_code == 404


def test_hidden_texts_are_not_shown(client, roles, course, twins):
    course.groups.add(roles["viewer"].groups.get())
    client.force_login(roles["editor"])
    assert client.get(reverse("admin:lessons_lesson_desk_similar")).context["pairs"] == []
    url = reverse("admin:lessons_lesson_desk_beside", args=[twins[0].pk, twins[1].pk])
    assert client.get(url).status_code == 404
    client.logout()
    assert client.get(url).status_code == 302


def test_two_thousand_texts_take_seconds(db):
    large = factories.course(20, 100, "large")
    plans = list(large.items.all())
    for number, plan in enumerate(plans):
        factories.lesson(plan, prose(number if number else 1, 100))
    began = time.process_time()
    assert len(pairs(large)) == 1
    assert time.process_time() - began < 6
    assert Lesson.objects.count() == 2000
