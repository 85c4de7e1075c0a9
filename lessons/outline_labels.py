"""Numbers as outlines write them: `1.`, `1.1`, `11a`, `Week 4`, `Buổi 1`, `第 3 章`; and the tags behind a title."""

import re
from typing import NamedTuple

PERIODS = "part|phase|stage|month|semester|term|parte|partie|teil|tháng|phần|часть|месяц|الشهر|mes|mois|monat"
MODULES = (
    "module|unit|chapter|week|block|módulo|modulo|modul|unidad|unidade|capítulo|capitulo|semana|semaine|chapitre|unité|"
    "woche|kapitel|einheit|minggu|bab|tuần|chương|модуль|глава|неделя|раздел|สัปดาห์ที่|หน่วยที่|บทที่|الوحدة|الفصل|الأسبوع|الباب|"
    "单元|單元|模块|模組|模塊"
)
LESSONS = (
    "lesson|session|lecture|class|day|topic|lección|leccion|lição|aula|tema|clase|día|dia|leçon|séance|jour|lektion|tag|"
    "pelajaran|hari|buổi|bài|ngày|урок|тема|день|лекция|занятие|วันที่|บทเรียนที่|الدرس|اليوم|المحاضرة"
)
ORDERS = {word: order for order, words in enumerate((PERIODS, MODULES, LESSONS)) for word in words.split("|")}
CJK_ORDERS = {**dict.fromkeys(["部分", "部", "月", "个月", "個月", "부"], 0), **dict.fromkeys("章週周편장", 1)}
CJK_ORDERS |= {"单元": 1, "單元": 1, "模块": 1, "模組": 1, "주차": 1, "주": 1}
NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
}
CJK_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
CJK_UNITS = {"十": 10, "百": 100, "千": 1000}

_FIGURES = r"\d{1,6}[a-z]?(?:\.\d{1,6}[a-z]?)"
_VALUE = _FIGURES + r"{0,8}(?!\w)(?:\s?[-–]\s?\d{1,6}(?!\w))?|[IVXLC]{1,7}(?!\w)|[A-Z](?!\w)"
_VALUE += "|" + "|".join(f"(?i:{word})(?!\\w)" for word in NUMBER_WORDS)
_TAIL = r"(?P<sep>\s*[.:：)、·|,]\s*|\s+[-–—]+\s+|\s*[–—]\s*|\s+|$)"
LEAD = r"(?:[^\w\s\[\]()<`*\\#]{1,4}\s+)?[*_]{0,3}"
WORD = re.compile(
    rf"{LEAD}(?P<written>(?P<word>[^\s\d:.,()\[\]#*_`|-]{{2,16}}+)\s*(?:#|[Nn]o\.|[Nn]º)?\s*(?P<number>{_VALUE})){_TAIL}"
)
CJK = re.compile(
    rf"{LEAD}(?P<written>[第제]?\s*(?P<number>\d{{1,6}}|[〇零一二三四五六七八九十百千两兩]{{1,9}})\s*"
    r"(?P<word>章|节|節|课时|课|課|讲|講|单元|單元|部分|部|週|周|天|日|个月|個月|月|回|篇|模块|模組|堂|장|과|강|주차|주|부|편))"
    r"(?P<sep>\s*[:：.、\-–—]+\s*|\s+|$|(?<=[章节節课課讲講週周天])(?=\w))"
)
NUMBER = re.compile(
    rf"{LEAD}(?P<written>(?P<number>{_FIGURES}{{1,8}}(?!\w)|\d{{1,6}}[a-z]?(?=\s*[.):：、]|\s+[-–—|]\s)))"
    r"(?P<sep>\s*[.):：、](?!\d)\s*|\s+[-–—|]\s+|\s+|$)"
)
CODE = re.compile(
    rf"{LEAD}(?P<written>(?P<word>[A-Z]{{1,3}})(?P<number>\d{{1,5}}(?:\.\d{{1,5}}){{0,8}}[a-z]?))(?P<sep>\s*[:：]\s*|\s+[-–—]\s+|\.\s+)"
)
BARE = re.compile(rf"{LEAD}(?P<written>(?P<number>\d{{1,6}}[a-z]?))(?P<sep>\s+|$)")

LEVEL = r"[\[(（【]\s*({0})(?:\s*(?:[-–—/]|to)\s*({0}))?\s*[\])）】]"
LETTER_LEVEL = re.compile(r"(?<!\S)\[ ?([FIAE])(?: ?[-–—/] ?([FIAE]))? ?\]")
WORDS_FOR_LEVELS = "foundation(?:s|al)?|beginner|basic|intermediate|advanced|expert"
WORD_LEVEL = re.compile(LEVEL.format(WORDS_FOR_LEVELS) + r"$", re.IGNORECASE)
CLOSING = tuple("])）】")
TAG = re.compile(r"\s(?:\[([^\[\]]{1,40})\]|\{([^{}]{1,40})\}|#([^\s#]{1,40}))$")
# Emphasis around a number alone, with its mark or the title behind it: "**Module 1**: Title", "**1.1** Title".
EMPHASISED = re.compile(r"((?:[^\w\s\[\]()<`*\\#]{1,4}\s+)?)(\*\*|__)(?=\S)([^*_:：]{1,40})(?<=\S)\2(?=\s*[:：]|\s)")
LINK = re.compile(r"\[([^\[\]]{1,500})\]\([^()\s]{0,1000}\)")


class Label(NamedTuple):
    """A written number: `order` 0 for periods and parts, 1 for modules, 2 for lessons; `depth` counts its figures."""

    written: str
    number: str
    order: int
    depth: int
    title: str
    bare: bool = False


def read_label(text: str, bare: bool = False) -> Label | None:
    """The number at the start of a heading, item or cell; with `bare` also a number that only a space follows."""
    head = text[:80]
    # Exporters escape the dot of a number, and some the number itself.
    if "\\" in head:
        text = re.sub(r"^(\W*)\\(?=\d)", r"\1", head).replace("\\.", ".") + text[80:]
    text = EMPHASISED.sub(r"\1\3", text, count=1) if EMPHASISED.match(text) else text
    for pattern in (WORD, CJK, NUMBER, CODE):
        found = pattern.match(text)
        if found and (pattern is not WORD or found["word"].lower() in ORDERS):
            return _label(found, text)
    found = BARE.match(text) if bare else None
    return _label(found, text)._replace(bare=True) if found else None


def _label(found: re.Match[str], text: str) -> Label:
    word = found.groupdict().get("word") or ""
    number = found["number"].lower() if found["number"].lower() in NUMBER_WORDS else found["number"]
    number = NUMBER_WORDS.get(number, number)
    if found.re is CJK:
        number, order = cjk_number(number), CJK_ORDERS.get(word, 2)
    elif found.re is CODE:
        order = 1 if word == "M" else 2
        number = number if word in ("L", "M") else word + number
    elif word:
        order = ORDERS[word.lower()]
    else:
        order = 1 if "." not in number else 2
    return Label(found["written"], number, order, number.count(".") + 1, _rest(found, text))


def _rest(found: re.Match[str], text: str) -> str:
    """The title behind the number, without the mark that closes emphasis opened before it."""
    opened = text[: found.start("written")].rpartition(" ")[2]
    mark = opened[len(opened.rstrip("*_")) :]
    rest = text[found.end() :]
    return clean_title(rest.replace(mark, "", 1) if mark else rest)


def cjk_number(written: str) -> str:
    """ "十二" as "12"; digits stay as they are."""
    if written[0].isdecimal():
        return written
    total = digit = 0
    for char in written:
        if char in CJK_UNITS:
            total += (digit or 1) * CJK_UNITS[char]
            digit = 0
        else:
            digit = digit * 10 + CJK_DIGITS[char]
    return str(total + digit)


def clean_title(text: str) -> str:
    """One line of text without the emphasis around the whole of it; what is inside survives."""
    text = " ".join(text.split())
    if text[:1] not in ("*", "_"):
        return text
    for mark in ("***", "**", "__"):
        inner = text[len(mark) : -len(mark)]
        if len(text) > 2 * len(mark) and text.startswith(mark) and text.endswith(mark) and mark not in inner:
            return inner.strip()
    return text


def split_level(text: str) -> tuple[str, str]:
    """(title, level): the last `[F]` or `[F-I]` is taken out of the title; "" when there is none."""
    if text[-1:] not in CLOSING and " [" not in text and text[:1] != "[":
        return text, ""
    # The last one counts: an earlier bracket may belong to the title.
    letters = list(LETTER_LEVEL.finditer(text))
    found = letters[-1] if letters else WORD_LEVEL.search(text[-80:])
    if not found:
        return text, ""
    start = found.start() if found.re is LETTER_LEVEL else found.start() + max(len(text) - 80, 0)
    end = start + len(found[0])
    low, high = (_letter(part) for part in found.groups())
    level = f"{low}-{high}" if high and high != low else low
    return clean_title(text[:start] + " " + text[end:]), level


def _letter(word: str | None) -> str:
    letter = (word or "")[:1].upper()
    return "F" if letter == "B" else letter


def split_tags(text: str) -> tuple[str, tuple[str, ...]]:
    """(title, tags): brackets, braces and hashtags at the end of a bullet are its tags; links and code stay."""
    tags: list[str] = []
    if text[-1:] not in "]}" and "#" not in text[-42:]:
        return text, ()
    while found := TAG.search(text[-60:]):
        tags.insert(0, next(group for group in found.groups() if group))
        text = text[: len(text) - len(found[0])].rstrip()
    return text, tuple(tags)


def split_marks(text: str) -> tuple[str, str, tuple[str, ...]]:
    """(title, level, tags) of a lesson's line; a tag that names a level is its level."""
    title, level = split_level(text)
    title, tags = split_tags(title)
    levels = [level, *(split_level(f"[{tag}]")[1] for tag in tags)]
    return title, next(filter(None, levels), ""), tuple(tag for tag in tags if not split_level(f"[{tag}]")[1])


def unlink(text: str) -> str:
    """The text with links replaced by what they say."""
    return LINK.sub(r"\1", text) if "](" in text else text
