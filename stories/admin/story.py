"""Stories in the admin, with what was found in them."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from generation.admin_base.base import column
from generation.admin_base.filters import CollectionFilter, MadeFilter, SourceFilter
from generation.admin_base.items import SourceItemAdmin
from stories.admin.addresses import queue_address
from stories.filters import WaitingFilter
from stories.marking import marked_texts
from stories.models import Story, StoryEntity

BEGINNING = 160


@admin.register(Story)
class StoryAdmin(SourceItemAdmin):
    """Stories, as their files have them."""

    list_display = ("key", "title", "beginning_shown", "imported_at", "made_shown", "source_shown")
    list_display_links = ("key", "title")
    list_filter = (CollectionFilter, MadeFilter, WaitingFilter, SourceFilter)
    search_fields = ("key", "title")
    fields = (
        "collection", "key", "title", "texts_shown", "topics_shown", "entities_shown", "position", "imported_at",
        "changed_at", "removed_at",
    )  # fmt: skip
    readonly_fields = ("texts_shown", "topics_shown", "entities_shown")
    empty_hint = "There are no stories yet. Import story groups on the page of the feeds."

    @column("Text")
    def beginning_shown(self, story: Story) -> str:
        """The beginning of the first."""
        text = " ".join(str(story.texts[0] if story.texts else "").split())
        return text if len(text) <= BEGINNING else f"{text[:BEGINNING]}…"

    @column("Texts")
    def texts_shown(self, story: Story) -> SafeString:
        """All of them, what was found in them marked."""
        mentions = story.story_entities.values_list("mention", flat=True)
        parts = ((text,) for text in marked_texts(story.texts, mentions))
        return format_html_join("", '<p class="bs-any">{}</p>', parts)

    @column("Topics")
    def topics_shown(self, story: Story) -> SafeString:
        """Each leading to its page."""
        rows = story.story_topics.select_related("topic").order_by("rank")
        parts = ((reverse("admin:stories_topic_change", args=[row.topic_id]), row.topic.name) for row in rows)
        return format_html_join(", ", '<a class="bs-link" href="{}">{}</a>', parts) or format_html("{}", "none yet")

    @column("Entities")
    def entities_shown(self, story: Story) -> SafeString:
        """Each leading to its page, open mentions to the queue."""
        rows = story.story_entities.select_related("entity").order_by("rank")
        parts = ((_meant_address(row), row.entity.name if row.entity else f"{row.mention}: open") for row in rows)
        return format_html_join(", ", '<a class="bs-link" href="{}">{}</a>', parts) or format_html("{}", "none yet")


def _meant_address(row: StoryEntity) -> str:
    if row.entity_id:
        return reverse("admin:stories_entity_change", args=[row.entity_id])
    return queue_address(at=str(row.pk))
