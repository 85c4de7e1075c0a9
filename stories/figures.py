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
    return {"topics": rows.count(), "with errors": _failed(feed, TOPICS).count()}


def entity_figures(feed: Any) -> dict[str, int]:
    """Of the recipe for entities."""
    rows = StoryEntity.objects.of_feed(feed).filter(story__removed_at=None)
    return {
        "entities": rows.count(),
        "unresolved": rows.filter(method="unresolved").count(),
        "ambiguous": rows.filter(method="ambiguous").count(),
        "with errors": _failed(feed, ENTITIES).count(),
    }


def feed_figures(feed: Any) -> dict[str, int]:
    """Of the whole feed: stories, those with topics and with entities, rows, what is open, stories with errors.

    A story that failed in both recipes is one story with errors.
    """
    made = StoryOutput.objects.filter(item__collection=feed, item__removed_at=None).order_by()
    groups = dict(made.values_list("recipe").annotate(n=Count("pk")))
    errors = _failed(feed, TOPICS).union(_failed(feed, ENTITIES)).count()
    return {
        "groups": feed.items.present().count(),
        "groups with topics": groups.get(TOPICS, 0),
        "groups with entities": groups.get(ENTITIES, 0),
        **topic_figures(feed), **entity_figures(feed), "with errors": errors,
    }  # fmt: skip


def _failed(feed: Any, recipe: str) -> Any:
    """Numbers of the present stories with a request of this recipe that ended badly, and without an output of it."""
    failed = Request.objects.making().filter(recipe=recipe, collection=feed.slug, status__in=BAD).order_by()
    made = StoryOutput.objects.filter(recipe=recipe, item__collection=feed)
    present = failed.filter(item_id__in=feed.items.present().values("pk"))
    return present.exclude(item_id__in=made.values("item")).values_list("item_id").distinct()
