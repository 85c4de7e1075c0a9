"""Filters of the lists of slots and labels."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from consultations.models import Consultation, ResponseSlot, ThemeLabel
from generation.admin_base.filters import Choices, Dropdown


class TextFilter(Dropdown):
    """Slots by where their response comes from."""

    title = "response"
    parameter_name = "text"
    options = (("given", "given by somebody"), ("made", "to be made up"))

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Rows of that sort."""
        return rows.exclude(text="") if value == "given" else rows.filter(text="")


class DimensionFilter(Dropdown):
    """Slots by one of the dimensions of the mix; of the chosen consultation where one is chosen."""

    dimension = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Values that visible slots have."""
        rows = ResponseSlot.objects.visible_to(request.user).exclude(**{self.dimension: ""})
        slug = request.GET.get("collection")
        rows = rows.filter(collection__slug=slug) if slug else rows
        return [(one, one) for one in rows.order_by(self.dimension).values_list(self.dimension, flat=True).distinct()]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Rows with this value."""
        return rows.filter(**{self.dimension: value})


class PerspectiveFilter(DimensionFilter):
    """By who answers."""

    title = parameter_name = dimension = "perspective"


class StanceFilter(DimensionFilter):
    """By what they think of it."""

    title = parameter_name = dimension = "stance"


class ThemeFilter(Dropdown):
    """Labellings that have a theme; of the chosen consultation where one is chosen."""

    title = "theme"
    parameter_name = "theme"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Themes that responses of visible consultations have."""
        seen = Consultation.objects.visible_to(request.user)
        slug = request.GET.get("collection")
        seen = seen.filter(slug=slug) if slug else seen
        rows = ThemeLabel.objects.filter(slot__collection__in=seen).order_by("theme")
        return [(one, one) for one in rows.values_list("theme", flat=True).distinct()]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Rows whose response has this theme."""
        return rows.filter(Exists(ThemeLabel.objects.filter(slot=OuterRef("item_id"), theme=value)))
