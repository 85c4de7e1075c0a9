"""Lessons that say the same: exact duplicates by a fingerprint, near ones by a sketch of their word triples."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple
from zlib import crc32

# Two texts are near duplicates when they have this share of their word triples in common.
NEAR = 0.8
MIN_WORDS = 50
# A sketch is 40 bytes, each the least of the sampled triples in one of 40 ranges of hashes (MinHash with a single
# permutation): texts that share 80 % of their triples have about 32 bytes in common, at the same places.
BINS = 40
STARTS = [number * (1 << 32) // BINS for number in range(BINS)]
# What has fewer bytes in common is not compared in full.
COMMON = 28
# The first 25 bytes make five numbers by which candidates are found. With both, of texts that share 80 % of their
# triples 92 % are found, of those that share 90 % all but one in two hundred.
BANDS, BYTES = 5, 5
MIN_SAMPLE = 8

FIRST_HEADING = re.compile(r"\s*#{1,6}\s[^\n]*\n")
# The sample are the triples whose first word begins with one of these letters, or, in other alphabets, with one of a
# quarter of theirs: to hash them all would take several times as long.
WORDS = re.compile(
    rb" (?=((?:[cdmp]|[\xc3-\xdf][\x81\x84\x89\x8c\x91\x94\x99\x9c\xa1\xa4\xa9\xac\xb1\xb4\xb9\xbc])[^ ]* [^ ]+ [^ ]+))"
)
# Where there are no blanks between words, one of eight characters with the two after it.
CHARACTERS = re.compile(rb"(?=([\xe0-\xef][\x80-\xbf][\x81\x89\x91\x99\xa1\xa9\xb1\xb9].{6}))")
LONG = 12


class Prints(NamedTuple):
    """What a text is compared by: `fingerprint` for equal texts; `sketch` (hex) and `bands` for similar ones."""

    fingerprint: str
    sketch: str = ""
    bands: tuple[int, ...] = ()


# A lesson's prints are asked for twice in a row: for its own columns, then to look for its twins.
@lru_cache(maxsize=512)
def prints(text: str) -> Prints:
    """The prints of a lesson; without a sketch where it is too short for one to mean anything."""
    words = _words(text)
    plain = " ".join(words).encode("utf-8", "surrogatepass")
    fingerprint = blake2b(plain, digest_size=16).hexdigest()
    hashes = _sample(_units(words), plain)
    if len(hashes) < MIN_SAMPLE:
        return Prints(fingerprint)
    # An empty range takes the least of the next one that is not.
    ends = len(hashes)
    hashes.append(hashes[0])
    sketch = bytes(hashes[bisect_left(hashes, start, 0, ends)] & 0xFF for start in STARTS)
    parts = range(0, BANDS * BYTES, BYTES)
    bands = (int.from_bytes(sketch[place : place + BYTES], "big") for place in parts)
    return Prints(fingerprint, sketch.hex(), tuple(bands))


def fingerprint(text: str) -> str:
    """32 hex digits, equal for texts that differ only in case, blanks, emphasis and their first heading."""
    return prints(text).fingerprint


def in_common(one: int, other: int) -> int:
    """How many of their 40 bytes two sketches (as numbers) have in common."""
    return (one ^ other).to_bytes(BINS, "big").count(0)


def shared(one: str, other: str) -> float:
    """The share of word triples that two lessons have in common, 0 to 1."""
    mine, theirs = _triples(one), _triples(other)
    return len(mine & theirs) / len(mine | theirs) if mine and theirs else 0.0


def _words(text: str) -> list[str]:
    """The words below the first heading in lower case, without Markdown's marks."""
    heading = FIRST_HEADING.match(text)
    body = text[heading.end() :] if heading else text
    return body.replace("*", "").replace("#", "").replace("`", "").casefold().split()


def _units(words: list[str]) -> Sequence[str]:
    """The words; of a text whose script has no blanks between them, its characters."""
    letters = "".join(words)
    return words if len(letters) < LONG * len(words) else letters


def _sample(units: Sequence[str], plain: bytes) -> list[int]:
    """Hashes of the sampled triples, each once, the least first; none for a short text."""
    if len(units) < MIN_WORDS:
        return []
    return sorted(set(map(crc32, (CHARACTERS if isinstance(units, str) else WORDS).findall(plain))))


def _triples(text: str) -> set[tuple[str, ...]]:
    units = _units(_words(text))
    return set(zip(units, units[1:], units[2:], strict=False))
