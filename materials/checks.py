"""What is looked at in a component's text beyond its form."""

import re

from generation.findings import Finding, Severity
from materials.models import Material

REFUSALS = re.compile(
    r"\bas an ai\b|\bas a(?: large)? language model\b|\bi(?:'|’)?m (?:sorry|unable)\b|"
    r"\bi (?:am unable|cannot|can(?:'|’)t) (?:help|assist|provide|fulfil|write)",
    re.IGNORECASE,
)
PLACEHOLDERS = re.compile(
    r"\[(?:insert|your|placeholder|tbd|todo|name|material)\b[^\]\n]*\](?!\()|\{\{[^}\n]*\}\}|\blorem ipsum\b|"
    r"\b(?:TODO|TBD|FIXME)\b"
)
TITLE_LONGEST, SUMMARY_SHORTEST, SUMMARY_LONGEST = 60, 50, 160
CAPTION_WORDS = 40
TEXT_SHORTEST, TEXT_LONGEST = 80, 600


def common_findings(text: str) -> list[Finding]:
    """Refusals and leftover placeholders: what is wrong in any component."""
    found = [
        Finding("refusal", Severity.ERROR, "It reads like a refusal of the model.", match[0], _line(text, match))
        for match in REFUSALS.finditer(text)
    ][:1]
    found += [
        Finding("placeholder", Severity.ERROR, "A placeholder was left in it.", match[0], _line(text, match))
        for match in PLACEHOLDERS.finditer(text)
    ]
    return found


def _line(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start()) + 1


def text_findings(text: str, item: Material) -> list[Finding]:
    """The main text: its length, its name, its fences, and headings that a page has already."""
    found, words = [], len(text.split())
    dense = any("\u0e00" <= sign <= "\u0eff" or "\u3040" <= sign <= "\u9fff" for sign in text)
    if not dense and not TEXT_SHORTEST <= words <= TEXT_LONGEST:
        why = f"It has {words} words; {TEXT_SHORTEST} to {TEXT_LONGEST} are usual."
        found.append(Finding("length", Severity.WARNING, why))
    if item.name.casefold() not in text.casefold():
        found.append(Finding("name", Severity.WARNING, f"It never says '{item.name}'."))
    if text.count("\n```") % 2 != (1 if text.startswith("```") else 0):
        found.append(Finding("fence", Severity.ERROR, "A code fence is not closed."))
    heading = re.search(r"^# .*$", text, re.MULTILINE)
    if heading:
        why = "A heading of the first level: the page has its title already."
        found.append(Finding("heading", Severity.NOTE, why, heading[0], _line(text, heading)))
    return found


def metatag_findings(title: str, description: str) -> list[Finding]:
    """Lengths that search engines show in full."""
    found = []
    if len(title) > TITLE_LONGEST:
        why = f"The title has {len(title)} characters; {TITLE_LONGEST} are shown."
        found.append(Finding("title_length", Severity.WARNING, why, title))
    if not SUMMARY_SHORTEST <= len(description) <= SUMMARY_LONGEST:
        why = f"The description has {len(description)} characters; {SUMMARY_SHORTEST} to {SUMMARY_LONGEST} are usual."
        found.append(Finding("description_length", Severity.WARNING, why))
    return found


def caption_findings(text: str) -> list[Finding]:
    """A caption is short."""
    words = len(text.split())
    if words <= CAPTION_WORDS:
        return []
    return [Finding("length", Severity.WARNING, f"It has {words} words; a caption has at most {CAPTION_WORDS}.")]


def author_findings(item: Material) -> list[Finding]:
    """An author that the catalogue does not know: the byline then names the catalogue."""
    if not item.author_id or item.author():
        return []
    why = f"The catalogue has no author with the id '{item.author_id}': add it on the catalogue's page, or to the file."
    return [Finding("author", Severity.ERROR, why)]
