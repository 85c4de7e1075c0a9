"""Feeds in the admin."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from generation.admin_base.base import column
from generation.admin_base.collections import CollectionAdmin
from stories.admin.addresses import queue_address
from stories.feed_form import FeedForm
from stories.figures import ENTITIES
from stories.models import Entity, Feed, StoryEntity, Topic


@admin.register(Feed)
class FeedAdmin(CollectionAdmin):
    """Feeds: stories with the topics and entities that they may be about."""

    icon = "newspaper"
    form = FeedForm
    list_display = (
        "name", "slug", "items_shown", "known_shown", "artefacts_shown", "open_shown", "created_shown",
    )  # fmt: skip
    fields = (
        "name", "slug", "instructions", "most_topics", "most_entities", "entity_types", "threshold", "file_name",
        "file_format", "imported_at", "groups",
    )  # fmt: skip
    readonly_fields = ("slug", "file_name", "file_format", "imported_at")
    empty_hint = "There is no feed yet. Import story groups to begin, then the topics and entities of the same feed."

    def attach(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Adds what is known and what is open."""
        super().attach(request, rows)
        by_id = {row.pk: row for row in rows}
        counted = (
            ("topics", Topic.objects.filter(removed_at=None), "collection"),
            ("entities", Entity.objects.filter(removed_at=None), "collection"),
            ("open", StoryEntity.objects.open(), "story__collection"),
        )
        for name, found, feed in counted:
            counts = dict(found.filter(**{f"{feed}__in": by_id}).order_by().values_list(feed).annotate(n=Count("pk")))
            for pk, row in by_id.items():
                setattr(row, f"{name}_count", counts.get(pk, 0))

    @column("Known")
    def known_shown(self, row: Any) -> SafeString:
        """How many topics and entities, leading to their lists."""
        lists = (("topic", row.topics_count, "topics"), ("entity", row.entities_count, "entities"))
        parts = (
            (f"{reverse(f'admin:stories_{model}_changelist')}?collection={row.slug}", count, words)
            for model, count, words in lists
        )
        return format_html_join(", ", '<a class="bs-link" href="{}">{} {}</a>', parts)

    @column("Open mentions")
    def open_shown(self, row: Any) -> SafeString | str:
        """How many wait in the queue, leading there."""
        address = queue_address(collection=row.slug)
        return format_html('<a class="bs-link" href="{}">{}</a>', address, row.open_count) if row.open_count else "none"

    def waiting(self, request: HttpRequest) -> Sequence[tuple[str, int, str]]:
        """Mentions that nobody has decided on."""
        count = StoryEntity.objects.open().filter(story__collection__in=Feed.objects.visible_to(request.user)).count()
        return [("mentions without an entity", count, queue_address())] if count else ()

    def run_links(self, run: Any) -> Sequence[tuple[str, str]]:
        """The queue."""
        return [("Decide on open mentions", queue_address())] if ENTITIES in run.recipes else ()
