"""The derived rows in the admin: topics of stories, and mentions with the way to their queue."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from generation.admin_base.base import ReadOnlyAdmin, column
from stories.admin.addresses import queue_address
from stories.filters import MethodFilter, PrimaryFilter, StoryCollectionFilter, TypeFilter
from stories.models import BY_HAND, OPEN, Feed, Method, StoryEntity, StoryTopic
from stories.queue_page import entities_found, queue_page

METHOD_LABELS = {
    Method(value).label: colour
    for values, colour in ((OPEN, "warning"), (BY_HAND, "primary"), (set(Method) - {*OPEN, *BY_HAND}, "success"))
    for value in values
}


class DerivedAdmin(ReadOnlyAdmin):
    """Rows that are derived from what stands in the outputs."""

    menu_order = 6
    ordering = ("story_id", "rank")
    empty_hint = "There is nothing yet. Choose stories in their list and run “Generate”."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those of feeds that the user may see."""
        rows = super().get_queryset(request)
        seen = Feed.objects.visible_to(request.user)
        return rows if request.user.is_superuser else rows.filter(story__collection__in=seen)


@admin.register(StoryTopic)
class StoryTopicAdmin(DerivedAdmin):
    """Topics of stories."""

    icon = "label"
    list_display = ("story", "topic", "confidence", "rank", "is_primary", "model", "prompt_version")
    list_filter = (StoryCollectionFilter, PrimaryFilter)
    list_select_related = ("story", "topic")
    search_fields = ("story__key", "topic__name")


@admin.register(StoryEntity)
class StoryEntityAdmin(DerivedAdmin):
    """Mentions in stories, and the way to their queue."""

    icon = "person_search"
    menu_order = 4
    list_before_template = "stories/mention_list.html"
    list_display = ("mention", "type", "story", "method_shown", "entity", "score", "confidence", "decide_shown")
    list_filter = (StoryCollectionFilter, TypeFilter, MethodFilter)
    list_select_related = ("story", "entity")
    search_fields = ("mention", "story__key", "entity__name")

    def get_urls(self) -> list[Any]:
        """Adds the queue."""
        queue = self.admin_site.admin_view(self.queue_view)
        found = self.admin_site.admin_view(self.found_view)
        return [
            path("queue/", queue, name="stories_storyentity_queue"),
            path("queue/entities/", found, name="stories_storyentity_found"),
            *super().get_urls(),
        ]

    def queue_view(self, request: HttpRequest) -> HttpResponse:
        """One mention at a time."""
        return queue_page(self, request)

    def found_view(self, request: HttpRequest) -> HttpResponse:
        """Entities by what is typed."""
        return entities_found(self, request)

    @column("Resolved", ordering="method", label=METHOD_LABELS)
    def method_shown(self, row: StoryEntity) -> str:
        """In words on a colour."""
        return row.get_method_display()

    @column("Queue")
    def decide_shown(self, row: StoryEntity) -> SafeString | str:
        """The way to the decision."""
        words = "decide" if row.is_open else "look" if row.decided_by else ""
        address = queue_address(at=str(row.pk))
        return format_html('<a class="bs-link" href="{}">{}</a>', address, words) if words else "–"
