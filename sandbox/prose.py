"""Sentences that are cheap to make, differ from each other, and are decided by a random generator's seed."""

import random
import re
from itertools import pairwise

from sandbox.phrases import OBJECTS, OPENERS, SUBJECTS, TAILS, VERBS

MARK = "Sandbox text: written by a local stand-in, not by a model."
WORD = re.compile(r"[^\W\d_][\w'-]{2,}")
COMMON = frozenset("the and for with from into that this what how why when our your".split())  # noqa: SIM905


def subject_words(title: str) -> list[str]:
    """One or two words at a time of what the text is about; the whole title where it has none."""
    words = [_lowered(word) for word in WORD.findall(title) if word.lower() not in COMMON][:8]
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    return words + pairs or [title.strip() or "the subject"]


def _lowered(word: str) -> str:
    """Lower case, unless the word has capitals inside (an abbreviation)."""
    return word.lower() if word[1:] == word[1:].lower() else word


def sentence(dice: random.Random, words: list[str]) -> str:
    """One sentence of about twenty words."""
    bits = dice.getrandbits(64)
    parts = []
    for pool in (OPENERS, SUBJECTS, VERBS, OBJECTS, TAILS):
        bits, index = divmod(bits, len(pool))
        phrase = pool[index]
        if "{w}" in phrase:
            bits, index = divmod(bits, len(words))
            phrase = phrase.replace("{w}", words[index])
        parts.append(phrase)
    return f"{parts[0]}, {' '.join(parts[1:])}."


def paragraph(dice: random.Random, words: list[str], length: int) -> str:
    """Sentences until `length` words are reached."""
    said: list[str] = []
    while length > 0:
        said.append(sentence(dice, words))
        length -= said[-1].count(" ") + 1
    return " ".join(said)


def plain_text(dice: random.Random, about: str, length: int) -> str:
    """A marked text of one or more paragraphs for a prompt that asks for nothing we know."""
    words = subject_words(about)
    paragraphs = [paragraph(dice, words, min(length - done, 80)) for done in range(0, length, 80)]
    return "\n\n".join([*paragraphs, MARK])
