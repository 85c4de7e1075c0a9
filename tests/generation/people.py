"""Users with chosen rights, and lessons with findings, for the tests of the review."""

from django.contrib.auth.models import Permission, User

from generation.models import ArtefactFinding
from lessons.models import Lesson

EDIT = "change_lesson"
REVIEW = "review_artefact"


def person(name: str, *codenames: str) -> User:
    """A user with these rights and no others."""
    user = User.objects.create(username=name, is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    return user


def with_error(lesson: Lesson) -> Lesson:
    """The lesson, with an error among the findings of its current text."""
    ArtefactFinding.objects.create(
        recipe=lesson.recipe, artefact_id=lesson.pk, revision_id=lesson.current_id or 0, check_name="x",
        severity="error",
    )  # fmt: skip
    return lesson
