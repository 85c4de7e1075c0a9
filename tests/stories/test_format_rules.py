"""Rules of the files and rows of stories that no other test works out by hand."""

import pytest
from django.db import IntegrityError, transaction

from generation import advance
from generation.models import Request, Run
from stories.models import Entity, Feed, Story, StoryEntity, StoryTopic, Topic, usual_types
from stories.recipes import EntityRecipe, TopicRecipe
from stories.resolution import Known, KnownEntity, Mention, resolve
from tests.generation.shell import refused, said
from tests.stories.files import bring
from tests.stories.rows import entity, feed, found, mentioned, output, topic

GROUPS = [{"id": 1, "title": "One", "items": ["A."]}, {"id": 2, "items": ["B."]}, {"id": 3, "items": ["C."]}]


def test_the_usual_limits_and_types(db):
    made = feed(1)
    assert (made.most_topics, made.most_entities, made.threshold) == (10, 20, 85.0)
    assert usual_types() == {
        "team": ["team_abbr"], "player": ["position", "team_name", "team_abbr"],
        "staff": ["role", "team_name", "team_abbr"], "game": ["context"],
    }  # fmt: skip


def test_the_schemas_name_the_list_the_types_and_the_limits(db):
    made = feed(1, most_topics=2, most_entities=3)
    story = made.items.get()
    topics = TopicRecipe().schema_for(story).model_json_schema()
    assert topics["properties"]["topics"]["maxItems"] == 2
    fields = topics["$defs"]["FoundTopic"]["properties"]
    assert set(fields) == {"topic", "confidence", "rank"}
    assert fields["topic"]["enum"] == ["Injury", "Transfer", "Match result"]
    entities = EntityRecipe().schema_for(story).model_json_schema()
    fields = entities["$defs"]["FoundEntity"]["properties"]
    assert entities["properties"]["entities"]["maxItems"] == 3
    assert set(fields) == {
        "type", "mention_text", "confidence", "rank", "position", "team_name", "team_abbr", "role", "context"
    }  # fmt: skip
    assert fields["type"]["enum"] == ["team", "player", "staff", "game"]


def test_only_so_many_entities_count_as_the_feed_takes(db):
    made = feed(1, most_entities=2)
    rows = mentioned(made.items.get(), found("C", rank=3), found("A"), found("B", rank=2))
    assert [row.mention for row in rows] == ["A", "B"]


def test_a_story_has_each_topic_once_and_each_mention_once(db):
    story = feed(1).items.get()
    output(story, topic("Injury"), recipe="stories.topics")
    mentioned(story, found("Ann"))
    for row in (StoryTopic.objects.get(), StoryEntity.objects.get()):
        row.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


@pytest.mark.parametrize(
    ("known", "pk", "method"),
    [
        ([KnownEntity(1, "team", "X", "ann"), KnownEntity(2, "team", "Ann")], 1, "id"),
        ([KnownEntity(1, "team", "X", abbreviation="ANN"), KnownEntity(2, "team", "Ann")], 1, "id"),
        ([KnownEntity(1, "team", "X", aliases=("Ann",)), KnownEntity(2, "team", "Ann")], 2, "name"),
        ([KnownEntity(1, "team", "X", aliases=("Ann",)), KnownEntity(2, "team", "Anna")], 1, "alias"),
    ],
)
def test_the_earlier_step_wins(known, pk, method):
    (found_one,) = resolve([Mention("team", "Ann")], Known(known), 50.0)
    assert (found_one.entity, found_one.method) == (pk, method)


@pytest.mark.django_db
def test_what_is_gone_from_a_file_is_marked_and_comes_back():
    assert bring("stories", GROUPS) == {"new": 3}
    assert bring("stories", GROUPS[:2]) == {"unchanged": 2, "removed": 1}
    assert Story.objects.count() == 3 and Story.objects.get(key="3").removed_at
    assert bring("stories", GROUPS) == {"unchanged": 2, "restored": 1}
    assert not Story.objects.exclude(removed_at=None).exists()


@pytest.mark.django_db
def test_a_changed_text_changes_that_story_alone():
    bring("stories", GROUPS)
    changed = [GROUPS[0], {"id": 2, "items": ["B!"]}, GROUPS[2]]
    assert bring("stories", changed) == {"changed": 1, "unchanged": 2}
    assert list(Story.objects.exclude(changed_at=None).values_list("key", flat=True)) == ["2"]


WORDS = ["0", "007", "NA", "NO", "yes", "no", "null", "ไทย", "العربية", "中文", "🙂", "É É"]


@pytest.mark.django_db
@pytest.mark.parametrize("start", ["", "\ufeff", "\r\n", "\ufeff\r\n"], ids=["plain", "bom", "blank", "both"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_topics_of_any_words_stay_as_they_are_written(start, ends):
    words = [word for word in WORDS if word != "no"]
    bring("stories.topics", (start + ends.join(words)).encode(), "x.txt")
    assert list(Topic.objects.values_list("name", flat=True)) == words


@pytest.mark.django_db
@pytest.mark.parametrize("start", ["", "\ufeff", "\r\n", "\ufeff\r\n"], ids=["plain", "bom", "blank", "both"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_entities_of_any_words_stay_as_they_are_written(start, ends):
    lines = ["type,name,id,aliases", *(f"team,{word},{word},{word}1;{word}2" for word in WORDS)]
    bring("stories.entities", (start + ends.join(lines)).encode(), "x.csv")
    assert list(Entity.objects.values_list("name", "external_id", "aliases")) == [
        (word, word, [f"{word}1", f"{word}2"]) for word in WORDS
    ]


BAD = [
    ("stories", "x.json", b""), ("stories", "x.json", b" \n\n"), ("stories", "x.json", b"# M0: A course\n"),
    ("stories", "x.json", b'{"a": [1, 2'), ("stories", "x.json", b"\xff\xfe\x00"), ("stories", "x.pdf", b"%PDF-1.7"),
    ("stories", "x.docx", b"PK\x03\x04"), ("stories.entities", "x.csv", b"just,words\n1,2\n"),
    ("stories.entities", "x.json", b'{"QV": 7}'), ("stories.topics", "x.json", b"{}"),
    ("stories.topics", "x.txt", b"\x00\x01"),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "name", "data"), BAD)
def test_foreign_files_end_in_one_sentence_status_1_and_no_rows(tmp_path, kind, name, data):
    (tmp_path / name).write_bytes(data)
    status, sentence = refused("import_items", kind, tmp_path / name, "--collection", "feed")
    assert status == 1 and "\n" not in sentence.strip() and ("xpected" in sentence or "type" in sentence)
    assert not Feed.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "name", "data", "words"),
    [
        ("stories", "x.jsonl", b'{"id": 1, "text": "A"}\n\n{broken\n{"id": 1, "text": "B"}\n', ("line 3", "line 4")),
        ("stories.entities", "x.csv", b"type,name\nteam,A\nteam,\n", ("line 3",)),
        ("stories.topics", "x.txt", b"Injury\ninjury\n", ("line 2",)),
    ],
)  # fmt: skip
def test_a_dry_run_tells_problems_by_line_and_writes_nothing(tmp_path, kind, name, data, words):
    (tmp_path / name).write_bytes(data)
    told = said("import_items", kind, tmp_path / name, "--collection", "feed", "--dry-run")
    assert all(word in told.lower() for word in words)
    assert not Feed.objects.exists()


def test_the_rows_say_which_model_and_prompt_found_them(provider, db):
    made = feed(1)
    entity(made, "Tomas Brandt")
    run = advance.prepare([TopicRecipe, EntityRecipe], [made], advance.Selection(), mode="direct")
    advance.launch(run, "test")
    for _ in advance.follow(run, interval=0.05):
        pass
    model = set(run.requests.values_list("attempts__model", flat=True))
    for rows in (StoryTopic, StoryEntity):
        assert set(rows.objects.values_list("model", flat=True)) == model and len(model) == 1
        assert set(rows.objects.values_list("prompt_version", flat=True)) == {1}
    ids = run.requests.values_list("recipe", "custom_id")
    assert all(recipe.replace(".", "-") in custom_id for recipe, custom_id in ids)


AGAIN = ("generate", "stories.topics", "--mode", "direct", "--yes")


@pytest.mark.parametrize("failed", [("--only", "failed"), ("--retry-failed",)], ids=" ".join)
def test_what_failed_more_often_than_allowed_is_left_out(provider, db, failed):
    made = feed(3)
    run = Run.objects.create(mode="direct", status="completed", total=3, recipes=["stories.topics"])
    for number, story in enumerate(made.items.order_by("position"), start=1):
        Request.objects.create(
            run=run, recipe="stories.topics", item_id=story.pk, label=story.key, collection="feed", status="failed",
            custom_id=f"c{number}", attempt_count=number,
        )  # fmt: skip
    said(*AGAIN, *failed, "--max-error-count", "2")
    assert sorted(Run.objects.latest("pk").requests.values_list("label", flat=True)) == ["s1 Story 1", "s2 Story 2"]


def test_a_limit_of_errors_goes_with_what_failed_alone(provider, db):
    feed(1)
    status, sentence = refused("generate", "stories.topics", "--yes", "--max-error-count", "2")
    assert status == 2 and "--only failed" in sentence
