"""Filters of the lists of stories."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from generation.admin_base.filters import Choices, CollectionFilter, Dropdown
from generation.recipes import recipes_named
from stories.models import OPEN, Entity, Method, Story, StoryEntity


class StoryCollectionFilter(CollectionFilter):
    """By feed, for rows of a story."""

    path = "story__collection"


class PresentFilter(Dropdown):
    """Entities and topics that their file still holds, or no longer."""

    title = "list"
    parameter_name = "source"
    options = (("present", "in the list"), ("removed", "removed from it"))

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Rows of that sort."""
        return rows.filter(removed_at__isnull=value != "removed")


class ByHandFilter(Dropdown):
    """Entities by where they come from."""

    title = "made by"
    parameter_name = "by"
    options = (("file", "a file"), ("hand", "an editor"))

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Rows of that sort."""
        return rows.filter(by_hand=value == "hand")


class TypeFilter(Dropdown):
    """By type of entity."""

    title = "type"
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Those that known entities have; of the chosen feed where one is chosen."""
        rows = Entity.objects.visible_to(request.user)
        feed = request.GET.get("collection")
        rows = rows.filter(collection__slug=feed) if feed else rows
        return [(name, name) for name in rows.order_by("type").values_list("type", flat=True).distinct()]


class MethodFilter(Dropdown):
    """By how a mention was resolved."""

    title = "resolved"
    parameter_name = "method"
    options = (("open", "open: the queue"), *((one.value, one.label) for one in Method))

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Rows that were resolved so."""
        return rows.filter(method__in=OPEN) if value == "open" else rows.filter(method=value)


class PrimaryFilter(Dropdown):
    """Topics that a story is most about."""

    title = "primary"
    parameter_name = "primary"
    options = (("yes", "of rank 1"), ("no", "further ones"))

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Rows of that sort."""
        return rows.filter(is_primary=value == "yes")


class RecipeFilter(Dropdown):
    """Topics or entities."""

    title = "what"
    parameter_name = "what"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Both recipes."""
        return [(one.key.partition(".")[2], one.title) for one in recipes_named([Story._meta.app_label])]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Rows of this recipe."""
        return rows.filter(recipe=f"{Story._meta.app_label}.{value}")


class WaitingFilter(Dropdown):
    """Stories with mentions in the queue."""

    title = "mentions"
    parameter_name = "mentions"
    options = (("open", "some are open"), ("settled", "none is open"))

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Rows of that sort."""
        waiting = StoryEntity.objects.filter(method__in=OPEN).values("story")
        return rows.filter(pk__in=waiting) if value == "open" else rows.exclude(pk__in=waiting)
