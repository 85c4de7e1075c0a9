"""Approved topics and entities as files: one for each story, or a table of topics and one of entities."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Any, NamedTuple

from django.utils.text import slugify

from generation.base_models import digest
from generation.exports import Export, ExportFile, register_export
from generation.jsonl import chunked
from stories.derived import entities_that_count, topics_that_count
from stories.models import Story, StoryEntity, StoryOutput, Topic
from stories.names import normal
from stories.outputs import EntityList, FoundEntity, TopicList, known_types

CHUNK = 200
TOPICS, ENTITIES = "stories.topics", "stories.entities"
TOPIC_COLUMNS = ("story_id", "topic", "confidence", "rank", "is_primary")
ENTITY_COLUMNS = ("story_id", "type", "mention", "entity_id", "entity", "method", "score", "confidence", "rank")
OFFICE_FORMULA = ("=", "+", "-", "@", "\t")


class Known(NamedTuple):
    """What is known of a chunk of outputs: the mentions of their stories, and the topics of their feeds by feed."""

    mentions: dict[tuple[int, str, str], StoryEntity]
    topics: dict[int, set[str]]


def approved_outputs(artefacts: Any) -> Iterator[tuple[list[StoryOutput], Known]]:
    """Chunks of outputs in the order of the feed, with what is known of them."""
    ids = list(artefacts.order_by("item__position", "item_id", "recipe").values_list("pk", flat=True))
    for chunk in chunked(ids, CHUNK):
        rows = StoryOutput.objects.select_related("item__collection", "approved").in_bulk(chunk)
        outputs = [rows[pk] for pk in chunk if pk in rows and rows[pk].approved]
        mentions = StoryEntity.objects.filter(story__in={row.item_id for row in outputs}).select_related("entity")
        topics: dict[int, set[str]] = defaultdict(set)
        # Those that are gone from the list too: what was approved while they stood in it stays so.
        listed = Topic.objects.filter(collection__in={row.item.collection_id for row in outputs})
        for feed, name in listed.values_list("collection", "name"):
            topics[feed].add(normal(name))
        yield outputs, Known({(one.story_id, one.type, one.dedup_key): one for one in mentions}, topics)


def file_name(story: Story) -> str:
    """The key, where it is fit for a file; else what is left of it, with a mark of its own."""
    plain = slugify(story.key)
    return plain if plain == story.key else f"{plain[:60]}-{digest(story.key)[:8]}".lstrip("-")


@register_export
class StoryFiles(Export):
    """One JSON file for each story, with all of it that is approved: `stories/<id>.json`."""

    key = "stories.files"
    title = "One JSON file for each story"
    artefact_model = StoryOutput
    scope = "item"

    def files(self, artefacts: Any) -> Iterator[ExportFile]:
        """Files in the order of the feed."""
        chosen = artefacts.order_by("item__position", "item_id").values_list("item_id", flat=True)
        for items in chunked(dict.fromkeys(chosen), CHUNK):
            parts: dict[int, list[StoryOutput]] = defaultdict(list)
            known = Known({}, {})
            for outputs, more in approved_outputs(StoryOutput.objects.publishable().filter(item__in=items)):
                known = Known(known.mentions | more.mentions, known.topics | more.topics)
                for row in outputs:
                    parts[row.item_id].append(row)
            yield from (_story_file(parts[item], known) for item in items if item in parts)


def _story_file(outputs: Sequence[StoryOutput], known: Known) -> ExportFile:
    story = outputs[0].item
    document: dict[str, Any] = {"story_id": story.key, "title": story.title}
    for row in outputs:
        name = row.recipe.partition(".")[2]
        document[name] = _topics(row, known) if row.recipe == TOPICS else _entities(row, known)
    content = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    ids = tuple(row.pk for row in outputs)
    path = f"stories/{file_name(story)}.json"
    return ExportFile(path, content.encode(), ids, tuple(row.approved_id or 0 for row in outputs))


def _topics(row: StoryOutput, known: Known) -> list[dict[str, Any]]:
    """As many as there are story-topic rows of the same text."""
    feed, topics = row.item.collection, TopicList.model_validate_json(_text(row)).topics
    counting = topics_that_count(topics, known.topics.get(feed.pk, ()), feed.most_topics).values()
    return [topic.model_dump() | {"is_primary": topic.rank == 1} for topic in counting]


def _entities(row: StoryOutput, known: Known) -> list[dict[str, Any]]:
    """As many as there are story-entity rows of the same text."""
    feed, found = row.item.collection, EntityList.model_validate_json(_text(row)).entities
    counting = entities_that_count(found, known_types(feed.entity_types), feed.most_entities)
    return [_entity(one, known.mentions.get((row.item_id, *identity))) for identity, one in counting.items()]


def _entity(found: FoundEntity, row: StoryEntity | None) -> dict[str, Any]:
    entity = row.entity if row else None
    means = {
        "entity_id": entity.external_id if entity else "",
        "entity": entity.name if entity else "",
        "method": row.method if row else "unresolved",
        "score": round(row.score, 2) if row else 0.0,
    }
    return found.model_dump() | means


def _text(row: StoryOutput) -> str:
    return row.approved.text if row.approved else "{}"


class Table(Export):
    """One CSV of a feed."""

    artefact_model = StoryOutput
    scope = "collection"
    recipe = ""
    file = ""
    columns: tuple[str, ...] = ()

    def files(self, artefacts: Any) -> Iterator[ExportFile]:
        """One file, none where nothing of the recipe is approved."""
        out = StringIO()
        table = csv.writer(out, lineterminator="\n")
        table.writerow(self.columns)
        ids: list[tuple[int, int]] = []
        for outputs, known in approved_outputs(artefacts.filter(recipe=self.recipe)):
            for row in outputs:
                ids.append((row.pk, row.approved_id or 0))
                table.writerows([_cell(one.get(name)) for name in self.columns] for one in self.rows(row, known))
        if ids:
            yield ExportFile(self.file, out.getvalue().encode(), *zip(*ids, strict=True))

    def rows(self, row: StoryOutput, known: Known) -> Iterator[dict[str, Any]]:
        """Lines of one output."""
        yield from ()


def _cell(value: Any) -> Any:
    """Text that an office program would take for a formula is marked as text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(OFFICE_FORMULA) else value


@register_export
class TopicTable(Table):
    """A line for each story and topic."""

    key = "stories.topic_table"
    title = "All topics as CSV"
    recipe = TOPICS
    file = "topics.csv"
    columns = TOPIC_COLUMNS

    def rows(self, row: StoryOutput, known: Known) -> Iterator[dict[str, Any]]:
        """Lines of one output."""
        yield from ({"story_id": row.item.key, **topic} for topic in _topics(row, known))


@register_export
class EntityTable(Table):
    """A line for each story and entity."""

    key = "stories.entity_table"
    title = "All entities as CSV"
    recipe = ENTITIES
    file = "entities.csv"
    columns = ENTITY_COLUMNS

    def rows(self, row: StoryOutput, known: Known) -> Iterator[dict[str, Any]]:
        """Lines of one output."""
        for found in _entities(row, known):
            yield {"story_id": row.item.key, "mention": found["mention_text"], **found}
