"""Lessons that say the same, by a fingerprint."""

import re
from functools import lru_cache
from hashlib import blake2b

FIRST_HEADING = re.compile(r"\s*#{1,6}\s[^\n]*\n")


# A lesson's fingerprint is asked for twice in a row: for its own column, then to look for its twins.
@lru_cache(maxsize=512)
def fingerprint(text: str) -> str:
    """32 hex digits, equal for texts that differ only in case, blanks, emphasis and their first heading."""
    return blake2b(" ".join(_words(text)).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _words(text: str) -> list[str]:
    """The words below the first heading in lower case, without Markdown's marks."""
    heading = FIRST_HEADING.match(text)
    body = text[heading.end() :] if heading else text
    return body.replace("*", "").replace("#", "").replace("`", "").casefold().split()
