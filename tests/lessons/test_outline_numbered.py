"""Numbered headings in many languages and at many depths."""

import pytest

from lessons.outline import parse_outline
from lessons.outline_labels import read_label


def keys(text, format="auto"):
    return [lesson.key for lesson in parse_outline(text, format).lessons]


def codes(text, format="auto"):
    return [(lesson.code, lesson.title) for lesson in parse_outline(text, format).lessons]


NUMBERED = """\
# A handbook
## 1. Start
### 1.1 Why
### 1.3 Again
### 1.3 Once more
## 3. Then
### \\3.1. Escaped
## 3. Then again
### 3\\.1 Twice
## 11a Appendix
### 11a.1 Notes
"""


@pytest.mark.parametrize("format", ["auto", "numbered"])
def test_numbers_gaps_and_duplicates_are_kept_as_written(format):
    outline = parse_outline(NUMBERED, format)
    assert [(mod.code, mod.title, mod.written) for mod in outline.modules] == [
        ("M1", "Start", "1"),
        ("M3", "Then", "3"),
        ("M3-2", "Then again", "3"),
        ("M11a", "Appendix", "11a"),
    ]
    assert [(les.key, les.code, les.title) for les in outline.lessons] == [
        ("M1-L1.1", "1.1", "Why"),
        ("M1-L1.3", "1.3", "Again"),
        ("M1-L1.3-2", "1.3", "Once more"),
        ("M3-L3.1", "3.1", "Escaped"),
        ("M3-2-L3.1", "3.1", "Twice"),
        ("M11a-L11a.1", "11a.1", "Notes"),
    ]
    assert [problem.line for problem in outline.problems] == [5, 8]


@pytest.mark.parametrize(
    ("text", "written", "number", "title"),
    [
        ("1. Intro", "1", "1", "Intro"),
        ("1.1 Intro", "1.1", "1.1", "Intro"),
        ("\\1.1. Intro", "1.1", "1.1", "Intro"),
        ("1\\. Intro", "1", "1", "Intro"),
        ("11a. Intro", "11a", "11a", "Intro"),
        ("第 3 章 函数", "第 3 章", "3", "函数"),
        ("第十二章：函数", "第十二章", "12", "函数"),
        ("第一週", "第一週", "1", ""),
        ("Unit 2", "Unit 2", "2", ""),
        ("Week 4: Loops", "Week 4", "4", "Loops"),
        ("Day 1-2 — Start", "Day 1-2", "1-2", "Start"),
        ("Month 2", "Month 2", "2", ""),
        ("Buổi 1: Tổng quan", "Buổi 1", "1", "Tổng quan"),
        ("**Module 1:** Bold `code`", "Module 1", "1", "Bold `code`"),
        ("**Module 1**: Bold **too**", "Module 1", "1", "Bold **too**"),
        ("**1.1** Intro", "1.1", "1.1", "Intro"),
        ("**第 3 章**：函数", "第 3 章", "3", "函数"),
        ("📘 Module Three - Foo", "Module Three", "3", "Foo"),
        ("Part IV. Foo", "Part IV", "IV", "Foo"),
        ("الوحدة ١: مقدمة", "الوحدة ١", "١", "مقدمة"),
        ("บทที่ ๒ ตัวแปร", "บทที่ ๒", "๒", "ตัวแปร"),
        ("제3장 함수", "제3장", "3", "함수"),
        ("Урок 5. Циклы", "Урок 5", "5", "Циклы"),
    ],
)
def test_numbers_as_outlines_write_them(text, written, number, title):
    label = read_label(text)
    assert label is not None
    assert (label.written, label.number, label.title) == (written, number, title)


@pytest.mark.parametrize(
    "text", ["3D graphics", "5 reasons", "Part-time work", "Classy code", "Introduction", "Table 5", ""]
)
def test_what_is_no_number(text):
    assert read_label(text) is None


def test_digits_of_any_script_make_ascii_keys():
    assert keys("# الوحدة ١: أ\n## الدرس ٢: ب\n# الوحدة ٢: ج\n## الدرس ١: د\n") == ["M1-L2", "M2-L1"]


def test_chinese_chapters_and_sections():
    assert keys("# 第 3 章 函数\n## 3.1 定义\n## 3.2 调用\n# 第十章 类\n## 10.1 对象\n") == [
        "M3-L3.1",
        "M3-L3.2",
        "M10-L10.1",
    ]


def test_months_weeks_and_days_are_modules_sections_and_lessons():
    outline = parse_outline("# Month 2\n## Week 4: Loops\n### Day 1\n### Day 2: For\n## Week 5\n### Day 8: While\n")
    assert [(les.key, les.code, les.title, les.section) for les in outline.lessons] == [
        ("M2-L1", "Day 1", "Day 1", "Week 4: Loops"),
        ("M2-L2", "Day 2", "For", "Week 4: Loops"),
        ("M2-L8", "Day 8", "While", "Week 5"),
    ]


def test_numbered_depth_counts_where_all_headings_have_one_level():
    assert keys("## 1. A\n## 1.1 B\n## 1.2 C\n## 2. D\n## 2.1 E\n") == ["M1-L1.1", "M1-L1.2", "M2-L2.1"]


def test_a_heading_without_number_is_a_section():
    outline = parse_outline("# 1. A\n## Basics\n### 1.1 B\n## More\n### 1.2 C\n# 2. D\n### 2.1 E\n")
    assert [lesson.section for lesson in outline.lessons] == ["Basics", "More", ""]


def test_unnumbered_headings_around_numbered_ones_are_the_modules():
    outline = parse_outline("# Course\n## Basics\n### 1. A\n### 2. B\n## More\n### 3. C\n")
    assert [(mod.code, mod.title) for mod in outline.modules] == [("M1", "Basics"), ("M2", "More")]
    assert [lesson.key for lesson in outline.lessons] == ["M1-L1", "M1-L2", "M2-L3"]


def test_lesson_headings_win_over_the_bullets_below_them():
    text = "## Module 1: X\n### Session 1.1: A\n- **Duration:** 5\n- talk\n- play\n### Session 1.2: B\n- rest\n- go\n"
    assert codes(text) == [("Session 1.1", "A"), ("Session 1.2", "B")]


def test_steps_and_tagged_links_below_lesson_headings_are_no_lessons():
    text = (
        "## Module 1: X\n### Lesson 1: A\n1. open\n2. save\n3. close\n### Lesson 2: B\n- Read [pdf]\n- Watch #video\n"
    )
    assert codes(text) == [("Lesson 1", "A"), ("Lesson 2", "B")]


def test_chapters_in_modules_are_the_lessons_and_their_objectives_none():
    text = (
        "## Module 1: X\n### Chapter 1.1 — A\n#### Learning objectives\n- Explain\n- Name\n### Chapter 1.2 — B\n- Do\n"
    )
    assert codes(text) == [("Chapter 1.1", "A"), ("Chapter 1.2", "B")]


def test_numbered_topics_above_bullets_with_levels_are_sections():
    outline = parse_outline("## Module 1: X\n### 1.1 Topic\n- One [F]\n- Two [I]\n### 1.2 Other\n- Three [A]\n")
    assert [(les.title, les.section) for les in outline.lessons] == [
        ("One", "1.1 Topic"),
        ("Two", "1.1 Topic"),
        ("Three", "1.2 Other"),
    ]


def test_weeks_with_bullets_only_hold_lessons():
    assert keys("## 第一週\n- 介紹\n- 變數\n## 第二週\n- 迴圈\n") == ["M1-L001", "M1-L002", "M2-L001"]


def test_bold_lines_count_as_headings():
    assert codes("**Buổi 1: Một**\n- a\n\n**Buổi 2: Hai**\n- b\n") == [("Buổi 1", "Một"), ("Buổi 2", "Hai")]


def test_numbered_lines_count_where_there_is_no_numbered_heading():
    assert codes("Week 1: Basics\n1.1. Vars\n\\1.2. Loops\nWeek 2: More\n2.1. Files\n") == [
        ("1.1", "Vars"),
        ("1.2", "Loops"),
        ("2.1", "Files"),
    ]


def test_nested_ordered_lists():
    assert codes("1. Basics\n   1. Vars\n   2. Loops\n2. More\n   1. Files\n") == [
        ("1", "Vars"),
        ("2", "Loops"),
        ("1", "Files"),
    ]


def test_a_single_number_before_words_is_a_title():
    text = "## 1. A\n### 5 reasons\n### 1.1 B\n## 2. C\n### 2.1 D\n"
    assert [(les.section, les.title) for les in parse_outline(text).lessons] == [("", "B"), ("", "D")]


def test_a_lone_number_at_the_end_of_a_file_is_cut():
    outline = parse_outline("## 1. A\n### 1.1 B\n### 1.2")
    assert [lesson.title for lesson in outline.lessons] == ["B"]
    assert "middle of this line" in outline.problems[0].why


def test_adding_a_numbered_lesson_changes_no_other_key():
    before = keys("## 1. A\n### 1.1 B\n### 1.3 D\n")
    assert keys("## 1. A\n### 1.1 B\n### 1.2 C\n### 1.3 D\n") == [before[0], "M1-L1.2", before[1]]


def test_levels_and_tags_behind_numbered_titles():
    lesson = parse_outline("## 1. A\n### 1.1 Use `x` [F-A] #lab\n").lessons[0]
    assert (lesson.title, lesson.level, lesson.tags) == ("Use `x`", "F-A", ("lab",))


@pytest.mark.parametrize(
    ("module", "lesson", "module_code", "key"),
    [
        ("1.", "1.1", "M1", "M1-L1.1"),
        ("1.", "\\1.1.", "M1", "M1-L1.1"),
        ("11a.", "11a.1", "M11a", "M11a-L11a.1"),
        ("第 3 章", "3.1", "M3", "M3-L3.1"),
        ("第一週", "第 1 天", "M1", "M1-L1"),
        ("Unit 2", "Lesson 1", "M2", "M2-L1"),
        ("Week 4", "Day 1", "M4", "M4-L1"),
        ("Month 2", "Week 4", "M2", "M2-L4"),
        ("Tuần 1", "Buổi 1", "M1", "M1-L1"),
    ],
)
@pytest.mark.parametrize("form", ["# {} Start\n## {} First [F]\n## Last\n", "## {}: Start\n### {}: First [F]\n"])
def test_a_file_of_each_numbering(form, module, lesson, module_code, key):
    outline = parse_outline(form.format(module, lesson).replace(".:", "."))
    assert [(mod.code, mod.title) for mod in outline.modules] == [(module_code, "Start")]
    assert [(les.key, les.title, les.level) for les in outline.lessons] == [(key, "First", "F")]
    written = (outline.modules[0].written, outline.lessons[0].code)
    assert written == (module.rstrip("."), lesson.strip("\\").rstrip("."))


def test_modules_and_lessons_stay_in_the_order_of_the_file():
    text = "## 3. C\n### 3.2 D\n### 3.1 E\n## 1. A\n### 1.10 F\n### 1.9 G\n"
    outline = parse_outline(text)
    assert [mod.written for mod in outline.modules] == ["3", "1"]
    assert [(les.code, les.position) for les in outline.lessons] == [("3.2", 1), ("3.1", 2), ("1.10", 3), ("1.9", 4)]
