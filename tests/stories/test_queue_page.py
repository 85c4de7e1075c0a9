"""The queue of mentions as a page: what it shows, what its buttons do, who may press them, at 10,000 rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stories.models import Entity, StoryEntity
from stories.names import normal
from stories.queue import QueueRefused, create, pick, undo
from stories.search import find_entities, nearest
from tests.stories.rows import entity, feed, found, mentioned, output

ROLES = ("viewer", "editor", "reviewer", "publisher", "operator")


@pytest.fixture
def editor(client, roles):
    client.force_login(roles["editor"])
    return client


@pytest.fixture
def harbour(db):
    """Two Okoros whom nothing tells apart in three stories, and somebody whom nobody knows."""
    made = feed(3)
    entity(made, "Chidi Okoro", external_id="p7", aliases=["Okoro"], team="Eastmoor Athletic")
    entity(made, "Daniel Okoro", external_id="p8", aliases=["Okoro"])
    entity(made, "Quarry Vale", "team", external_id="t2", abbreviation="QV")
    for story in made.items.all():
        mentioned(story, found("Okoro", team_name="Nowhere"))
    output(made.items.get(key="s3"), found("OKORO", team_name="Nowhere"), found("Annie", rank=2))
    return made


def queue(query=""):
    return reverse("admin:stories_storyentity_queue") + query


def row(mention="Okoro", story="s1"):
    return StoryEntity.objects.select_related("entity").get(normal_mention=normal(mention), story__key=story)


def press(client, of, query="", **posted):
    posted = {"row": of.pk, "seen": f"{of.method}:{of.decided_by}", **posted}
    return client.post(queue(query), posted)


def told(client, answer):
    """The page after a press, and its messages."""
    page = client.get(answer["Location"])
    return page, [str(message) for message in page.context["messages"]]


def means():
    rows = StoryEntity.objects.order_by("pk").values_list("story__key", "mention", "entity__name", "method")
    return [(key, mention, name or "", method) for key, mention, name, method in rows]


def test_the_first_open_mention_is_shown_with_whom_it_may_mean(editor, harbour):
    page = editor.get(queue())
    assert page.context["row"] == row() and (page.context["position"], page.context["waiting"]) == (1, 4)
    assert [one.name for one in page.context["offered"]] == ["Chidi Okoro", "Daniel Okoro"]
    text = page.content.decode()
    assert "Equally good" in text and "2 other open mentions of these words" in text
    assert "team name" in text and "Nowhere" in text


def test_the_story_is_shown_with_the_mention_marked_and_harmless(editor, harbour):
    harbour.items.filter(key="s1").update(texts=["<script>x</script> Then OKORO scored."])
    text = editor.get(queue()).content.decode()
    assert "<script>x" not in text and "Then <mark>OKORO</mark> scored." in text


def test_picking_decides_all_the_same(editor, harbour):
    chidi = Entity.objects.get(name="Chidi Okoro")
    answer = press(editor, row(), pick=chidi.pk, apply_to_same="on")
    page, said = told(editor, answer)
    assert means() == [
        ("s1", "Okoro", "Chidi Okoro", "picked"), ("s2", "Okoro", "Chidi Okoro", "picked"),
        ("s3", "OKORO", "Chidi Okoro", "picked"), ("s3", "Annie", "", "unresolved"),
    ]  # fmt: skip
    assert said == ["“Okoro”: Chidi Okoro picked (3 mentions)."]
    assert page.context["row"].mention == "Annie" and page.context["waiting"] == 1
    assert set(StoryEntity.objects.exclude(entity=None).values_list("decided_by", flat=True)) == {"editor"}


def test_picking_for_one_alone_leaves_the_others(editor, harbour):
    answer = press(editor, row(), pick=Entity.objects.get(name="Daniel Okoro").pk)
    assert [name for _, _, name, _ in means()] == ["Daniel Okoro", "", "", ""]
    page, said = told(editor, answer)
    assert page.context["row"] == row(story="s2") and said == ["“Okoro”: Daniel Okoro picked (1 mention)."]


def test_a_name_that_is_kept_resolves_the_next_story(editor, harbour):
    chidi = Entity.objects.get(name="Chidi Okoro")
    _, said = told(editor, press(editor, row("Annie", "s3"), pick=chidi.pk, keep_alias="on"))
    assert said == ["“Annie”: Chidi Okoro picked (1 mention); “Annie” is kept as another name."]
    (later,) = mentioned(harbour.items.get(key="s1"), found("annie"))
    assert (later.entity, later.method) == (chidi, "alias")


def test_an_entity_is_made_and_picked(editor, harbour):
    made = {"deed": "create", "name": " Ann  Boe ", "external_id": "p99", "team": "QV", "keep_alias": "on"}
    _, said = told(editor, press(editor, row("Annie", "s3"), **made, apply_to_same="on"))
    who = Entity.objects.get(by_hand=True)
    assert (who.name, who.type, who.external_id, who.team, who.kept_aliases) == (
        "Ann Boe", "player", "p99", "QV", ["Annie"]
    )  # fmt: skip
    assert row("Annie", "s3").method == "created"
    assert said == ["“Annie”: Ann Boe made and picked (1 mention); “Annie” is kept as another name."]


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({"deed": "create", "name": "chidi okoro", "external_id": "p7"}, "already: pick it"),
        ({"deed": "create", "name": "x" * 201}, "more than 200 characters"),
        ({"deed": "create", "external_id": "x" * 81}, "external id has more than 80"),
        ({"pick": "0"}, "no such entity"),
        ({"pick": "x"}, "no such entity"),
        ({"pick": "9" * 30}, "no such entity"),
        ({}, "no such entity"),
        ({"seen": "ambiguous:somebody"}, "Meanwhile the machine has decided"),
        ({"row": "0"}, "The mention is gone"),
        ({"deed": "undo"}, "no decision of yours"),
        ({"deed": "reopen"}, "Nobody has decided"),
    ],
)
def test_what_can_t_be_done_is_a_sentence_and_changes_nothing(editor, harbour, posted, words):
    before = means(), Entity.objects.count()
    answer = press(editor, row(), **posted)
    assert answer.status_code == 422 and words in answer.context["refusal"]
    assert answer.context["row"] == row()
    assert (means(), Entity.objects.count()) == before


def test_entities_of_other_feeds_and_removed_ones_are_not_picked(editor, harbour):
    stranger = entity(feed(1, "other"), "Bea Cole")
    assert "no such entity" in press(editor, row(), pick=stranger.pk).context["refusal"]
    gone = Entity.objects.get(name="Daniel Okoro")
    Entity.objects.filter(pk=gone.pk).update(removed_at=gone.imported_at)
    assert "no longer in the list" in press(editor, row(), pick=gone.pk).context["refusal"]
    assert [one.name for one in editor.get(queue()).context["offered"]] == ["Chidi Okoro"]


def test_who_comes_second_is_told_who_was_first(client, roles, harbour):
    seen = row()
    pick(row(), Entity.objects.get(name="Daniel Okoro"), "Ada")
    client.force_login(roles["editor"])
    answer = press(client, seen, pick=Entity.objects.get(name="Chidi Okoro").pk)
    assert "Meanwhile Ada has decided" in answer.context["refusal"]
    assert row().entity.name == "Daniel Okoro"


@pytest.mark.parametrize("role", ROLES)
def test_editors_and_who_reviews_decide(client, roles, harbour, role):
    client.force_login(roles[role])
    decides = role in ("editor", "reviewer", "publisher")
    page = client.get(queue()).content.decode()
    assert ('name="pick"' in page, 'value="create"' in page) == (decides, decides)
    for deed in ("create", "undo", "reopen"):
        assert (press(client, row("Annie", "s3"), deed=deed).status_code == 403) == (not decides)
    press(client, row(), pick=Entity.objects.get(name="Chidi Okoro").pk, apply_to_same="on")
    assert StoryEntity.objects.exclude(entity=None).count() == 3 * decides


def test_a_hidden_feed_is_not_in_the_queue(client, roles, harbour):
    harbour.groups.add(roles["viewer"].groups.get())
    client.force_login(roles["editor"])
    page = client.get(queue(f"?at={row().pk}"))
    assert page.context["row"] is None and page.context["waiting"] == 0 and not page.context["feeds"]
    assert client.get(reverse("admin:stories_storyentity_found"), {"at": row().pk, "find": "Okoro"}).status_code == 404
    assert "The mention is gone" in press(client, row(), deed="create").context["refusal"]
    assert not Entity.objects.filter(by_hand=True).exists()


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("?collection=feed", 4), ("?collection=other", 0), ("?type=player", 4), ("?type=team", 0),
        ("?method=ambiguous", 3), ("?method=unresolved", 1), ("?method=picked", 4), ("?q=oko", 3), ("?q=ANN", 1),
        ("?q=%25", 0),
    ],
)  # fmt: skip
def test_the_filter_is_in_the_address(editor, harbour, query, number):
    page = editor.get(queue(query))
    assert page.context["waiting"] == number
    assert (page.context["row"] is None) == (number == 0)


def test_skipping_goes_round_and_keeps_the_filter(editor, harbour):
    places = []
    address = queue("?method=ambiguous")
    for _ in range(4):
        page = editor.get(address)
        places.append((page.context["row"].story.key, page.context["position"]))
        address = queue(page.context["next_url"])
    assert places == [("s1", 1), ("s2", 2), ("s3", 3), ("s1", 1)]
    assert "method=ambiguous" in address
    assert editor.get(queue(page.context["previous_url"])).context["row"].story.key == "s3"


def test_a_mention_that_is_gone_leads_to_the_next(editor, harbour):
    gone = row(story="s2").pk
    StoryEntity.objects.filter(pk=gone).delete()
    assert editor.get(queue(f"?at={gone}")).context["row"] == row("OKORO", "s3")
    assert editor.get(queue("?at=nonsense")).status_code == 200


def test_an_empty_queue_says_what_to_do(editor, harbour):
    assert "No open mention fits this filter." in editor.get(queue("?q=zzz")).content.decode()
    StoryEntity.objects.all().delete()
    assert "New ones come with the next run" in editor.get(queue()).content.decode()


def test_a_decision_is_taken_back_with_all_its_rows(editor, harbour):
    before = means()
    candidates = row().candidates
    other = row("Annie", "s3")
    press(editor, other, pick=Entity.objects.get(name="Quarry Vale").pk)
    press(editor, row(), pick=Entity.objects.get(name="Chidi Okoro").pk, apply_to_same="on")
    page, said = told(editor, press(editor, row(), deed="undo"))
    assert means() == [*before[:3], ("s3", "Annie", "Quarry Vale", "picked")]
    assert row().candidates == candidates and row().decided_by == "" and row().decided_at is None
    assert said[-1:] == ["Taken back: “Okoro” is Chidi Okoro no longer (3 mentions)."]
    assert page.context["row"] == row() and page.context["last"] is None


def test_taking_back_takes_alias_and_entity_with_it(editor, harbour):
    press(editor, row("Annie", "s3"), deed="create", name="Ann Boe", keep_alias="on")
    press(editor, row(), deed="undo")
    assert not Entity.objects.filter(by_hand=True).exists()
    assert (row("Annie", "s3").method, row("Annie", "s3").entity) == ("unresolved", None)
    press(editor, row("Annie", "s3"), pick=Entity.objects.get(name="Chidi Okoro").pk, keep_alias="on")
    press(editor, row(), deed="undo")
    assert set(Entity.objects.values_list("kept_aliases", flat=True).filter(name="Chidi Okoro").get()) == set()


def test_an_entity_that_others_mean_by_now_stays(harbour):
    made = create(row("Annie", "s3"), "eve", name="Ann Boe")
    pick(row(), Entity.objects.get(pk=made.entity), "adam", apply_to_same=False)
    assert undo(made) == 1
    assert Entity.objects.filter(name="Ann Boe").exists() and row().entity.name == "Ann Boe"
    with pytest.raises(QueueRefused, match="Nothing is left"):
        undo(made)


def test_a_decision_of_days_ago_is_taken_back_on_its_own_page(editor, harbour):
    pick(row(), Entity.objects.get(name="Chidi Okoro"), "Ada")
    page = editor.get(queue(f"?at={row().pk}"))
    assert "Take this decision back" in page.content.decode() and "decided by Ada" in page.content.decode()
    page, said = told(editor, press(editor, row(), deed="reopen"))
    assert [method for *_, method in means()] == ["ambiguous", "picked", "picked", "unresolved"]
    assert said == ["Looked at anew: “Okoro” is ambiguous."]


def test_the_search_answers_with_a_piece_of_the_page(editor, harbour):
    where = reverse("admin:stories_storyentity_found")
    page = editor.get(where, {"at": row().pk, "find": "quarry", "of": ""}).content.decode()
    assert "Quarry Vale" in page and 'form="decide"' in page and "<html" not in page
    within = editor.get(where, {"at": row().pk, "find": "quarry", "of": "player"}).content.decode()
    assert "Nothing is called “quarry” among the entities of the type player." in within
    assert "Quarry Vale" in editor.get(queue(f"?at={row().pk}&find=quarry&of=team")).content.decode()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("okoro", ["Chidi Okoro", "Daniel Okoro"]), ("p8", ["Daniel Okoro"]), ("DANIEL", ["Daniel Okoro"]),
        ("qv", ["Quarry Vale"]), ("", []), ("   ", []), ("%", []), ("łódź", ["Łódź Club"]), ("Fußball", ["Łódź Club"]),
        ("足球", ["Łódź Club"]), ("Łódź", ["Łódź Club"]), ("kept", ["Łódź Club"]),
    ],
)  # fmt: skip
def test_entities_are_found_by_all_their_names(harbour, text, names):
    entity(harbour, "Łódź Club", "team", aliases=["Fußball", "足球"], kept_aliases=["Kept Name"])
    assert [one.name for one in find_entities(harbour.pk, "", text)] == names


def test_a_search_is_bounded_and_the_best_come_first(harbour):
    for number in range(30):
        entity(harbour, f"An Ann {number:02}")
    entity(harbour, "Ann")
    entity(harbour, "Ann Zed")
    found_ones = [one.name for one in find_entities(harbour.pk, "player", "ann")]
    assert found_ones[:3] == ["Ann", "Ann Zed", "An Ann 00"] and len(found_ones) == 20


def test_an_unknown_mention_is_offered_the_nearest_names(editor, harbour):
    entity(harbour, "Annika Boe")
    entity(harbour, "Xu")
    assert [one.name for one in nearest(row("Annie", "s3"))][:1] == ["Annika Boe"]
    page = editor.get(queue(f"?at={row('Annie', 's3').pk}"))
    assert "Nearest by name" in page.content.decode()
    assert [one.name for one in page.context["offered"]][:1] == ["Annika Boe"]


def test_where_no_name_of_the_type_is_near_other_types_are_looked_at(harbour):
    (lost,) = mentioned(harbour.items.get(key="s1"), found("Quarry Vales", "game"))
    assert [one.name for one in nearest(lost)] == ["Quarry Vale"]


def many(number):
    """So many open mentions of five names in two stories each."""
    made = feed(2)
    entity(made, "Ann Boe")
    (first,) = mentioned(made.items.get(key="s1"), found("Zed"))
    stories = list(made.items.all())
    StoryEntity.objects.bulk_create(
        [
            StoryEntity(
                story=stories[n % 2], type="player", mention=f"Zed {n % 5}", normal_mention=f"zed {n % 5}",
                dedup_key=f"zed {n}", confidence=0.5, rank=n, revision=first.revision,
            )
            for n in range(number)
        ],
        batch_size=1000,
    )  # fmt: skip
    return made


def test_ten_thousand_open_mentions_take_as_many_queries_as_ten(editor, db):
    made = many(10)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            assert editor.get(queue()).status_code == 200
        counts.append(len(captured))
        made.delete()
        made = many(10_000)
    assert counts[0] == counts[1] < 40


def test_two_thousand_of_the_same_are_decided_in_a_fixed_number_of_queries(editor, db):
    many(10_000)
    one = StoryEntity.objects.filter(normal_mention="zed 3").first()
    with CaptureQueriesContext(connection) as captured:
        press(editor, one, pick=Entity.objects.get().pk, apply_to_same="on")
    assert StoryEntity.objects.filter(entity=Entity.objects.get()).count() == 2000
    assert len(captured) < 30
    with CaptureQueriesContext(connection) as captured:
        press(editor, one, deed="undo")
    assert StoryEntity.objects.filter(entity=None).count() == 10_001
    assert len(captured) < 60
