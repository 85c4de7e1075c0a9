"""The mix of slots: repeatable, true to its weights, and stable when more slots are asked for."""

from collections import Counter

import pytest

from consultations.brief import read_brief
from consultations.mix import DIMENSIONS, LENGTHS, USUAL, MixError, drawn, weights

MIX = {**USUAL, "stance": {"for": 3, "against": 1}, "length": {"short": 1, "long": 0}}


def test_the_same_seed_gives_the_same_mix():
    assert drawn(MIX, "7", 50) == drawn(MIX, "7", 50) != drawn(MIX, "8", 50)


def test_more_slots_leave_the_first_ones_as_they_are():
    assert drawn(MIX, "7", 300)[:45] == drawn(MIX, "7", 45)


def test_weights_are_kept_to_within_each_twenty():
    for start in range(0, 300, 20):
        found = Counter(slot["stance"] for slot in drawn(MIX, "7", 300)[start : start + 20])
        assert found == {"for": 15, "against": 5}


def test_a_weight_of_0_is_never_drawn():
    assert {slot["length"] for slot in drawn(MIX, "1", 200)} == {"short"}


def test_dimensions_are_drawn_apart():
    mix = {**MIX, "focus": {"x": 1, "y": 1}, "perspective": {"p": 1, "q": 1}}
    pairs = Counter((slot["focus"], slot["perspective"]) for slot in drawn(mix, "3", 400))
    assert len(pairs) == 4 and min(pairs.values()) > 60


def test_every_slot_has_every_dimension():
    dimensions = {"perspective", "length", "focus", "stance"}
    assert set(DIMENSIONS) == dimensions
    assert all(set(slot) == dimensions and all(slot.values()) for slot in drawn(USUAL, "1", 30))


def test_a_dimension_that_a_brief_leaves_out_gets_its_usual_values():
    found = read_brief({"question": "q?", "responses": "40", "vary": {"stance": {"yes": "3", "no": "1"}}})
    slots = drawn(found.mix, found.seed, found.count)
    # Weights 3, 5 and 2 of 10 in blocks of twenty: 6, 10 and 4, twice; 3 and 1 of 4: 15 and 5, twice.
    assert Counter(slot["length"] for slot in slots) == {"short": 12, "medium": 20, "long": 8}
    assert Counter(slot["stance"] for slot in slots) == {"yes": 30, "no": 10}
    assert {slot["focus"] for slot in slots} == {
        "cost and value for money", "fairness", "everyday life", "safety", "the environment",
        "how it would be carried out",
    }  # fmt: skip


def test_short_medium_and_long_have_their_words():
    assert LENGTHS == {"short": (15, 50), "medium": (50, 130), "long": (130, 260)}


@pytest.mark.parametrize("values", [None, "a", [], {}, {"a": "x"}, {"a": -1}, {"a": 0}, {"a": float("nan")}, {"": 1}])
def test_weights_that_mean_nothing_are_refused(values):
    with pytest.raises(MixError):
        weights(values, "stance")


def test_a_list_weighs_its_values_alike():
    assert weights(["a", "b"], "stance") == {"a": 1, "b": 1}


def test_the_order_in_which_the_weights_are_kept_changes_nothing():
    turned = {name: dict(reversed(values.items())) for name, values in USUAL.items()}
    assert drawn(turned, "1", 50) == drawn(USUAL, "1", 50)
