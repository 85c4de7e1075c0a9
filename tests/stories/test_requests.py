"""What is sent: two recipes on one endpoint, requests that can be told apart, prompts that hold what the feed says."""

import pytest

from generation.instructions import instruction
from generation.recipes import InvalidOutput, recipe_class, recipes_named
from stories.models import Topic
from stories.recipes import EntityRecipe, TopicRecipe
from tests import factories
from tests.stories.rows import feed, found, output, topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def harbour():
    """Two stories; the list has a topic with a description, the types are the feed's own."""
    made = feed(
        2, topics=("Injury", "Transfer"), instructions="Football by the sea.", most_topics=3, most_entities=7,
        entity_types={"ship": ["flag", "tonnage"], "port": []},
    )  # fmt: skip
    Topic.objects.filter(name="Injury").update(description="somebody is hurt")
    made.items.filter(key="s1").update(texts=["The first text.", "The second text."])
    return made


def prompt(recipe, made):
    item = made.items.get(key="s1")
    ((system, user),) = instruction(recipe, made.slug).texts([item], [{}])
    return system, user


def test_topics_and_entities_are_two_recipes_on_v1_responses():
    recipes = recipes_named(["stories"])
    assert [(recipe.key, recipe.endpoint) for recipe in recipes] == [
        ("stories.topics", "/v1/responses"), ("stories.entities", "/v1/responses"),
    ]  # fmt: skip
    assert [recipe.needs for recipe in recipes] == [(), ()]


def test_custom_ids_tell_topics_from_entities(harbour):
    run = factories.run(harbour, names=("stories",))
    ids = dict(run.requests.filter(label__startswith="s1").values_list("recipe", "custom_id"))
    pk = harbour.items.get(key="s1").pk
    assert ids == {
        "stories.topics": f"{run.key}-stories-topics-{pk}", "stories.entities": f"{run.key}-stories-entities-{pk}",
    }  # fmt: skip
    assert run.requests.values("custom_id").distinct().count() == 4


@pytest.mark.parametrize("recipe", ["stories.topics", "stories.entities"])
def test_the_prompt_holds_title_texts_feed_and_what_the_stories_are_about(harbour, recipe):
    _, user = prompt(recipe, harbour)
    for words in ("Title: Story 1\n", "Text 1:\nThe first text.", "Text 2:\nThe second text.", '"Feed"',
                  "Football by the sea."):  # fmt: skip
        assert words in user


def test_the_prompt_for_topics_holds_the_list_and_how_many(harbour):
    system, user = prompt("stories.topics", harbour)
    assert "The topics:\n- Injury: somebody is hurt\n- Transfer\n" in user
    assert "Name at most 3 topics of this story" in user
    assert "Choose from the list only" in system
    assert '{"topics": [{"topic": "...", "confidence": 0.9, "rank": 1}]}' in system


def test_the_prompt_for_entities_holds_the_types_with_their_fields_and_how_many(harbour):
    system, user = prompt("stories.entities", harbour)
    assert "- ship: flag, tonnage\n- port\n" in user
    assert "Name at most 7 of them in this story" in user
    assert '{"entities": [{"type": "...", "mention_text": "...", "confidence": 0.9, "rank": 1}]}' in system


def test_long_texts_are_cut_to_equal_shares_of_a_settable_length(harbour):
    item = harbour.items.get(key="s1")
    item.texts = ["a" * 90, "b" * 30]
    # 100 characters for two texts are 50 each.
    (short,) = TopicRecipe({"story_characters": 100}).contexts([item], [{}])
    (whole,) = TopicRecipe({"story_characters": 120}).contexts([item], [{}])
    assert (short["texts"], whole["texts"]) == (["a" * 50, "b" * 30], item.texts)


def test_the_limits_of_the_schemas_are_the_feed_s(harbour):
    item = harbour.items.get(key="s1")
    topics, entities = (recipe_class(key)().schema_for(item) for key in ("stories.topics", "stories.entities"))
    assert topics.model_json_schema()["properties"]["topics"]["maxItems"] == 3
    assert entities.model_json_schema()["properties"]["entities"]["maxItems"] == 7
    assert topics.model_json_schema()["$defs"]["FoundTopic"]["properties"]["rank"]["maximum"] == 3
    # A port has no fields of its own, a ship two: the one schema has them all.
    assert set(entities.model_json_schema()["$defs"]["FoundEntity"]["properties"]) == {
        "type", "mention_text", "confidence", "rank", "flag", "tonnage",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("recipe", "text", "reason"),
    [
        (TopicRecipe, '{"topics": [{"topic": "Weather", "confidence": 1, "rank": 1}]}', "no topic of the list"),
        (TopicRecipe, '{"topics": [{"topic": "Injury", "confidence": 1.1, "rank": 1}]}', "confidence"),
        (TopicRecipe, '{"topics": [{"topic": "Injury", "confidence": 1, "rank": 0}]}', "rank"),
        (TopicRecipe, '{"topics": [{"confidence": 1, "rank": 1}]}', "topic"),
        (EntityRecipe, '{"entities": [{"type": "team", "mention_text": "A", "confidence": 1, "rank": 1}]}',
         "no known type of entity, but 'team'"),
        (EntityRecipe, '{"entities": [{"type": "ship", "mention_text": "A", "rank": 1}]}', "confidence"),
        (EntityRecipe, '{"entities": [{"type": "ship", "confidence": 1, "rank": 1}]}', "mention_text"),
    ],
)  # fmt: skip
def test_answers_that_are_not_of_the_form_or_of_the_list_are_refused(harbour, recipe, text, reason):
    made = recipe()
    with pytest.raises(InvalidOutput, match=reason):
        made.accept(harbour.items.get(key="s1"), made.read(text))


@pytest.mark.parametrize("text", ['{"topics": []}', '```json\n{"topics": []}\n```'])
def test_a_story_may_be_about_nothing_of_the_list(harbour, text):
    made = TopicRecipe()
    assert made.accept(harbour.items.get(key="s1"), made.read(text)).fields == {"entries": 0}


def test_the_text_names_the_best_ranked_first_in_the_spelling_of_the_list(harbour):
    row = output(harbour.items.get(key="s1"), topic("TRANSFER", 2), topic("injury"), recipe="stories.topics")
    assert [one.topic for one in TopicRecipe().read(row.current.text).topics] == ["Injury", "Transfer"]


def test_each_entity_has_the_fields_of_its_type_alone(harbour):
    given = found("Aurora", " SHIP ", flag="NO", tonnage=900, role="x"), found("Oslo", "port", 2, flag="NO")
    row = output(harbour.items.get(key="s1"), *given)
    extra = [(one.type, one.model_extra) for one in EntityRecipe().read(row.current.text).entities]
    assert extra == [("ship", {"flag": "NO", "tonnage": 900}), ("port", {})]
