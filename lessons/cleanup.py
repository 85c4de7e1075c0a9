"""Take away what a model writes around a lesson: remnants of the prompt, an outer code fence, notes behind the end.

Only what is recognised is removed, and only at the two ends; whatever else the text holds stays as it is.
"""

import re

HEADING = re.compile(r" {0,3}#{1,6}\s")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})\s*([^`]*)$")
RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_BEGIN = r"[\s>*_#(\[\W]{0,8}"
REMNANT_HEADING = re.compile(
    _BEGIN
    + r"(?:LLM prompt|(?:lesson )?context (?:&|and) parameters|content output schema|content structure reference|"
    r"(?:system|user) prompt|prompt template)\b",
    re.IGNORECASE,
)
REMNANT = re.compile(
    _BEGIN + r"(?:(?:sure|certainly|of course|absolutely|great)\b[^\n]{0,60}(?:[!.:,]|here)|"
    r"here(?:'s|’s| is| are)\b[^\n]{0,120}\b(?:lesson|markdown|draft|text)\b|"
    r"below is\b[^\n]{0,120}\b(?:lesson|markdown|draft)\b|"
    r"(?:lesson code|title|module|section|level|audience|domain|duration|length|course):\s|"
    r"you are (?:generating|writing|an? (?:expert|experienced))\b|"
    r"i(?:'ll|’ll| will| have|'ve|’ve)\b[^\n]{0,80}\blesson\b)",
    re.IGNORECASE,
)
NOTE = re.compile(
    _BEGIN + r"(?:(?:approximate |total |estimated )?word count\W{1,6}(?:about |approximately |approx\.? |~)?\d|"
    r"(?:notes?\W{1,6})?(?:this|the) lesson "
    r"(?:meets|satisfies|follows|adheres|complies|conforms|was (?:written|generated)|"
    r"has been (?:written|generated)|is (?:written|publication|approximately|about \d))|"
    r"let me know (?:if|whether|what)\b|feel free to (?:ask|reach|let)\b|(?:i hope|hope) this (?:lesson|helps)\b|"
    r"(?:if you(?:'d|’d| would) like|would you like)\b[^\n]{0,40}\b(?:i can|me to)\b|"
    r"quality (?:and governance |assurance )?(?:notes?|check-?list|checks?)\W*(?:\n|$))",
    re.IGNORECASE,
)
# A lesson about data quality may well end with a checklist of its own: only one about the text itself is a note.
QUALITY_HEADING = re.compile(
    _BEGIN + r"(?:(?:final |lesson )?quality (?:and governance |assurance )?(?:notes?|check-?list|checks?)|"
    r"self-check of this lesson)\W*$",
    re.IGNORECASE,
)
ABOUT_THE_TEXT = re.compile(
    r"\b(?:(?:this|the) lesson\b|word count|placeholder|(?:all|required|ten|10) (?:required )?sections|"
    r"(?:the|your) prompt\b|"
    r"learning objectives (?:are|is|match|met)|publication[- ]ready|markdown)",
    re.IGNORECASE,
)
TAIL_SIGNS = ("word count", "lesson", "let me know", "feel free", "hope this", "you like", "like,", "quality")


def clean_up(text: str) -> str:
    """The lesson alone. A lesson that needs nothing comes back unchanged; cleaning twice changes nothing more."""
    while True:
        cleaned = _unwrap(_without_notes(_without_remnants(text)))
        if cleaned == text:
            return text
        text = cleaned


def _finish(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n") + "\n"


def _without_remnants(text: str) -> str:
    """The text from the lesson's own first heading on, if nothing but remnants stands before it."""
    start = text.lstrip()[:200]
    if not (REMNANT.match(start) or REMNANT_HEADING.match(start)):
        return text
    lines = text.split("\n")
    index, dropping = 0, False
    while index < len(lines):
        line = lines[index]
        if HEADING.match(line):
            dropping = bool(REMNANT_HEADING.match(line))
            if not dropping:
                break
        elif _wrapper(lines, index) or not (dropping or _may_go(line)):
            break
        index += 1
    rest = lines[index:]
    # An answer that is nothing but a preamble is left for the checks to find.
    if not any(line.strip() for line in rest):
        return text
    return _finish(rest) if index else text


def _may_go(line: str) -> bool:
    """Whether a line before the first heading is blank, a rule or a remnant."""
    return not line.strip() or bool(RULE.match(line) or REMNANT.match(line))


def _without_notes(text: str) -> str:
    """The text without notes behind its end; a rule or a fence left alone by that goes too."""
    tail = text[-4000:].lower()
    # Most lessons end clean; this keeps them from being taken apart.
    if not any(sign in tail for sign in TAIL_SIGNS):
        return text
    lines = text.rstrip().split("\n")
    if _ends_in_code(lines):
        return text
    end = len(lines)
    while end:
        start = _last_note(lines, end)
        if start is None:
            break
        end = start
        while end and (not lines[end - 1].strip() or RULE.match(lines[end - 1])):
            end -= 1
    return _finish(lines[:end]) if 0 < end < len(lines) else text


def _last_note(lines: list[str], end: int) -> int | None:
    """Where the note begins that ends at `end`, None if what stands there belongs to the lesson."""
    start = end
    while start and lines[start - 1].strip() and not FENCE.match(lines[start - 1]):
        start -= 1
    if start == end:
        return None
    if NOTE.match("\n".join(lines[start:end])) and not HEADING.match(lines[start]) and lines[start].lstrip()[0] != "|":
        return start
    heading = next((index for index in range(end - 1, max(end - 60, -1), -1) if HEADING.match(lines[index])), None)
    if heading is None or not QUALITY_HEADING.match(lines[heading]):
        return _quality_list(lines, start)
    body = "\n".join(lines[heading + 1 : end])
    return heading if "```" not in body and ABOUT_THE_TEXT.search(body) else None


def _quality_list(lines: list[str], start: int) -> int | None:
    """The start of a note whose own heading line ("Quality checklist") stands above the list at `start`."""
    above = start
    while above and not lines[above - 1].strip():
        above -= 1
    title = lines[above - 1] if above else ""
    is_note = QUALITY_HEADING.match(title) and ABOUT_THE_TEXT.search("\n".join(lines[start : start + 40]))
    return above - 1 if is_note and not HEADING.match(title) else None


def _ends_in_code(lines: list[str]) -> bool:
    """Whether a code fence is never closed; within a fence around the whole text fences may be nested."""
    wrapped = _wrapper(lines, 0)
    opened: list[str] = []
    for line in lines:
        fence = FENCE.match(line) if "```" in line or "~~~" in line else None
        if fence and opened and fence[1].startswith(opened[-1]) and not fence[2]:
            opened.pop()
        elif fence and (not opened or (wrapped and fence[2])):
            opened.append(fence[1])
    return bool(opened)


def _wrapper(lines: list[str], index: int) -> str:
    """The fence that the line opens untagged or as Markdown with a heading of the lesson next; "" if it does not."""
    fence = FENCE.match(lines[index])
    if not fence or fence[2].strip().lower() not in ("", "markdown", "md"):
        return ""
    content = next((line for line in lines[index + 1 :] if line.strip()), "")
    return fence[1] if HEADING.match(content) and not REMNANT_HEADING.match(content) else ""


def _unwrap(text: str) -> str:
    """The text without a fence around all of it, if what is inside begins with a heading and closes its own fences."""
    stripped = text.strip()
    if stripped[:3] not in ("```", "~~~"):
        return text
    lines = stripped.split("\n")
    inner, fence, last = lines[1:-1], _wrapper(lines, 0), FENCE.match(lines[-1])
    if not inner or not fence or not last or last[2] or not last[1].startswith(fence):
        return text
    return _finish(inner) if _closes_within(inner, fence) else text


def _closes_within(lines: list[str], outer: str) -> bool:
    """Whether no line closes the outer fence before the end: every closing fence has its own tagged opening."""
    inside = ""
    for line in lines:
        fence = FENCE.match(line)
        if not fence:
            continue
        if inside:
            if fence[1].startswith(inside) and not fence[2]:
                inside = ""
        elif fence[1].startswith(outer) and not fence[2]:
            return False
        else:
            inside = fence[1]
    return not inside
