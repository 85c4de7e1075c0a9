"""How a lesson plan becomes a lesson."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet

from generation.findings import Finding
from generation.parameters import Parameters
from generation.recipes import Accepted, Draft, InvalidOutput, Needs, Recipe, register
from lessons.checks import USUAL_SECTIONS, LessonFacts, check_lesson
from lessons.cleanup import clean_up
from lessons.duplicates import fingerprint
from lessons.levels import duration, expected_length, level_word
from lessons.models import Lesson, LessonPlan
from lessons.twins import find_twins

OUTLINE_CHARACTERS = 3000
NEIGHBOURS = 3


@register
class LessonRecipe(Recipe):
    """One Markdown lesson for each plan."""

    key = "lessons.lesson"
    title = "Lesson"
    item_model = LessonPlan
    artefact_model = Lesson
    parameters = Parameters(max_output_tokens=8000, temperature=0.7)
    prompt_file = "lesson.md"
    variables: ClassVar[Mapping[str, str]] = {
        "course": "name of the course",
        "audience": "who the lessons are for (may be empty)",
        "domain": "subject field of the course (may be empty)",
        "module_code": "code of the module, for example M0",
        "module_title": "title of the module",
        "section": "section of the outline (may be empty)",
        "code": "the lesson's number as written",
        "key": "the lesson's key, for example M0-L001",
        "title": "title of the lesson",
        "level": "level: F, I, A, E or a range",
        "level_word": "the level in words",
        "duration": "minutes",
        "sections": "list of the required sections",
        "words": "how many words the lesson should have, about",
        "previous": "list of the titles before it in the module",
        "next": "list of the titles after it in the module",
        "outline": "outline of the course, cut",
        "remark": "an editor's wish (may be empty)",
    }

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        super().__init__(options)
        self.sections: tuple[str, ...] = tuple(self.options.get("sections") or USUAL_SECTIONS)
        self._outlines: dict[int, str] = {}

    def contexts(self, items: Sequence[LessonPlan], needs: Sequence[Needs]) -> list[dict[str, Any]]:
        """Variables for a chunk: one query for each of its courses, one more where a course was not seen before."""
        places = self._places(items)
        return [self._context(item, *places.get(item.pk, ([], 0))) for item in items]

    def _context(self, item: LessonPlan, titles: list[str], place: int) -> dict[str, Any]:
        around = int(self.options.get("neighbours", NEIGHBOURS))
        course = item.collection
        return {
            "course": course.name,
            "audience": course.audience,
            "domain": course.domain,
            "module_code": item.module_code,
            "module_title": item.module_title,
            "section": item.section,
            "code": item.code,
            "key": item.key,
            "title": item.title,
            "level": item.level,
            "level_word": level_word(item.level),
            "duration": duration(item.level),
            "sections": self.sections,
            "words": expected_length(item.level).target,
            "previous": titles[max(0, place - around) : place],
            "next": titles[place + 1 : place + 1 + around],
            "outline": self._outline(item.collection_id),
        }

    def _places(self, items: Sequence[LessonPlan]) -> dict[int, tuple[list[str], int]]:
        """Plan -> the titles of its module and its place among them, for the modules of the chunk only."""
        codes: dict[int, set[str]] = {}
        for item in items:
            codes.setdefault(item.collection_id, set()).add(item.module_code)
        places: dict[int, tuple[list[str], int]] = {}
        for course_id, wanted in codes.items():
            modules: dict[str, list[str]] = {}
            rows = _plans(course_id).filter(module_code__in=wanted).values_list("pk", "module_code", "title")
            for pk, code, title in rows:
                titles = modules.setdefault(code, [])
                places[pk] = (titles, len(titles))
                titles.append(title)
        return places

    def _outline(self, course_id: int) -> str:
        if course_id not in self._outlines:
            limit = int(self.options.get("outline_characters", OUTLINE_CHARACTERS))
            modules: set[str] = set()
            lines: list[str] = []
            rows = _plans(course_id).values_list("module_code", "module_title", "title")
            # Every plan is at least one character: no more of them can stand in the outline.
            for code, module_title, title in rows[:limit]:
                if code not in modules:
                    lines.append(f"{code}: {module_title}")
                    modules.add(code)
                lines.append(f"- {title}")
            self._outlines[course_id] = "\n".join(lines)[:limit]
        return self._outlines[course_id]

    def accept(self, item: LessonPlan, output: str) -> Accepted:
        """A cleaned text with its title, length and fingerprint."""
        text = clean_up(output)
        if not text.strip():
            raise InvalidOutput("nothing is left of the answer after its clean-up")
        return Accepted(text, {"title": item.title, "words": len(text.split()), "fingerprint": fingerprint(text)})

    def checks(self, drafts: Sequence[Draft]) -> list[list[Finding]]:
        """The checks of one text, and whether another lesson of its course has the same one."""
        twins = find_twins(drafts)
        return [
            [*check_lesson(draft.text, self._facts(draft.item)), *filter(None, [twins.get(draft.item.pk)])]
            for draft in drafts
        ]

    def _facts(self, plan: LessonPlan) -> LessonFacts:
        length = expected_length(plan.level)
        return LessonFacts(plan.key, plan.title, plan.level, self.sections, length.minimum, length.maximum)


def _plans(course_id: int) -> QuerySet[LessonPlan]:
    """The plans that the outline of a course holds now, in its order."""
    return LessonPlan.objects.filter(collection_id=course_id, removed_at=None).order_by("position", "pk")
