"""Lessons for the tests of the desk."""

from typing import Any

from generation.findings import WEIGHTS, Severity
from generation.models import ArtefactFinding
from lessons.models import Lesson, LessonPlan
from tests import factories

TEXT = "# Title\n\nFirst line.\n\nSecond line.\n\nThird line."


def lessons(collection: Any, count: int = 6, **fields: Any) -> list[Lesson]:
    """The first lessons of a course, each with a text of its own."""
    plans = LessonPlan.objects.filter(collection=collection).order_by("position")[:count]
    return [factories.lesson(plan, TEXT.replace("Title", plan.title), **fields) for plan in plans]


def with_finding(lesson: Lesson, severity: str = "warning", line: int = 3, check: str = "too_short") -> ArtefactFinding:
    """A finding in the lesson's present text, and its weight on the lesson."""
    finding = ArtefactFinding.objects.create(
        recipe=lesson.recipe, artefact_id=lesson.pk, revision_id=lesson.current_id or 0, check_name=check,
        severity=severity, line=line, message=f"A {severity} in line {line}.",
    )  # fmt: skip
    Lesson.objects.filter(pk=lesson.pk).update(weight=lesson.weight + WEIGHTS[Severity(severity)])
    lesson.refresh_from_db()
    return finding


def order(rows: list[Lesson]) -> list[int]:
    """Keys by the worst first."""
    return [row.pk for row in sorted(rows, key=lambda row: (-row.weight, row.pk))]
