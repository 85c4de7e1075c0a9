"""What the prompt of a lesson gets: its module's neighbours, minutes by level, the outline up to the set length."""

import pytest

from generation.instructions import instruction
from generation.models import RecipeSettings
from lessons.checks import USUAL_SECTIONS
from lessons.models import Course, LessonPlan
from lessons.recipes import LessonRecipe
from tests import factories

OUTLINE = "M0: Module 0\n- Topic 0.1\n- Topic 0.2\n- Topic 0.3\nM1: Module 1\n- Topic 1.1\n- Topic 1.2\n- Topic 1.3"


def context(key: str, options: dict | None = None) -> dict:
    plan = LessonPlan.objects.select_related("collection").get(key=key)
    (found,) = LessonRecipe(options).contexts([plan], [{}])
    return found


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("M0-L001", [], ["Topic 0.2", "Topic 0.3"]),
        ("M0-L002", ["Topic 0.1"], ["Topic 0.3"]),
        ("M1-L001", [], ["Topic 1.2", "Topic 1.3"]),
    ],
)
def test_neighbours_are_those_of_the_module(course, key, before, after):
    found = context(key)
    assert (found["previous"], found["next"]) == (before, after)


def test_the_nearest_neighbours_are_taken_and_their_number_is_settable(db):
    factories.course(modules=1, lessons=9)
    found = context("M0-L005")
    assert (found["previous"], found["next"]) == (
        ["Topic 0.2", "Topic 0.3", "Topic 0.4"], ["Topic 0.6", "Topic 0.7", "Topic 0.8"],
    )  # fmt: skip
    assert context("M0-L005", {"neighbours": 1})["previous"] == ["Topic 0.4"]


def test_what_is_gone_from_the_outline_is_no_neighbour(course):
    LessonPlan.objects.filter(key="M0-L002").update(removed_at="2026-01-01T00:00:00Z")
    assert context("M0-L001")["next"] == ["Topic 0.3"]
    assert "Topic 0.2" not in context("M0-L001")["outline"]


@pytest.mark.parametrize(
    ("level", "minutes", "word"),
    [
        ("E", 90, "Expert"),
        ("F-A", 75, "Foundation to Advanced"),
        ("I-F", 60, "Intermediate to Foundation"),
        ("", 60, ""),
    ],
)
def test_level_and_minutes(course, level, minutes, word):
    LessonPlan.objects.update(level=level)
    found = context("M1-L002")
    assert (found["duration"], found["level_word"], found["level"]) == (minutes, word, level)


def test_audience_and_domain_are_the_course_s(course):
    Course.objects.update(audience="stewards", domain="insurance")
    found = context("M1-L002")
    assert (found["audience"], found["domain"], found["module_title"]) == ("stewards", "insurance", "Module 1")


@pytest.mark.parametrize("length", [1, 25, 1000])
def test_the_outline_is_cut_to_the_set_length(course, length):
    assert context("M1-L002", {"outline_characters": length})["outline"] == OUTLINE[:length]


def test_without_a_setting_the_outline_has_up_to_three_thousand_characters(db):
    factories.course(modules=1, lessons=400)
    assert len(context("M0-L001")["outline"]) == 3000


def test_an_operator_sets_outline_and_sections_of_the_recipe(course):
    RecipeSettings.objects.create(
        recipe="lessons.lesson", options={"outline_characters": 12, "sections": ["Quiz", "Glossary"]}
    )
    plan = LessonPlan.objects.select_related("collection").get(key="M1-L003")
    ((_, user),) = instruction("lessons.lesson").texts([plan], [{}])
    assert "- ## Quiz\n- ## Glossary\n" in user and "Introduction" not in user
    assert "M0: Module 0\n" in user and "Topic 0.1" not in user
    assert context("M1-L003")["sections"] == USUAL_SECTIONS


def test_the_neighbours_of_a_chunk_take_one_query(course, django_assert_num_queries):
    plans = list(LessonPlan.objects.select_related("collection").order_by("position"))
    recipe = LessonRecipe()
    recipe.contexts(plans[:1], [{}])
    with django_assert_num_queries(1):
        assert len(recipe.contexts(plans, [{}] * 6)) == 6


def test_the_request_of_a_lesson_holds_it_all(db):
    course = factories.course(modules=2, lessons=5)
    Course.objects.update(name="Care", audience="new stewards", domain="insurance")
    LessonPlan.objects.filter(key="M0-L003").update(section="Core Concepts", level="F-A", title="Who owns data?")
    RecipeSettings.objects.create(recipe="lessons.lesson", options={"outline_characters": 30, "neighbours": 2})
    plan = LessonPlan.objects.select_related("collection").get(key="M0-L003")
    ((system, user),) = instruction("lessons.lesson", course.slug).texts([plan], [{}])
    assert "a practitioner of insurance" in system
    lines = user.split("\n")
    for line in (
        'Write one lesson of the course "Care".', "Lesson code: M0-L003", "Title: Who owns data?",
        "Module: M0 (Module 0)", "Section of the module: Core Concepts", "Level: Foundation to Advanced [F-A]",
        "Audience: new stewards", "Domain: insurance", "Duration: 75 minutes of study, exercises included",
        "Length: about 1500 words",
    ):  # fmt: skip
        assert line in lines
    before, after = lines.index("- Topic 0.1"), lines.index("- Topic 0.4")
    assert lines[before : before + 2] == ["- Topic 0.1", "- Topic 0.2"]
    assert lines[after : after + 2] == ["- Topic 0.4", "- Topic 0.5"]
    assert lines[before - 1].startswith("The learners have had")
    assert lines[after - 1].startswith("These lessons come next")
    # Thirty characters of the outline: M0: Module 0, - Topic 0.1 and five characters of the next line.
    assert "\n\nM0: Module 0\n- Topic 0.1\n- Top\n" in user and "Topic 1" not in user


@pytest.mark.parametrize(("level", "minutes"), [("F", 45), ("I", 60), ("A", 75), ("E", 90), ("F-E", 90), ("I-A", 75)])
def test_the_minutes_of_its_level_are_in_the_prompt(course, level, minutes):
    LessonPlan.objects.update(level=level)
    plan = LessonPlan.objects.select_related("collection").get(key="M0-L001")
    ((_, user),) = instruction("lessons.lesson").texts([plan], [{}])
    assert f"\nDuration: {minutes} minutes of study, exercises included\n" in user
