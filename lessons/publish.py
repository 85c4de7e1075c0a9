"""Approved lessons as Markdown files."""

import re
from collections.abc import Iterator
from typing import Any

import yaml
from django.utils.text import slugify

from generation.exports import Export, ExportFile, register_export
from generation.jsonl import chunked
from generation.models import Revision
from lessons.levels import duration
from lessons.models import Lesson, LessonPlan

CHUNK = 200
CODES = re.compile(r"M(\d+)(.*?)-L(\d+)(.*)")
SLUG_LENGTH = 60


@register_export
class LessonFiles(Export):
    """One file for each lesson: `M0-L001.md`, or `M00-L001-its-title.md`."""

    key = "lessons.files"
    title = "Markdown files"
    artefact_model = Lesson
    scope = "artefact"
    options = {
        "padded": "name the files M00-L001-its-title.md instead of M0-L001.md",
        "front_matter": "begin each file with YAML front matter (title, module, level, duration, key)",
    }

    def files(self, artefacts: Any) -> Iterator[ExportFile]:
        """Files in the order of the outline; texts are loaded in chunks."""
        ids = list(artefacts.order_by("item__position", "pk").values_list("pk", flat=True))
        for chunk in chunked(ids, CHUNK):
            rows = Lesson.objects.select_related("item", "approved").in_bulk(chunk)
            for pk in chunk:
                lesson = rows.get(pk)
                if lesson and lesson.approved:
                    yield self._file(lesson, lesson.approved)

    def _file(self, lesson: Lesson, approved: Revision) -> ExportFile:
        text = approved.text.rstrip("\n") + "\n"
        if self.chosen.get("front_matter"):
            text = front_matter(lesson.item) + text
        name = padded_name(lesson.item) if self.chosen.get("padded") else lesson.item.key
        return ExportFile(f"{name}.md", text.encode(), (lesson.pk,), (approved.pk,))


def padded_name(plan: LessonPlan) -> str:
    """`M00-L001-its-title`; a key of another shape keeps it, only with the title behind it."""
    found = CODES.fullmatch(plan.key)
    code = f"M{found[1]:0>2}{found[2]}-L{found[3]:0>3}{found[4]}" if found else plan.key
    slug = slugify(plan.title, allow_unicode=True)[:SLUG_LENGTH].strip("-_")
    return f"{code}-{slug}" if slug else code


def front_matter(plan: LessonPlan) -> str:
    """What a static site generator wants to know of a lesson, between two `---` lines."""
    values = {
        "title": plan.title,
        "module": f"{plan.module_code}: {plan.module_title}" if plan.module_title else plan.module_code,
        "level": plan.level,
        "duration": duration(plan.level),
        "key": plan.key,
    }
    return f"---\n{yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=10_000)}---\n\n"
