"""The score of one question, worked out by hand."""

import pytest

from questions.matching import Rule
from questions.scoring import MISSED, Category, score


def counts(predicted: list[str], *gold: str | list[str]) -> tuple[int, int, int]:
    found = score(predicted, [[one] if isinstance(one, str) else one for one in gold])
    return found.correct, found.incorrect, found.missed


@pytest.mark.parametrize(
    ("predicted", "gold", "expected", "category"),
    [
        (["A1", "B2"], ["b2", "a1"], (2, 0, 0), "perfect"),
        (["A1", "B2", "Zzz"], ["a1", "b2"], (2, 1, 0), "complete_with_hallucinations"),
        (["A1"], ["a1", "b2"], (1, 0, 1), "partial"),
        (["A1", "Zzz"], ["a1", "b2"], (1, 1, 1), "partial"),
        (["Zzz"], ["a1"], (0, 1, 1), "hallucination_only"),
        ([], ["a1", "b2"], (0, 0, 2), "failed"),
        ([""], ["a1"], (0, 1, 1), "hallucination_only"),
    ],
)
def test_counts_and_category(predicted, gold, expected, category):
    assert counts(predicted, *gold) == expected
    assert score(predicted, [[one] for one in gold]).category == category


def test_a_known_answer_is_taken_once():
    assert counts(["Spain", "spain"], "Spain") == (1, 1, 0)
    assert counts(["Spain", "spain"], "Spain", "Spain") == (2, 0, 0)


def test_a_prediction_takes_the_first_that_fits_not_the_best():
    """"abcde1" is 10/12 like "abcde2" and takes it; "abcde2" then has only "abcde1" left: both are right."""
    assert counts(["abcde1", "abcde2"], "abcde2", "abcde1") == (2, 0, 0)
    # Here the greedy choice costs one: "abcdX" (0.8) takes "abcde", which "abcdefg" (10/12) needed.
    assert counts(["abcdX", "abcdefg"], "abcde", "abcdY") == (1, 1, 1)
    assert counts(["abcdefg", "abcdX"], "abcde", "abcdY") == (2, 0, 0)


def test_the_predictions_are_walked_in_their_order():
    """2*4/10 of "kappX" are "kappa", and as much "kappY"; of "kappaus" 2*5/12 are "kappa", only 2*4/12 "kappY"."""
    known = [["kappa"], ["kappY"]]
    assert score(["kappX", "kappaus"], known).matches == (0, MISSED)
    assert score(["kappaus", "kappX"], known).matches == (0, 1)
    # An equal one that comes later gets nothing.
    assert score(["kappX", "kappa"], [["kappa"], ["zzz"]]).matches == (0, MISSED)


def test_correct_incorrect_and_missed_are_three_different_counts():
    """Of five predictions one is right; of three known answers two are left."""
    found = score(["a1", "www", "xxx", "yyy", "zzz"], [["a1"], ["b2"], ["c3"]])
    assert (found.correct, found.incorrect, found.missed) == (1, 4, 2)


def test_precision_recall_and_f1_of_a_question():
    found = score(["a", "b", "x1y2", "x3y4"], [["a"], ["b"], ["c"]])
    assert (found.precision, found.recall) == (0.5, 2 / 3)
    # 2 * 1/2 * 2/3 / (1/2 + 2/3) = 4/7
    assert found.f1 == pytest.approx(4 / 7)
    nothing = score([], [["a"]])
    assert (nothing.precision, nothing.recall, nothing.f1) == (0.0, 0.0, 0.0)


def test_an_answer_is_found_in_any_of_its_spellings():
    found = score(["the Big Apple"], [["New York", "Big Apple", "NYC"]])
    # "the big apple" and "big apple": 2*9/22 = 0.818.
    assert (found.correct, found.found) == (1, (1,))
    assert counts(["NYC", "New York"], ["New York", "NYC"]) == (1, 1, 0)


def test_it_is_known_what_each_prediction_took_and_what_was_found():
    found = score(["b2", "zzz", "a1"], [["a1"], ["b2"], ["c3"]])
    assert (found.matches, found.found) == ((1, MISSED, 0), (0, 0, MISSED))


@pytest.mark.parametrize(
    ("predicted", "gold", "exact"),
    [
        (["B2", " a1"], [["a1"], ["b2"]], True),
        (["a1"], [["a1"], ["b2"]], False),
        (["colour"], [["color"]], False),
        (["NYC"], [["New York", "nyc"]], True),
        (["NYC", "x"], [["New York", "nyc"], ["y"]], False),
        (["a1", "a1"], [["a1"], ["b2"]], False),
    ],
)
def test_exact_means_to_the_letter_and_nothing_else(predicted, gold, exact):
    assert score(predicted, gold).exact is exact


def test_the_rule_can_be_stricter():
    assert score(["colour"], [["color"]]).complete
    assert not score(["colour"], [["color"]], Rule(similarity=0.95)).complete


def test_there_are_the_five_categories():
    assert [category.value for category in Category] == [
        "perfect", "complete_with_hallucinations", "partial", "hallucination_only", "failed",
    ]  # fmt: skip
