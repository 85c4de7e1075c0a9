"""The text form of MetaQA: `what does [Some Actor] appear in<TAB>Film A|Film B`, one question a line."""

import re
from collections.abc import Iterator

from generation.importing import Problem
from questions.reading import Asked

TOPIC = re.compile(r"\[([^\[\]]+)\]")
LINE = re.compile(r"[^\t]*\[[^\[\]\t]+\][^\t]*\t[^\t]*")
HOPS = re.compile(r"(?<!\d)(\d)[ _-]?hops?(?![a-z])", re.IGNORECASE)


def looks_like_metaqa(lines: list[str]) -> bool:
    """Whether most of some lines have a bracketed topic before their only tab."""
    fitting = sum(bool(LINE.fullmatch(line)) for line in lines)
    return fitting > len(lines) / 2


def hops_of(filename: str) -> int | None:
    """Hops that a file name such as `2-hop_test.txt` or `qa_3hop.txt` tells."""
    found = HOPS.search(filename)
    return int(found[1]) or None if found else None


def read_metaqa(text: str, separator: str = "|") -> Iterator[Asked | Problem]:
    """Questions by line; one without a tab has no known answers."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        question, *parts = line.split("\t")
        if len(parts) > 1:
            yield Problem(number, f"Line {number}", f"It has {len(parts)} tabs instead of one; it was left out.")
            continue
        answers = [part.strip() for part in parts[0].split(separator)] if parts else []
        topic = TOPIC.search(question)
        yield Asked(
            place=f"Line {number}", line=number, text=question.strip(), gold=[[one] for one in answers if one],
            topic=topic[1].strip() if topic else "",
        )  # fmt: skip
