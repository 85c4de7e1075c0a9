"""What models put around a response that is none of it: a fence, quotation marks, a line that announces it."""

import re

FENCE = re.compile(r"```\w*\n(.*?)\n?```", re.DOTALL)
ANNOUNCED = re.compile(
    r"(?:\*\*)?(?:(?:sure|certainly|of course|here(?:'s| is))\b[^\n]{0,80}|response(?: \d+)?):(?:\*\*)?\s*\n+",
    re.IGNORECASE,
)
QUOTES = {'"': '"', "“": "”", "«": "»", "„": "“"}


def clean_up(output: str) -> str:
    """The response alone."""
    text = output.strip()
    fenced = FENCE.fullmatch(text)
    text = fenced[1].strip() if fenced else text
    announced = ANNOUNCED.match(text)
    text = text[announced.end() :].strip() if announced else text
    end = QUOTES.get(text[:1], "")
    # Only marks around the whole: a response may begin with a quotation and end with another.
    if end and len(text) > 1 and text.endswith(end) and text[0] not in text[1:-1] and end not in text[1:-1]:
        text = text[1:-1].strip()
    return text.replace("\r\n", "\n").replace("\x00", "")
