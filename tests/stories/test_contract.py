"""The recipes, the three sources and the exports of stories keep the contract of every kind."""

from typing import Any

import pytest

from stories.models import StoryEntity, StoryOutput, StoryTopic
from tests.contract import ExportContract, RecipeContract, SourceContract
from tests.stories.rows import approve, feed, found, output, topic


class TestTopics(RecipeContract):
    key = "stories.topics"
    run_names = (key,)
    bad_outputs = (
        "", "No.", "[]", "{}", '{"topics": "Injury"}', '{"topics": [{"topic": "Injury", "rank": 1}]}',
        '{"topics": [{"topic": "Weather", "confidence": 0.9, "rank": 1}]}',
        '{"topics": [{"topic": "Injury", "confidence": 90, "rank": 1}]}',
        '{"topics": [{"topic": "Injury", "confidence": 0.9, "rank": 0}]}',
    )  # fmt: skip

    def make_collection(self, items: int, slug: str) -> Any:
        return feed(items, slug)

    def derived(self) -> list[Any]:
        return sorted(StoryTopic.objects.values_list("story", "topic", "rank", "is_primary", "model", "revision"))


class TestEntities(RecipeContract):
    key = "stories.entities"
    run_names = (key,)
    bad_outputs = (
        "", "{}", '{"entities": [{"type": "player", "mention_text": "", "confidence": 1, "rank": 1}]}',
        '{"entities": [{"type": "planet", "mention_text": "Mars", "confidence": 1, "rank": 1}]}',
    )  # fmt: skip

    def make_collection(self, items: int, slug: str) -> Any:
        return feed(items, slug)

    def derived(self) -> list[Any]:
        return sorted(StoryEntity.objects.values_list("story", "type", "dedup_key", "method", "rank", "revision"))


class TestGroups(SourceContract):
    kind = "stories"
    good = b'[{"id": 0, "title": "One", "summaries": [{"summary_text": "A."}]}, {"items": ["B."]}]'
    filename = "groups.json"


class TestGroupLines(SourceContract):
    kind = "stories"
    good = b'{"id": 0, "items": ["A."]}\n{"id": 1, "items": ["B."]}\n'
    filename = "groups.jsonl"


class TestEntityTable(SourceContract):
    kind = "stories.entities"
    good = b"type,name,external_id,aliases\nteam,Quarry Vale,7,QV;Vale\nplayer,Tomas Brandt,,\n"
    filename = "entities.csv"


class TestEntityList(SourceContract):
    kind = "stories.entities"
    good = b'[{"type": "team", "name": "Quarry Vale", "id": 7, "aliases": ["QV"]}]'
    filename = "entities.json"


class TestTopicList(SourceContract):
    kind = "stories.topics"
    good = b"Injury\nTransfer\n"
    filename = "topics.txt"


@pytest.mark.django_db
class TestFiles(ExportContract):
    kind = "stories"

    def make_approved(self) -> Any:
        for story in feed(2).items.all():
            approve(output(story, topic("Injury"), recipe="stories.topics"))
            approve(output(story, found("Tomas Brandt")))
        return StoryOutput.objects.publishable()
