"""The filter by whose share of the queue an artefact is."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest

from generation.admin_base.filters import Choices, Dropdown
from generation.models import Assignment
from generation.review import actor_label
from generation.review.assigning import assigned_to, unassigned

MINE, NOBODY = "mine", "nobody"


class ShareFilter(Dropdown):
    """Mine, nobody's, or those of another person."""

    title = "share"
    parameter_name = "share"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """One's own, nobody's, and everybody who has one."""
        others = Assignment.objects.exclude(user=request.user.pk).order_by().values("user").distinct()
        people = get_user_model()._default_manager.filter(pk__in=others).order_by("username")
        return [(MINE, "mine"), (NOBODY, "nobody's"), *((str(one.pk), actor_label(one)) for one in people)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows of this share."""
        value = str(self.value() or "")
        if value == NOBODY:
            return unassigned(queryset)
        if value == MINE or value.isdecimal():
            return assigned_to(queryset, request.user.pk if value == MINE else int(value))
        return queryset
