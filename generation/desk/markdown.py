"""Markdown as people see it: rendered, then reduced to an allow-list. The text is hostile input."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import nh3
from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown import Markdown

from generation.desk.code import CLASSES as COLOURS
from generation.desk.code import coloured

EXTENSIONS = ("tables", "fenced_code", "footnotes", "sane_lists")
MAX_CHARACTERS = 80_000
MAX_DEPTH = 40
MAX_FOOTNOTES = 800
MAX_TAGS = 3000
# The library's time grows with the square of what opens something within one block: 4 million take about a second.
MAX_WORK = 4_000_000

_BLOCKS = re.compile(r"\n[ \t]*\n")
_OPENERS = re.compile(r"[\[<]|^[ \t]*(?:#|=+[ \t]*$|-+[ \t]*$)", re.MULTILINE)
_MARKERS = re.compile(r"^([ \t]*)((?:(?:[-*+]|\d+[.)])[ \t]+|>[ \t]*)+)", re.MULTILINE)
_TASK = re.compile(r"<li>(\n?(?:<p>)?)\[([ xX])\] ")
_DATA_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+", re.ASCII)

TAGS = {
    "a", "abbr", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "s", "small", "span", "strong", "sub",
    "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title", "class"},
    "code": {"class"},
    "div": {"class"},
    "img": {"src", "alt", "title"},
    "li": {"class", "id"},
    "ol": {"start"},
    "span": {"class"},
    "sup": {"id"},
    "td": {"style"},
    "th": {"style"},
}
CLASSES = {"footnote", "footnote-ref", "footnote-backref", "task"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """Safe HTML, and a sentence when the text was shown as it is instead of being rendered."""

    html: SafeString
    notice: str = ""


def render_markdown(text: str) -> Rendered:
    """Sanitised HTML of a Markdown text; never takes more than about two seconds, whatever the text holds."""
    notice = too_much(text)
    if notice:
        return _plain(text, notice)
    try:
        return Rendered(mark_safe(sanitise(_convert(text))))  # noqa: S308 (the sanitiser's output)
    except RecursionError:
        return _plain(text, "This text is nested too deeply to be rendered: it is shown as it is.")


def too_much(text: str) -> str:
    """Why rendering the text could take too long, as a sentence; empty when it is fine."""
    if len(text) > MAX_CHARACTERS:
        return f"This text is longer than {MAX_CHARACTERS:,} characters: it is shown as it is."
    if text.count("[^") > MAX_FOOTNOTES:
        return f"This text has more than {MAX_FOOTNOTES} footnotes: it is shown as it is."
    if text.count("<") > MAX_TAGS:
        return f"This text has more than {MAX_TAGS} HTML tags: it is shown as it is."
    if any(_depth(match) > MAX_DEPTH for match in _MARKERS.finditer(text)):
        return f"This text has lists or quotes more than {MAX_DEPTH} levels deep: it is shown as it is."
    if sum(len(_OPENERS.findall(block)) ** 2 for block in _BLOCKS.split(text)) > MAX_WORK:
        return "This text has too many brackets or headings in one paragraph to be rendered: it is shown as it is."
    return ""


def _depth(match: re.Match[str]) -> int:
    indent, markers = match.groups()
    return len(indent.expandtabs(4)) // 4 + len(markers.split()) + markers.count(">>")


def _convert(text: str) -> str:
    converter = Markdown(extensions=[*EXTENSIONS])
    # Raw blocks of HTML go through a parser that takes minutes on hostile input; tags within a line still work.
    converter.preprocessors.deregister("html_block")
    return coloured(_TASK.sub(_task, converter.convert(text)))


def _task(found: re.Match[str]) -> str:
    """An item of a task list, with a sign instead of a field: nothing can be ticked in a preview."""
    return f'<li class="task">{found[1]}{"☐" if found[2] == " " else "☑"} '


def _plain(text: str, notice: str) -> Rendered:
    return Rendered(mark_safe(f"<pre>{escape(text[:MAX_CHARACTERS])}</pre>"), notice)  # noqa: S308 (escaped)


def sanitise(html: str) -> str:
    """HTML reduced to the allow-list: no scripts, no styles but alignment, images only from IMAGE_HOSTS."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        clean_content_tags={"script", "style", "iframe", "object", "template", "noscript"},
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "src":
        return value if _shown(value) else None
    if name == "href":
        return None if value.lower().lstrip().startswith("data:") else value
    if name == "id":
        return value if value.startswith(("fn:", "fnref")) else None
    if name == "class":
        if tag == "span":
            return value if value in COLOURS else None
        return value if value in CLASSES or (tag == "code" and value.startswith("language-")) else None
    if name == "style":
        return value if re.fullmatch(r"text-align: (?:left|right|center);", value) else None
    return value


def _shown(source: str) -> bool:
    """Whether an image may be loaded: embedded, or from one of IMAGE_HOSTS."""
    if source.startswith("data:"):
        return bool(_DATA_IMAGE.fullmatch(source))
    try:
        parts = urlsplit(source)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and any(_fits(host, allowed) for allowed in settings.IMAGE_HOSTS)


def _fits(host: str, allowed: str) -> bool:
    name = allowed.partition("://")[2] or allowed
    name = name.partition("/")[0].partition(":")[0].lower()
    return host.endswith(name[1:]) if name.startswith("*.") else host == name
