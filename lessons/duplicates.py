"""Lessons that say the same: exact duplicates by a fingerprint, near ones by shingles of words."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b

NEAR = 0.8
MIN_WORDS = 50
# A passage that this many lessons share is boilerplate; it finds no candidates.
MAX_SHARED = 20
FIRST_HEADING = re.compile(r"\s*#{1,6}\s[^\n]*\n")


# A lesson's fingerprint is asked for twice in a row: for its own column, then to look for its twins.
@lru_cache(maxsize=512)
def fingerprint(text: str) -> str:
    """32 hex digits, equal for texts that differ only in case, blanks, emphasis and their first heading."""
    return blake2b(" ".join(_words(text)).encode(), digest_size=16).hexdigest()


def find_duplicates(texts: Mapping[str, str]) -> dict[str, str]:
    """For each key whose text repeats an earlier one (wholly, or in 80 % of its word triples) that earlier key."""
    exact: dict[str, str] = {}
    seen: dict[tuple[str, ...], list[str]] = {}
    duplicates: dict[str, str] = {}
    for key, text in texts.items():
        words = _words(text)
        earlier = exact.setdefault(" ".join(words), key)
        if earlier == key and len(words) >= MIN_WORDS:
            earlier = _near(key, words, seen, texts)
        if earlier != key:
            duplicates[key] = earlier
    return duplicates


def _near(key: str, words: list[str], seen: dict[tuple[str, ...], list[str]], texts: Mapping[str, str]) -> str:
    """The earlier text that this one nearly repeats, else `key` itself, which later ones are then compared with."""
    signature = _signature(words)
    shared = Counter(other for shingle in signature for other in seen.get(shingle, ()))
    shingles: set[tuple[str, ...]] | None = None
    for other, count in shared.most_common(3):
        # The sample errs; what comes near is compared in full.
        if count < NEAR * len(signature) * 0.7:
            break
        shingles = shingles if shingles is not None else _shingles(words)
        others = _shingles(_words(texts[other]))
        if len(shingles & others) >= NEAR * len(shingles | others):
            return other
    for shingle in signature:
        holders = seen.setdefault(shingle, [])
        if len(holders) < MAX_SHARED:
            holders.append(key)
    return key


def _words(text: str) -> list[str]:
    """The words below the first heading in lower case, without Markdown's marks."""
    heading = FIRST_HEADING.match(text)
    body = text[heading.end() :] if heading else text
    return body.replace("*", "").replace("#", "").replace("`", "").casefold().split()


def _shingles(words: list[str]) -> set[tuple[str, ...]]:
    return set(zip(words, words[1:], words[2:], strict=False))


def _signature(words: list[str]) -> set[tuple[str, ...]]:
    """A sample of the shingles: those that begin with a word whose letters say so, the same in every text."""
    return {
        tuple(words[index : index + 3])
        for index, word in enumerate(words[:-2])
        if (len(word) + ord(word[0]) + ord(word[-1])) % 8 == 0
    }
