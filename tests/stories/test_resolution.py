"""Resolution: each step by hand, and the bulk way against comparing everything with everything."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from stories.models import Method
from stories.names import normal
from stories.resolution import EXACT, Known, KnownEntity, Mention, Resolution, decided, resolve

ROVERS = KnownEntity(1, "team", "Harbour City Rovers", "t1", "HCR", aliases=("Rovers",))
VALE = KnownEntity(2, "team", "Quarry Vale", "t2", "QV")
CHIDI = KnownEntity(3, "player", "Chidi Okoro", "p1", team="Quarry Vale", aliases=("Okoro",))
DANIEL = KnownEntity(4, "player", "Daniel Okoro", "p2", team="HCR", aliases=("Okoro",))
BRANDT = KnownEntity(5, "player", "Tomas Brandt", "0", team="t2")
KNOWN = Known([ROVERS, VALE, CHIDI, DANIEL, BRANDT])


def one(text: str, type: str = "player", known: Known = KNOWN, threshold: float = 85.0, **details: str) -> Resolution:
    return resolve([Mention(type, text, tuple(sorted(details.items())))], known, threshold)[0]


@pytest.mark.parametrize(
    ("type", "text", "entity", "method"),
    [
        ("team", "t2", 2, Method.ID),
        ("team", "hcr", 1, Method.ID),
        ("player", "0", 5, Method.ID),
        ("team", "  Quarry   VALE! ", 2, Method.NAME),
        ("team", "The Rovers", None, Method.UNRESOLVED),
        ("team", "rovers", 1, Method.ALIAS),
        ("player", "Thomas Brandt", 5, Method.FUZZY),
        ("player", "Quarry Vale", None, Method.UNRESOLVED),
        ("staff", "Tomas Brandt", None, Method.UNRESOLVED),
        ("player", "Okoro", None, Method.AMBIGUOUS),
    ],
)
def test_the_steps_in_their_order(type, text, entity, method):
    found = one(text, type)
    assert (found.entity, found.method) == (entity, method)


def test_the_score_of_a_similar_name_is_its_ratio():
    # 12 and 13 letters, one more h: 100 * (1 - 1/25).
    assert one("Thomas Brandt").score == pytest.approx(96.0)


def test_an_abbreviation_beside_a_team_finds_it():
    assert one("The Harbour men", "team", team_abbr="HCR") == Resolution(Method.ID, 1, 100.0)


def test_the_abbreviation_beside_a_player_is_not_his_own():
    assert one("Nobody Known", team_abbr="0").method == Method.UNRESOLVED


@pytest.mark.parametrize(
    ("team", "entity"),
    [
        ("Quarry Vale", 3),
        ("QV", 3),
        ("t2", 3),
        ("rovers", 4),
        ("Harbour City Rovers", 4),
        ("Northgate", None),
        ("", None),
    ],
)
def test_a_named_team_decides_between_equals(team, entity):
    found = one("Okoro", team_name=team)
    assert found.entity == entity
    assert (found.method == Method.AMBIGUOUS) == (entity is None)


def test_the_candidates_of_an_ambiguous_mention_are_kept():
    assert one("Okoro").candidates == (3, 4)


def test_similar_names_are_told_apart_by_the_team():
    known = Known([VALE, KnownEntity(7, "player", "Jon Smith", team="QV"), KnownEntity(8, "player", "Jan Smith")])
    assert one("Jxn Smith", known=known).method == Method.AMBIGUOUS
    assert one("Jxn Smith", known=known, team_name="Quarry Vale").entity == 7


def test_a_worse_name_in_the_right_team_makes_the_better_one_doubtful():
    known = Known([VALE, KnownEntity(7, "player", "Jon Smithson", team="QV"), KnownEntity(8, "player", "Jon Smithsen")])
    assert one("Jon Smithsem", known=known, threshold=80.0).entity == 8
    found = one("Jon Smithsem", known=known, threshold=80.0, team_name="QV")
    assert (found.method, found.candidates) == (Method.AMBIGUOUS, (8, 7))


def test_the_threshold_is_inclusive_and_settable():
    # One other letter of ten: 100 * (1 - 2/20).
    known = Known([KnownEntity(1, "player", "abcdefghij")])
    assert one("abcdxfghij", known=known, threshold=90.0).score == pytest.approx(90.0)
    assert one("abcdxfghij", known=known, threshold=90.01).method == Method.UNRESOLVED


@pytest.mark.parametrize("text", ["Xrandt Tomas", "Zomas Brandt"])
def test_a_typo_in_the_first_letter_is_found(text):
    assert (one(text).entity == 5) == (text == "Zomas Brandt")


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("  Quarry   VALE! ", "quarry vale"), ("O'Neil-Smith", "o neil smith"), ("ÑÚÑEZ", "ñúñez"),
        ("สมชาย  ใจดี", "สมชาย ใจดี"), ("हिन्दी।", "हिन्दी"), ("ＱＶ", "qv"), ("Straße", "strasse"), (" !!! ", "!!!"),
        ("007", "007"),
    ],
)  # fmt: skip
def test_names_are_compared_without_case_marks_and_doubled_spaces(text, compared):
    assert normal(text) == compared


def test_names_of_other_scripts():
    known = Known(
        [KnownEntity(1, "player", "สมชาย ใจดี"), KnownEntity(2, "player", "王伟"), KnownEntity(3, "player", "Ñúñez")]
    )
    assert [one(text, known=known).entity for text in ("สมชาย  ใจดี", "王伟", "ÑÚÑEZ")] == [1, 2, 3]


def test_nothing_known_and_nothing_said():
    assert one("Anybody", known=Known([])) == Resolution(Method.UNRESOLVED)
    assert resolve([], KNOWN, 85.0) == []


def plainly(mention: Mention, entities: list[KnownEntity], threshold: float) -> Resolution:
    """Every step by comparing the mention with every spelling of every entity of its type."""
    known = Known(entities)
    own = [entity for entity in entities if entity.type == mention.type]
    for method in EXACT:
        texts = mention.codes() if method == Method.ID else {normal(mention.text)}
        hits = {e.pk: 100.0 for e in own for how, text in e.spellings() if how == method and normal(text) in texts}
        if hits:
            return decided(mention, hits, method, known)
    scores: dict[int, float] = {}
    for entity in own:
        for how, text in entity.spellings():
            score = fuzz.ratio(normal(mention.text), normal(text))
            if how != Method.ID and score >= threshold:
                scores[entity.pk] = max(score, scores.get(entity.pk, 0.0))
    return decided(mention, scores, Method.FUZZY, known)


words = st.text("abcé ", min_size=1, max_size=9).filter(str.strip)
types = st.sampled_from(["team", "player"])
known_lists = st.lists(st.tuples(types, words, words, st.sampled_from(["", "ab", "ba c"])), max_size=12)


@settings(max_examples=150, deadline=None)
@given(known_lists, st.lists(st.tuples(types, words, st.sampled_from(["", "ab"])), max_size=8), st.integers(30, 100))
def test_in_bulk_is_the_same_as_all_against_all(known, said, threshold):
    entities = [
        KnownEntity(pk, type, name, team=team, aliases=(alias,)) for pk, (type, name, alias, team) in enumerate(known)
    ]
    mentions = [Mention(type, text, (("team_name", team),)) for type, text, team in said]
    expected = [plainly(mention, entities, threshold) for mention in mentions]
    assert resolve(mentions, Known(entities), threshold) == expected
