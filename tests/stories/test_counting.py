"""What of an answer counts: rows, columns, limits; and that the same is published."""

import csv
import io
import json

import pytest

from generation.exports import export_named
from stories.models import StoryEntity, StoryOutput, StoryTopic, Topic
from tests.stories.rows import approve, entity, feed, found, mentioned, output, topic

pytestmark = pytest.mark.django_db
ELEVEN = tuple(f"Topic {letter}" for letter in "ABCDEFGHIJK")


def topics_of(story):
    return list(story.story_topics.values_list("topic__name", "confidence", "rank", "is_primary"))


def test_at_most_ten_topics_and_twenty_entities_count_as_long_as_nobody_sets_others():
    story = feed(1, topics=ELEVEN).items.get()
    output(story, *(topic(name, rank) for rank, name in enumerate(ELEVEN, 1)), recipe="stories.topics")
    mentioned(story, *(found(f"Ann {rank}", rank=rank) for rank in range(1, 22)))
    # The eleventh and the twenty-first are left out.
    assert list(story.story_topics.values_list("topic__name", flat=True)) == list(ELEVEN[:10])
    assert list(story.story_entities.values_list("rank", flat=True)) == list(range(1, 21))


def test_what_does_not_count_takes_no_place_of_what_does():
    story = feed(1, most_topics=2, most_entities=2).items.get()
    given = topic("Weather"), topic("Injury", 2, 0.8), topic("injury", 3, 0.7), topic("transfer", 4, 0.6)
    output(story, *given, recipe="stories.topics")
    assert topics_of(story) == [("Injury", 0.8, 2, False), ("Transfer", 0.6, 4, False)]
    rows = mentioned(story, found("Ann"), found("ANN", rank=2), found("Mars", "planet", 3), found("Bea", rank=4))
    assert [(row.type, row.mention, row.rank) for row in rows] == [("player", "Ann", 1), ("player", "Bea", 4)]


def test_the_columns_of_a_story_topic():
    story = feed(1).items.get()
    row = output(story, topic("match RESULT", 1, 0.25), recipe="stories.topics")
    written = StoryTopic.objects.get()
    assert (written.story, written.topic, written.revision) == (
        story,
        Topic.objects.get(key="match result"),
        row.current,
    )
    assert (written.confidence, written.rank, written.is_primary) == (0.25, 1, True)
    # A person wrote the text: no model, no prompt.
    assert (written.model, written.prompt_version) == ("", None)


def test_the_columns_of_a_story_entity():
    made = feed(1)
    brandt = entity(made, "Tomas Brandt")
    first, second = mentioned(made.items.get(), found("Thomas Brandt", position="goalkeeper"), found("Zed", rank=2))
    # 12 and 13 letters, one more h: 100 * (1 - 1/25) = 96.
    assert (first.type, first.mention, first.entity, first.method) == ("player", "Thomas Brandt", brandt, "fuzzy")
    assert first.score == pytest.approx(96.0) and first.dedup_key == "thomas brandt"
    assert (first.details, first.rank, first.confidence) == ({"position": "goalkeeper"}, 1, 0.9)
    assert (second.mention, second.entity, second.method, second.score) == ("Zed", None, "unresolved", 0.0)


def test_one_story_may_have_many_rows_and_many_stories_the_same_topic():
    made = feed(2)
    for story in made.items.all():
        output(story, topic("Injury"), topic("Transfer", 2), recipe="stories.topics")
        mentioned(story, found("Ann"), found("Ann", "staff", 2), found("Bea", rank=3))
    assert (StoryTopic.objects.count(), StoryEntity.objects.count()) == (4, 6)


def test_how_like_a_name_must_be_is_the_feed_s_own():
    methods = []
    for threshold in (96.0, 96.5):
        made = feed(1, f"feed-{threshold:.0f}-{len(methods)}", threshold=threshold)
        entity(made, "Tomas Brandt")
        methods += [row.method for row in mentioned(made.items.get(), found("Thomas Brandt"))]
    assert methods == ["fuzzy", "unresolved"]


def exported(name):
    files = export_named("stories", name)().files(StoryOutput.objects.publishable())
    return {file.path: file.content.decode() for file in files}


@pytest.fixture
def approved():
    """One story with id 0; of its topics and entities one each does not count."""
    made = feed(1, most_topics=2, most_entities=2)
    made.items.update(key="0")
    entity(made, "Tomas Brandt", external_id="p5")
    story = made.items.get()
    given = topic("Injury", 1, 0.9), topic("Weather", 2), topic("Transfer", 3, 0.5)
    approve(output(story, *given, recipe="stories.topics"))
    approve(output(story, found("Tomas Brandt"), found("Zed", rank=2), found("=cmd", rank=3)))
    return made


def test_a_file_of_a_story_has_what_counts_and_nothing_else(approved):
    (content,) = exported("files").values()
    assert list(exported("files")) == ["stories/0.json"]
    brandt = {
        "type": "player", "mention_text": "Tomas Brandt", "confidence": 0.9, "rank": 1, "entity_id": "p5",
        "entity": "Tomas Brandt", "method": "name", "score": 100.0,
    }  # fmt: skip
    zed = brandt | {
        "mention_text": "Zed",
        "rank": 2,
        "entity_id": "",
        "entity": "",
        "method": "unresolved",
        "score": 0.0,
    }
    assert json.loads(content) == {
        "story_id": "0", "title": "Story 1",
        "topics": [
            {"topic": "Injury", "confidence": 0.9, "rank": 1, "is_primary": True},
            {"topic": "Transfer", "confidence": 0.5, "rank": 3, "is_primary": False},
        ],
        "entities": [brandt, zed],
    }  # fmt: skip


def test_the_tables_have_a_line_for_each_row(approved):
    assert exported("topic_table") == {
        "topics.csv": "story_id,topic,confidence,rank,is_primary\n0,Injury,0.9,1,True\n0,Transfer,0.5,3,False\n"
    }
    (table,) = exported("entity_table").values()
    assert list(csv.reader(io.StringIO(table))) == [
        ["story_id", "type", "mention", "entity_id", "entity", "method", "score", "confidence", "rank"],
        ["0", "player", "Tomas Brandt", "p5", "Tomas Brandt", "name", "100.0", "0.9", "1"],
        ["0", "player", "Zed", "", "", "unresolved", "0.0", "0.9", "2"],
    ]


def test_formulas_of_office_programs_are_marked_as_text(approved):
    approved.most_entities = 3
    approved.save()
    assert ",'=cmd," in exported("entity_table")["entities.csv"]


def test_what_was_approved_while_it_stood_in_the_list_stays_published(approved):
    Topic.objects.filter(name="Transfer").update(removed_at=approved.created_at)
    assert "0,Transfer,0.5,3,False" in exported("topic_table")["topics.csv"]
