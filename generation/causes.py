"""What went wrong, without what differs from one request to the next: numbers, ids and quoted words are replaced."""

import re
from typing import Any

CAUSE_LENGTH = 200
# A quotation begins behind a space or bracket and ends before one: the apostrophe of "can't" is none.
_QUOTED = re.compile(r"""(?<![^\s(\[{=:,])(?:"[^"]*"|'[^']*'|`[^`]*`|“[^”]*”|‘[^’]*’)(?![^\s)\]}.,;:!?])""")
# Words of at least six characters that hold a digit and a letter, with what joins them: req_7f3a, batch-01ab, UUIDs.
_ID = re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z_])[\w-]{6,}\b")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


def cause_of(message: str) -> str:
    """The message with numbers and ids as # and quotations as "…", in one line of at most 200 characters."""
    text = _QUOTED.sub('"…"', " ".join(message[:1000].split()))
    return _NUMBER.sub("#", _ID.sub("#", text))[:CAUSE_LENGTH]


def trouble(code: str, message: str) -> dict[str, Any]:
    """Columns of a request that say what went wrong; cut to their lengths."""
    return {"error_code": code[:100], "error_message": message[:500], "cause": cause_of(message)}
