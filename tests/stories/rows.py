"""Rows of stories for tests."""

import json
from typing import Any

from generation.models import Origin, Revision
from generation.recipes import recipe_class
from stories.models import Entity, Feed, Story, StoryEntity, StoryOutput, Topic
from stories.names import normal

TOPICS = ("Injury", "Transfer", "Match result")


def hashed(rows: list[Any]) -> list[Any]:
    """The rows with their source hashes."""
    for row in rows:
        row.source_hash = row.compute_hash()
    return rows


def feed(stories: int = 3, slug: str = "feed", topics: tuple[str, ...] = TOPICS, **fields: Any) -> Feed:
    """A feed with so many stories and a list of topics."""
    made = Feed.objects.create(slug=slug, name=slug.capitalize(), **fields)
    Story.objects.bulk_create(
        hashed([
            Story(collection=made, key=f"s{n}", position=n, title=f"Story {n}", texts=[f"Text {n}."])
            for n in range(1, stories + 1)
        ])
    )  # fmt: skip
    rows = [Topic(collection=made, key=normal(name), position=n, name=name) for n, name in enumerate(topics, 1)]
    Topic.objects.bulk_create(hashed(rows))
    return made


def entity(of: Feed, name: str, type: str = "player", **fields: Any) -> Entity:
    """A known entity."""
    key = f"{type}:{fields.get('external_id') or normal(name) + fields.get('team', '')}"
    (row,) = hashed([Entity(collection=of, key=key, type=type, name=name, **fields)])
    row.save()
    return row


def found(mention: str, type: str = "player", rank: int = 1, **extra: Any) -> dict[str, Any]:
    """An entity as a model gives it."""
    return {"type": type, "mention_text": mention, "confidence": 0.9, "rank": rank, **extra}


def topic(name: str, rank: int = 1, confidence: float = 0.9) -> dict[str, Any]:
    """A topic as a model gives it."""
    return {"topic": name, "confidence": confidence, "rank": rank}


def output(story: Story, *entries: dict[str, Any], recipe: str = "stories.entities") -> StoryOutput:
    """An accepted output with its derived rows, in place of the one before."""
    known = recipe_class(recipe)()
    name = recipe.partition(".")[2]
    accepted = known.accept(story, known.read(json.dumps({name: entries})))
    text = Revision.objects.create(recipe=recipe, item_id=story.pk, origin=Origin.GENERATED, text=accepted.text)
    row, _ = StoryOutput.objects.update_or_create(
        item=story, recipe=recipe, defaults={"current": text, "source_hash": story.source_hash, **accepted.fields}
    )
    known.project([text])
    return row


def approve(row: StoryOutput) -> StoryOutput:
    """Approved as it is."""
    row.approved, row.status = row.current, "approved"
    row.save()
    return row


def mentioned(story: Story, *mentions: dict[str, Any]) -> list[StoryEntity]:
    """The rows of these mentions in one story, by rank."""
    output(story, *mentions)
    return list(story.story_entities.order_by("rank"))
