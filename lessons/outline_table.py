"""A table with one row for each lesson; an empty module cell means the module above."""

import re
from collections.abc import Iterator

from lessons.outline_labels import clean_title, read_label, split_level, unlink
from lessons.outline_rows import OutlineBuilder
from lessons.outline_text import Block

SEPARATOR = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?$")
DITTO = {"", '"', "″", "〃", "''", "^", "↑", "&nbsp;"}
# The native codes, which need no mark behind them where a cell ends there.
MODULE_CODE = re.compile(r"M(\d{1,5}[A-Za-z]?)(?:\s+(\S.*))?")
LESSON_CODE = re.compile(r"(?:M\d{1,5}[A-Za-z]?[-. ])?L(\d{1,6}[A-Za-z]?)")
# For each role the column names in order of preference; a column has one role only.
COLUMNS = {
    "module": (
        "module|module name|module title|unit|chapter|week|part|month|section|block|phase|"
        "módulo|unidad|semana|tuần|chương|"
        "woche|kapitel|semaine|chapitre|模块|模組|单元|單元|章|章节|章節|週|周|第幾週|модуль|неделя|الوحدة|الأسبوع|สัปดาห์|หน่วย"
    ),
    "title": (
        "title|lesson title|lesson name|lesson|lessons|topic|topics|session|lecture|name|subject|day|"
        "标题|標題|主题|主題|课题|課題|"
        "课程|課程|课|課|内容|內容|bài|bài học|chủ đề|nội dung|"
        "lección|tema|título|leçon|séance|lektion|thema|урок|тема|الدرس|"
        "العنوان|الموضوع|บทเรียน|หัวข้อ"
    ),
    "number": (
        "lesson code|lesson #|lesson no|lesson no.|lesson number|lesson id|code|#|no|no.|nr|nr.|№|id|number|"
        "lesson|session|lecture|day|编号|編號|序号|序號|课次|課次|stt|buổi|ngày|số"
    ),
    "level": "level|complexity|difficulty|难度|難度|级别|nivel|niveau|cấp độ",
    "section": "section|topic|theme|subtopic|area",
}
MANY = {"lessons", "topics"}
ROLES = {role: names.split("|") for role, names in COLUMNS.items()}


def parse_table(blocks: list[Block], builder: OutlineBuilder) -> None:
    """Read the rows of every table that has the columns of the first fitting one into the builder."""
    first: dict[str, int] | None = None
    for heading, table in tables(blocks):
        roles = column_roles(cells(table[0].text))
        # A later table with other columns is a summary of the first, and would give every lesson twice.
        fits = "title" in roles and ("module" in roles or (heading and "number" in roles))
        if not fits or _counts(table, roles["title"]) or (first is not None and roles != first):
            continue
        first = roles
        if heading and "module" not in roles:
            label = read_label(heading.text)
            title, number, written = (label.title, label.number, label.written) if label else (heading.text, "", "")
            builder.module(heading.line, clean_title(title), number=number, written=written)
        above = ""
        for row in table[2:]:
            above = _row(row, roles, len(cells(table[0].text)), above, builder)


def tables(blocks: list[Block]) -> Iterator[tuple[Block | None, list[Block]]]:
    """(heading before it, rows) of every table: a header, a separator and rows in consecutive lines."""
    heading: Block | None = None
    rows: list[Block] = []
    for block in [*blocks, Block(0, "end", 0, "")]:
        if block.kind == "row" and (not rows or block.line == rows[-1].line + 1):
            rows.append(block)
            continue
        if len(rows) > 2 and SEPARATOR.match(rows[1].text[:1000]):
            yield heading, rows
        rows = [block] if block.kind == "row" else []
        heading = block if block.kind == "heading" else heading


def cells(text: str) -> list[str]:
    """The cells of a row; an escaped bar is no border."""
    inner = text.replace("\\|", "\0").removeprefix("|").removesuffix("|")
    return [" ".join(cell.replace("\0", "|").split()) for cell in inner.split("|")]


def column_roles(header: list[str]) -> dict[str, int]:
    """Which column holds the module, title, number, level and section, as far as there is one."""
    names = [name.strip("*_` ").casefold() for name in header]
    roles: dict[str, int] = {}
    for role, wanted in ROLES.items():
        index = next(
            (names.index(name) for name in wanted if name in names and names.index(name) not in roles.values()), -1
        )
        if index >= 0:
            roles[role] = index
    return roles


def _counts(table: list[Block], column: int) -> bool:
    """Whether a column "Lessons" says how many there are: such a table sums up."""
    texts = [values[column] for row in (table[0], *table[2:]) if len(values := cells(row.text)) > column]
    numbers = all(text.strip("*_").isdecimal() for text in texts[1:] if text)
    return texts[0].strip("*_` ").casefold() in MANY and numbers


def _row(row: Block, roles: dict[str, int], width: int, above: str, builder: OutlineBuilder) -> str:
    """Add one row; gives back the module cell that the next row's empty one stands for."""
    values = cells(row.text)
    value = {role: values[index] if index < len(values) else "" for role, index in roles.items()}
    module = value.get("module", "")
    if any(clean_title(text).casefold().startswith("total") for text in (module, value["title"])):
        return above
    if module not in DITTO and module != above:
        title, number, written = _module_cell(module)
        builder.module(row.line, clean_title(unlink(title)), number=number, written=written, again=True)
        above = module
    if row.line == builder.cut_line and len(values) < width:
        builder.problem(row.line, row.text[:60], "The file ends in the middle of this row.")
    elif value["title"] in DITTO:
        builder.problem(row.line, row.text[:60], "This row has no lesson title.")
    else:
        _lesson(row, value, builder)
    return above


def _module_cell(text: str) -> tuple[str, str, str]:
    """Title, number and the number as written of a cell that names a module."""
    if code := MODULE_CODE.fullmatch(clean_title(text)):
        return code[2] or code[0], code[1], "M" + code[1]
    # The blank lets a cell that holds a number alone count as numbered.
    label = read_label(text + " ", bare=True)
    return (label.title or text, label.number, label.written) if label else (text, "", "")


def _lesson(row: Block, value: dict[str, str], builder: OutlineBuilder) -> None:
    title, level = split_level(clean_title(unlink(value["title"])))
    written = clean_title(unlink(value.get("number", "")))
    label = read_label(written + " ", bare=True) or (None if written else read_label(title))
    if label and not written:
        title, written = label.title or label.written, label.written
    code = LESSON_CODE.fullmatch(written)
    number = code[1] if code else label.number if label else written
    if not level:
        level = split_level(f"[{clean_title(value.get('level', ''))}]")[1]
    builder.lesson(
        row.line, title, number=number, code=written, section=clean_title(value.get("section", "")), level=level
    )
