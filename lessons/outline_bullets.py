"""List items as lessons: under headings that are modules, or nested in bold list items that are modules.

Which nesting depth holds the lessons is decided once for the file: the depth whose items mostly carry a number, a level
or a tag; else the second where most items of the first have items below them; else the first. An item above that depth
is a section if it has items below it, and a lesson if not. Items below it are details.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lessons.outline_labels import clean_title, read_label, split_marks, unlink
from lessons.outline_native import PASSED_OVER
from lessons.outline_numbered import BOLD_LINE
from lessons.outline_rows import OutlineBuilder
from lessons.outline_text import Block

BOLD_START = re.compile(r"(?:[^\w\s\[(<`*]{1,4}\s+)?(\*\*|__)(?=\S)([^*_][^*]*)\1")
IN_PAGE_LINK = re.compile(r"\[[^\[\]]*\]\(#[^()]*\)$")
DETAIL = re.compile(
    r"[*_]{0,2}(?:estimated )?(?:duration|time|(?:learning )?(?:objectives?|outcomes?|goals?)|prerequisites?|"
    r"description|format|type|level|difficulty|tags|resources?)[*_]{0,2}\s*[:：]",
    re.IGNORECASE,
)
NO_LESSONS = re.compile(
    r"\W{0,8}(?:(?:key |learning |module |course )?(?:objectives?|outcomes?|goals?|takeaways)|"
    r"prerequisites?|(?:further )?(?:resources?|reading)|references|assessments?|(?:progress |completion )?check-?list|"
    r"progress|duration|tools|summary)\b[^:：]{0,20}[:：]?\W{0,8}$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Candidate:
    """A list item in a module: `module` counts the modules so far, `depth` its nesting, 0 for the outermost."""

    block: Block
    module: int
    depth: int
    section: str
    has_items: bool = False


@dataclass(slots=True)
class Head:
    """A module before its lessons are known."""

    line: int
    title: str
    number: str
    written: str


def parse_headings(blocks: list[Block], builder: OutlineBuilder) -> None:
    """Read headings as modules and list items under them as lessons into the builder."""
    level = _module_level(blocks)
    heads: list[Head] = []
    candidates: list[Candidate] = []
    open_module, section, passed = False, "", 99
    for block in blocks:
        is_head = block.kind == "heading" or (block.kind == "text" and bool(BOLD_LINE.match(block.text)))
        rank = block.level if block.kind == "heading" else 7
        if is_head and rank <= level:
            head = _head(block, block.text) if rank == level else None
            open_module, section, passed = head is not None, "", 99
            heads += [head] if head else []
        elif is_head and rank <= passed:
            skip = bool(PASSED_OVER.match(block.text) or NO_LESSONS.match(block.text))
            passed = rank if skip else 99
            section = section if skip or rank == 7 else clean_title(unlink(block.text))
        elif block.kind == "item" and open_module and passed == 99:
            candidates.append(Candidate(block, len(heads), block.level, section))
    _emit(heads, _nest(candidates) or _below(blocks, level, heads), builder)


def parse_bullets(blocks: list[Block], builder: OutlineBuilder) -> None:
    """Read bold list items as modules and the items nested in them as lessons into the builder."""
    heads: list[Head] = []
    candidates: list[Candidate] = []
    column, passed = -1, 99
    for block in blocks:
        if block.kind == "heading":
            column = -1
            skip = PASSED_OVER.match(block.text) or NO_LESSONS.match(block.text)
            passed = (block.level if skip else 99) if block.level <= passed else passed
        if block.kind != "item" or passed != 99:
            continue
        head = _head(block, block.text) if BOLD_START.match(block.text) else None
        if head and (column < 0 or block.level <= column):
            heads.append(head)
            column = block.level
        elif column >= 0 and block.level > column:
            candidates.append(Candidate(block, len(heads), block.level, ""))
        else:
            column = -1
    _emit(heads, _nest(candidates), builder)


def _module_level(blocks: list[Block]) -> int:
    """The outermost level of headings numbered as modules are; else of any numbered ones."""
    levels: dict[int, int] = {}
    for block in blocks:
        label = read_label(unlink(block.text)) if block.kind == "heading" else None
        if label and label.order < 2:
            levels[label.order] = min(block.level, levels.get(label.order, 9))
    return levels.get(1, levels.get(0, 0))


def _below(blocks: list[Block], level: int, heads: list[Head]) -> list[Candidate]:
    """Without any list, unnumbered headings one level below the modules are the lessons."""
    headings = [block for block in blocks if block.kind == "heading"]
    inner = min((block.level for block in headings if block.level > level), default=0)
    starts = {head.line for head in heads}
    found: list[Candidate] = []
    count, inside = 0, False
    for block in headings:
        if block.level <= level:
            inside = block.line in starts
            count += inside
        elif inside and block.level == inner and not (PASSED_OVER.match(block.text) or NO_LESSONS.match(block.text)):
            found.append(Candidate(block, count, 0, ""))
    # Numbered inner headings are another shape's business.
    return [] if any(read_label(unlink(item.block.text)) for item in found) else found


def _head(block: Block, text: str) -> Head | None:
    label = read_label(unlink(text))
    return Head(block.line, label.title, label.number, label.written) if label and label.order < 2 else None


def _nest(candidates: list[Candidate]) -> list[Candidate]:
    """Turn columns into nesting depths and see which items hold others; check lists only count where all are."""
    # Outlines end in check lists of what is done; a few consist of nothing else.
    if any(not candidate.block.task for candidate in candidates):
        candidates = [candidate for candidate in candidates if not candidate.block.task]
    columns: list[int] = []
    before: Candidate | None = None
    for candidate in candidates:
        if before is None or (before.module, before.section) != (candidate.module, candidate.section):
            columns, before = [], None
        while columns and columns[-1] > candidate.depth:
            columns.pop()
        if not columns or columns[-1] < candidate.depth:
            columns.append(candidate.depth)
        candidate.depth = len(columns) - 1
        if before and candidate.depth > before.depth and not DETAIL.match(candidate.block.text):
            before.has_items = True
        before = candidate
    return [
        item for item in candidates if not DETAIL.match(item.block.text) and not IN_PAGE_LINK.match(item.block.text)
    ]


def _lesson_depth(candidates: list[Candidate]) -> int:
    sizes = Counter(candidate.depth for candidate in candidates)
    marked = Counter(candidate.depth for candidate in candidates if _is_marked(candidate.block.text))
    # The depth most lessons are marked at wins, as long as most of its items are.
    for depth, count in marked.most_common():
        if 2 * count >= sizes[depth]:
            return depth
    holders = sum(candidate.has_items for candidate in candidates if candidate.depth == 0)
    return 1 if 2 * holders > sizes[0] else 0


def _is_marked(text: str) -> bool:
    label = read_label(unlink(text))
    _, level, tags = split_marks(text)
    return bool((label and label.order > 0) or level or tags)


def _emit(heads: list[Head], candidates: list[Candidate], builder: OutlineBuilder) -> None:
    depth = _lesson_depth(candidates)
    section, passed_over = "", 0
    for head, items in _by_module(heads, candidates):
        builder.module(head.line, head.title, number=head.number, written=head.written)
        section = ""
        for item in items:
            if item.depth < depth and item.has_items:
                section = clean_title(unlink(item.block.text)).rstrip(":：")
            elif item.depth <= depth:
                inner = section if item.depth == depth and depth else ""
                _lesson(item, " / ".join(filter(None, (item.section, inner))), builder)
            else:
                passed_over += 1
    if passed_over:
        builder.problem(0, "nested items", f"{passed_over} items nested below the lessons were read as details.")


def _by_module(heads: list[Head], candidates: list[Candidate]) -> Iterator[tuple[Head, list[Candidate]]]:
    held: list[list[Candidate]] = [[] for _ in heads]
    for candidate in candidates:
        held[candidate.module - 1].append(candidate)
    return zip(heads, held, strict=True)


def _lesson(item: Candidate, section: str, builder: OutlineBuilder) -> None:
    text, level, tags = split_marks(unlink(item.block.text))
    ordered = item.block.marker[:1].isdigit()
    label = read_label(text) or (read_label(f"{item.block.marker} {text}") if ordered else None)
    title = clean_title(label.title) if label else clean_title(text)
    number, code = (label.number, label.written) if label else ("", "")
    builder.lesson(item.block.line, title, number=number, code=code, section=section, level=level, tags=tags)
