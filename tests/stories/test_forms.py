"""What the forms of stories offer: the feed's own topics, types and fields."""

import pytest

from generation.desk.form import form_of
from generation.recipes import recipe_class
from generation.schema_form import form_shape
from stories.admin.output import StoryOutputAdmin
from stories.models import Feed, StoryOutput
from tests.stories.rows import feed, found, output, topic


def fields_of(recipe, story):
    known = recipe_class(recipe)()
    (listed,) = form_shape(known.schema_to_edit(story), known.editor)["fields"]
    return {field["name"]: field for field in listed["of"]["fields"]}


@pytest.fixture
def story(db):
    return feed(1).items.get()


def test_topics_come_from_the_list(story):
    assert fields_of("stories.topics", story)["topic"]["options"] == ["Injury", "Transfer", "Match result"]


def test_a_feed_without_topics_takes_any_text(db):
    story = feed(1, topics=()).items.get()
    assert fields_of("stories.topics", story)["topic"]["kind"] == "text"


def test_types_and_their_fields_come_from_the_feed(story):
    Feed.objects.update(entity_types={"ship": ["tonnage"], "port": []})
    story.refresh_from_db()
    fields = fields_of("stories.entities", story)
    assert set(fields["type"]["options"]) == {"ship", "port"} and fields["tonnage"]["kind"] == "text"


def test_types_that_can_t_be_used_are_no_reason_to_fail(story):
    Feed.objects.update(entity_types={"ship": "tonnage"})
    story.refresh_from_db()
    assert fields_of("stories.entities", story)["type"]["kind"] == "text"


def test_both_outputs_have_a_form_and_others_have_none(story):
    admin = StoryOutputAdmin(StoryOutput, None)
    rows = [output(story, topic("Injury"), recipe="stories.topics"), output(story, found("Okoro"))]
    assert all(form_of(admin, row, row.current.text)["shape"] for row in rows)
    rows[0].recipe = "stories.gone"
    assert form_of(admin, rows[0], "{}") == {}
