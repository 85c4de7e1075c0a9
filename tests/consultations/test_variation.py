"""The seeded second mapping."""

from types import SimpleNamespace

import pytest

from consultations import variation
from consultations.mappings import Labelled
from consultations.variation import varied

THEMES = [f"T{number}" for number in range(8)]
ROWS = [Labelled(f"r{n}", "", tuple(THEMES[n % 4 : n % 4 + n % 6])) for n in range(600)]


def test_the_same_seed_gives_the_same_mapping():
    assert varied(ROWS, THEMES, 0.3, "1") == varied(ROWS, THEMES, 0.3, "1") != varied(ROWS, THEMES, 0.3, "2")


def test_no_variation_changes_nothing():
    assert varied(ROWS, THEMES, 0, "1") == ROWS


@pytest.mark.parametrize("variation", [0.05, 0.3, 1.0])
def test_none_is_left_without_a_label_and_none_gets_more_than_five(variation):
    found = varied(ROWS, THEMES, variation, "1")
    assert all(1 <= len(row.labels) <= 5 for row in found)
    assert all(len(set(row.labels)) == len(row.labels) and set(row.labels) <= set(THEMES) for row in found)


def test_each_change_comes_with_its_probability():
    rows = [Labelled(f"r{n}", "", ("T0", "T1", "T2")) for n in range(4000)]
    sizes = [len(row.labels) for row in varied(rows, THEMES, 0.3, "1")]
    # Dropped and not added: 0.3 x 0.7; added and not dropped the same; so 0.21 of 4000 each, give or take.
    assert 760 < sizes.count(2) < 920 and 760 < sizes.count(4) < 920 and set(sizes) == {2, 3, 4}
    same = sum(set(row.labels) == {"T0", "T1", "T2"} for row in varied(rows, THEMES, 0.3, "1"))
    # Untouched 0.343, and 0.09 x 0.7 x 1/6 where the added label is by chance the dropped one.
    assert 1300 < same < 1560


def test_one_response_does_not_depend_on_the_others():
    found = {row.id: row for row in varied(ROWS, THEMES, 0.3, "1")}
    assert varied(ROWS[::-2], THEMES, 0.3, "1") == [found[row.id] for row in ROWS[::-2]]


def test_the_same_text_twice_is_varied_apart():
    found = varied([Labelled("", "same", ("T0", "T1"))] * 30, THEMES, 0.5, "1")
    assert len({row.labels for row in found}) > 5


def test_with_all_themes_in_use_nothing_can_be_replaced():
    assert varied([Labelled("r", "", ("T0",))], ["T0"], 1.0, "1")[0].labels == ("T0",)


@pytest.mark.parametrize("variation", [-0.1, 1.5])
def test_what_is_no_probability_is_refused(variation):
    with pytest.raises(ValueError, match="from 0 to 1"):
        varied(ROWS, THEMES, variation, "1")


class Dice:
    """Dice that fall as they are told; a place is 1 where there is one, and the first of several is chosen."""

    def __init__(self, throws):
        self.throws = list(throws)

    def random(self):
        return self.throws.pop(0)

    def randrange(self, end):
        return min(1, end - 1)

    def choice(self, several):
        return several[0]


@pytest.mark.parametrize(
    ("labels", "throws", "expected"),
    [
        # 0.3 itself is not below a probability of 0.3: nothing happens.
        ("T0 T1 T2", (0.3, 0.3, 0.3), "T0 T1 T2"),
        # Dropped: T1, at place 1. Added: T3, the first that is not there. Replaced: T1 by T3.
        ("T0 T1 T2", (0.29, 0.3, 0.3), "T0 T2"), ("T0 T1 T2", (0.3, 0.29, 0.3), "T0 T1 T2 T3"),
        ("T0 T1 T2", (0.3, 0.3, 0.29), "T0 T3 T2"),
        # All three: without T1 T0 T2, with the first free one T0 T2 T1, and T2 at place 1 replaced by T3.
        ("T0 T1 T2", (0.0, 0.0, 0.0), "T0 T3 T1"),
        # The only label is not dropped, a sixth not added, and who had none gets one.
        ("T0", (0.0, 0.9, 0.9), "T0"), ("T0 T1 T2 T3 T4", (0.9, 0.0, 0.9), "T0 T1 T2 T3 T4"),
        ("", (0.9, 0.9, 0.9), "T0"),
    ],
)  # fmt: skip
def test_what_the_dice_do_by_hand(monkeypatch, labels, throws, expected):
    monkeypatch.setattr(variation, "random", SimpleNamespace(Random=lambda name: Dice(throws)))
    (found,) = varied([Labelled("r", "", tuple(labels.split()))], THEMES, 0.3, "1")
    assert found.labels == tuple(expected.split())


def test_how_many_labels_stay_when_everything_happens_by_hand():
    # One is dropped (not the only one), one added (up to five), one replaced: 0 -> 1, 1 -> 2, 5 -> 4 -> 5, 6 -> 5.
    rows = [Labelled(f"r{n}", "", tuple(THEMES[:n])) for n in range(7)]
    assert [len(row.labels) for row in varied(rows, THEMES, 1.0, "1")] == [1, 2, 2, 3, 4, 5, 5]
