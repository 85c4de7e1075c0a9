"""What follows an outline and repeats its codes (check lists, diagrams, tables) makes no module and no lesson twice."""

import pytest

from lessons.outline import parse_outline

NATIVE = "# M0: Start — Lesson Map\n## L001: Ask [F]\n## L002: Answer [I]\n# M1: More — Lesson Map\n## L001: Tell [A]\n"
HEADINGS = "## Module 1: Start\n### Words\n- Ask [F]\n- Answer [I]\n## Module 2: More\n### Deeds\n- Tell [A]\n"
BULLETS = "- **Module 1: Start**\n  - Ask [F]\n  - Answer [I]\n- **Module 2: More**\n  - Tell [A]\n"
NUMBERED = "## 1. Start\n### 1.1 Ask [F]\n### 1.2 Answer [I]\n## 2. More\n### 2.1 Tell [A]\n"
TABLE = "| Module | Lesson | Level |\n|---|---|---|\n| 1. Start | Ask | F |\n| | Answer | I |\n| 2. More | Tell | A |\n"
SHAPES = {"native": NATIVE, "headings": HEADINGS, "bullets": BULLETS, "numbered": NUMBERED, "table": TABLE}

# Named as each shape writes them: the heading, item or cell of the first module, and of its first lesson.
NAMES = {
    "native": ("M0: Start", "L001: Ask [F]"),
    "headings": ("Module 1: Start", "Ask [F]"),
    "bullets": ("**Module 1: Start**", "Ask [F]"),
    "numbered": ("1. Start", "1.1 Ask [F]"),
    "table": ("1. Start", "Ask"),
}
REPEATS = {
    "check list": "\n# Progress\n\n- [ ] {0}\n  - [x] {1}\n- [x] {0}\n",
    "check list in bold": "\n# Checklist\n\n- [ ] **{0}** – done?\n- [ ] **{1}** – done?\n",
    "mermaid diagram": "\n# Diagram\n\n```mermaid\ngraph TD\n# {0}\n## {0}\n## {1}\n- **{0}**\n  - {1}\n```\n",
    "drawing": "\n# Map\n\n~~~\n{0}\n  |-- {1}\n| {0} | {1} |\n~~~\n",
    "summary table": "\n# Overview\n\n| Module | Lessons | Hours |\n|---|---|---|\n| {0} | 2 | 3 |\n| Total | 3 | |\n",
    "table of states": "\n# States\n\n| Code | Done |\n|---|---|\n| {0} | no |\n| {1} | yes |\n",
}


def rows(text: str) -> tuple[list[tuple[str, str, str]], list[str]]:
    outline = parse_outline(text)
    lessons = [(lesson.key, lesson.module_title, lesson.title) for lesson in outline.lessons]
    return lessons, [module.title for module in outline.modules]


def test_the_shapes_are_worked_out_by_hand():
    for name, text in SHAPES.items():
        numbers = {"native": ("M0-L001", "M0-L002", "M1-L001"), "numbered": ("M1-L1.1", "M1-L1.2", "M2-L2.1")}
        keys = numbers.get(name, ("M1-L001", "M1-L002", "M2-L001"))
        titles = [("Start", "Ask"), ("Start", "Answer"), ("More", "Tell")]
        assert parse_outline(text).format == name
        assert rows(text) == ([(key, *title) for key, title in zip(keys, titles, strict=True)], ["Start", "More"])


@pytest.mark.parametrize("repeat", REPEATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_codes_repeated_behind_an_outline_make_nothing_twice(shape, repeat):
    text = SHAPES[shape] + REPEATS[repeat].format(*NAMES[shape])
    assert rows(text) == rows(SHAPES[shape])


@pytest.mark.parametrize("repeat", ["mermaid diagram", "drawing", "summary table"])
@pytest.mark.parametrize("shape", SHAPES)
def test_codes_repeated_before_an_outline_make_nothing_twice(shape, repeat):
    text = REPEATS[repeat].format(*NAMES[shape]).lstrip("\n") + "\n" + SHAPES[shape]
    assert rows(text) == rows(SHAPES[shape])
