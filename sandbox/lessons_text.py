"""Markdown lessons with the title, the sections and the length that a prompt asks for."""

import random
import re
from dataclasses import dataclass

from sandbox.phrases import LISTINGS, ROLES, STEPS
from sandbox.prose import MARK, paragraph, sentence, subject_words

TITLE = re.compile(r"^[ \t*>-]*Title:\**[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
CODE = re.compile(r"^[ \t*>-]*Lesson code:\**[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
LENGTH = re.compile(r"^[ \t*>-]*Length:\** about (\d+) words", re.MULTILINE)
HEADING_BLOCK = re.compile(r"(?:^[ \t]*[-*][ \t]+##[ \t]+\S.*(?:\n|$))+", re.MULTILINE)
HEADING_BULLET = re.compile(r"^[ \t]*[-*][ \t]+##[ \t]+(\S.*?)[ \t]*$", re.MULTILINE)
SECTION_LIST = re.compile(r"^[ \t]*Sections:[ \t]*(.*)\n?((?:[ \t]*(?:[-*]|\d+\.)[ \t]+\S.*(?:\n|$))*)", re.MULTILINE)
BULLET = re.compile(r"^[ \t]*(?:[-*]|\d+\.)[ \t]+(\S.*?)[ \t]*$", re.MULTILINE)
USUAL = ("Overview", "Core concepts", "In practice", "Summary")


@dataclass(frozen=True)
class LessonAsk:
    """What was found in a prompt."""

    title: str
    code: str | None
    sections: tuple[str, ...]
    words: int

    @property
    def heading(self) -> str:
        """`code: title`, or the title alone."""
        return f"{self.code}: {self.title}" if self.code else self.title


def _sections(prompt: str) -> tuple[str, ...]:
    # Only the first run of bullets: an outline further down may hold more of them.
    block = HEADING_BLOCK.search(prompt)
    names = HEADING_BULLET.findall(block[0]) if block else []
    listed = SECTION_LIST.search(prompt)
    if not names and listed:
        names = BULLET.findall(listed[2]) or [name.strip() for name in listed[1].split(",")]
    return tuple(name.lstrip("# ") for name in names if name.strip("# ")) or USUAL


def read_ask(prompt: str) -> LessonAsk | None:
    """What lesson a prompt asks for, or None where it asks for none."""
    title = TITLE.search(prompt)
    if title is None:
        return None
    code, length = CODE.search(prompt), LENGTH.search(prompt)
    return LessonAsk(title[1], code[1] if code else None, _sections(prompt), int(length[1]) if length else 900)


def _table(dice: random.Random, words: list[str]) -> str:
    rows = [
        f"| {step} | {dice.choice(ROLES)} | {dice.choice(words)}, {dice.randint(2, 60)} days |"
        for step in dice.sample(STEPS, 4)
    ]
    return "\n".join(["| Step | Who | Evidence |", "|---|---|---|", *rows])


def _listing(dice: random.Random, words: list[str]) -> str:
    tag, code = dice.choice(LISTINGS)
    names = [re.sub(r"\W+", "_", word.lower(), flags=re.ASCII).strip("_") for word in words]
    names = [name for name in names if name] or ["subject"]
    filled = code.format(slug=dice.choice(names), key=dice.choice(names), n=dice.randint(2, 28))
    return f"```{tag}\n{filled}\n```"


def _bullets(dice: random.Random, words: list[str], length: int) -> str:
    """Three bullets: whole sentences where there is room for them."""
    lines = []
    for step in dice.sample(STEPS, 3):
        text = sentence(dice, words) if length > 80 else f"{dice.choice(words)} and {dice.choice(words)}"
        lines.append(f"- **{step}**: {text}")
    return "\n".join(lines)


def _extra(place: int, count: int, dice: random.Random, words: list[str], length: int) -> list[str]:
    extra = []
    if place % 3 == min(1, count - 1):
        extra.append(_bullets(dice, words, length))
    if place == count // 2:
        extra.append(_table(dice, words))
    if place == max(0, count - 2):
        extra.append(_listing(dice, words))
    return extra


def lesson(ask: LessonAsk, dice: random.Random) -> str:
    """The whole lesson; its length is within a sentence or two of what was asked for."""
    words = subject_words(ask.title)
    parts = [f"# {ask.heading}", f"> {MARK}"]
    left = ask.words - sum(len(part.split()) for part in parts)
    count = len(ask.sections)
    # What one section says too much or too little is made good by those after it.
    for place, name in enumerate(ask.sections):
        share = left // (count - place)
        extra = _extra(place, count, dice, words, share)
        target = share - sum(len(part.split()) for part in (name, *extra))
        half = max(target // 2, 1)
        section = [f"## {name}", paragraph(dice, words, half)]
        rest = target - len(section[1].split())
        section += [*extra, *([paragraph(dice, words, rest)] if rest > 9 else [])]
        left -= sum(len(part.split()) for part in section)
        parts += section
    return "\n\n".join(parts) + "\n"
