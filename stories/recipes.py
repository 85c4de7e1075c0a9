"""How a story's topics and entities are found: two recipes that need nothing of each other."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from pydantic import BaseModel

from generation.findings import Finding
from generation.models import Revision
from generation.parameters import RESPONSES, Parameters
from generation.prompts import PromptError
from generation.recipes import Accepted, Draft, InvalidOutput, Needs, Recipe, register
from generation.schema_form import FormWords
from stories.checks import check_entities, check_topics
from stories.derived import topic_names, write_entities, write_topics
from stories.figures import entity_figures, topic_figures
from stories.models import Feed, Story, StoryOutput, Topic
from stories.names import normal
from stories.outputs import EntityList, TopicList, entity_schema, known_types, topic_schema

STORY_CHARACTERS = 24_000
COMMON: dict[str, str] = {
    "title": "title of the story (may be empty)",
    "texts": "list of its texts",
    "feed": "name of the feed",
    "instructions": "what these stories are about (may be empty)",
    "most": "how many to name at most",
    "remark": "an editor's wish (may be empty)",
}


class StoryRecipe(Recipe):
    """What both have in common."""

    item_model = Story
    artefact_model = StoryOutput
    endpoint = RESPONSES

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        super().__init__(options)
        self._feeds: dict[int, Feed] = {}

    def feed_of(self, item: Story) -> Feed:
        """The story's feed, asked for once."""
        if item.collection_id not in self._feeds:
            self._feeds[item.collection_id] = item.collection
        return self._feeds[item.collection_id]

    def types_of(self, item: Story) -> dict[str, tuple[str, ...]]:
        """The types of the story's feed, each with its extra fields."""
        return known_types(self.feed_of(item).entity_types)

    def common(self, item: Story) -> dict[str, Any]:
        """Variables of both prompts."""
        limit = int(self.options.get("story_characters", STORY_CHARACTERS))
        return {
            "title": item.title, "texts": shortened(item.texts, limit), "feed": self.feed_of(item).name,
            "instructions": self.feed_of(item).instructions,
        }  # fmt: skip


def shortened(texts: Sequence[str], limit: int) -> list[str]:
    """The texts with so many characters in all, each cut to an equal share if need be."""
    share = limit // max(len(texts), 1)
    return list(texts) if sum(map(len, texts)) <= limit else [text[:share] for text in texts]


@register
class TopicRecipe(StoryRecipe):
    """The topics of a story, out of the feed's list."""

    key = "stories.topics"
    title = "Topics"
    parameters = Parameters(max_output_tokens=1200, temperature=0.0)
    prompt_file = "topics.md"
    schema = TopicList
    editor = FormWords(rows={"topics": "Topic"})
    variables: ClassVar[Mapping[str, str]] = COMMON | {"topics": "the list: each with name and description"}

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        super().__init__(options)
        self._topics: dict[int, dict[str, Topic]] = {}

    def listed(self, feed: Feed) -> dict[str, Topic]:
        """The feed's topics by their normal names, asked for once."""
        if feed.pk not in self._topics:
            self._topics[feed.pk] = topic_names(feed.pk)
        return self._topics[feed.pk]

    def schema_for(self, item: Story) -> type[BaseModel]:
        """The list of topics is part of it."""
        names = tuple(topic.name for topic in self.listed(self.feed_of(item)).values())
        return topic_schema(names, self.feed_of(item).most_topics)

    def contexts(self, items: Sequence[Story], needs: Sequence[Needs]) -> list[dict[str, Any]]:
        """Variables for a chunk; raises PromptError where a feed has no topics."""
        found = []
        for item in items:
            topics = self.listed(self.feed_of(item))
            if not topics:
                raise PromptError(f"{self.feed_of(item)} has no list of topics: import one as stories.topics first")
            entries = [{"name": topic.name, "description": topic.description} for topic in topics.values()]
            found.append(self.common(item) | {"topics": entries, "most": self.feed_of(item).most_topics})
        return found

    def accept(self, item: Story, output: TopicList) -> Accepted:
        """Topics by rank, in the list's own spelling; raises InvalidOutput where none of them is in the list."""
        listed = self.listed(self.feed_of(item))
        known = [topic for topic in output.topics if normal(topic.topic) in listed]
        if output.topics and not known:
            raise InvalidOutput(f"no topic of the list, but '{output.topics[0].topic[:60]}'", "topics.0.topic")
        for topic in known:
            topic.topic = listed[normal(topic.topic)].name
        output.topics.sort(key=lambda topic: topic.rank)
        return _accepted(output, len(output.topics))

    def checks(self, drafts: Sequence[Draft]) -> list[list[Finding]]:
        """What to look at in each."""
        return [self._check(self.feed_of(draft.item), self.read(draft.text)) for draft in drafts]

    def _check(self, feed: Feed, output: TopicList) -> list[Finding]:
        return list(check_topics(output.topics, self.listed(feed), feed.most_topics))

    def project(self, revisions: Sequence[Revision]) -> None:
        """Story-topic rows."""
        write_topics([(revision, self.read(revision.text).topics) for revision in revisions])

    def figures(self, collection: Feed) -> dict[str, int]:
        """Rows, and what is open or failed."""
        return topic_figures(collection)


@register
class EntityRecipe(StoryRecipe):
    """The teams, people and games that a story mentions."""

    key = "stories.entities"
    title = "Entities"
    parameters = Parameters(max_output_tokens=2500, temperature=0.0)
    prompt_file = "entities.md"
    schema = EntityList
    editor = FormWords(rows={"entities": "Entity"}, labels={"entities.mention_text": "As the text names it"})
    order = 2
    variables: ClassVar[Mapping[str, str]] = COMMON | {"types": "types to look for: each with name and fields"}

    def schema_for(self, item: Story) -> type[BaseModel]:
        """The types and their fields are part of it."""
        return entity_schema(tuple(self.types_of(item).items()), self.feed_of(item).most_entities)

    def contexts(self, items: Sequence[Story], needs: Sequence[Needs]) -> list[dict[str, Any]]:
        """Variables for a chunk."""
        return [
            self.common(item)
            | {
                "most": self.feed_of(item).most_entities,
                "types": [{"name": name, "fields": list(fields)} for name, fields in self.types_of(item).items()],
            }
            for item in items
        ]

    def accept(self, item: Story, output: EntityList) -> Accepted:
        """Entities by rank, each with the fields of its type; raises InvalidOutput where no type is known."""
        types = self.types_of(item)
        for entity in output.entities:
            entity.type = entity.type.strip().lower() if entity.type not in types else entity.type
        if output.entities and not any(entity.type in types for entity in output.entities):
            raise InvalidOutput(f"no known type of entity, but '{output.entities[0].type[:40]}'", "entities.0.type")
        output.entities.sort(key=lambda entity: entity.rank)
        for entity in output.entities:
            for name in set(entity.model_extra or {}) - set(types.get(entity.type, ())):
                cast("dict[str, Any]", entity.model_extra).pop(name)
        return _accepted(output, len(output.entities))

    def checks(self, drafts: Sequence[Draft]) -> list[list[Finding]]:
        """What to look at in each."""
        return [self._check(draft.item, self.read(draft.text)) for draft in drafts]

    def _check(self, item: Story, output: EntityList) -> list[Finding]:
        texts = [item.title, *item.texts]
        return list(check_entities(output.entities, self.types_of(item), texts, self.feed_of(item).most_entities))

    def project(self, revisions: Sequence[Revision]) -> None:
        """Story-entity rows, resolved."""
        write_entities([(revision, self.read(revision.text).entities) for revision in revisions])

    def figures(self, collection: Feed) -> dict[str, int]:
        """Rows, and what is open or failed."""
        return entity_figures(collection)


def _accepted(output: BaseModel, entries: int) -> Accepted:
    return Accepted(output.model_dump_json(indent=1), {"entries": min(entries, 32_000)})
