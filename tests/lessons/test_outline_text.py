"""The general rules of every importer, held against outlines."""

import time
from contextlib import suppress

import pytest

from lessons.outline import FORMATS, OutlineError, parse_outline

PLAIN = "# M0: Foundations — Lesson Map\n## Core\n## L001: Überblick [F]\n## L002: 概要 [I]\n"


def rows(data, **options):
    outline = parse_outline(data, **options)
    return [(les.key, les.title, les.level, les.section) for les in outline.lessons], outline.problems


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        "\ufeff" + PLAIN,
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r"),
        PLAIN.rstrip("\n"),
        "\n" + PLAIN,
        b"\xef\xbb\xbf\r\n" + PLAIN.replace("\n", "\r\n").encode(),
        "---\ntitle: x\n---\n" + PLAIN,
        "```markdown\n" + PLAIN + "```\n",
    ],
    ids=[
        "bytes",
        "bom",
        "bom-str",
        "crlf",
        "cr",
        "no-final-newline",
        "blank-first",
        "bom-crlf-blank",
        "front",
        "fenced",
    ],
)
def test_the_same_outline_in_every_dress(data):
    assert rows(data) == rows(PLAIN)


def test_line_numbers_count_every_line_of_the_file():
    outline = parse_outline("\r\n\r\n<!-- a\r\nb -->\r\n# M0: X\r\n\r\n## L001: A\r\n")
    assert (outline.modules[0].line, outline.lessons[0].line) == (5, 7)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "found an empty file"),
        (b"\xef\xbb\xbf \r\n\t\n", "found an empty file"),
        (b"%PDF-1.7\n", "found a PDF file"),
        (b"PK\x03\x04rest", "found a zip archive or an office document"),
        (b"\x89PNG\r\n", "found a picture"),
        ("# M0: X\n## L001: A\n".encode("utf-16"), "found UTF-16 text"),
        (b"# M0: X\n## L001: caf\xe9 au lait\n", "not UTF-8 \\(byte 0xe9 at position 20\\)"),
        (b"# M0: X\n\0\0", "found binary data"),
        (b'{"lessons": ["- a"]}', "found JSON"),
        (b'[\n  {"a": 1}]', "found JSON"),
        (b"<!DOCTYPE html><h1>M0: X</h1>", "found HTML"),
        (b"name,title\n1,Intro\n", "found text without any heading or lesson"),
        (b"# Shopping\n## Fruit\n- apples\n- pears\n", "found text with 2 headings, no module and no lesson"),
        (b"Install:\n1. download\n2. run\n", "found text without any heading or lesson"),
    ],
)
def test_foreign_files_end_in_one_sentence(data, found):
    with pytest.raises(OutlineError, match=found) as caught:
        parse_outline(data)
    assert str(caught.value).startswith("Expected a course outline in Markdown")
    assert "\n" not in str(caught.value)


def test_a_file_cut_within_a_character_loses_its_last_line_only():
    lessons, problems = rows(PLAIN.encode()[:-8] + "要".encode()[:2])
    assert [key for key, *_ in lessons] == ["M0-L001"]
    assert [(problem.line, problem.what) for problem in problems] == [(4, "last line")]


def test_a_code_fence_never_closed_hides_nothing_and_is_reported():
    lessons, problems = rows("# M0: X\n```\n## L001: A\n")
    assert [key for key, *_ in lessons] == ["M0-L001"]
    assert [(problem.line, problem.what) for problem in problems] == [(2, "```")]


def test_a_fence_is_closed_by_one_as_long_only():
    lessons, _ = rows("# M0: X\n````text\n```\n## L001: hidden\n````\n## L002: A\n")
    assert [key for key, *_ in lessons] == ["M0-L002"]


def test_importing_twice_gives_the_same():
    assert parse_outline(PLAIN) == parse_outline(PLAIN)


def test_an_unknown_format_is_a_programming_error():
    with pytest.raises(ValueError, match="Unknown outline format 'word'"):
        parse_outline(PLAIN, "word")


def test_every_format_is_described_in_one_line():
    assert set(FORMATS) == {"auto", "native", "headings", "bullets", "numbered", "table"}
    assert all(text and "\n" not in text for text in FORMATS.values())


def test_a_chosen_format_is_not_replaced_by_another():
    with pytest.raises(OutlineError):
        parse_outline(PLAIN, "table")


HOSTILE = {
    "native": "# M1: Foo — Lesson Map\n" + "## L001: A lesson [F]\n" * 30,
    "unclosed fences": "```\n~~~~x\n",
    "comments": "# M0: x\n## L1: y\n<!--\n",
    "open comment marks": "`<!-- ",
    "blank lines": "\n" * 99 + "# M0: x\n## L1: y\n",
    "rules": "- - - ",
    "bold": "**a\n",
    "numbers": "1.1.1.1",
    "brackets": "- [[[[ ](((( [F] #\n",
    "bars": "|-|:-|\n",
    "modules": "## Module 1: x\n- y\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_linearly_with_size(name):
    def seconds(size):
        text = HOSTILE[name] * (size // len(HOSTILE[name]))
        start = time.process_time()
        with suppress(OutlineError):
            parse_outline(text)
        return time.process_time() - start

    # The best of several: a machine at work on something else is slow at times, never quick.
    small, large = (min(seconds(size) for _ in range(3)) for size in (30_000, 300_000))
    assert large < 40 * small + 0.2
