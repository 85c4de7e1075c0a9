"""Totals that a file states about itself: never trusted, only compared with what was counted."""

import re
from collections import Counter

from lessons.outline_rows import Outline, Problem, StatedTotal
from lessons.outline_text import Block

BEFORE = re.compile(r"(?<![\w.–-])(\d{1,3}(?:,\d{3})+|\d{1,6})\**\s+(?:total\s+)?\**(lesson|module)s?\b", re.IGNORECASE)
BEHIND = re.compile(
    r"\b(lesson|module)s?(?:\s+(?:count|total))?\s*\**\s*[:：=|]\s*[*_|\s]*(\d{1,3}(?:,\d{3})+|\d{1,6})\b(?!\s*[-–.])",
    re.I,
)
VAGUE = re.compile(
    r"\b(?:each|every|per|about|around|approximately|up to|at least|first|next|last|minimum|maximum)\b|[~≈<>]", re.I
)


def compare_totals(outline: Outline, blocks: list[Block]) -> None:
    """Note every stated total, and as a problem each that fits neither its module nor the whole outline."""
    used = {lesson.line for lesson in outline.lessons}
    starts = {module.line: module.code for module in outline.modules}
    sizes = Counter(lesson.module_code for lesson in outline.lessons)
    module = ""
    for block in blocks:
        module = starts.get(block.line, module)
        if block.line in used or (block.kind == "heading" and block.line not in starts):
            continue
        for what, stated in stated_totals(block.text):
            # Which of the two a line speaks of can rarely be told, so it may fit either.
            whole = len(outline.lessons if what == "lessons" else outline.modules)
            fits = stated == whole or (what == "lessons" and module and stated == sizes[module])
            found = sizes[module] if what == "lessons" and module and "total" not in block.text.lower() else whole
            outline.stated_totals.append(StatedTotal(block.line, what, stated, stated if fits else found))
            if not fits:
                why = f"The file states {stated} {what}; {found} were found."
                outline.problems.append(Problem(block.line, block.text[:60], why))


def stated_totals(text: str) -> list[tuple[str, int]]:
    """("lessons" or "modules", number) for each total in a line; vague amounts are none."""
    lowered = text[:300].lower()
    if ("lesson" not in lowered and "module" not in lowered) or VAGUE.search(lowered):
        return []
    behind = [(what, number) for what, number in BEHIND.findall(lowered)]
    before = [] if behind else [(what, number) for number, what in BEFORE.findall(lowered)]
    return [(what + "s", int(number.replace(",", ""))) for what, number in behind + before]
