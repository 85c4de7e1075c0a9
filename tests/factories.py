"""Rows for tests, with as little in them as a test needs."""

from typing import Any

from generation import advance
from generation.models import Origin, Revision, Run
from generation.pipeline.plan import Selection
from generation.recipes import recipes_named
from lessons.models import Course, Lesson, LessonPlan


def course(modules: int = 2, lessons: int = 3, slug: str = "course") -> Course:
    """A course with so many modules of so many lessons each."""
    row = Course.objects.create(slug=slug, name=slug.capitalize())
    plans: list[LessonPlan] = []
    for module in range(modules):
        for lesson in range(1, lessons + 1):
            plans.append(
                LessonPlan(
                    collection=row, key=f"M{module}-L{lesson:03}", position=len(plans), module_code=f"M{module}",
                    module_title=f"Module {module}", code=f"L{lesson:03}", title=f"Topic {module}.{lesson}", level="F",
                )
            )  # fmt: skip
    for plan in plans:
        plan.source_hash = plan.compute_hash()
    LessonPlan.objects.bulk_create(plans)
    return row


def run(collection: Any, only: str = "new", names: tuple[str, ...] = ("lessons",), **fields: Any) -> Run:
    """A planned run over a collection."""
    selection = Selection(only=only, limit=fields.pop("limit", None))
    return advance.prepare(recipes_named(names), [collection], selection, **fields)


def finished(collection: Any, **fields: Any) -> Run:
    """A run that was launched and followed to its end (needs the fixture `provider`)."""
    row = run(collection, **fields)
    advance.launch(row, "test")
    for _ in advance.follow(row, interval=0.05):
        pass
    return row


def lesson(plan: LessonPlan, text: str = "# Title\n\nText.", origin: str = Origin.GENERATED, **fields: Any) -> Lesson:
    """A lesson with one revision."""
    revision = Revision.objects.create(recipe="lessons.lesson", item_id=plan.pk, origin=origin, text=text)
    fields = {"title": plan.title, "source_hash": plan.source_hash, "words": len(text.split())} | fields
    return Lesson.objects.create(item=plan, recipe="lessons.lesson", current=revision, **fields)
