"""How far the demo's lessons are, counted in its database."""

from dataclasses import dataclass

from django.apps import apps

COLLECTION = "data-governance"
ACTIVE = ("planned", "running")


@dataclass(frozen=True)
class Lessons:
    """Lesson plans of the course, lessons made from them, and runs that are still at it."""

    planned: int
    made: int
    active_runs: int

    @property
    def complete(self) -> bool:
        return 0 < self.planned == self.made


def count() -> Lessons:
    """Count with three small queries."""
    plans = apps.get_model("lessons", "LessonPlan").objects.filter(collection__slug=COLLECTION, removed_at=None)
    lessons = apps.get_model("lessons", "Lesson").objects.filter(item__in=plans)
    requests = apps.get_model("generation", "Request").objects.filter(recipe__startswith="lessons.")
    runs = apps.get_model("generation", "Run").objects.filter(status__in=ACTIVE, pk__in=requests.values("run"))
    return Lessons(plans.count(), lessons.count(), runs.count())


def line(lessons: Lessons, seconds: float, width: int = 30) -> str:
    """One line of progress: a bar, the numbers, the time."""
    share = lessons.made / lessons.planned if lessons.planned else 0
    bar = ("#" * round(share * width)).ljust(width, ".")
    return f"  [{bar}] {lessons.made} of {lessons.planned} lessons, {seconds:.0f} s"
