"""Numbered headings: the outermost numbered depth holds the modules, the innermost the lessons.

A numbered heading with numbered headings below it is a module or, further in, a section; one without is a lesson.
Lines that are bold as a whole count as headings. Only where a file has no numbered heading do numbered lines count.
"""

import re
from collections import Counter
from dataclasses import dataclass

from lessons.outline_labels import Label, clean_title, read_label, split_marks, unlink
from lessons.outline_native import PASSED_OVER
from lessons.outline_rows import OutlineBuilder
from lessons.outline_text import Block

BOLD_LINE = re.compile(r"(\*\*|__)(?=\S)[^*_].*\1[:：]?$")
BOLD_LEVEL = 7
PLAIN_LEVEL = 8
Rank = tuple[int, int, int]


@dataclass(slots=True)
class Entry:
    """A numbered heading, or an unnumbered one (`label` is None) that may be a section."""

    block: Block
    level: int
    label: Label | None
    rank: Rank
    text: str


def parse_numbered(blocks: list[Block], builder: OutlineBuilder) -> None:
    """Read numbered headings as modules, sections and lessons into the builder."""
    entries = [entry for block in blocks if block.kind in ("heading", "text") and (entry := _heading(block))]
    entries = _drop_single_bare(entries)
    numbered = [entry for entry in entries if entry.label]
    if not numbered:
        entries = numbered = _plain_entries(blocks)
    if not numbered:
        return
    outermost = min(entry.rank for entry in numbered)
    if all(entry.rank == outermost for entry in numbered):
        _flat(entries, outermost, builder)
    else:
        _nested(entries, outermost, builder)


def _heading(block: Block) -> Entry | None:
    level = block.level
    if block.kind == "text":
        if not BOLD_LINE.match(block.text):
            return None
        level = BOLD_LEVEL
    text = unlink(block.text)
    label = read_label(text, bare=block.kind == "heading")
    if block.kind == "text" and not label:
        return None
    return Entry(block, level, label, _rank(level, label), text)


def _rank(level: int, label: Label | None) -> Rank:
    return (level, label.order, label.depth) if label else (level, 9, 9)


def _drop_single_bare(entries: list[Entry]) -> list[Entry]:
    """ "5 reasons" is a number only beside others like it, or like them but for a mark."""
    # A rank is level, kind of word and number of figures: "1." and "1.1" differ even in headings of one level.
    ranks = Counter(entry.rank for entry in entries if entry.label)
    for entry in entries:
        if entry.label and entry.label.bare and ranks[entry.rank] < 2:
            entry.label, entry.rank = None, _rank(entry.level, None)
    return entries


def _plain_entries(blocks: list[Block]) -> list[Entry]:
    """Numbered lines and ordered list items; a plain list without any nesting is no outline."""
    entries = []
    for block in blocks:
        ordered = block.kind == "item" and block.marker[0].isdigit()
        if block.kind == "heading" or not (ordered or block.kind in ("text", "item")):
            continue
        text = unlink(f"{block.marker} {block.text}" if ordered else block.text)
        label = read_label(text)
        if label and not block.task:
            entries.append(
                Entry(block, PLAIN_LEVEL + block.level, label, (block.level, label.order, label.depth), text)
            )
    # Installation steps in a README are a flat list, too.
    return entries if len({entry.rank for entry in entries}) > 1 else []


def _flat(entries: list[Entry], rank: Rank, builder: OutlineBuilder) -> None:
    """All numbers at one depth are lessons; the unnumbered headings around them are their modules."""
    title = next((entry for entry in entries if entry.level == 1), None)
    outer = [entry for entry in entries if not entry.label and entry.level < rank[0] and entry is not title]
    parents = max((entry.level for entry in outer), default=0)
    section = ""
    for entry in entries:
        if entry.label:
            _lesson(entry, section, builder)
        elif entry.level == parents and entry is not title and not PASSED_OVER.match(entry.text):
            builder.module(entry.block.line, clean_title(entry.text))
            section = ""
        elif entry.level < parents:
            section = ""


def _nested(entries: list[Entry], outermost: Rank, builder: OutlineBuilder) -> None:
    sections: list[tuple[Rank, str]] = []
    following = _next_ranks(entries)
    for entry, next_rank in zip(entries, following, strict=True):
        sections = [kept for kept in sections if kept[0] < entry.rank]
        if entry.rank == outermost and entry.label:
            builder.module(entry.block.line, entry.label.title, number=entry.label.number, written=entry.label.written)
        elif entry.label and next_rank <= entry.rank:
            _lesson(entry, " / ".join(text for _, text in sections), builder)
        elif entry.level > outermost[0] and not PASSED_OVER.match(entry.text):
            sections.append((entry.rank, clean_title(entry.text)))


def _next_ranks(entries: list[Entry]) -> list[Rank]:
    """For each entry the rank of the next numbered one behind it."""
    ranks: list[Rank] = []
    upcoming: Rank = (0, 0, 0)
    for entry in reversed(entries):
        ranks.append(upcoming)
        if entry.label:
            upcoming = entry.rank
    return ranks[::-1]


def _lesson(entry: Entry, section: str, builder: OutlineBuilder) -> None:
    label = entry.label
    if not label:
        return
    title, level, tags = split_marks(label.title)
    untitled = any(lesson.title == lesson.code for lesson in builder.outline.lessons[-1:])
    if not title and (untitled or entry.block.line != builder.cut_line):
        title = label.written
    builder.lesson(
        entry.block.line, title, number=label.number, code=label.written, section=section, level=level, tags=tags
    )
