"""The admin of stories: lists, pages, previews, imports of all three files; for each role."""

import json

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generation.models import Revision, Run
from stories.models import Entity, Feed, Story, StoryEntity, StoryOutput, Topic
from stories.queue import pick
from tests.stories.rows import entity, feed, found, mentioned, output, topic

LISTS = ("feed", "story", "storyoutput", "topic", "entity", "storytopic", "storyentity")
ROLES = ("viewer", "editor", "reviewer", "publisher", "operator")
ENTITIES = b"type,name,external_id,aliases\nteam,Quarry Vale,7,QV;Vale\nplayer,Tomas Brandt,,\n"


@pytest.fixture
def operator(client, roles):
    client.force_login(roles["operator"])
    return client


@pytest.fixture
def viewer(client, roles):
    client.force_login(roles["viewer"])
    return client


@pytest.fixture
def harbour(db):
    """Three stories; the first has a topic, a resolved mention and an open one."""
    made = feed(3)
    entity(made, "Tomas Brandt", external_id="p5")
    first = made.items.get(key="s1")
    output(first, topic("Injury"), topic("Transfer", 2), recipe="stories.topics")
    Story.objects.filter(pk=first.pk).update(texts=["Tomas Brandt met <b>Annie</b> and annie."])
    mentioned(first, found("Tomas Brandt"), found("Annie", rank=2))
    return made


def address(name, *args):
    return reverse(f"admin:stories_{name}", args=args)


def upload(client, kind, data=ENTITIES, name="entities.csv", **asked):
    posted = {"step": "preview", "kind": kind, "format": "auto", "slug": "feed"}
    return client.post(address("feed_import"), posted | {"file": SimpleUploadedFile(name, data)} | asked)


def confirmed(client, preview):
    token = {"step": "confirm", "token": preview.context["token"]}
    return client.post(address("feed_import"), token, follow=True)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_reads_all_pages(client, roles, harbour, role):
    client.force_login(roles[role])
    shown = StoryOutput.objects.get(recipe="stories.entities").pk
    pages = [address(f"{name}_changelist") for name in LISTS]
    pages += [address(f"storyoutput_{name}", shown) for name in ("change", "desk", "preview")]
    rows = {"feed": Feed, "story": Story, "topic": Topic, "entity": Entity, "storyentity": StoryEntity}
    pages += [address(f"{name}_change", model.objects.first().pk) for name, model in rows.items()]
    pages += [address("storyentity_queue"), address("storyentity_found") + f"?at={StoryEntity.objects.first().pk}"]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_nobody_without_rights_sees_a_page(client, django_user_model, harbour):
    pages = [address(f"{name}_changelist") for name in LISTS] + [address("storyentity_queue")]
    assert {client.get(page).status_code for page in pages} == {302}
    client.force_login(django_user_model.objects.create(username="nobody", is_staff=True))
    pages += [address("topic_change", Topic.objects.first().pk), address("storyentity_found")]
    assert {client.get(page).status_code for page in pages} == {403}


@pytest.mark.parametrize("name", ["story", "topic", "entity", "storytopic", "storyentity"])
def test_derived_and_imported_rows_are_changed_by_nobody(client, roles, harbour, name):
    client.force_login(roles["admin"])
    rows = {"story": Story, "topic": Topic, "entity": Entity, "storyentity": StoryEntity}
    pk = rows[name].objects.first().pk if name in rows else harbour.items.first().story_topics.first().pk
    assert client.post(address(f"{name}_delete", pk), {"post": "yes"}).status_code == 403
    assert client.get(address(f"{name}_add")).status_code == 403
    if name != "entity":
        assert client.post(address(f"{name}_change", pk), {"name": "Other"}).status_code == 403


@pytest.mark.parametrize("role", [role for role in ROLES if role != "operator"])
def test_only_operators_import(client, roles, role):
    client.force_login(roles[role])
    assert client.get(address("feed_import")).status_code == 403
    assert upload(client, "stories.entities").status_code == 403
    assert not Feed.objects.exists()


def test_all_three_files_of_a_feed_are_offered(operator):
    page = operator.get(address("feed_import") + "?slug=harbour")
    assert page.context["offered"] == [
        ("stories", "stories"), ("entities", "stories.entities"), ("topics", "stories.topics")
    ]  # fmt: skip
    assert 'href="?kind=stories.topics&amp;slug=harbour"' in page.content.decode()


@pytest.mark.parametrize(
    ("kind", "data", "name", "model", "number"),
    [
        ("stories", b'[{"id": 0, "items": ["A."]}]', "a.json", Story, 1),
        ("stories.entities", ENTITIES, "a.csv", Entity, 2),
        ("stories.topics", b"Injury\nTransfer\nCup\n", "a.txt", Topic, 3),
    ],
)
def test_each_file_is_previewed_and_imported(operator, kind, data, name, model, number):
    preview = upload(operator, kind, data, name)
    assert preview.context["counts"]["new"] == number and not Feed.objects.exists()
    end = confirmed(operator, preview)
    assert end.redirect_chain[-1][0] == f"{address(f'{model._meta.model_name}_changelist')}?collection=feed"
    assert model.objects.count() == number
    assert ("run “Generate”" in end.content.decode()) == (model is Story)


def test_an_import_of_entities_leaves_the_stories_alone(operator, harbour):
    confirmed(operator, upload(operator, "stories.entities"))
    assert harbour.items.present().count() == 3 and harbour.topics.present().count() == 3
    assert sorted(harbour.entities.present().values_list("name", flat=True)) == ["Quarry Vale", "Tomas Brandt"]


def test_options_of_a_list_are_its_own(operator):
    assert [field.name for field in operator.get(address("feed_import")).context["form"].own()] == []
    page = operator.get(address("feed_import") + "?kind=stories.entities")
    assert [field.name for field in page.context["form"].own()] == ["option_type"]
    preview = upload(operator, "stories.entities", b'{"QV": 7, "Vale": 7}', "a.json", option_type="team")
    confirmed(operator, preview)
    assert Entity.objects.values_list("type", "name", "external_id", "aliases").get() == ("team", "QV", "7", ["Vale"])


@pytest.mark.parametrize("kind", ["lessons", "stories.nothing", "'"])
def test_other_kinds_are_not_imported_here(operator, kind):
    assert operator.get(address("feed_import"), {"kind": kind}).status_code == 404
    assert upload(operator, kind).status_code == 404


def test_a_topic_shows_its_stories(viewer, harbour):
    page = viewer.get(address("topic_change", harbour.topics.get(name="Transfer").pk))
    assert [row.story.key for row in page.context["stories"]] == ["s1"]
    text = page.content.decode()
    assert "Stories on it: 1" in text and "s1 Story 1" in text and "Tomas Brandt met &lt;b&gt;Annie" in text
    empty = viewer.get(address("topic_change", harbour.topics.get(name="Match result").pk))
    assert "None yet." in empty.content.decode()


def test_an_entity_shows_its_stories_and_how_they_came(viewer, harbour):
    who = Entity.objects.get()
    pick(StoryEntity.objects.get(mention="Annie"), who, "eve", keep_alias=True)
    page = viewer.get(address("entity_change", who.pk))
    assert [(row.mention, row.method) for row in page.context["stories"]] == [
        ("Tomas Brandt", "name"), ("Annie", "picked")
    ]  # fmt: skip
    text = page.content.decode()
    assert "picked by an editor: eve" in text and "Names that editors have kept" in text
    assert "Take away" not in text


def test_stories_of_an_entity_come_in_pages(viewer, db):
    many = feed(60)
    who = entity(many, "Ann Boe")
    for story in many.items.all():
        mentioned(story, found("Ann Boe"))
    first, last = (viewer.get(address("entity_change", who.pk) + f"?p={page}").context["stories"] for page in (1, 3))
    assert (len(first), len(last), first.paginator.count) == (25, 10, 60)


@pytest.mark.parametrize(("role", "left"), [("viewer", ["Annie"]), ("operator", ["Annie"]), ("editor", [])])
def test_only_editors_take_a_kept_name_away(client, roles, harbour, role, left):
    who = Entity.objects.get()
    pick(StoryEntity.objects.get(mention="Annie"), who, "eve", keep_alias=True)
    client.force_login(roles[role])
    answer = client.post(address("entity_change", who.pk), {"forget": "Annie"})
    assert answer.status_code == (403 if left else 302)
    who.refresh_from_db()
    assert who.kept_aliases == left
    assert StoryEntity.objects.get(mention="Annie").entity == who


def previewed(client, recipe, text=None):
    where = address("storyoutput_preview", StoryOutput.objects.get(recipe=recipe).pk)
    return (client.post(where, {"text": text}) if text is not None else client.get(where)).content.decode()


def test_topics_and_entities_are_read_as_tables(viewer, harbour):
    topics, entities = (previewed(viewer, f"stories.{name}") for name in ("topics", "entities"))
    assert "<td>1 (primary)</td><td>Injury</td><td>0.90</td>" in topics and "not in the list" not in topics
    assert "Tomas Brandt (name)" in entities and "<strong>unresolved</strong>" in entities


def test_a_decision_shows_in_the_preview_at_once(viewer, harbour):
    assert "Tomas Brandt (picked" not in previewed(viewer, "stories.entities")
    pick(StoryEntity.objects.get(mention="Annie"), Entity.objects.get(), "eve")
    assert "Tomas Brandt (picked by an editor)" in previewed(viewer, "stories.entities")


def test_unsaved_texts_are_read_as_tables_too(viewer, harbour):
    typed = json.dumps({"entities": [found("<i>Zed</i>", team_name="QV")]})
    page = previewed(viewer, "stories.entities", typed)
    assert "&lt;i&gt;Zed&lt;/i&gt;" in page and "team name: QV" in page and "looked up when it is saved" in page
    strange = previewed(viewer, "stories.topics", json.dumps({"topics": [topic("Weather")]}))
    assert "not in the list" in strange
    assert "No table can be made of it" in previewed(viewer, "stories.topics", "no JSON")
    assert "No topic of the list fits" in previewed(viewer, "stories.topics", '{"topics": []}')


def test_the_desk_shows_the_story_with_its_mentions_marked(viewer, harbour):
    shown = StoryOutput.objects.get(recipe="stories.entities")
    context = viewer.get(address("storyoutput_desk", shown.pk)).context
    facts = dict(context["facts"])
    assert (facts["Feed"], facts["Story"], facts["Title"]) == ("Feed", "s1", "Story 1")
    assert facts["Text 1"] == (
        "<mark>Tomas Brandt</mark> met &lt;b&gt;<mark>Annie</mark>&lt;/b&gt; and <mark>annie</mark>."
    )
    assert context["neighbours"] == ([], ["s2 Story 2", "s3 Story 3"])


def test_a_text_that_is_no_list_has_no_marks(viewer, harbour):
    shown = StoryOutput.objects.get(recipe="stories.entities")
    Revision.objects.filter(pk=shown.current_id).update(text="broken")
    facts = dict(viewer.get(address("storyoutput_desk", shown.pk)).context["facts"])
    assert "<mark>" not in facts["Text 1"]


def test_the_story_s_page_leads_to_what_was_found(viewer, harbour):
    page = viewer.get(address("story_change", harbour.items.get(key="s1").pk)).content.decode()
    open_one = StoryEntity.objects.get(mention="Annie").pk
    for where in (
        address("topic_change", harbour.topics.get(name="Injury").pk),
        address("entity_change", Entity.objects.get().pk),
        address("storyentity_queue") + f"?at={open_one}",
    ):
        assert f'href="{where}"' in page
    assert "<mark>Annie</mark>" in page and "<b>Annie" not in page


@pytest.mark.parametrize(
    ("name", "query", "number"),
    [
        ("story", "?mentions=open", 1), ("story", "?mentions=settled", 2), ("story", "?made=no", 2),
        ("story", "?q=s2", 1), ("storyoutput", "?what=topics", 1), ("storyoutput", "?q=s1&what=entities", 1),
        ("entity", "?type=player", 1), ("entity", "?type=team", 0), ("entity", "?by=hand", 0), ("entity", "?q=p5", 1),
        ("topic", "?source=removed", 0), ("topic", "?source=present", 3), ("storyentity", "?method=open", 1),
        ("storyentity", "?method=name", 1), ("storyentity", "?collection=feed&type=player", 2),
        ("storytopic", "?primary=yes", 1), ("storytopic", "?primary=no", 1), ("storytopic", "?q=Transfer", 1),
    ],
)  # fmt: skip
def test_lists_are_filtered_and_searched(viewer, harbour, name, query, number):
    assert viewer.get(address(f"{name}_changelist") + query).context["cl"].result_count == number


def test_the_list_of_feeds_counts_and_leads(viewer, harbour):
    feed(1, "other")
    page = viewer.get(address("feed_changelist")).content.decode()
    assert f'href="{address("topic_changelist")}?collection=feed">3 topics' in page
    assert f'href="{address("entity_changelist")}?collection=feed">1 entities' in page
    assert f'href="{address("storyentity_queue")}?collection=feed">1</a>' in page


@pytest.mark.parametrize("name", LISTS)
def test_the_number_of_queries_does_not_grow_with_the_rows(viewer, name):
    counts = []
    for number in range(3):
        made = feed(4, f"feed-{number}")
        entity(made, "Ann Boe")
        for story in made.items.all():
            output(story, topic("Injury"), recipe="stories.topics")
            mentioned(story, found("Ann Boe"), found("Zed", rank=2))
        with CaptureQueriesContext(connection) as captured:
            viewer.get(address(f"{name}_changelist"))
        counts.append(len(captured))
    assert counts[0] == counts[2] < 25


def test_a_restricted_feed_is_seen_by_its_groups_only(client, roles, harbour):
    harbour.groups.add(roles["viewer"].groups.get())
    client.force_login(roles["operator"])
    assert [client.get(address(f"{name}_changelist")).context["cl"].result_count for name in LISTS] == [0] * len(LISTS)
    hidden = [address("entity_change", Entity.objects.get().pk), address("topic_change", Topic.objects.first().pk)]
    assert {client.get(page).status_code for page in hidden} == {302}
    assert upload(client, "stories.topics", b"Cup\n", "a.txt").status_code == 422
    client.force_login(roles["viewer"])
    assert {client.get(page).status_code for page in hidden} == {200}


def saved(client, **fields):
    made = Feed.objects.get()
    usual = {
        "name": made.name, "instructions": "", "most_topics": 10, "most_entities": 20, "threshold": 85,
        "entity_types": json.dumps(made.entity_types),
    }  # fmt: skip
    return client.post(address("feed_change", made.pk), usual | fields)


def test_an_operator_sets_the_feed_s_own_columns(operator, db):
    feed(1)
    saved(operator, most_topics=3, most_entities=7, threshold=90, entity_types='{"ship": ["flag"]}')
    made = Feed.objects.get()
    assert (made.most_topics, made.most_entities, made.threshold) == (3, 7, 90.0)
    assert made.entity_types == {"ship": ["flag"]}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("threshold", 0, "between 1 and 100"), ("threshold", 101, "between 1 and 100"),
        ("most_topics", 0, "At least one"), ("most_entities", 0, "At least one"),
        ("entity_types", '["team"]', "Expected types"),
        ("entity_types", '{"Team": []}', "small letters"), ("entity_types", '{"team": "abbr"}', "expected a list"),
        ("entity_types", '{"team": ["team name"]}', "letters, digits"),
        ("entity_types", '{"team": ["rank"]}', "be a field"),
    ],
)  # fmt: skip
def test_settings_that_no_prompt_could_use_are_refused(operator, db, field, value, words):
    feed(1)
    assert words in str(saved(operator, **{field: value}).context["adminform"].form.errors[field])


def test_the_run_s_page_leads_to_the_queue(viewer, harbour):
    for recipes, leads in ((["stories.entities"], True), (["stories.topics"], False)):
        run = Run.objects.create(mode="direct", status="completed", recipes=recipes)
        page = viewer.get(reverse("admin:generation_run_change", args=[run.pk])).content.decode()
        assert (f'href="{address("storyentity_queue")}"' in page) == leads


def test_open_mentions_wait_for_a_person(client, roles, harbour):
    client.force_login(roles["viewer"])
    request = client.get(address("feed_changelist")).wsgi_request
    feeds = admin.site._registry[Feed]
    assert feeds.waiting(request) == [("mentions without an entity", 1, address("storyentity_queue"))]
    harbour.groups.add(roles["editor"].groups.get())
    assert feeds.waiting(request) == ()


def test_the_home_page_says_how_many_mentions_wait(viewer, harbour):
    assert "1 mentions without an entity" in viewer.get(reverse("admin:index")).content.decode()
