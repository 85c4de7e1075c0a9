"""Course outlines in Markdown: one pure function from a file to its modules and lessons."""

import re
from collections.abc import Callable

from lessons.outline_bullets import parse_bullets, parse_headings
from lessons.outline_labels import read_label
from lessons.outline_native import parse_native
from lessons.outline_numbered import parse_numbered
from lessons.outline_rows import (
    Outline,
    OutlineBuilder,
    OutlineError,
    OutlineLesson,
    OutlineModule,
    Problem,
    StatedTotal,
)
from lessons.outline_table import parse_table
from lessons.outline_text import EXPECTED, Block, decode, read_blocks
from lessons.outline_totals import compare_totals

__all__ = [
    "FORMATS",
    "Outline",
    "OutlineError",
    "OutlineLesson",
    "OutlineModule",
    "Problem",
    "StatedTotal",
    "parse_outline",
]

FORMATS = {
    "auto": "find out from the file",
    "native": 'modules "# M0: Title — Lesson Map", lessons "## L001: Title [F]"',
    "headings": 'modules "## Module 1: Title", topics as deeper headings, lessons as list items under them',
    "bullets": 'modules as bold list items "- **Module 1: Title**", lessons as items nested in them',
    "numbered": 'numbered headings at two or more depths ("1." and "1.1", "Week 4" and "Day 1", "第 3 章")',
    "table": "a table with one row for each lesson; an empty module cell means as above",
}

TOPIC = re.compile(r"topic|tema|тема|chủ đề", re.IGNORECASE)

Parser = Callable[[list[Block], OutlineBuilder], None]
PARSERS: dict[str, Parser] = {
    "native": parse_native,
    "headings": parse_headings,
    "bullets": parse_bullets,
    "numbered": parse_numbered,
    "table": parse_table,
}


def parse_outline(data: bytes | str, format: str = "auto") -> Outline:
    """Modules, lessons and problems of an outline; time and memory grow linearly with its size.

    Raises OutlineError with one sentence when the file is empty, binary, of another kind, or holds no lesson, and
    ValueError for a format that is not in FORMATS.
    """
    if format not in FORMATS:
        raise ValueError(f"Unknown outline format {format!r}; known are {', '.join(FORMATS)}.")
    text, broken = decode(data)
    cut_line = 0 if text.endswith("\n") else text.count("\n") + 1
    if broken:
        text = text[: text.rfind("\n") + 1]
    early = OutlineBuilder(format, cut_line)
    blocks = read_blocks(text, early.problem)
    if broken:
        early.problem(cut_line, "last line", "The file ends in the middle of a character; its last line was left out.")
    outline = _auto(blocks, cut_line) if format == "auto" else _parse(format, blocks, cut_line)
    if not outline.lessons:
        raise OutlineError(f"{EXPECTED}; found {_found(blocks, outline)}.")
    outline.problems += early.outline.problems
    compare_totals(outline, blocks)
    outline.problems.sort(key=lambda problem: problem.line)
    return outline


def _parse(format: str, blocks: list[Block], cut_line: int) -> Outline:
    builder = OutlineBuilder(format, cut_line)
    PARSERS[format](blocks, builder)
    return builder.finish()


def _auto(blocks: list[Block], cut_line: int) -> Outline:
    """The native form wherever its modules show; else the reading that is most plausible."""
    native = _parse("native", blocks, cut_line)
    if native.modules:
        return native
    readings = {name: _parse(name, blocks, cut_line) for name in ("headings", "bullets", "table", "numbered")}
    headings, bullets, table, numbered = readings.values()
    shown = _marked(headings, numbered) or _named_as_modules(numbered) or _below_topics(headings, numbered)
    if _held(headings) >= max(_held(table), 1) and shown:
        return headings
    rows = max(table, numbered, key=_held)
    items = max(headings, bullets, key=_held)
    # A table with fewer lessons than bold items hold sums them up.
    first, second = (items, rows) if rows is table and _held(bullets) > _held(table) else (rows, items)
    best = next((reading for reading in (first, second, native) if _held(reading)), native)
    return best if best.lessons else max(numbered, headings, key=lambda reading: len(reading.lessons))


def _held(outline: Outline) -> int:
    """How many lessons stand in a module."""
    return sum(bool(lesson.module_code) for lesson in outline.lessons)


def _marked(outline: Outline, against: Outline) -> bool:
    """Whether at least half of the lessons show that they are; tags and steps prove nothing against headings."""
    marked = sum(bool(lesson.level or _is_lesson_number(lesson.code)) for lesson in outline.lessons)
    if not _held(against) or _are_topics(against):
        marked = sum(bool(lesson.level or lesson.tags or lesson.numbered) for lesson in outline.lessons)
    return bool(outline.lessons) and 2 * marked >= len(outline.lessons)


def _are_topics(outline: Outline) -> bool:
    """Whether the file calls topics what was read as lessons: then marked items below them are the lessons."""
    return all(TOPIC.match(lesson.code) for lesson in outline.lessons)


def _below_topics(items: Outline, headings: Outline) -> bool:
    """Whether the file calls topics what was read as lessons, and each has items: these are the lessons then."""
    if not headings.lessons or not _are_topics(headings):
        return False
    labels = [(lesson.module_code, read_label(lesson.section)) for lesson in items.lessons]
    filled = {(module, label.written) for module, label in labels if label}
    # A topic without items would be lost with them.
    return all((topic.module_code, topic.code) in filled for topic in headings.lessons)


def _is_lesson_number(code: str) -> bool:
    label = read_label(code)
    return label is not None and label.order == 2


def _named_as_modules(outline: Outline) -> bool:
    """Whether what was read as lessons is called Module, Week ... by the file, and what holds it Part or Month."""
    holders = [read_label(module.written) for module in outline.modules]
    labels = [read_label(lesson.code) for lesson in outline.lessons]
    modules = sum(label is not None and label.order < 2 for label in labels)
    return 2 * modules > len(labels) and all(label is not None and label.order == 0 for label in holders)


def _found(blocks: list[Block], outline: Outline) -> str:
    headings = sum(block.kind == "heading" for block in blocks)
    if outline.modules:
        count = len(outline.modules)
        return f"{count} module{'s' if count > 1 else ''} and no lesson"
    return (
        f"text with {headings} headings, no module and no lesson" if headings else "text without any heading or lesson"
    )
