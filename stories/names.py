"""Names as they are compared: without case, marks and doubled spaces, in any script."""

import unicodedata
from functools import lru_cache

# Letters, numbers, and the signs that belong to letters (Mn, Mc: vowels of Thai or Hindi).
_IN_WORDS = ("L", "N", "M")


@lru_cache(maxsize=10_000)
def normal(text: str) -> str:
    """Lower case, one space between words, no punctuation; accents stay. Punctuation alone stays as it is."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if not folded.replace(" ", "").isalnum():
        folded = "".join(one if unicodedata.category(one)[0] in _IN_WORDS else " " for one in folded) or folded
    return " ".join(folded.split()) or text.strip()
