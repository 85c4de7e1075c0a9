"""How far a feed is: what was extracted, what is open, what failed."""

from typing import Any

from django.db.models import Count

from generation.models import Request, RequestStatus
from stories.models import StoryEntity, StoryOutput, StoryTopic

TOPICS, ENTITIES = "stories.topics", "stories.entities"
BAD = (RequestStatus.FAILED, RequestStatus.INVALID, RequestStatus.EXPIRED, RequestStatus.MISSING)


def topic_figures(feed: Any) -> dict[str, int]:
    """Of the recipe for topics."""
    rows = StoryTopic.objects.filter(story__collection=feed, story__removed_at=None)
    return {"topics": rows.count(), "with errors": with_errors(feed, TOPICS)}


def entity_figures(feed: Any) -> dict[str, int]:
    """Of the recipe for entities."""
    rows = StoryEntity.objects.of_feed(feed).filter(story__removed_at=None)
    return {
        "entities": rows.count(),
        "unresolved": rows.filter(method="unresolved").count(),
        "ambiguous": rows.filter(method="ambiguous").count(),
        "with errors": with_errors(feed, ENTITIES),
    }


def feed_figures(feed: Any) -> dict[str, int]:
    """Of the whole feed: stories, those with topics and with entities, rows, what is open, stories with errors."""
    made = StoryOutput.objects.filter(item__collection=feed, item__removed_at=None).order_by()
    groups = dict(made.values_list("recipe").annotate(n=Count("pk")))
    topics, entities = topic_figures(feed), entity_figures(feed)
    return {
        "groups": feed.items.present().count(),
        "groups with topics": groups.get(TOPICS, 0),
        "groups with entities": groups.get(ENTITIES, 0),
        **topics, **entities, "with errors": topics["with errors"] + entities["with errors"],
    }  # fmt: skip


def with_errors(feed: Any, recipe: str) -> int:
    """Stories whose last request of this recipe ended badly and that have no output of it."""
    failed = Request.objects.filter(recipe=recipe, collection=feed.slug, status__in=BAD)
    made = StoryOutput.objects.filter(recipe=recipe, item__collection=feed)
    return failed.exclude(item_id__in=made.values("item")).values("item_id").distinct().count()
