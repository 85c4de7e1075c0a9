"""What the readers of files here share beside the engine's: the refusal, and values as text."""

import json
from typing import Any

from generation.sources import SourceError


def refuse(expected: str, found: str) -> SourceError:
    """The one sentence on a file that can't be read."""
    return SourceError(f"Expected {expected}, found {found}.")


def text_of(value: Any) -> str:
    """A value as text: numbers as written, yes and no as words, what is no single value as JSON, null as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value).strip()
