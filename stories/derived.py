"""Rows derived from the current revisions: topics of stories, and mentions with the entities that are meant.

A row keeps its id as long as its story says the same, and what a person has decided is never undone by the machine.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from generation.jsonl import chunked
from generation.models import Revision
from stories.models import BY_HAND, Entity, Feed, Story, StoryEntity, StoryTopic, Topic
from stories.names import normal
from stories.outputs import FoundEntity, FoundTopic, known_types
from stories.resolution import Known, KnownEntity, Mention, Resolution, resolve

CHUNK = 1000
LONGEST = 300
DECIDED = ("entity_id", "method", "score", "candidates", "decided_by", "decided_at")
RESOLVED = ["entity", "method", "score", "candidates"]


def known_entities(feed_id: int) -> Known:
    """The present entities of a feed, ready for questions."""
    rows = Entity.objects.filter(collection=feed_id, removed_at=None).order_by("pk").values_list(
        "pk", "type", "name", "external_id", "abbreviation", "team", "aliases", "kept_aliases"
    )  # fmt: skip
    return Known(
        KnownEntity(pk, type, name, external_id, abbreviation, team, (*aliases, *kept))
        for pk, type, name, external_id, abbreviation, team, aliases, kept in rows.iterator(CHUNK)
    )


def topic_names(feed_id: int) -> dict[str, Topic]:
    """The present topics of a feed by their normal names, in the order of the list."""
    rows = Topic.objects.filter(collection=feed_id, removed_at=None).order_by("position", "pk")
    return {normal(topic.name): topic for topic in rows}


def topics_that_count(topics: Sequence[FoundTopic], listed: Collection[str], most: int) -> dict[str, FoundTopic]:
    """By their normal names: of those that are listed so many of the best ranked, each once."""
    best: dict[str, FoundTopic] = {}
    for topic in sorted(topics, key=lambda one: one.rank):
        if normal(topic.topic) in listed:
            best.setdefault(normal(topic.topic), topic)
    return dict(islice(best.items(), most))


def entities_that_count(
    entities: Sequence[FoundEntity], types: Collection[str], most: int
) -> dict[tuple[str, str], FoundEntity]:
    """By type and dedup key: of those of the types so many of the best ranked, each once."""
    best: dict[tuple[str, str], FoundEntity] = {}
    for entity in sorted(entities, key=lambda one: one.rank):
        if entity.type in types:
            best.setdefault((entity.type, dedup_key(entity.mention_text, entity.model_extra or {})), entity)
    return dict(islice(best.items(), most))


def write_topics(found: Sequence[tuple[Revision, Sequence[FoundTopic]]]) -> None:
    """Story-topic rows of these revisions, in place of those of their stories; topics off the list have none."""
    stories = Story.objects.select_related("collection").in_bulk([revision.item_id for revision, _ in found])
    names = {feed: topic_names(feed) for feed in {story.collection_id for story in stories.values()}}
    sources = _sources([revision for revision, _ in found])
    rows: list[StoryTopic] = []
    for revision, topics in found:
        story = stories.get(revision.item_id)
        if story is None:
            continue
        model, version = sources[revision.pk]
        listed = names[story.collection_id]
        rows += (
            StoryTopic(
                story=story, topic=listed[name], confidence=topic.confidence, rank=topic.rank,
                is_primary=topic.rank == 1, model=model, prompt_version=version, revision=revision,
            )
            for name, topic in topics_that_count(topics, listed, story.collection.most_topics).items()
        )  # fmt: skip
    _replace(StoryTopic, list(stories), rows, ["story", "topic"])


def write_entities(found: Sequence[tuple[Revision, Sequence[FoundEntity]]]) -> None:
    """Story-entity rows of these revisions, resolved, in place of those of their stories."""
    stories = Story.objects.select_related("collection").in_bulk([revision.item_id for revision, _ in found])
    sources = _sources([revision for revision, _ in found])
    rows: dict[int, list[StoryEntity]] = defaultdict(list)
    for revision, entities in found:
        story = stories.get(revision.item_id)
        if story is not None:
            rows[story.collection_id] += _mentions(story, revision, entities, *sources[revision.pk])
    decided = _decided(list(stories))
    for of_feed in rows.values():
        if of_feed:
            settle(of_feed[0].story.collection, of_feed)
        for row in of_feed:
            for name, value in decided.get((row.story_id, row.type, row.dedup_key), {}).items():
                setattr(row, name, value)
    written = [row for of_feed in rows.values() for row in of_feed]
    _replace(StoryEntity, list(stories), written, ["story", "type", "dedup_key"])


def settle(feed: Feed, rows: Sequence[StoryEntity], known: Known | None = None) -> None:
    """Resolve these rows of one feed (unsaved)."""
    known = known or known_entities(feed.pk)
    for row, resolution in zip(rows, resolve([mention_of(row) for row in rows], known, feed.threshold), strict=True):
        _note(row, resolution)


def resolve_open(feed: Feed) -> dict[str, int]:
    """Look again at all open mentions of a feed, in bulk (after an import of entities): how many now have which method.

    What people have decided and what is resolved stays.
    """
    known = known_entities(feed.pk)
    counts: dict[str, int] = defaultdict(int)
    ids = list(StoryEntity.objects.of_feed(feed).open().order_by("pk").values_list("pk", flat=True))
    for chunk in chunked(ids, CHUNK):
        rows = list(StoryEntity.objects.of_feed(feed).open().filter(pk__in=chunk))
        settle(feed, rows, known)
        for row in rows:
            # Only where it is still open: a person may have decided meanwhile.
            values = {name: getattr(row, name) for name in RESOLVED}
            counts[row.method] += StoryEntity.objects.open().filter(pk=row.pk).update(**values)
    return dict(counts)


def mention_of(row: StoryEntity) -> Mention:
    """What resolution needs of a row."""
    return Mention(row.type, row.mention, tuple(sorted((name, str(text)) for name, text in row.details.items())))


def _mentions(
    story: Story, revision: Revision, entities: Sequence[FoundEntity], model: str, version: int | None
) -> Iterator[StoryEntity]:
    """Unresolved rows."""
    types = known_types(story.collection.entity_types)
    for (type, key), entity in entities_that_count(entities, types, story.collection.most_entities).items():
        details = {name: str(value) for name, value in (entity.model_extra or {}).items() if value not in (None, "")}
        yield StoryEntity(
            story=story, type=type, mention=entity.mention_text[:LONGEST], dedup_key=key,
            normal_mention=normal(entity.mention_text)[:LONGEST], details=details, confidence=entity.confidence,
            rank=entity.rank, model=model, prompt_version=version, revision=revision,
        )  # fmt: skip


def dedup_key(mention: str, details: Mapping[str, Any]) -> str:
    """What makes two mentions of a type in one story the same: the words, and the team where one is named.

    Two players of a name may meet in one match.
    """
    team = normal(str(details.get("team_name") or details.get("team_abbr") or ""))
    own = normal(mention)
    return (f"{own} / {team}" if team and team != own else own)[:LONGEST]


def _note(row: StoryEntity, resolution: Resolution) -> None:
    row.entity_id, row.method, row.score = resolution.entity, resolution.method, resolution.score
    row.candidates = list(resolution.candidates)


def _decided(stories: Sequence[int]) -> dict[tuple[int, str, str], dict[str, Any]]:
    """People's decisions on mentions of these stories, by what identifies a mention."""
    rows = StoryEntity.objects.filter(story__in=stories, method__in=BY_HAND, entity__isnull=False)
    return {
        (row.story_id, row.type, row.dedup_key): {name: getattr(row, name) for name in DECIDED} for row in rows
    }  # fmt: skip


def _replace(model: Any, stories: Sequence[int], rows: Sequence[Any], unique: list[str]) -> None:
    """Insert or update the rows by what they are unique in, and remove the stories' others."""
    kept = {tuple(getattr(row, model._meta.get_field(name).attname) for name in unique) for row in rows}
    standing = model.objects.filter(story__in=stories).values_list("pk", *unique)
    gone = [pk for pk, *identity in standing if tuple(identity) not in kept]
    model.objects.filter(pk__in=gone).delete()
    columns = [field.name for field in model._meta.concrete_fields if field.name not in (*unique, "id")]
    model.objects.bulk_create(rows, update_conflicts=True, unique_fields=unique, update_fields=columns)


def _sources(revisions: Iterable[Revision]) -> dict[int, tuple[str, int | None]]:
    """Model and prompt version behind each revision; of one that a person wrote neither."""
    ids = [revision.pk for revision in revisions]
    rows = Revision.objects.filter(pk__in=ids).values_list(
        "pk", "attempt__model", "attempt__request__prompt__version"
    )  # fmt: skip
    return {pk: ((model or "")[:120], version) for pk, model, version in rows}
