"""Whom a mention means, step by step: each step finds, each step may find two, and a team tells them apart."""

import pytest

from stories.models import Method
from stories.queue import create, pick
from stories.resolution import Known, KnownEntity, Mention, Resolution, resolve
from tests.stories.rows import entity, feed, found, mentioned

VALE = KnownEntity(1, "team", "Quarry Vale", "t1", "QV")
ROVERS = KnownEntity(2, "team", "Harbour Rovers", "t2", "HR")


def one(known, text, type="player", threshold=85.0, **details):
    return resolve([Mention(type, text, tuple(details.items()))], Known([VALE, ROVERS, *known]), threshold)[0]


# Of each step two that are equally good: one plays for Quarry Vale, the other for Harbour Rovers.
EQUALS = {
    "id": ({"name": "A", "external_id": "x9"}, {"name": "B", "external_id": "X9"}, "x9", 100.0),
    "abbreviation": ({"name": "A", "abbreviation": "AB"}, {"name": "B", "abbreviation": "ab"}, "Ab", 100.0),
    "name": ({"name": "Ann Boe"}, {"name": "ANN BOE"}, "ann boe", 100.0),
    "alias": ({"name": "A", "aliases": ("Annie",)}, {"name": "B", "aliases": ("annie",)}, "Annie", 100.0),
    # One letter of nine is another one: 100 * (1 - 2/18) of both.
    "fuzzy": ({"name": "Jon Smith"}, {"name": "Jan Smith"}, "Jxn Smith", 88.888),
}
METHODS = {"abbreviation": "id"}
STEPS = pytest.mark.parametrize("step", EQUALS)


def equals(step):
    first, second, text, score = EQUALS[step]
    known = [KnownEntity(7, "player", team="QV", **first), KnownEntity(8, "player", team="t2", **second)]
    return known, text, score


@STEPS
def test_each_step_finds_the_one_that_it_is_about(step):
    known, text, score = equals(step)
    got = one(known[:1], text)
    assert (got.entity, got.method, got.candidates) == (7, METHODS.get(step, step), ())
    assert got.score == pytest.approx(score, abs=0.001)


@STEPS
def test_two_that_are_equally_good_at_a_step_are_ambiguous(step):
    known, text, score = equals(step)
    got = one(known, text)
    assert (got.entity, got.method, got.candidates) == (None, Method.AMBIGUOUS, (7, 8))
    assert got.score == pytest.approx(score, abs=0.001)


@STEPS
@pytest.mark.parametrize(
    ("details", "entity"),
    [
        ({"team_name": "Quarry Vale"}, 7), ({"team_name": "harbour rovers"}, 8), ({"team_abbr": "HR"}, 8),
        ({"team_name": "", "team_abbr": "qv"}, 7), ({"team_name": "Northgate"}, None),
        ({"team_name": "Quarry Vale", "team_abbr": "HR"}, None), ({"position": "QV"}, None),
    ],
)  # fmt: skip
def test_a_team_in_the_same_mention_tells_two_apart_at_every_step(step, details, entity):
    known, text, _ = equals(step)
    got = one(known, text, **details)
    assert (got.entity, got.method == Method.AMBIGUOUS) == (entity, entity is None)


@STEPS
def test_no_step_leaves_the_mention_s_type(step):
    known, text, _ = equals(step)
    assert one(known, text, "staff") == Resolution(Method.UNRESOLVED, None, 0.0, ())


def test_the_steps_come_in_their_order_and_the_first_that_finds_is_the_last():
    # Each stands one step below the one before it, and each would do.
    order = [
        KnownEntity(3, "player", "W", "Anna"), KnownEntity(4, "player", "Anna"),
        KnownEntity(5, "player", "Y", aliases=("Anna",)), KnownEntity(6, "player", "Annas"),
    ]  # fmt: skip
    found_by = []
    while order:
        got = one(order, "Anna", threshold=50.0)
        found_by.append((got.entity, str(got.method)))
        order = [known for known in order if known.pk != got.entity]
    assert found_by == [(3, "id"), (4, "name"), (5, "alias"), (6, "fuzzy")]


def test_the_better_of_two_similar_names_wins():
    known = [KnownEntity(7, "player", "Jon Smithers"), KnownEntity(8, "player", "Jon Smithen")]
    # "Jon Smither": one letter less than the first (100 * (1 - 1/23)), one other than the second (100 * (1 - 2/22)).
    assert one(known, "Jon Smither") == Resolution(Method.FUZZY, 7, pytest.approx(95.652, abs=0.001), ())


@pytest.mark.django_db
def test_what_is_not_certain_has_no_entity_and_waits_in_the_queue():
    made = feed(1)
    entity(made, "Ann Boe", external_id="1")
    entity(made, "Ann Boe", external_id="2")
    entity(made, "Bea Cole", external_id="3")
    rows = mentioned(made.items.get(), found("Ann Boe"), found("Zed", rank=2), found("Bea Cole", rank=3))
    assert [(row.method, row.entity_id is None, row.is_open) for row in rows] == [
        ("ambiguous", True, True), ("unresolved", True, True), ("name", False, False),
    ]  # fmt: skip
    assert len(rows[0].candidates) == 2 and rows[1].candidates == []


@pytest.mark.django_db
@pytest.mark.parametrize("decide", ["pick", "create"])
def test_a_decision_is_for_every_other_open_row_with_that_mention_and_for_no_other_row(decide):
    made, other = feed(3), feed(1, "other")
    ann = entity(made, "Ann Boe")
    first = mentioned(made.items.get(key="s1"), found("Annie B."), found("Annie B.", "staff", 2))[0]
    same = mentioned(made.items.get(key="s2"), found("ANNIE  b"))[0]
    decided = mentioned(made.items.get(key="s3"), found("Annie B."), found("Annie", rank=2))[0]
    pick(decided, entity(made, "Cy Dent"), "adam", apply_to_same=False)
    mentioned(other.items.get(), found("Annie B."))
    done = pick(first, ann, "eve") if decide == "pick" else create(first, "eve")
    assert done.rows == 2
    means = {
        (row.story.collection.slug, row.story.key, row.type, row.mention): row.entity_id if row.entity_id else 0
        for of in (made, other)
        for story in of.items.all()
        for row in story.story_entities.all()
    }
    assert means == {
        ("feed", "s1", "player", "Annie B."): done.entity, ("feed", "s1", "staff", "Annie B."): 0,
        ("feed", "s2", "player", same.mention): done.entity,
        ("feed", "s3", "player", "Annie B."): made.entities.get(name="Cy Dent").pk,
        ("feed", "s3", "player", "Annie"): 0,
        ("other", "s1", "player", "Annie B."): 0,
    }  # fmt: skip
