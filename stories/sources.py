"""Three files of a feed: its story groups, and apart from them its known entities and its topics."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from generation.odd_files import decoded
from generation.sources import Parsed, Row, Source, SourceError, register_source
from stories import groups
from stories.entity_files import EXPECTED as ENTITIES
from stories.entity_files import EntityRows
from stories.models import Entity, Feed, Story, Topic
from stories.topic_files import EXPECTED as TOPICS
from stories.topic_files import read_topics


@register_source
class StorySource(Source):
    """Story groups."""

    kind = "stories"
    title = groups.EXPECTED
    collection_model = Feed
    item_model = Story
    formats: ClassVar[dict[str, str]] = {
        "auto": "find out from the file",
        "json": "JSON: groups with summaries, items or texts, or with members among articles",
        "jsonl": "JSONL: a group a line",
    }
    suffixes = (".json", ".jsonl", ".ndjson", ".txt")

    def parse(self, data: bytes, *, format: str, filename: str) -> Parsed:
        """Story groups with their texts; raises SourceError."""
        found = groups.Groups()
        name = found.read(decoded(data, self.title), format)
        texts = sum(len(row.fields["texts"]) for row in found.rows)
        notice = f"{len(found.rows):,} story groups with {texts:,} texts (format: {name})."
        origin = {"file_name": filename[:200], "file_format": name}
        return _parsed(found.rows, found.problems, self.title, origin, [notice, *found.notices])


@register_source
class EntitySource(Source):
    """Known entities of a feed."""

    kind = "stories.entities"
    title = ENTITIES
    collection_model = Feed
    item_model = Entity
    formats: ClassVar[dict[str, str]] = {
        "auto": "find out from the file",
        "json": "JSON: entities with type, name, id and aliases",
        "jsonl": "JSONL: an entity a line",
        "csv": "CSV with a header: type, name, external_id, aliases",
        "map": "JSON: a map alias -> id, or one for each type",
    }
    suffixes = (".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".txt")
    options: ClassVar[Mapping[str, str]] = {"type": "type of the entities that the file gives none"}

    def parse(self, data: bytes, *, format: str, filename: str) -> Parsed:
        """Entities; raises SourceError."""
        found = EntityRows(self.chosen.get("type", ""))
        name = found.read(decoded(data, self.title), format)
        notice = f"{len(found.rows):,} entities (format: {name})."
        return _parsed(found.rows, found.problems, self.title, {}, [notice, *found.notices])

    @classmethod
    def accounts_for(cls, items: Any, rows: Sequence[Row]) -> Any:
        """Only the types that the file holds, and nothing that an editor made: teams and players may be two files."""
        return items.filter(by_hand=False, type__in={row.fields["type"] for row in rows})


@register_source
class TopicSource(Source):
    """The controlled list of a feed's topics."""

    kind = "stories.topics"
    title = TOPICS
    collection_model = Feed
    item_model = Topic
    formats: ClassVar[dict[str, str]] = {
        "auto": "find out from the file",
        "text": "a topic a line",
        "json": "JSON: a list of names, or of objects with name and description",
        "csv": "CSV with a header: name, description",
    }
    suffixes = (".txt", ".json", ".csv")

    def parse(self, data: bytes, *, format: str, filename: str) -> Parsed:
        """Topics; raises SourceError."""
        rows, problems, notices = read_topics(decoded(data, self.title), format)
        return _parsed(rows, problems, self.title, {}, [f"{len(rows):,} topics.", *notices])


def _parsed(rows: list[Row], problems: list[Any], title: str, fields: dict[str, Any], notices: list[str]) -> Parsed:
    """Everything that was read; raises SourceError where that is nothing."""
    if not rows:
        why = f" (line {problems[0].line}: {problems[0].why})" if problems else ""
        raise SourceError(f"Expected {title}, found none{why}.")
    return Parsed(rows, problems, fields, notices)
