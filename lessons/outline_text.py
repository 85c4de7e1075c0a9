"""From the bytes of a Markdown file to its headings, list items, table rows and numbered lines.

Every step is linear in the size of the file: lines are taken apart with string methods and anchored expressions.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lessons.outline_rows import OutlineError

EXPECTED = (
    'Expected a course outline in Markdown (UTF-8), such as "# M0: Title — Lesson Map" with lessons '
    'such as "## L001: Title [F]"'
)
SIGNATURES = {
    b"%PDF": "a PDF file",
    b"PK\x03\x04": "a zip archive or an office document",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file",
    b"\xff\xfe": "UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as UTF-8",
    b"{\\rtf": "a rich text document",
}
MARKUP = {"{": "JSON", "[{": "JSON", '["': "JSON", "<!doctype": "HTML", "<html": "HTML", "<?xml": "XML"}

# Fences are read up to eight marks, so that at most a dozen kinds of them can ever be sought in vain.
FENCE = re.compile(r"[ \t]{0,12}(`{3,8}|~{3,8})([^`]*)$")
ITEM = re.compile(r"([ \t]*)([-*+•]|\d{1,9}[.)])[ \t]+(\[[ xX]\][ \t]+)?(?=\S)")
COMMENT_MARK = re.compile(r"`+|<!--|-->")
# Of plain lines only those matter that are bold, or near whose start there is a number.
NUMBERED_TEXT = re.compile(r"\s*(?:\*\*|__|.{0,60}?\d|第|\\)")
RULE = re.compile(r"[ \t]*([-*_=])[ \t]*(?:\1[ \t]*){2,}$")


@dataclass(slots=True)
class Block:
    """A line that may matter: kind "heading", "item", "row" or "text".

    `level` is a heading's depth or an item's column; `marker` is what began an item; `task` tells a check-list item.
    """

    line: int
    kind: str
    level: int
    text: str
    marker: str = ""
    task: bool = False


def decode(data: bytes | str) -> tuple[str, bool]:
    """The text with plain newlines and no BOM, and whether it broke off within a character."""
    broken = False
    if isinstance(data, bytes):
        for signature, name in SIGNATURES.items():
            if data.startswith(signature):
                raise OutlineError(f"{EXPECTED}; found {name}.")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            # A file cut within its last character is a cut last line, not a wrong encoding.
            broken = "unexpected end" in error.reason and error.start >= len(data) - 4
            if not broken:
                what = f"byte 0x{data[error.start]:02x} at position {error.start}"
                raise OutlineError(f"{EXPECTED}; found something that is not UTF-8 ({what}).") from error
            text = data[: error.start].decode("utf-8-sig")
    else:
        text = data.removeprefix("\ufeff")
    # Not splitlines(): it also breaks at form feeds and U+2028, and line numbers would differ from an editor's.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    refuse_foreign(text)
    return text, broken


def refuse_foreign(text: str) -> None:
    """Raise OutlineError for what is empty, binary, or plainly in another format."""
    # Markdown may begin with almost anything, so only what no outline begins with is refused here.
    start = text[:2000].lstrip()[:20].lower()
    if not start and not text.strip():
        raise OutlineError(f"{EXPECTED}; found an empty file.")
    if "\0" in text:
        raise OutlineError(f"{EXPECTED}; found binary data.")
    for sign, name in MARKUP.items():
        if start.replace(" ", "").replace("\n", "").startswith(sign):
            raise OutlineError(f"{EXPECTED}; found {name}.")


def read_blocks(text: str, note: Callable[[int, str, str], None]) -> list[Block]:
    """The blocks of a text in order, without comments, fenced code and rules."""
    return [block for number, line in visible_lines(text, note) if (block := to_block(number, line))]


def to_block(number: int, line: str) -> Block | None:
    """What a visible line is; None for prose, rules and separators."""
    stripped = line.strip()
    if stripped.startswith("#"):
        rest = stripped.lstrip("#")
        level = len(stripped) - len(rest)
        if level > 6 or (level == 1 and rest[:1] not in ("", " ", "\t")):
            return None
        body = rest.strip()
        unclosed = body.rstrip("#")
        return Block(number, "heading", level, unclosed.rstrip() if unclosed[-1:] in ("", " ", "\t") else body)
    if stripped.startswith("|") or stripped.count("|") > 1:
        return Block(number, "row", 0, stripped)
    if RULE.match(line[:200]):
        return None
    item = ITEM.match(line)
    if item:
        column = len(item[1].expandtabs(4))
        return Block(number, "item", column, line[item.end() :].strip(), item[2], bool(item[3]))
    if NUMBERED_TEXT.match(line):
        return Block(number, "text", len(line) - len(line.lstrip()), stripped)
    return None


def visible_lines(text: str, note: Callable[[int, str, str], None]) -> Iterator[tuple[int, str]]:
    """(line number, line) of what a reader of the rendered page would see; nothing blank."""
    lines = text.split("\n")
    # Where nothing closes a comment, hiding the rest of the file would lose lessons without a word.
    last_close = text.count("\n", 0, text.rfind("-->") + 1) + 1 if "-->" in text else 0
    wrapped = wrapper(lines)
    unclosed: dict[str, int] = {}
    number, in_comment = 0, False
    while number < len(lines):
        line = lines[number]
        number += 1
        if not line or number in wrapped:
            continue
        fence = None if in_comment else FENCE.match(line)
        if fence:
            end = fence_end(lines, number, fence[1], unclosed)
            if end:
                number = end
            else:
                note(
                    number,
                    line.strip()[:60],
                    "This code fence is never closed; the lines after it were read as outline.",
                )
            continue
        if in_comment or "<!--" in line:
            line, opened = without_comments(line, in_comment)
            in_comment = opened and number < last_close
            if opened and not in_comment:
                note(number, "<!--", "This comment is never closed; the lines after it were read as outline.")
        if line and not line.isspace():
            yield number, line


def wrapper(lines: list[str]) -> set[int]:
    """The line numbers of a fence around the whole file, as chat programs put it."""
    first, last = 0, len(lines) - 1
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last].strip():
        last -= 1
    opening = lines[first].strip().lower()
    wraps = opening in ("```markdown", "```md") and lines[last].strip() == "```"
    return {first + 1, last + 1} if wraps else set()


def fence_end(lines: list[str], start: int, fence: str, unclosed: dict[str, int]) -> int:
    """The index behind the closing fence, 0 if there is none; lengths known to be unclosed are not sought again."""
    mark = fence[0]
    if len(fence) >= unclosed.get(mark, 99):
        return 0
    for index in range(start, len(lines)):
        stripped = lines[index].strip()
        if stripped.startswith(fence) and not stripped.strip(mark):
            return index + 1
    # Without this note every opening fence would be followed to the end of the file.
    unclosed[mark] = len(fence)
    return 0


def without_comments(line: str, inside: bool) -> tuple[str, bool]:
    """The line without HTML comments, and whether one is still open at its end; inline code is left alone."""
    kept: list[str] = []
    position, code = 0, ""
    for mark in COMMENT_MARK.finditer(line):
        sign = mark[0]
        if inside:
            if sign == "-->":
                inside, position = False, mark.end()
        elif sign == "-->":
            continue
        elif sign == "<!--" and not code:
            kept.append(line[position : mark.start()])
            inside = True
        elif sign != "<!--":
            code = "" if sign == code else code or sign
    if not inside:
        kept.append(line[position:])
    return "".join(kept), inside
