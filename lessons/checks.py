"""The checks of one lesson: one pass over its lines, then cheap searches in what is not code."""

import re
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from generation.findings import Finding, Severity
from lessons.tables import table_findings

USUAL_SECTIONS = (
    "Learning Objectives",
    "Introduction",
    "Core Concepts",
    "Worked Example",
    "Practical Application",
    "Common Mistakes",
    "Exercises",
    "Key Takeaways",
    "Self-Check Questions",
    "Further Reading",
)
TITLE_FITS, TITLE_IS_CLOSE = 75, 55

FENCE = re.compile(r" {0,3}(`{3,}|~{3,})\s*(.*)$")
NUMBERING = re.compile(r"^[^\w]*(?:(?:section|part|step)\s+)?(?:\d+(?:\.\d+)*\s*[.):\-–—]?\s+)?[^\w]*", re.IGNORECASE)
INLINE_CODE = re.compile(r"(`+)[^`]+\1(?!`)")
CJK = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
PLACEHOLDER = re.compile(
    r"\[(?:insert|add|your|placeholder|to be|tbd|todo|describe|topic|example here)\b[^\[\]\n]{0,80}\](?!\()|"
    r"\b(?:TODO|TBD|FIXME)\b|"
    r"lorem ipsum|\{\{[^{}\n]{0,80}\}\}|\{%[^%\n]{0,80}%\}|"
    r"<(?:placeholder|insert|your|lesson title|lesson|topic|name of)\b[^<>\n]{0,60}>|"
    r"\b(?:lesson title|content|title|description|text) (?:goes )?here\b(?=\W*$)",
    re.MULTILINE | re.IGNORECASE,
)
# A line without any of these holds no placeholder; a search for them is far cheaper than the expression.
PLACEHOLDER_SIGNS = (
    *("[insert", "[add", "[your", "[placeholder", "[to be", "[describe", "[topic", "[example here", "[tbd", "[todo"),
    *(
        "todo",
        "tbd",
        "fixme",
        "lorem ipsum",
        "{{",
        "{%",
        "<placeholder",
        "<insert",
        "<your",
        "<lesson",
        "<topic",
        "<name of",
    ),
    *("title here", "content here", "goes here", "description here", "text here"),
)
REFUSALS = (
    "as an ai language model",
    "as an ai assistant",
    "as a language model",
    "i'm sorry, but i",
    "i’m sorry, but i",
    "i am sorry, but i",
    "i apologize, but i",
    "i cannot help with",
    "i can't help with",
    "i cannot assist",
    "i can't assist",
    "i'm unable to",
    "i am unable to provide",
    "i cannot provide",
    "i can't provide",
    "i cannot fulfill",
    "i can't fulfill",
)


@dataclass(frozen=True, slots=True)
class LessonFacts:
    """What a lesson is held against; lengths are in words, sections are headings that must be there."""

    key: str
    title: str
    level: str = ""
    required_sections: tuple[str, ...] = USUAL_SECTIONS
    min_words: int = 0
    max_words: int = 0


@dataclass(slots=True)
class Anatomy:
    """A lesson taken apart: headings as (line, depth, text), prose with code lines blanked, table rows, fences."""

    headings: list[tuple[int, int, str]] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    filled: set[int] = field(default_factory=set)
    rows: list[tuple[int, str]] = field(default_factory=list)
    untagged: list[int] = field(default_factory=list)
    open_fence: int = 0
    first_line: int = 0


def check_lesson(text: str, facts: LessonFacts) -> list[Finding]:
    """All findings of a lesson except duplicates, which need the other lessons."""
    lesson = take_apart(text)
    prose = "\n".join(lesson.prose)
    lowered = prose.lower()
    return [
        *_heading(lesson, facts),
        *_sections(lesson, facts),
        *_length(text, facts),
        *_fences(lesson),
        *_placeholders(prose, lowered),
        *_refusals(prose, lowered),
        *table_findings(lesson.rows),
    ]


def take_apart(text: str) -> Anatomy:
    """One pass over the lines; what stands in code fences is neither heading nor prose nor table."""
    lesson = Anatomy()
    prose, fence = lesson.prose, ""
    number = 0
    for content in text.split("\n"):
        number += 1
        line = content
        start = line.lstrip()[:3]
        if start in ("```", "~~~") and (found := FENCE.match(line)):
            if not fence:
                fence, lesson.open_fence = found[1], number
                if not found[2].strip():
                    lesson.untagged.append(number)
            elif found[1].startswith(fence) and not found[2]:
                fence, lesson.open_fence = "", 0
            start = line = ""
            # Code counts as content of its section.
            lesson.filled.add(len(lesson.headings))
        elif fence:
            start = line = ""
        prose.append(line)
        if not start:
            continue
        lesson.first_line = lesson.first_line or number
        if start[0] == "#" and (heading := line.strip().lstrip("#"))[:1] in ("", " "):
            depth = len(line.strip()) - len(heading)
            if depth <= 6:
                lesson.headings.append((number, depth, heading.strip()))
                continue
        elif "|" in line:
            lesson.rows.append((number, line))
        lesson.filled.add(len(lesson.headings))
    return lesson


def _heading(lesson: Anatomy, facts: LessonFacts) -> list[Finding]:
    if not lesson.headings:
        return [Finding("heading", Severity.ERROR, "The lesson has no heading.")]
    line, _, heading = lesson.headings[0]
    findings = []
    if line != lesson.first_line:
        findings.append(
            Finding("heading", Severity.WARNING, "Text stands before the first heading.", "", lesson.first_line)
        )
    wanted, found = _plain(facts.title), _plain(heading)
    if wanted in found:
        return findings
    score = max(
        fuzz.token_sort_ratio(wanted, found), fuzz.ratio(wanted, found.replace(_plain(facts.key), "").strip(" :-—–"))
    )
    if score < TITLE_FITS:
        severity = Severity.WARNING if score >= TITLE_IS_CLOSE else Severity.ERROR
        message = f"The first heading does not fit the title “{facts.title}”."
        findings.append(Finding("heading", severity, message, heading[:80], line))
    return findings


def _plain(text: str) -> str:
    return " ".join(text.replace("*", "").replace("`", "").replace("_", " ").casefold().split())


def _sections(lesson: Anatomy, facts: LessonFacts) -> list[Finding]:
    if not facts.required_sections:
        return []
    places: dict[str, int] = {}
    for index, (_, _, heading) in enumerate(lesson.headings):
        places.setdefault(NUMBERING.sub("", heading, count=1).rstrip("*_:： ").casefold(), index)
    findings = []
    for section in facts.required_sections:
        wanted = section.casefold()
        index = places.get(wanted, -1)
        if index < 0:
            index = next((place for name, place in places.items() if wanted in name), -1)
        if index < 0:
            findings.append(Finding("sections", Severity.ERROR, f"The section “{section}” is missing.", section))
        elif not _has_content(lesson, index):
            line = lesson.headings[index][0]
            findings.append(Finding("sections", Severity.WARNING, f"The section “{section}” is empty.", section, line))
    return findings


def _has_content(lesson: Anatomy, index: int) -> bool:
    """Whether anything stands under a heading or under the deeper ones that follow it."""
    depth = lesson.headings[index][1]
    while index + 1 not in lesson.filled:
        index += 1
        if index >= len(lesson.headings) or lesson.headings[index][1] <= depth:
            return False
    return True


def count_words(text: str) -> int:
    """Words between blanks; of scripts without blanks two characters count as one word."""
    words = len(text.split())
    return words if text.isascii() else words + len(CJK.findall(text)) // 2


def _length(text: str, facts: LessonFacts) -> list[Finding]:
    words = count_words(text)
    if facts.min_words and words < facts.min_words:
        severity = Severity.ERROR if words * 2 < facts.min_words else Severity.WARNING
        return [Finding("length", severity, f"{words} words; at least {facts.min_words} are expected.")]
    if facts.max_words and words > facts.max_words:
        return [Finding("length", Severity.WARNING, f"{words} words; at most {facts.max_words} are expected.")]
    return []


def _fences(lesson: Anatomy) -> list[Finding]:
    findings = [
        Finding("code fences", Severity.WARNING, "This code fence names no language.", "", line)
        for line in lesson.untagged
    ]
    if lesson.open_fence:
        findings.append(
            Finding("code fences", Severity.ERROR, "This code fence is never closed.", "", lesson.open_fence)
        )
    return findings


def _placeholders(prose: str, lowered: str) -> list[Finding]:
    signs = [sign for sign in PLACEHOLDER_SIGNS if sign in lowered]
    if not signs:
        return []
    findings = []
    for number, line in enumerate(prose.split("\n"), 1):
        if not any(sign in line.lower() for sign in signs):
            continue
        for found in PLACEHOLDER.finditer(INLINE_CODE.sub("", line)):
            if found[0].lower() not in ("todo", "tbd", "fixme") or found[0].isupper():
                message = "Leftover placeholder or template text."
                findings.append(Finding("placeholders", Severity.ERROR, message, found[0][:80], number))
    return findings


def _refusals(prose: str, lowered: str) -> list[Finding]:
    for phrase in REFUSALS:
        place = lowered.find(phrase)
        if place >= 0:
            line = lowered.count("\n", 0, place) + 1
            # A lesson on chat bots may quote a refusal; a refusing model does it at once.
            severity = Severity.ERROR if place < 600 else Severity.WARNING
            return [Finding("refusal", severity, "The model seems to have refused.", prose[place : place + 80], line)]
    return []
