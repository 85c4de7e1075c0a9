"""What holds for any file whatever."""

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from lessons.outline import FORMATS, OutlineError, parse_outline

SAFE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.))*\Z")
FRAGMENTS = st.sampled_from(
    [
        *(
            "# M0: A — Lesson Map",
            "# M0: B",
            "## L001: Title [F]",
            "## L00",
            "## L001",
            "### L2a: x [F-I]",
            "## Core",
            "#",
            "##",
        ),
        *(
            "## Module 1: X",
            "## Week 4",
            "### 1.1 Y",
            "### \\1.1. Y",
            "## 11a Z",
            "# 第 3 章 函数",
            "**Buổi 1: Z**",
            "## 第一週",
        ),
        *(
            "- **Module 2: K**",
            "  - item [I]",
            "\t- item #t",
            "    - [ ] deep",
            "1. a",
            "   2. b",
            "- [x](#y)",
            "- ../../etc/passwd",
        ),
        *(
            "| Module | Title |",
            "|---|---|",
            "| 1 | a |",
            "| | b |",
            "|",
            "| ../x | .. |",
            "<!--",
            "-->",
            "```",
            "~~~~",
            "---",
            "",
        ),
        *(
            "Total lessons: 9",
            "## Lesson ../..: x",
            "## Legend",
            "مرحبا",
            "## الدرس ٢: ب",
            "## Part IV",
            "\u2028",
            "\x0c",
            "## Day 1-2",
        ),
    ]
)
FILES = st.lists(FRAGMENTS | st.text(max_size=12), max_size=25).map("\n".join)
FORMAT = st.sampled_from(sorted(FORMATS))


def parsed(data, format):
    try:
        return parse_outline(data, format)
    except OutlineError as error:
        assert str(error).count("\n") == 0
        return None


@given(FILES | st.text(), FORMAT)
@settings(max_examples=250, deadline=None)
@example("## L001: a\n## L001: b\n## L001-2: c", "native")
@example("## 1. a\n### 1.1 b\n### 1.1-2 c\n### 1.1 d", "numbered")
def test_any_text_gives_an_outline_or_one_sentence(text, format):
    outline = parsed(text, format)
    if outline is None:
        return
    keys = [lesson.key for lesson in outline.lessons]
    codes = [module.code for module in outline.modules]
    assert keys
    assert len({key.casefold() for key in keys}) == len(keys)
    assert len({code.casefold() for code in codes}) == len(codes)
    assert all(SAFE.match(name) and len(name) < 120 for name in keys + codes)


@given(FILES, FORMAT)
@settings(max_examples=100, deadline=None)
def test_lessons_stand_in_the_order_of_the_file(text, format):
    outline = parsed(text, format)
    if outline:
        lines = [lesson.line for lesson in outline.lessons]
        assert lines == sorted(set(lines))
        assert [lesson.position for lesson in outline.lessons] == list(range(1, len(lines) + 1))


@given(FILES, FORMAT)
@settings(max_examples=100, deadline=None)
def test_every_lesson_names_its_module_and_has_a_title(text, format):
    outline = parsed(text, format)
    if outline:
        titles = {module.code: module.title for module in outline.modules}
        assert all(les.title and les.code for les in outline.lessons)
        assert all(titles.get(les.module_code, "") == les.module_title for les in outline.lessons)


@given(FILES, FORMAT)
@settings(max_examples=100, deadline=None)
def test_importing_twice_changes_nothing(text, format):
    assert parsed(text, format) == parsed(text.encode(), format)


@given(st.binary(max_size=300), FORMAT)
@settings(max_examples=100, deadline=None)
def test_any_bytes_raise_nothing_else(data, format):
    parsed(data, format)


@given(
    st.lists(
        st.tuples(st.integers(0, 9999), st.text("abc é漢🚀", min_size=1).filter(str.strip)), min_size=1, max_size=30
    )
)
@settings(max_examples=100, deadline=None)
def test_every_native_lesson_that_is_written_is_read(rows):
    text = "# M0: X\n" + "".join(f"## L{number:03d}: t{title}t [F]\n" for number, title in rows)
    outline = parse_outline(text)
    assert [(les.code, les.title) for les in outline.lessons] == [
        (f"L{number:03d}", " ".join(f"t{title}t".split())) for number, title in rows
    ]
