"""The prompt's file default renders with the documented variables alone."""

from pathlib import Path

import pytest
from django.template import Context, Engine

PROMPT = Path(__file__).parents[2] / "lessons" / "prompts" / "lesson.md"
VARIABLES = {
    "course": "Governance & <You>",
    "audience": "stewards",
    "domain": "insurance",
    "module_code": "M0",
    "module_title": "Foundations",
    "section": "Core",
    "code": "L001",
    "key": "M0-L001",
    "title": "Who's who?",
    "level": "F-I",
    "level_word": "Foundation to Intermediate",
    "duration": 60,
    "sections": ["Introduction", "Key Takeaways"],
    "words": 1200,
    "previous": ["What was"],
    "next": ["What comes"],
    "outline": "M0: Foundations",
    "remark": "More examples",
}


def rendered(**changes):
    engine = Engine(dirs=[], loaders=[], libraries={}, autoescape=False, string_if_invalid="UNKNOWN %s")
    parts = PROMPT.read_text(encoding="utf-8").removeprefix("## system\n").split("\n## user\n")
    return [engine.from_string(part).render(Context(VARIABLES | changes, autoescape=False)) for part in parts]


def test_it_has_a_system_and_a_user_part_and_no_unknown_variable():
    system, user = rendered()
    assert "UNKNOWN" not in system + user
    assert "{" not in system + user


def test_the_lines_that_a_lesson_is_recognised_by():
    lines = rendered()[1].split("\n")
    for line in ("Lesson code: M0-L001", "Title: Who's who?", "- ## Introduction", "- ## Key Takeaways"):
        assert line in lines
    assert "Length: about 1200 words" in lines


def test_nothing_is_escaped():
    assert 'the course "Governance & <You>"' in rendered()[1]


@pytest.mark.parametrize("name", ["audience", "section", "outline", "remark", "course", "domain", "module_title"])
def test_each_text_reaches_the_model(name):
    assert "zebra" in "".join(rendered(**{name: "zebra"}))


@pytest.mark.parametrize(
    ("name", "heading"),
    [("previous", "have had these"), ("next", "come next"), ("outline", "The outline"), ("remark", "editor's wish")],
)
def test_what_is_empty_leaves_no_heading_behind(name, heading):
    assert heading in rendered()[1]
    assert heading not in rendered(**{name: ""})[1]
