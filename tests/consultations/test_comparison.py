"""Every figure of the comparison, worked out by hand."""

import json

import pytest

from consultations.comparison import Comparison, compare, jaccard, kappa
from consultations.mappings import Coding, Labelled, join

FIRST = [("a", "b"), ("a",), (), ("b", "c"), ("a", "b", "c")]
SECOND = [("a", "b"), ("b",), (), ("b",), ("c", "d", "e", "b")]
# Jaccard: {ab}/{ab} = 1; {}/{ab} = 0; empty against empty = 1; {b}/{bc} = 1/2; {bc}/{abcde} = 2/5.
SCORES = [1.0, 0.0, 1.0, 0.5, 0.4]


def coding(labels: list[tuple[str, ...]]) -> Coding:
    return Coding([Labelled(str(number), "", one) for number, one in enumerate(labels)])


def compared(first: list[tuple[str, ...]], second: list[tuple[str, ...]]) -> Comparison:
    return compare(join(coding(first), coding(second)))


def test_exactly_these_keys():
    found = json.loads(compared(FIRST, SECOND).to_bytes())
    assert {name: set(found[name]) for name in found} == {
        "jaccard_similarity": {"mean", "median", "std_dev", "min", "max", "scores"},
        "theme_distribution": {"mapping1", "mapping2"},
        "response_agreement": {"percentage", "count"},
        "theme_changes": {"additions", "removals", "replacements"},
        "cohen_kappa": {"mean", "scores"},
    }


def test_jaccard_similarity():
    found = compared(FIRST, SECOND).document()["jaccard_similarity"]
    # Mean 2.9 / 5; the variance over all five is (0.42^2 + 0.58^2 + 0.42^2 + 0.08^2 + 0.18^2) / 5 = 0.1456.
    assert found["scores"] == SCORES
    assert (found["mean"], found["median"], found["min"], found["max"]) == (pytest.approx(0.58), 0.5, 0.0, 1.0)
    assert found["std_dev"] == pytest.approx(0.1456**0.5)


def test_theme_distribution_with_the_most_frequent_first():
    found = compared(FIRST, SECOND).document()["theme_distribution"]
    assert list(found["mapping1"].items()) == [("a", 3), ("b", 3), ("c", 2)]
    assert list(found["mapping2"].items()) == [("b", 4), ("a", 1), ("c", 1), ("d", 1), ("e", 1)]


def test_agreement_counts_identical_sets_in_any_order():
    assert compared(FIRST, SECOND).document()["response_agreement"] == {"percentage": 40.0, "count": 2}
    assert compared([("a", "b")], [("b", "a")]).identical == 1


def test_theme_changes():
    # Additions 0 + 1 + 0 + 0 + 2; removals 0 + 1 + 0 + 1 + 1.
    # Replacements min(2,2)-2, min(1,1)-0, 0, min(2,1)-1, min(3,4)-2 = 0 + 1 + 0 + 0 + 1.
    assert compared(FIRST, SECOND).document()["theme_changes"] == {
        "additions": 3, "removals": 3, "replacements": 2,
    }  # fmt: skip


def test_what_is_added_is_what_only_the_second_has():
    # Added: b, c; d. Removed: a. Replaced: min(1, 2) - 0 = 1; min(0, 1) - 0 = 0.
    assert compared([("a",), ()], [("b", "c"), ("d",)]).document()["theme_changes"] == {
        "additions": 3, "removals": 1, "replacements": 1,
    }  # fmt: skip


def test_kappa_by_theme():
    found = compared(FIRST, SECOND).document()["cohen_kappa"]
    # a: both 1, only first 2, neither 2: observed 3/5; expected 3/5 x 1/5 + 2/5 x 4/5 = 11/25; (15 - 11) / (25 - 11).
    # b: both 3, only second 1, neither 1: observed 4/5; expected 12/25 + 2/25 = 14/25; (20 - 14) / (25 - 14).
    # c: both 1, only first 1, neither 3: observed 4/5; expected 2/25 + 12/25 = 14/25; 6 / 11.
    # d and e: only the second, once: observed 4/5 = expected 4/5: 0.
    assert found["scores"] == pytest.approx({"a": 4 / 14, "b": 6 / 11, "c": 6 / 11, "d": 0.0, "e": 0.0})
    assert found["mean"] == pytest.approx((4 / 14 + 12 / 11) / 5)


def test_undefined_kappa_counts_as_0():
    assert kappa([({"a"}, {"a"})] * 3, "a") == 0.0
    assert kappa([(set(), set())] * 3, "a") == 0.0
    assert compared([("a", "b"), ("a",)], [("a", "b"), ("a",)]).kappas == {"a": 0.0, "b": 1.0}
    assert compared([("a", "b"), ("a",)], [("a", "b"), ("a",)]).mean_kappa == 0.5


def test_perfect_disagreement():
    assert kappa([({"a"}, set()), (set(), {"a"})], "a") == -1.0


def test_without_any_label_all_agree():
    found = compared([(), ()], [(), ()])
    assert (found.scores, found.percentage, found.mean_kappa, found.kappas) == ([1.0, 1.0], 100.0, 0.0, {})


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [((), (), 1.0), ((), ("a",), 0.0), (("a",), (), 0.0), (("a", "b"), ("b", "c"), 1 / 3), (("a",), ("a",), 1.0)],
)
def test_jaccard(one, other, expected):
    assert jaccard(set(one), set(other)) == expected
