"""Checks of one made-up response, theme list or labelling: what a person should look at before it is approved."""

import hashlib
import re
from collections.abc import Iterator, Sequence

from consultations.duplicates import words_of
from consultations.mix import LENGTHS
from consultations.theme_lists import Theme
from generation.findings import Finding, Severity

REFUSALS = re.compile(
    r"\b(as an ai\b|as a language model|i can(?:'|no)t (?:help|assist|write|provide)|i'm sorry, but|i am unable to)",
    re.IGNORECASE,
)
PLACEHOLDER = re.compile(r"\[(?:your |insert |name|place|date|town|city|number)[^\]]*\]|\bTODO\b|\blorem ipsum\b", re.I)
LONG_NAME = 80


def fingerprint(text: str) -> str:
    """The same for texts that differ only in case, punctuation and spaces."""
    return hashlib.blake2b(" ".join(words_of(text)).encode(), digest_size=16).hexdigest()


def check_response(text: str, length: str) -> Iterator[Finding]:
    """Findings on a made-up response of a slot of this length."""
    count = len(text.split())
    low, high = LENGTHS.get(length, (1, 10_000))
    # Counting words is no exact science, for models least of all.
    if count < low * 0.8 or count > high * 1.2:
        yield Finding("length", Severity.WARNING, f"It has {count} words, and {low} to {high} were asked for.")
    if refusal := REFUSALS.search(text):
        yield Finding("refusal", Severity.ERROR, "It speaks as a machine or refuses.", place=refusal[0])
    if left := PLACEHOLDER.search(text):
        yield Finding("placeholder", Severity.ERROR, "A placeholder was left in it.", place=left[0])


def check_themes(themes: Sequence[Theme], most: int) -> Iterator[Finding]:
    """Findings on a theme list."""
    if len(themes) > most:
        words = f"There are {len(themes)} themes, and at most {most} were asked for."
        yield Finding("too_many", Severity.WARNING, words)
    for theme in themes:
        if len(theme.topic) > LONG_NAME:
            yield Finding("long_name", Severity.WARNING, "A theme's name is too long for a label.", place=theme.topic)
        if not theme.rationale:
            yield Finding("no_rationale", Severity.NOTE, "Nothing says what belongs to it.", place=theme.topic)


def check_labels(labels: Sequence[str]) -> Iterator[Finding]:
    """Findings on the labels of a response."""
    if not labels:
        yield Finding("no_theme", Severity.NOTE, "No theme fits: read whether one is missing in the list.")
