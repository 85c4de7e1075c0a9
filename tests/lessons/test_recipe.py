"""The recipe as a whole: what an answer becomes, and which checks its text meets."""

import pytest

from generation.instructions import instruction
from generation.models import RecipeSettings
from generation.recipes import Draft, InvalidOutput
from lessons.checks import USUAL_SECTIONS
from lessons.models import LessonPlan
from lessons.recipes import LessonRecipe

BODY = "".join(f"\n## {name}\n\nSome words about it.\n" for name in USUAL_SECTIONS)


def plan(level: str = "F") -> LessonPlan:
    LessonPlan.objects.filter(key="M0-L001").update(level=level, title="What It Is")
    return LessonPlan.objects.select_related("collection").get(key="M0-L001")


def found(text: str, level: str = "F") -> list[tuple[str, str, str]]:
    recipe = instruction("lessons.lesson", "course").recipe
    ((*findings,),) = recipe.checks([Draft(plan(level), text)])
    return [(one.check, one.severity.value, one.message) for one in findings]


def of(words: int) -> str:
    """A lesson of exactly so many words with all that it needs; its usual form has 90."""
    text = f"# M0-L001: What It Is\n{BODY}"
    return text + " ".join(["word"] * (words - len(text.split()))) + "\n"


def test_an_answer_is_cleaned_and_becomes_a_lesson(course):
    answer = f"Sure! Here is the lesson:\n\n```markdown\n{of(700)}```\n\nWord count: 700\n"
    accepted = LessonRecipe().accept(plan(), answer)
    assert accepted.text == of(700)
    assert (accepted.fields["title"], accepted.fields["words"]) == ("What It Is", 700)


@pytest.mark.parametrize("answer", ["", " \n\t\n"])
def test_an_answer_without_a_text_is_refused(course, answer):
    with pytest.raises(InvalidOutput):
        LessonRecipe().accept(plan(), answer)


@pytest.mark.parametrize(
    ("level", "low", "high"),
    [("F", 600, 1800), ("I", 800, 2400), ("A", 1000, 3000), ("E", 1200, 3600), ("F-I", 800, 2400), ("", 600, 3600)],
)
def test_the_length_that_is_checked_is_that_of_the_level(course, level, low, high):
    assert found(of(low), level) == found(of(high), level) == []
    assert found(of(low - 1), level) == [
        ("length", "warning", f"{low - 1} words; at least {low} are expected."),
    ]
    assert found(of(high + 1), level) == [
        ("length", "warning", f"{high + 1} words; at most {high} are expected."),
    ]
    assert found(of(low // 2 - 1), level)[0][:2] == ("length", "error")


def test_each_of_the_ten_sections_is_asked_for_unless_others_are_set(course):
    assert [message for _, _, message in found(of(700).replace("## ", "**"))] == [
        "The section “Learning Objectives” is missing.",
        "The section “Introduction” is missing.",
        "The section “Core Concepts” is missing.",
        "The section “Worked Example” is missing.",
        "The section “Practical Application” is missing.",
        "The section “Common Mistakes” is missing.",
        "The section “Exercises” is missing.",
        "The section “Key Takeaways” is missing.",
        "The section “Self-Check Questions” is missing.",
        "The section “Further Reading” is missing.",
    ]
    RecipeSettings.objects.create(recipe="lessons.lesson", options={"sections": ["Introduction", "Quiz"]})
    assert [message for _, _, message in found(of(700))] == ["The section “Quiz” is missing."]


def test_the_heading_is_held_against_the_plan_s_title(course):
    assert found(of(700).replace("What It Is", "Cooking Pasta")) == [
        ("heading", "error", "The first heading does not fit the title “What It Is”."),
    ]
