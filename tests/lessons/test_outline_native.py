"""The native form, rule by rule."""

import pytest

from lessons.outline import OutlineError, parse_outline

OUTLINE = """\
# Data Governance Curriculum

**Total lessons:** 5

## Complexity Legend
- [F] Foundation
- [E] Expert

# M0: Foundations — Lesson Map - Where it begins

## Core Concepts

## L001: What Governance Is [F]
## L002: Who Owns Data? [F-I]

---

## Practice

## L003: A First Policy [A]

# M1: Quality – Lesson Map

## L001: Measuring Quality [E]
## L004: Untagged
"""


def parsed(text, **options):
    return parse_outline(text, **options)


def keys(text, **options):
    return [lesson.key for lesson in parsed(text, **options).lessons]


def whys(outline):
    return [problem.why for problem in outline.problems]


def module(*lines):
    return "\n".join(["# M0: Foundations — Lesson Map", *lines, ""])


def test_the_whole_outline_reads_as_worked_out_by_hand():
    outline = parsed(OUTLINE)
    rows = [(les.key, les.code, les.title, les.level, les.section, les.position, les.line) for les in outline.lessons]
    assert outline.format == "native"
    assert rows == [
        ("M0-L001", "L001", "What Governance Is", "F", "Core Concepts", 1, 13),
        ("M0-L002", "L002", "Who Owns Data?", "F-I", "Core Concepts", 2, 14),
        ("M0-L003", "L003", "A First Policy", "A", "Practice", 3, 20),
        ("M1-L001", "L001", "Measuring Quality", "E", "", 4, 24),
        ("M1-L004", "L004", "Untagged", "", "", 5, 25),
    ]
    assert outline.problems == []


def test_modules_have_code_title_subtitle_and_line():
    modules = [(mod.code, mod.title, mod.subtitle, mod.line) for mod in parsed(OUTLINE).modules]
    assert modules == [("M0", "Foundations", "Where it begins", 9), ("M1", "Quality", "", 22)]


@pytest.mark.parametrize("dash", ["—", "–", "-"])
def test_each_dash_ends_the_module_title(dash):
    outline = parsed(f"# M7: Master Data {dash} Lesson Map {dash} Second half\n## L001: A [F]\n")
    assert [(mod.code, mod.title, mod.subtitle) for mod in outline.modules] == [("M7", "Master Data", "Second half")]


def test_a_dash_inside_the_title_is_no_end():
    outline = parsed("# M1: Build - Buy - Borrow — Lesson Map\n## L001: A [F]\n")
    assert outline.modules[0].title == "Build - Buy - Borrow"


def test_a_module_without_the_words_lesson_map_is_a_module():
    assert parsed("# M2: Metadata\n## L001: A [F]\n").modules[0].title == "Metadata"


@pytest.mark.parametrize(
    ("tag", "level"),
    [
        ("[F]", "F"),
        ("[I]", "I"),
        ("[A]", "A"),
        ("[E]", "E"),
        ("[F-I]", "F-I"),
        ("[A–E]", "A-E"),
        ("[I-I]", "I"),
        ("", ""),
    ],
)
def test_levels_and_ranges(tag, level):
    lesson = parsed(module(f"## L001: Title {tag}")).lessons[0]
    assert (lesson.title, lesson.level) == ("Title", level)


def test_an_unknown_level_is_reported_and_stays_in_the_title():
    outline = parsed(module("## L001: Title [X]", "## L002: B [F]"))
    assert outline.lessons[0].title == "Title [X]"
    assert "[X] is no level" in whys(outline)[0]


def test_brackets_that_are_no_level_belong_to_the_title():
    lesson = parsed(module("## L001: Lists [a, b] and `x[F]` [I]")).lessons[0]
    assert (lesson.title, lesson.level) == ("Lists [a, b] and `x[F]`", "I")


def test_codes_restart_in_every_module():
    text = module("## L001: A", "# M1: B — Lesson Map", "## L001: C")
    assert keys(text) == ["M0-L001", "M1-L001"]
    assert parsed(text).problems == []


def test_sections_end_with_their_module():
    outline = parsed(module("## Core", "## L001: A", "# M1: B — Lesson Map", "## L001: C"))
    assert [lesson.section for lesson in outline.lessons] == ["Core", ""]


def test_an_h1_that_is_no_module_is_passed_over():
    outline = parsed(module("## L001: A", "# Appendix", "## L002: B"))
    assert [lesson.module_code for lesson in outline.lessons] == ["M0", "M0"]
    assert [lesson.section for lesson in outline.lessons] == ["", ""]


def test_comments_are_passed_over():
    text = module("<!-- ## L001: Hidden -->", "<!--", "## L002: Hidden too", "# M9: Hidden", "-->", "## L003: Seen")
    assert keys(text) == ["M0-L003"]
    assert [mod.code for mod in parsed(text).modules] == ["M0"]


def test_a_comment_never_closed_hides_nothing_and_is_reported():
    outline = parsed(module("## L001: A", "<!-- note", "## L002: B"))
    assert [lesson.key for lesson in outline.lessons] == ["M0-L001", "M0-L002"]
    assert "never closed" in whys(outline)[0]


def test_comment_marks_in_inline_code_are_text():
    outline = parsed(module("## L001: Writing `<!--` and `-->` [F]", "## L002: B"))
    assert [lesson.title for lesson in outline.lessons] == ["Writing `<!--` and `-->`", "B"]


@pytest.mark.parametrize(
    "heading", ["Complexity Legend", "Legend", "Table of Contents", "📑 Contents", "目录", "Mục lục"]
)
def test_legends_and_tables_of_contents_are_no_sections(heading):
    outline = parsed(module(f"## {heading}", "- [F] Foundation", "- [L001](#l001)", "## L001: A"))
    assert [(lesson.section, lesson.title) for lesson in outline.lessons] == [("", "A")]


@pytest.mark.parametrize("rule", ["---", "***", "___", "- - -", "* * *"])
def test_rules_are_passed_over(rule):
    lessons = parsed(module(rule, "## L001: A", rule, "## L002: B", rule)).lessons
    assert [(lesson.key, lesson.section) for lesson in lessons] == [("M0-L001", ""), ("M0-L002", "")]
    # Outside the native form a rule looks like a list item.
    outline = parsed(f"## Module 1: A\n- One\n\n{rule}\n\n## Module 2: B\n- Two\n")
    assert [lesson.title for lesson in outline.lessons] == ["One", "Two"]


def test_a_cut_last_line_is_a_problem_and_no_lesson():
    outline = parsed(module("## L001: A [F]") + "## L00")
    assert [lesson.key for lesson in outline.lessons] == ["M0-L001"]
    assert [(problem.line, problem.what) for problem in outline.problems] == [(3, "L00")]


@pytest.mark.parametrize("last", ["## L", "## L002", "## L002:", "## L002: Who owns [F", "## L002: The **bo", "# M"])
def test_other_cuts_of_the_last_line_are_problems(last):
    outline = parsed(module("## L001: A [F]") + last)
    assert [lesson.key for lesson in outline.lessons] == ["M0-L001"]
    assert [problem.line for problem in outline.problems] == [3]


def test_a_last_line_that_may_be_cut_is_kept_and_pointed_out():
    outline = parsed(module("## L001: A [F]") + "## L002: Who ow")
    assert [lesson.title for lesson in outline.lessons] == ["A", "Who ow"]
    assert "may be cut" in whys(outline)[0]


def test_a_code_without_title_in_the_middle_is_reported():
    outline = parsed(module("## L001:", "## L002: B"))
    assert [lesson.key for lesson in outline.lessons] == ["M0-L002"]
    assert whys(outline) == ["This lesson has a code but no title."]


def test_duplicate_codes_are_reported_and_both_kept_apart():
    outline = parsed(module("## L001: A", "## L001: B", "## L001: C"))
    assert [(les.key, les.code, les.title) for les in outline.lessons] == [
        ("M0-L001", "L001", "A"),
        ("M0-L001-2", "L001", "B"),
        ("M0-L001-3", "L001", "C"),
    ]
    assert [problem.line for problem in outline.problems] == [3, 4]


def test_codes_that_differ_in_case_only_do_not_share_a_file_name():
    assert keys(module("## L001a: A", "## L001A: B")) == ["M0-L001a", "M0-L001A-2"]


def test_gaps_in_the_codes_are_kept():
    assert keys(module("## L001: A", "## L009: B", "## L0100: C")) == ["M0-L001", "M0-L009", "M0-L0100"]


def test_a_module_code_with_another_title_is_kept_apart():
    outline = parsed(module("## L001: A", "# M0: Another — Lesson Map", "## L001: B"))
    assert [(mod.code, mod.title) for mod in outline.modules] == [("M0", "Foundations"), ("M0-2", "Another")]
    assert [lesson.key for lesson in outline.lessons] == ["M0-L001", "M0-2-L001"]
    assert "used again" in whys(outline)[0]


def test_check_lists_tables_and_diagrams_do_not_make_a_module_twice():
    text = module(
        "## L001: A",
        "# M0: Foundations — Checklist",
        "- [ ] M0: Foundations",
        "- [x] L001: A",
        "| M0 | L001: A |",
        "```mermaid",
        "# M0: Foundations",
        "## L001: A",
        "```",
    )
    assert [mod.code for mod in parsed(text).modules] == ["M0"]
    assert keys(text) == ["M0-L001"]


def test_a_module_named_again_goes_on():
    outline = parsed(module("## L001: A", "# M1: B", "## L001: C", "# M0: Foundations — Lesson Map", "## L002: D"))
    assert [lesson.key for lesson in outline.lessons] == ["M0-L001", "M1-L001", "M0-L002"]
    assert [mod.code for mod in outline.modules] == ["M0", "M1"]


def test_a_module_without_lessons_is_reported_and_kept():
    outline = parsed(module("## L001: A", "# M1: Empty — Lesson Map"))
    assert [mod.code for mod in outline.modules] == ["M0", "M1"]
    assert whys(outline) == ["Module M1 has no lessons here."]


def test_lessons_before_the_first_module_are_kept_and_reported():
    outline = parsed("## L001: Early [F]\n" + module("## L001: A"))
    assert [lesson.key for lesson in outline.lessons] == ["L001", "M0-L001"]
    assert "belong to no module" in whys(outline)[0]


@pytest.mark.parametrize(
    ("line", "stated", "found"),
    [
        ("**Total lessons:** 336", 336, 2),
        ("In all 1,024 lessons await you.", 1024, 2),
        ("| Lessons | 7 |", 7, 2),
        ("Modules: 15", 15, 1),
    ],
)
def test_stated_totals_are_compared_only(line, stated, found):
    outline = parsed(f"{line}\n" + module("## L001: A", "## L002: B"))
    assert [(total.line, total.stated, total.found) for total in outline.stated_totals] == [(1, stated, found)]
    assert len(outline.lessons) == 2
    assert str(stated) in whys(outline)[0]


@pytest.mark.parametrize(
    "line", ["Total lessons: 2", "**Lessons:** 1", "About 90 lessons", "5 lessons each module", "Lessons 1-9"]
)
def test_totals_that_fit_the_course_or_module_and_vague_ones_are_no_problem(line):
    assert parsed(module(line, "## L001: A", "# M1: B", "## L001: C")).problems == []


def test_titles_that_look_like_other_values_stay_strings():
    outline = parsed(module("## L001: 0 [F]", "## L002: NA [F]", "## L003: NO", "## L004: yes", "## L007: 1e5"))
    assert [lesson.title for lesson in outline.lessons] == ["0", "NA", "NO", "yes", "1e5"]


@pytest.mark.parametrize(
    "title",
    ["مقدمة في حوكمة البيانات", "ธรรมาภิบาลข้อมูล", "数据治理入门", "Quản trị dữ liệu", "Data 🚀 in orbit", "Ελληνικά"],
)
def test_titles_of_any_script_survive(title):
    lesson = parsed(module(f"## L001: {title} [F]")).lessons[0]
    assert (lesson.key, lesson.title) == ("M0-L001", title)


def test_emphasis_around_a_heading_goes_and_inside_stays():
    outline = parsed("# **M0: Bold — Lesson Map**\n## **L001: Use `map` and *more* [F]**\n## 📘 L002: B\n")
    assert outline.modules[0].title == "Bold"
    assert [lesson.title for lesson in outline.lessons] == ["Use `map` and *more*", "B"]


@pytest.mark.parametrize("mark", ["**{}:** ", "**{}**: ", "**{}** — "])
def test_emphasis_around_the_code_alone_goes(mark):
    outline = parsed(f"# {mark.format('M0')}Bold — Lesson Map\n## {mark.format('L001')}Use **more** [F]\n")
    assert [(les.key, les.module_title, les.title, les.level) for les in outline.lessons] == [
        ("M0-L001", "Bold", "Use **more**", "F")
    ]


def test_deeper_headings_hold_lessons_too():
    assert keys("## M0: A\n### Part\n#### L001: B [F]\n") == ["M0-L001"]


def test_adding_a_lesson_changes_no_other_key():
    before = keys(module("## L001: A", "## L003: C"))
    assert keys(module("## L001: A", "## L002: B", "## L003: C")) == [before[0], "M0-L002", before[1]]


def test_modules_without_any_lesson_are_refused():
    with pytest.raises(OutlineError, match="found 1 module and no lesson"):
        parsed("# M0: Foundations — Lesson Map\n")


def test_a_very_long_title_is_cut_and_reported():
    outline = parsed(module("## L001: " + "x" * 900))
    assert len(outline.lessons[0].title) == 500
    assert "900 characters" in whys(outline)[0]
