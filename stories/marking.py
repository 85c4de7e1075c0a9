"""A story's texts with the names marked that were found in them."""

import re
from collections.abc import Iterable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

LONGEST = 6000


def marked_texts(texts: Sequence[str], mentions: Iterable[str], longest: int = LONGEST) -> list[SafeString]:
    """Each text with every mention in it marked, whatever its case; long ones are cut, and say so."""
    wanted = sorted({mention for mention in mentions if mention.strip()}, key=len, reverse=True)
    pattern = re.compile(f"({'|'.join(map(re.escape, wanted))})", re.IGNORECASE) if wanted else None
    return [_marked(text[:longest], pattern, cut=len(text) > longest) for text in map(str, texts)]


def _marked(text: str, pattern: re.Pattern[str] | None, *, cut: bool) -> SafeString:
    parts = pattern.split(text) if pattern else [text]
    shown = format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", part) if place % 2 else part,) for place, part in enumerate(parts))
    )
    return format_html("{} <em>(cut)</em>", shown) if cut else shown
