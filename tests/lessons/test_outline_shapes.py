"""The shapes other than the native one: headings with bullets, bold bullets, tables."""

import pytest

from lessons.outline import OutlineError, parse_outline

HEADINGS = """\
# Python for analysts

## Table of Contents
- [Module 1: Basics](#module-1)
- [Module 2: Data](#module-2)

## Module 1: Basics

### Variables
- Names and `values` [F]
- Types (2 hours) [I] #typing
  - numbers and text

### Learning Objectives
- You can name things

## Module 3: Data
**Duration:** 2 weeks

### Files
- Reading **CSV** files [video]
- Duration: 3 hours

## Resources
- A book
"""

BULLETS = """\
# Outline
- **Module 1: Use `git` daily** (2 weeks)
  - Commit **often**, `git add -p`
  - Branches #branching
- **Module 2: Teams**
    - Reviews [A]
- Feedback form

## Progress check list
- **Module 1: Use `git` daily**
  - [x] Commit often
"""

TABLE = """\
| Module | Lesson | Title | Level |
|:-------|-------:|-------|-------|
| 1 — Start | 1 | Install `a \\| b` | Foundation |
| | 1.5 | Half | I |
| 2 — Go on | 007 | NO | |
| 1 — Start | 9 | Back again | A-E |
| **Total** | | 4 | |
"""


def lessons(text, format="auto"):
    return [
        (les.key, les.code, les.title, les.level, les.section, les.tags) for les in parse_outline(text, format).lessons
    ]


def titles(text, format="auto"):
    return [lesson.title for lesson in parse_outline(text, format).lessons]


def modules(text, format="auto"):
    return [(mod.code, mod.title, mod.written) for mod in parse_outline(text, format).modules]


@pytest.mark.parametrize("format", ["auto", "headings"])
def test_headings_with_bullets_as_worked_out_by_hand(format):
    assert modules(HEADINGS, format) == [("M1", "Basics", "Module 1"), ("M3", "Data", "Module 3")]
    assert lessons(HEADINGS, format) == [
        ("M1-L001", "L001", "Names and `values`", "F", "Variables", ()),
        ("M1-L002", "L002", "Types (2 hours)", "I", "Variables", ("typing",)),
        ("M3-L001", "L001", "Reading **CSV** files", "", "Files", ("video",)),
    ]


def test_nested_items_below_lessons_are_details_and_counted():
    problems = parse_outline(HEADINGS).problems
    assert [problem.why for problem in problems] == ["1 items nested below the lessons were read as details."]


def test_tagged_items_in_the_second_depth_are_the_lessons():
    text = "## Module 1: X\n### T\n- Group\n  - One [F]\n  - Two [I]\n- Other\n  - Three [A]\n"
    assert [(title, section) for _, _, title, _, section, _ in lessons(text)] == [
        ("One", "T / Group"),
        ("Two", "T / Group"),
        ("Three", "T / Other"),
    ]


def test_items_that_all_hold_items_are_sections_and_a_leaf_is_a_lesson():
    text = "## Module 1: X\n- Group A:\n  - One\n- Group B\n  - Two\n- Alone\n"
    assert [(title, section) for _, _, title, _, section, _ in lessons(text)] == [
        ("One", "Group A"),
        ("Two", "Group B"),
        ("Alone", ""),
    ]


def test_tagged_items_below_numbered_topics_are_the_lessons():
    text = "## Module 1: X\n### Topic 1: A\n- One [video]\n- Two #lab\n### Topic 2: B\n- Three [F]\n"
    assert [(key, title, section, tags) for key, _, title, _, section, tags in lessons(text)] == [
        ("M1-L001", "One", "Topic 1: A", ("video",)),
        ("M1-L002", "Two", "Topic 1: A", ("lab",)),
        ("M1-L003", "Three", "Topic 2: B", ()),
    ]


def test_untagged_items_below_numbered_topics_are_the_lessons_as_well():
    text = "## Module 1: X\n### Topic 1: A\n- Open\n- Save\n### Topic 2: B\n- Close\n"
    assert [(key, title, section, tags) for key, _, title, _, section, tags in lessons(text)] == [
        ("M1-L001", "Open", "Topic 1: A", ()),
        ("M1-L002", "Save", "Topic 1: A", ()),
        ("M1-L003", "Close", "Topic 2: B", ()),
    ]
    nested = "## Module 1: X\n### Topic 1: A\n- Group\n  - Open\n  - Save\n### Topic 2: B\n- Other\n  - Close\n"
    assert [row[4] for row in lessons(nested)] == ["Topic 1: A / Group", "Topic 1: A / Group", "Topic 2: B / Other"]
    assert titles(nested) == ["Open", "Save", "Close"]


def test_topics_of_which_one_has_no_items_are_the_lessons_themselves():
    # As items alone, B would be lost.
    assert titles("## Module 1: X\n### Topic 1: A\n- Open\n- Save\n### Topic 2: B\n## Module 2: Y\n") == ["A", "B"]
    assert titles("## Module 1: X\n### Topic 1: A\n- Open\n### Topic 2: B\n- Duration: 5\n") == ["A", "B"]
    again = "## Module 1: X\n### Topic 1: A\n- Open\n## Module 2: Y\n### Topic 1: B\n"
    assert titles(again) == ["A", "B"]


def test_topics_are_the_lessons_where_their_form_is_chosen():
    assert titles("## Module 1: X\n### Topic 1: A\n- Open\n### Topic 2: B\n- Close\n", "numbered") == ["A", "B"]


def test_untagged_items_below_topics_without_a_number_are_the_lessons():
    text = "## Module 1: X\n### Variables\n- Names\n- Types\n### Files\n- Reading\n"
    assert [(row[0], row[2], row[4]) for row in lessons(text)] == [
        ("M1-L001", "Names", "Variables"),
        ("M1-L002", "Types", "Variables"),
        ("M1-L003", "Reading", "Files"),
    ]


@pytest.mark.parametrize(
    ("bullet", "title", "level", "tags"),
    [
        ("A [F] [video]", "A", "F", ("video",)),
        ("A [video] [F-I]", "A", "F-I", ("video",)),
        ("A {lab} #two", "A", "", ("lab", "two")),
        ("A (Advanced)", "A", "A", ()),
        ("[lab] A [a](b.md)", "[lab] A a", "", ()),
        ("Use `x[0]` and C# [I]", "Use `x[0]` and C#", "I", ()),
    ],
)
def test_tags_stand_at_the_end_of_a_bullet(bullet, title, level, tags):
    assert [row[2:4] + row[5:] for row in lessons(f"## Module 1: X\n### T\n- {bullet}\n")] == [(title, level, tags)]


def test_written_lesson_numbers_in_bullets_make_the_keys():
    text = "## Module 2: X\n- Lesson 1: A\n- Lesson 3: B\n- Lesson 3: C\n"
    assert [row[:3] for row in lessons(text)] == [
        ("M2-L1", "Lesson 1", "A"),
        ("M2-L3", "Lesson 3", "B"),
        ("M2-L3-2", "Lesson 3", "C"),
    ]


def test_check_list_items_are_lessons_only_where_there_are_no_others():
    assert titles("## Module 1: X\n- [ ] One\n- [x] Two\n") == ["One", "Two"]
    assert titles("## Module 1: X\n- One\n- [ ] done?\n") == ["One"]


def test_a_check_list_of_bold_items_does_not_make_a_module_twice():
    again = BULLETS + "\n## All\n- [x] **Module 1: Use `git` daily**\n  - [x] Commit often\n"
    assert lessons(again) == lessons(BULLETS)
    assert modules(again) == modules(BULLETS)


def test_links_give_their_text():
    assert titles("## Module 1: X\n- [Loops](loops.md) and [more](#m) [F]\n") == ["Loops and more"]


def test_without_lists_the_inner_headings_are_the_lessons():
    text = "## Module 1: X\n### First\nprose\n### Second [A]\n### Resources\n## Module 2: Y\n### Third\n"
    assert [row[:4] for row in lessons(text)] == [
        ("M1-L001", "L001", "First", ""),
        ("M1-L002", "L002", "Second", "A"),
        ("M2-L001", "L001", "Third", ""),
    ]


def test_a_part_around_modules_does_not_take_their_place():
    text = "# Part 1: P\n## Module 1: X\n- a\n## Module 2: Y\n- b\n"
    assert modules(text) == [("M1", "X", "Module 1"), ("M2", "Y", "Module 2")]


@pytest.mark.parametrize("format", ["auto", "bullets"])
def test_bold_bullets_as_worked_out_by_hand(format):
    assert modules(BULLETS, format) == [("M1", "Use `git` daily (2 weeks)", "Module 1"), ("M2", "Teams", "Module 2")]
    assert lessons(BULLETS, format) == [
        ("M1-L001", "L001", "Commit **often**, `git add -p`", "", "", ()),
        ("M1-L002", "L002", "Branches", "", "", ("branching",)),
        ("M2-L001", "L001", "Reviews", "A", "", ()),
    ]


@pytest.mark.parametrize("number", ["**Week 3:**", "**Week 3**:", "**Week 3** –", "__Week 3__"])
def test_bold_around_the_number_alone_is_no_part_of_the_title(number):
    written = f"{number} Loops"
    assert modules(f"- {written}\n  - For **all**\n") == [("M3", "Loops", "Week 3")]
    assert modules(f"## {written}\n- For\n") == [("M3", "Loops", "Week 3")]


def test_tabs_nest_as_blanks_do():
    assert titles("- **Module 1: X**\n\t- One\n\t- Two\n") == ["One", "Two"]


@pytest.mark.parametrize("format", ["auto", "table"])
def test_table_rows_as_worked_out_by_hand(format):
    assert modules(TABLE, format) == [("M1", "Start", "1"), ("M2", "Go on", "2")]
    assert lessons(TABLE, format) == [
        ("M1-L1", "1", "Install `a | b`", "F", "", ()),
        ("M1-L1.5", "1.5", "Half", "I", "", ()),
        ("M2-L007", "007", "NO", "", "", ()),
        ("M1-L9", "9", "Back again", "A-E", "", ()),
    ]


@pytest.mark.parametrize("cell", ["", " ", '"', "〃"])
def test_an_empty_module_cell_means_as_above(cell):
    text = f"| Module | Title |\n|---|---|\n| Basics | A |\n| {cell} | B |\n| Next | C |\n"
    assert [row[0] for row in lessons(text)] == ["M1-L001", "M1-L002", "M2-L001"]


@pytest.mark.parametrize("code", ["L001", "M0-L001", "**L001**"])
def test_native_codes_in_cells_are_kept_as_written(code):
    text = f"| Module | Code | Title |\n|---|---|---|\n| M0 | {code} | A |\n| | L002 | B |\n"
    text += "| **M4 Data** | L001 | C |\n"
    assert modules(text) == [("M0", "M0", "M0"), ("M4", "Data", "M4")]
    assert [row[0] for row in lessons(text)] == ["M0-L001", "M0-L002", "M4-L001"]


@pytest.mark.parametrize("cell", ["0", "NA", "no", "yes", "1e3"])
def test_cells_that_look_like_other_values_are_modules(cell):
    text = f"| Module | Title |\n|---|---|\n| {cell} | {cell} |\n"
    outline = parse_outline(text)
    assert (outline.modules[0].title, outline.lessons[0].title) == (cell, cell)


def test_tables_under_module_headings_need_no_module_column():
    head = "| # | Lesson |\n|---|---|\n"
    text = f"### Module 1: F\n{head}| 1.1 | One |\n### Module 2: G\n{head}| 2.1 | Two |\n"
    assert [row[:3] for row in lessons(text)] == [("M1-L1.1", "1.1", "One"), ("M2-L2.1", "2.1", "Two")]


def test_tables_with_other_columns_do_not_repeat_the_lessons():
    text = TABLE + "\n| Module | Title | Done |\n|---|---|---|\n| 1 — Start | Half | yes |\n"
    assert lessons(text) == lessons(TABLE)


def test_a_row_without_title_is_a_problem():
    outline = parse_outline("| Week | Topic |\n|---|---|\n| 1 | A |\n| 2 | |\n")
    assert (4, "This row has no lesson title.") in [(problem.line, problem.why) for problem in outline.problems]
    assert len(outline.lessons) == 1


def test_a_cut_last_row_is_a_problem_and_no_lesson():
    outline = parse_outline("| Week | Topic | Level |\n|---|---|---|\n| 1 | A | F |\n| 1 | Lo")
    assert [lesson.title for lesson in outline.lessons] == ["A"]
    assert "middle of this row" in outline.problems[0].why


def test_a_table_in_chinese():
    text = "| 週 | 主題 |\n|---|---|\n| 第一週 | 介紹 |\n| | 變數 |\n| 第三週 | 迴圈 |\n"
    assert [row[0] for row in lessons(text)] == ["M1-L001", "M1-L002", "M3-L001"]


def test_tables_of_something_else_are_refused():
    with pytest.raises(OutlineError):
        parse_outline("| Fruit | Price |\n|---|---|\n| Apple | 3 |\n")
