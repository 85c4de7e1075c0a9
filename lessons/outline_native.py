"""The native form: modules `# M0: Title — Lesson Map`, lessons `## L001: Title [F]`, other headings as sections."""

import re

from lessons.outline_labels import clean_title, split_level
from lessons.outline_rows import OutlineBuilder, is_cut
from lessons.outline_text import Block

_LEAD = r"(?:[^\w\s\[(<`]{1,4}\s+)?[*_]{0,3}"
_SEPARATOR = r"(?:\s*[:：]\s*|\s+[-–—]\s+)"
MODULE = re.compile(rf"{_LEAD}(M\d{{1,5}}[A-Za-z]?)(?:[*_]{{0,3}}{_SEPARATOR}(\S.*))?$")
LESSON = re.compile(rf"{_LEAD}(L\d{{1,6}}[A-Za-z]?)(?:[*_]{{0,3}}{_SEPARATOR}(\S.*)|[:：]?\s*)$")
LESSON_MAP = re.compile(r"\s+[-–—]+\s+Lesson\s+Map\b\W*", re.IGNORECASE)
UNKNOWN_LEVEL = re.compile(r"\s\[([A-Z](?:-[A-Z])?)\]$")
CUT_CODE = re.compile(r"[ML]\d*[A-Za-z]?[:：]?$")
PASSED_OVER = re.compile(
    r"\W{0,8}(?:(?:(?:complexity|difficulty|level|colou?r)s?\s+)?(?:legend|key)\b|(?:table of )?contents?$|"
    r"toc$|index$|目录|目錄|目次|"
    r"mục lục|สารบัญ|المحتويات|فهرس|índice|sommaire|table des matières|inhalt|оглавление|содержание)",
    re.IGNORECASE,
)


def parse_native(blocks: list[Block], builder: OutlineBuilder) -> None:
    """Read modules, sections and lessons of the native form into the builder."""
    headings = [block for block in blocks if block.kind == "heading"]
    # Some outlines begin one level deeper; what is above or below the modules' own level is no module.
    module_level = next((block.level for block in headings if MODULE.match(clean_title(block.text))), 1)
    section = ""
    for block in headings:
        text = clean_title(block.text)
        found = MODULE.match(text) if block.level == module_level else None
        if found:
            section = ""
            _module(block, found, builder)
        elif block.level >= module_level and (found := LESSON.match(text)):
            _lesson(block, found, section, builder)
        elif block.line == builder.cut_line and CUT_CODE.match(block.text):
            builder.problem(block.line, block.text, "The file ends in the middle of this heading.")
        elif block.level > module_level and not PASSED_OVER.match(block.text):
            section = text


def _unmarked(rest: str) -> str:
    """What stands behind a code, without the mark that closes emphasis around the code alone."""
    return clean_title(rest.removeprefix("**"))


def _module(block: Block, found: re.Match[str], builder: OutlineBuilder) -> None:
    code, rest = found.groups()
    if block.line == builder.cut_line:
        builder.problem(block.line, code, "The file ends with this module heading; it may be cut.")
    # The subtitle behind the words is kept apart: it may change without making another module.
    parts = LESSON_MAP.split(_unmarked(rest or ""), maxsplit=1)
    subtitle = parts[1].strip() if len(parts) > 1 else ""
    builder.module(block.line, parts[0], number=code[1:], written=code, subtitle=subtitle, again=True)


def _lesson(block: Block, found: re.Match[str], section: str, builder: OutlineBuilder) -> None:
    code, rest = found.groups()
    if not rest:
        cut = block.line == builder.cut_line
        why = "The file ends in the middle of this lesson." if cut else "This lesson has a code but no title."
        builder.problem(block.line, code, why)
        return
    title, level = split_level(_unmarked(rest))
    unknown = UNKNOWN_LEVEL.search(title[-20:])
    if unknown and not level:
        builder.problem(block.line, code, f"[{unknown[1]}] is no level; expected F, I, A, E or a range such as F-I.")
    if (
        block.line == builder.cut_line
        and not (level or is_cut(title))
        and any(lesson.level for lesson in builder.outline.lessons[-1:])
    ):
        builder.problem(block.line, code, "The file ends with this lesson, which has no level; its title may be cut.")
    builder.lesson(block.line, title, number=code[1:], code=code, section=section, level=level)
