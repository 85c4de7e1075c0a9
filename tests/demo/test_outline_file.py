"""The demo's outline holds what the demo promises: 15 modules, 336 lessons."""

import re
from collections import Counter

import pytest

from demo.run import OUTLINE
from lessons.outline import parse_outline

TEXT = OUTLINE.read_text(encoding="utf-8")
MODULE = re.compile(r"^# M(\d+): .+ — Lesson Map(?: - .+)?$", re.MULTILINE)
LESSON = re.compile(r"^## L(\d{3}): (.+) \[([FIAE])(?:-([FIAE]))?\]$", re.MULTILINE)
PARTS = MODULE.split(TEXT)[1:]
MODULES = list(zip(PARTS[::2], PARTS[1::2], strict=True))


def test_fifteen_modules_are_numbered_from_zero():
    assert [int(number) for number, _ in MODULES] == list(range(15))


def test_there_are_336_lessons():
    assert len(LESSON.findall(TEXT)) == 336


@pytest.mark.parametrize(("number", "body"), MODULES, ids=[f"M{number}" for number, _ in MODULES])
def test_codes_begin_again_in_every_module_without_gaps(number, body):
    codes = [int(code) for code, *_ in LESSON.findall(body)]
    assert codes == list(range(1, len(codes) + 1))
    assert 18 <= len(codes) <= 27


def test_no_title_occurs_twice():
    titles = Counter(title.casefold() for _, title, *_ in LESSON.findall(TEXT))
    assert [title for title, count in titles.items() if count > 1] == []


def test_all_levels_and_some_rising_ranges_occur():
    levels = [(low, high) for *_, low, high in LESSON.findall(TEXT)]
    assert {low for low, _ in levels} == set("FIAE")
    ranges = [(low, high) for low, high in levels if high]
    assert len(ranges) > 10
    assert all("FIAE".index(low) < "FIAE".index(high) for low, high in ranges)


def test_sections_stand_among_the_lessons():
    headings = re.findall(r"^## (.+)$", TEXT, re.MULTILINE)
    sections = [heading for heading in headings if not re.match(r"L\d", heading)]
    assert "Core Concepts" in sections
    assert len(headings) == 336 + len(sections)


def test_the_parser_of_the_site_reads_the_same_without_a_problem():
    outline = parse_outline(TEXT, "auto")
    assert (outline.format, len(outline.modules), outline.problems) == ("native", 15, [])
    assert [lesson.title for lesson in outline.lessons] == [title for _, title, *_ in LESSON.findall(TEXT)]
    assert len({lesson.key for lesson in outline.lessons}) == 336


def test_the_legend_is_no_section():
    assert parse_outline(TEXT).lessons[0].section == ""
