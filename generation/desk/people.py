"""Progress by person: whose share is how far, and who has decided how much lately."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from generation.base_models import ArtefactStatus
from generation.desk.menu import menu
from generation.desk.queue import Queue
from generation.models import Assignment, ReviewEvent
from generation.review import actor_label

DAYS = 30
OPEN = (ArtefactStatus.NEEDS_REVIEW, ArtefactStatus.CHANGES_REQUESTED)
COUNTED = ("approve", "request_changes", "reject", "edit", "publish")


@dataclass
class Person:
    """One person's share of the filter, and deeds of the last 30 days on its records."""

    name: str
    pk: int
    share: int = 0
    waiting: int = 0
    deeds: Counter[str] = field(default_factory=Counter)

    @property
    def done(self) -> int:
        """How many of the share wait no more."""
        return self.share - self.waiting

    @property
    def counts(self) -> list[int]:
        """Deeds in the order of the columns."""
        return [self.deeds[action] for action in COUNTED]


def people_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """A row for each person who has a share of the filter or has worked on it."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    queue = Queue.of(model_admin, request)
    people = progress(queue.rows)
    nobody = queue.rows.count() - sum(person.share for person in people)
    context = {"people": people, "nobody": nobody, "actions": COUNTED, "days": DAYS, "queue": queue}
    context |= menu(model_admin, request.user, request.GET)
    return model_admin.page(request, "generation/desk/people.html", "By person", **context)


def progress(rows: Any) -> list[Person]:
    """By name; three queries and one for the names."""
    found: dict[int, Person] = {}
    recipes = list(rows.order_by().values_list("recipe", flat=True).distinct())
    items = rows.order_by().values("item_id")
    for status, wanted in ((None, "share"), (OPEN, "waiting")):
        chosen = rows.filter(status__in=status) if status else rows
        shares = Assignment.objects.filter(recipe__in=recipes, item_id__in=chosen.order_by().values("item_id"))
        for pk, count in shares.order_by().values_list("user").annotate(n=Count("pk")):
            setattr(found.setdefault(pk, Person("", pk)), wanted, count)
    since = timezone.now() - timedelta(days=DAYS)
    events = ReviewEvent.objects.filter(
        recipe__in=recipes, item_id__in=items, at__gte=since, action__in=COUNTED, undone=False, user__isnull=False
    )
    for pk, action, count in events.order_by().values_list("user", "action").annotate(n=Count("pk")):
        found.setdefault(pk, Person("", pk)).deeds[action] += count
    for user in get_user_model()._default_manager.filter(pk__in=found):
        found[user.pk].name = actor_label(user)
    return sorted(found.values(), key=lambda person: person.name)
