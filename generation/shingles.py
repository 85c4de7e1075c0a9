"""Signatures of texts: similar texts share parts of them (MinHash of word triples, one permutation, in bands)."""

import re
import struct
from zlib import crc32

# With 4 values a band and 10 bands, texts that share 80 % of their triples meet in 99.5 % of the cases, 50 %: in 47 %.
BANDS, VALUES = 10, 4
BINS = BANDS * VALUES
# Shorter texts are alike too often for it to mean anything.
MIN_WORDS = 20
MIX = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1
NONE = 1 << 32

_WORD = re.compile(r"\w+")


def triples(text: str) -> set[int]:
    """Hashes (32 bits) of the text's word triples, without case and punctuation; empty for a short text."""
    words = _WORD.findall(text.casefold())
    if len(words) < MIN_WORDS:
        return set()
    # Encoded once as a whole: word by word takes twice as long.
    parts = " ".join(words).encode("utf-8", "replace").split(b" ")
    return {crc32(b" ".join(three)) for three in zip(parts, parts[1:], parts[2:], strict=False)}


def signature(text: str) -> list[int]:
    """One number (below 2**32) for each band; empty for a short text."""
    lowest = [NONE] * BINS
    found = triples(text)
    if not found:
        return []
    for hashed in found:
        mixed = (hashed * MIX) & MASK
        place, value = (mixed >> 48) * BINS >> 16, mixed & 0xFFFFFFFF
        lowest[place] = min(lowest[place], value)
    full = _without_gaps(lowest) if NONE in lowest else lowest
    return [crc32(struct.pack(f"{VALUES}Q", *full[at : at + VALUES])) for at in range(0, BINS, VALUES)]


def _without_gaps(lowest: list[int]) -> list[int]:
    """An empty bin borrows from the next full one; the distance goes with it, so that borrowed ones stay apart."""
    full = []
    for place in range(BINS):
        step = next(step for step in range(BINS) if lowest[(place + step) % BINS] != NONE)
        full.append(lowest[(place + step) % BINS] + (step << 32))
    return full


def likeness(one: str, other: str) -> float:
    """The share of word triples that two texts have in common, 0 to 1; short texts have none."""
    mine, theirs = triples(one), triples(other)
    return len(mine & theirs) / len(mine | theirs) if mine and theirs else 0.0
