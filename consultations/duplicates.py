"""Exact and near duplicates among texts: Jaccard of their word 3-shingles, found by prefix filtering, verified exactly.

Prefix filtering is exact: sort the shingles of every text in one global order. Two sets of sizes a and b with a Jaccard
of at least t share at least t * max(a, b) shingles, so that the first a - ceil(t * a) + 1 of the one and the first
b - ceil(t * b) + 1 of the other have one in common. Only texts that share such a shingle are compared.
"""

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

SHINGLE = 3
THRESHOLD = 0.8
# Scripts without spaces between words count by character; marks (Thai vowels, for example) belong to their word.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|[^\W_]+")
_BUCKETS = 1 << 20
_BITS, _MIX = 2048, 0x9E3779B97F4A7C15
_DIGITS = bytes.maketrans(b"\0\1", b"01")


@dataclass(frozen=True, slots=True)
class Repeat:
    """Text `place` says again what text `of` says (places in the given sequence)."""

    place: int
    of: int
    similarity: float


def words_of(text: str) -> list[str]:
    """Words for comparison; of a text without any (only emoji, say) its characters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _WORD.findall(plain) or list("".join(plain.split()))


def shingles(text: str) -> set[tuple[str, ...]]:
    """Every three words in a row; of a shorter text all its words as one."""
    words = words_of(text)
    if len(words) < SHINGLE:
        return {tuple(words)}
    return set(zip(*(words[start:] for start in range(SHINGLE)), strict=False))


def similarity(first: str, second: str) -> float:
    """Jaccard of the shingles of two texts."""
    one, other = shingles(first), shingles(second)
    return len(one & other) / len(one | other)


def repeats(texts: Sequence[str], threshold: float = THRESHOLD) -> list[Repeat]:
    """Texts that are near one that stands before them and is itself none of these; the nearest one is named.

    `threshold` lies above 0 and up to 1. The same as comparing each text with every kept one before it.
    """
    limit = Fraction(str(threshold))
    if not 0 < limit <= 1:
        raise ValueError(f"a threshold lies above 0 and up to 1, and {threshold} does not")
    return list(_Finder(list(_numbered(texts)), limit).run())


def _numbered(texts: Iterable[str]) -> Iterator[array]:
    """The shingles of each text as different numbers, without a table of all shingles."""
    numbers: dict[str, int] = {"": 0}
    # Three words of up to 2^21 different ones each fit into 64 bits; numbers from 1 keep short texts apart.
    for text in texts:
        found = {
            sum((numbers.setdefault(word, len(numbers)) + 1) << (21 * place) for place, word in enumerate(shingle))
            for shingle in shingles(text)
        }
        yield array("Q", found)


class _Finder:
    def __init__(self, sets: list[array], limit: Fraction) -> None:
        self.sets, self.limit = sets, limit
        # How often shingles occur, by remainder: a rough order from rare to frequent is as exact as any other.
        self.counts = array("I", bytes(4 * _BUCKETS))
        for one in sets:
            for number in one:
                self.counts[number % _BUCKETS] += 1
        self.index: dict[int, list[int]] = {}
        self.bits: dict[int, int] = {}

    def run(self) -> Iterator[Repeat]:
        for place, numbers in enumerate(self.sets):
            prefix = self._prefix(numbers)
            bits = _bits(numbers)
            found = self._nearest(set(numbers), prefix, bits)
            if found:
                yield Repeat(place, found[1], float(found[0]))
                continue
            self.bits[place] = bits
            for number in prefix:
                self.index.setdefault(number, []).append(place)

    def _prefix(self, numbers: array) -> list[int]:
        """The rarest shingles of a text, as many as the rule above needs, without those that no other text has."""
        size = len(numbers)
        least = -(-size * self.limit.numerator // self.limit.denominator)
        chosen = sorted(numbers, key=lambda number: (self.counts[number % _BUCKETS], number))[: size - least + 1]
        return [number for number in chosen if self.counts[number % _BUCKETS] > 1]

    def _nearest(self, numbers: set[int], prefix: Sequence[int], bits: int) -> tuple[Fraction, int] | None:
        """The most similar kept text within the limit, the first of equals."""
        best: tuple[Fraction, int] | None = None
        top, bottom = self.limit.numerator, self.limit.denominator
        size = len(numbers)
        for place in set().union(*(self.index.get(number, ()) for number in prefix)):
            other = self.sets[place]
            # A Jaccard of t over a + b shingles needs t / (1 + t) of them in common.
            least = -(-(size + len(other)) * top // (top + bottom))
            # Each bit that the other lacks is a shingle that it lacks; most texts need no closer look.
            if len(other) < least or size - (bits & ~self.bits[place]).bit_count() < least:
                continue
            common = len(numbers.intersection(other))
            if common >= least:
                found = Fraction(common, size + len(other) - common)
                if best is None or (found, -place) > (best[0], -best[1]):
                    best = found, place
        return best


def _bits(numbers: Iterable[int]) -> int:
    """A set of shingles as bits, some of which stand for several."""
    bits = bytearray(_BITS)
    for number in numbers:
        # The low bits are those of one word: mix all three into the place.
        bits[(number * _MIX >> 40) % _BITS] = 1
    return int(bits.translate(_DIGITS), 2)
