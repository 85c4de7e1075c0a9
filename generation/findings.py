"""What a check found in a text: values that recipes return and the engine stores as rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters; the value is what is stored."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of one check; `place` is a heading or excerpt, `line` is 1-based, 0 for the whole text."""

    check: str
    severity: Severity
    message: str
    place: str = ""
    line: int = 0


WEIGHTS = {Severity.ERROR: 100, Severity.WARNING: 10, Severity.NOTE: 1}


def weight(findings: Iterable[Finding]) -> int:
    """The sum by which lists are sorted: an error counts 100, a warning 10, a note 1."""
    return sum(WEIGHTS[finding.severity] for finding in findings)
