"""Broken Markdown tables: a missing separator, rows with another number of cells than the header."""

import re

from generation.findings import Finding, Severity

SEPARATOR = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")


def table_findings(rows: list[tuple[int, str]]) -> list[Finding]:
    """Findings for (line, text) of all lines that hold a bar; consecutive lines make one table."""
    findings: list[Finding] = []
    group: list[tuple[int, str]] = []
    for row in rows:
        if group and row[0] != group[-1][0] + 1:
            findings += _table(group)
            group = []
        group.append(row)
    return findings + _table(group) if group else findings


def _table(group: list[tuple[int, str]]) -> list[Finding]:
    """A group is a table if it has a separator, or if all its lines begin and end with a bar."""
    separator = next((index for index, (_, text) in enumerate(group) if "-" in text and SEPARATOR.match(text)), -1)
    if separator < 0:
        # A single line with bars may be mathematics.
        barred = len(group) > 1 and all(text.strip()[0] == "|" and text.rstrip()[-1] == "|" for _, text in group)
        message = "This table has no separator line under its header."
        return [Finding("tables", Severity.WARNING, message, group[0][1].strip()[:80], group[0][0])] if barred else []
    if separator == 0:
        message = "This table has no header above its separator line."
        return [Finding("tables", Severity.WARNING, message, group[0][1].strip()[:80], group[0][0])]
    header = group[separator - 1]
    width = count_cells(header[1])
    findings = []
    for line, text in group[separator:]:
        found = count_cells(text)
        if found != width:
            message = f"This row has {found} cells, the header has {width}."
            findings.append(Finding("tables", Severity.WARNING, message, text.strip()[:80], line))
    return findings


def count_cells(row: str) -> int:
    """How many cells a row has; an escaped bar is text."""
    inner = row.strip().replace("\\|", "") if "\\" in row else row.strip()
    return inner.count("|") + 1 - inner.startswith("|") - (inner.endswith("|") and len(inner) > 1)
