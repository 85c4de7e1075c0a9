"""Course outlines as the source of lesson plans, and existing lesson files as texts of them."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

import yaml

from generation.importing import Parsed, Problem, Row, Source, SourceError, register_source
from lessons.models import Course, LessonPlan
from lessons.outline import FORMATS, Outline, OutlineError, parse_outline

FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)\n?", re.DOTALL | re.MULTILINE)
CODES = re.compile(r"M(0*)(\d.*?)-L(0*)(\d.*)", re.IGNORECASE)
SUFFIXES = (".md", ".markdown", ".mdown", ".txt")


@register_source
class OutlineSource(Source):
    """A course outline in Markdown."""

    kind = "lessons"
    title = "a course outline in Markdown"
    collection_model = Course
    item_model = LessonPlan
    formats = FORMATS
    suffixes = SUFFIXES
    artefact_recipe = "lessons.lesson"

    def parse(self, data: bytes, *, format: str, filename: str) -> Parsed:
        """Lesson plans of an outline; raises SourceError."""
        try:
            outline = parse_outline(data, format)
        except OutlineError as error:
            raise SourceError(str(error)) from error
        return Parsed(
            rows=_rows(outline),
            problems=[Problem(problem.line, problem.what, problem.why) for problem in outline.problems],
            collection_fields={"outline_name": filename[:200], "outline_format": outline.format},
            notices=_notices(outline),
        )

    def artefact_keys(self, filename: str) -> Sequence[str]:
        """`M0-L001.md` and `M00-L001-some-slug.md` give M0-L001: the longest part that may be a key comes first."""
        path = PurePosixPath(filename)
        if path.suffix.lower() not in SUFFIXES:
            return ()
        parts = path.stem.split("-")
        heads = ["-".join(parts[:count]) for count in range(len(parts), 0, -1)]
        return [key for head in heads for key in _spellings(head)]

    def artefact_text(self, data: bytes) -> str:
        """The lesson without its YAML front matter."""
        return without_front_matter(super().artefact_text(data))


def _rows(outline: Outline) -> list[Row]:
    return [
        Row(
            lesson.key,
            lesson.position,
            {
                "module_code": lesson.module_code,
                "module_title": lesson.module_title,
                "section": lesson.section,
                "code": lesson.code,
                "title": lesson.title,
                "level": lesson.level,
            },
        )
        for lesson in outline.lessons
    ]


def _numbered(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def _notices(outline: Outline) -> list[str]:
    lessons, modules = _numbered(len(outline.lessons), "lesson"), _numbered(len(outline.modules), "module")
    counted = f"{lessons} in {modules} (format: {outline.format})."
    fitting = [total for total in outline.stated_totals if total.stated == total.found]
    return [counted, *(f"Line {total.line} states {total.stated} {total.what}: that fits." for total in fitting)]


def _spellings(head: str) -> list[str]:
    """A code as written, and with the zeros taken away that the padded file names add."""
    found = CODES.fullmatch(head)
    if not found:
        return [head]
    module_zeros, module, lesson_zeros, lesson = found.groups()
    both = [(zeros, more) for zeros in (module_zeros, "") for more in (lesson_zeros, "")]
    return list(dict.fromkeys(f"M{zeros}{module}-L{more}{lesson}" for zeros, more in both))


def without_front_matter(text: str) -> str:
    """The text behind a YAML mapping between two `---` lines; a lesson that begins with a rule stays whole."""
    found = FRONT_MATTER.match(text)
    if not found:
        return text
    try:
        values = yaml.safe_load(found[1])
    except yaml.YAMLError:
        return text
    return text[found.end() :] if isinstance(values, dict) else text
