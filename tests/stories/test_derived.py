"""Derived rows: what becomes of topics and mentions, and what people decided stays."""

import pytest

from stories.derived import resolve_open
from stories.figures import feed_figures
from stories.models import Entity, StoryEntity
from stories.queue import QueueRefused, create, keep_as_alias, pick
from tests.stories.rows import entity, feed, found, mentioned, output, topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def harbour():
    return feed(3)


def story(of, number: int = 1):
    return of.items.get(key=f"s{number}")


def topics(of) -> list[tuple]:
    return list(story(of).story_topics.values_list("topic__name", "rank", "is_primary", "confidence"))


def test_topics_become_rows_of_the_list(harbour):
    given = topic("transfer", 2, 0.4), topic("INJURY ", 1), topic("Weather", 3), topic("Transfer", 4)
    row = output(story(harbour), *given, recipe="stories.topics")
    assert topics(harbour) == [("Injury", 1, True, 0.9), ("Transfer", 2, False, 0.4)]
    assert row.entries == 4 and '"transfer"' not in row.current.text


def test_only_so_many_topics_count_as_the_feed_takes(harbour):
    harbour.most_topics = 1
    harbour.save()
    output(story(harbour), topic("Transfer", 2), topic("Injury", 1), recipe="stories.topics")
    assert [name for name, *_ in topics(harbour)] == ["Injury"]


def test_a_new_revision_replaces_the_rows_and_keeps_what_stays(harbour):
    output(story(harbour), topic("Injury", 1), topic("Transfer", 2), recipe="stories.topics")
    kept = story(harbour).story_topics.get(topic__name="Transfer").pk
    output(story(harbour), topic("Transfer", 1), recipe="stories.topics")
    assert topics(harbour) == [("Transfer", 1, True, 0.9)]
    assert story(harbour).story_topics.get().pk == kept


def test_a_mention_is_one_row_for_each_type_and_team(harbour):
    given = [
        found("Okoro", rank=1, team_name="QV"), found("okoro", rank=2, team_name="HCR"), found("OKORO!", rank=3,
        team_name="qv"), found("Okoro", "staff", rank=4), found("Okoro", rank=5),
    ]  # fmt: skip
    rows = mentioned(story(harbour), *given)
    assert [(row.type, row.dedup_key) for row in rows] == [
        ("player", "okoro / qv"), ("player", "okoro / hcr"), ("staff", "okoro"), ("player", "okoro"),
    ]  # fmt: skip


def test_fields_of_other_types_are_left_out(harbour):
    (row,) = mentioned(story(harbour), found("Ann", role="coach", position="goalkeeper", team_name=""))
    assert row.details == {"position": "goalkeeper"}


def test_a_mention_is_resolved_as_it_comes_in(harbour):
    ann = entity(harbour, "Ann Boe")
    entity(feed(1, "other"), "Bea Cole")
    first, second = mentioned(story(harbour), found("ann boe"), found("Bea Cole", rank=2))
    assert (first.entity, first.method, first.score) == (ann, "name", 100.0)
    assert (second.entity, second.method) == (None, "unresolved")


def test_a_removed_entity_is_no_candidate(harbour):
    ann = entity(harbour, "Ann Boe")
    Entity.objects.update(removed_at=ann.imported_at)
    assert mentioned(story(harbour), found("Ann Boe"))[0].method == "unresolved"


def test_a_pick_decides_all_open_rows_of_the_mention(harbour):
    ann = entity(harbour, "Ann Boe")
    rows = [mentioned(story(harbour, n), found("Annie B."))[0] for n in (1, 2, 3)]
    other = mentioned(story(harbour, 1), found("Annie B."), found("Annie B.", "staff", 2))[1]
    assert pick(rows[0], ann, "eve").rows == 3
    assert set(StoryEntity.objects.filter(type="player").values_list("entity", "method", "decided_by")) == {
        (ann.pk, "picked", "eve")
    }
    other.refresh_from_db()
    assert other.entity is None and ann.kept_aliases == []


def test_a_pick_can_be_for_one_row_alone(harbour):
    ann = entity(harbour, "Ann Boe")
    rows = [mentioned(story(harbour, n), found("Annie"))[0] for n in (1, 2)]
    assert pick(rows[0], ann, "eve", apply_to_same=False).rows == 1
    assert StoryEntity.objects.open().get() == rows[1]


def test_a_decision_outlives_a_new_generation(harbour):
    ann = entity(harbour, "Ann Boe")
    pick(mentioned(story(harbour), found("Annie"))[0], ann, "eve")
    (row,) = mentioned(story(harbour), found("annie", confidence_note="x"))
    assert (row.entity, row.method, row.decided_by) == (ann, "picked", "eve")


def test_a_kept_alias_resolves_what_comes_later(harbour):
    ann = entity(harbour, "Ann Boe", aliases=["Boe"])
    pick(mentioned(story(harbour), found("Annie"))[0], ann, "eve", keep_alias=True)
    assert Entity.objects.get().kept_aliases == ["Annie"]
    assert mentioned(story(harbour, 2), found("ANNIE"))[0].method == "alias"
    assert not keep_as_alias(ann, "annie") and not keep_as_alias(ann, "BOE") and not keep_as_alias(ann, "ann boe")


def test_an_entity_is_made_of_a_mention(harbour):
    rows = [mentioned(story(harbour, n), found("Ann Boe"))[0] for n in (1, 2)]
    made = Entity.objects.get(pk=create(rows[0], "eve", external_id="77").entity)
    assert (made.name, made.type, made.external_id, made.by_hand) == ("Ann Boe", "player", "77", True)
    assert set(StoryEntity.objects.values_list("entity", "method")) == {(made.pk, "created")}
    assert made.source_hash == made.compute_hash()


def test_an_entity_that_exists_is_not_made_again(harbour):
    entity(harbour, "Ann Boe")
    (row,) = mentioned(story(harbour), found("Annie"))
    with pytest.raises(QueueRefused, match="pick it"):
        create(row, "eve", name="ann  boe")
    assert StoryEntity.objects.open().count() == 1


def test_decisions_that_come_too_late_or_go_astray_are_refused(harbour):
    ann, stranger = entity(harbour, "Ann Boe"), entity(feed(1, "other"), "Bea Cole")
    (row,) = mentioned(story(harbour), found("Annie"))
    seen = StoryEntity.objects.get(pk=row.pk)
    with pytest.raises(QueueRefused, match="another feed"):
        pick(row, stranger, "eve")
    pick(row, ann, "eve")
    with pytest.raises(QueueRefused, match="eve has decided"):
        pick(seen, ann, "adam")
    row.delete()
    with pytest.raises(QueueRefused, match="gone"):
        pick(seen, ann, "adam")


def test_what_is_open_is_looked_at_again_and_nothing_else(harbour):
    bea = entity(harbour, "Bea Cole")
    first, second, third = mentioned(
        story(harbour), found("Ann Boe"), found("Cy Dent", rank=2), found("Ed Fox", rank=3)
    )
    pick(second, bea, "eve")
    entity(harbour, "Ann Boe", external_id="1")
    entity(harbour, "Cy Dent", external_id="2")
    assert resolve_open(harbour) == {"name": 1, "unresolved": 1}
    for row in (first, second, third):
        row.refresh_from_db()
    assert (first.method, second.entity, third.method) == ("name", bea, "unresolved")
    assert resolve_open(harbour) == {"unresolved": 1}


def test_the_figures_of_a_feed(harbour):
    entity(harbour, "Al Okoro", aliases=["Okoro"], external_id="1")
    entity(harbour, "Bo Okoro", aliases=["Okoro"], external_id="2")
    mentioned(story(harbour), found("Okoro"), found("Zed", rank=2), found("Al Okoro", rank=3))
    output(story(harbour, 2), topic("Injury"), recipe="stories.topics")
    assert feed_figures(harbour) == {
        "groups": 3, "groups with topics": 1, "groups with entities": 1, "topics": 1, "entities": 3, "unresolved": 1,
        "ambiguous": 1, "with errors": 0,
    }  # fmt: skip
