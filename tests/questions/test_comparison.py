"""Intervals and comparisons: seeded, and by hand where that is possible."""

import random
from dataclasses import replace
from statistics import mean, stdev

import pytest

from questions.comparison import MEASURES, Drawing, Interval, compare, intervals
from questions.scoring import score
from tests.questions.rows import results

Given = tuple[list[str], tuple[str, ...]]
RIGHT: Given = (["a1"], ("a1",))
WRONG: Given = (["zz"], ("a1",))
NONE: Given = ([], ("a1",))


def test_values_are_those_of_the_questions_themselves():
    found = intervals(results(RIGHT, (["colour"], ("color",)), WRONG, NONE).scores)
    # 2 correct, 1 incorrect, 2 missed; 2 of 4 complete, one of them to the letter.
    assert {name: one.value for name, one in found.items()} == pytest.approx(
        {"accuracy": 0.5, "precision": 2 / 3, "recall": 0.5, "f1_score": 4 / 7, "exact_match": 0.25}
    )
    assert all(one.low <= one.value <= one.high for one in found.values())


def test_the_seed_makes_them_repeatable():
    scores = results(*[RIGHT] * 30, *[WRONG] * 20).scores
    assert intervals(scores, Drawing(20, seed=1)) == intervals(scores, Drawing(20, seed=1))
    assert len({intervals(scores, Drawing(20, seed=seed))["accuracy"] for seed in range(5)}) > 1


def test_the_order_of_the_questions_has_little_to_say():
    one = intervals(results(*[RIGHT] * 60, *[WRONG] * 40).scores)["accuracy"]
    other = intervals(results(*[WRONG] * 40, *[RIGHT] * 60).scores)["accuracy"]
    assert one.low == pytest.approx(other.low, abs=0.03) and one.high == pytest.approx(other.high, abs=0.03)


def test_bounds_are_those_of_the_binomial_distribution():
    found = intervals(results(*[RIGHT] * 300, *[WRONG] * 100).scores, Drawing(resamples=2000))["accuracy"]
    # 0.75 +- 1.96 * sqrt(0.75 * 0.25 / 400) = 0.75 +- 0.0424
    assert found.low == pytest.approx(0.7076, abs=0.006) and found.high == pytest.approx(0.7924, abs=0.006)


def test_bounds_of_two_questions_by_hand():
    """One right, one wrong: a drawing of two has 0, 1/2 or 1 right with 1/4, 1/2 and 1/4 of the chances.

    So the middle 40 % of the drawings all have 1/2, and 95 % reach from 0 to 1.
    """
    scores = results(RIGHT, WRONG).scores
    middle, most = (intervals(scores, Drawing(level=level))["accuracy"] for level in (0.4, 0.95))
    assert (middle.value, middle.low, middle.high) == (0.5, 0.5, 0.5)
    assert (most.value, most.low, most.high) == (0.5, 0.0, 1.0)
    assert intervals(scores)["accuracy"] == most, "95 % unless it is said otherwise"


def test_a_bound_between_two_drawings_lies_on_the_line_between_them():
    """Two drawings, lying at 0 and at 1: a tenth from below is 0.1, a tenth from above 0.9."""
    scores = results(RIGHT, WRONG).scores
    seeds = [seed for seed in range(200) if set(_lone(scores, seed)) == {0.0, 1.0}]
    found = intervals(scores, Drawing(resamples=2, seed=seeds[0], level=0.8))["accuracy"]
    assert (found.low, found.high) == (pytest.approx(0.1), pytest.approx(0.9))


def _lone(scores, seed: int) -> tuple[float, float]:
    """The two drawings of this seed: at the level 1 the bounds are the lowest and the highest."""
    found = intervals(scores, Drawing(resamples=2, seed=seed, level=1.0))["accuracy"]
    return found.low, found.high


def test_a_difference_is_one_when_its_interval_leaves_zero_out():
    assert [Interval(0.5, low, high).apart_from_zero for low, high in ((0.1, 1), (-1, -0.1), (0, 1), (-1, 1))] == [
        True, True, False, False,
    ]  # fmt: skip


def test_drawing_by_kind_is_drawing_of_questions():
    """The plain bootstrap over the questions has the same mean and spread."""
    dice = random.Random(3)
    scores = [score(dice.sample("abcd", dice.randint(0, 3)), [["a"], ["b"]]) for _ in range(150)]
    plain = []
    for _ in range(1500):
        drawn = dice.choices(scores, k=150)
        plain.append(sum(one.correct for one in drawn) / (sum(one.correct + one.incorrect for one in drawn)))
    found = intervals(scores, Drawing(resamples=1500))["precision"]
    assert found.low == pytest.approx(mean(plain) - 1.96 * stdev(plain), abs=0.015)
    assert found.high == pytest.approx(mean(plain) + 1.96 * stdev(plain), abs=0.015)


def test_without_questions_all_is_zero():
    assert {(one.value, one.low, one.high) for one in intervals([]).values()} == {(0.0, 0.0, 0.0)}
    empty = compare(results(), results())
    assert not empty.questions and {one.value for three in empty.measures.values() for one in three} == {0.0}


def test_two_sets_question_by_question():
    before = results(RIGHT, WRONG, (["b"], ("b", "c")), (["x"], ()))
    after = results(WRONG, RIGHT, (["b", "c"], ("b", "c")), (["x"], ()), RIGHT)
    found = compare(before, after)
    assert [one.question_id for one in found.better] == ["q2", "q3"]
    assert [one.question_id for one in found.worse] == ["q1"]
    # q3: from 2*1/(2+0+1) to 1
    assert found.better[1].change == pytest.approx(1 / 3)
    assert (found.better[1].gained, found.worse[0].lost) == (("c",), ("a1",))
    assert (found.only_first, found.only_second) == (0, 1)
    one, two, change = found.measures["accuracy"]
    assert (one.value, two.value, change.value) == pytest.approx((1 / 3, 2 / 3, 1 / 3))


def test_a_set_beside_itself_differs_in_nothing():
    made = results(RIGHT, WRONG, NONE)
    found = compare(made, made)
    assert not found.better and not found.worse
    for _, _, change in found.measures.values():
        assert (change.value, change.low, change.high) == (0.0, 0.0, 0.0) and not change.apart_from_zero


def test_drawn_in_pairs_a_constant_change_is_certain():
    """The second is right wherever the first is and in every tenth question more: chance of the draw hits both."""
    first = results(*([RIGHT] * 4 + [WRONG] * 6) * 20)
    second = results(*([RIGHT] * 5 + [WRONG] * 5) * 20)
    change = compare(first, second).measures["accuracy"][2]
    assert change.value == pytest.approx(0.1) and change.apart_from_zero and change.low > 0.05


def test_a_repeated_id_is_compared_by_its_occurrence():
    first, second = results(RIGHT, WRONG), results(RIGHT, WRONG)
    for one in (first, second):
        one.results = [result.__class__(**{**vars(result), "question_id": "same"}) for result in one.results]
    assert len(compare(first, second).questions) == 2


def test_questions_of_the_same_text_are_compared_by_id():
    first, second = results(RIGHT, WRONG), results(WRONG, RIGHT)
    for one in (first, second):
        one.results = [replace(result, question_text="the same") for result in one.results]
    found = compare(first, second)
    assert [one.question_id for one in found.better] == ["q2"] and [one.question_id for one in found.worse] == ["q1"]


def test_questions_of_one_set_alone_are_counted_and_left_out():
    found = compare(results(RIGHT, RIGHT, WRONG), results(RIGHT))
    assert (len(found.questions), found.only_first, found.only_second) == (1, 2, 0)
    assert [one.value for one in found.measures["accuracy"]] == [1.0, 1.0, 0.0]


def test_there_are_five_measures():
    assert list(MEASURES) == ["accuracy", "precision", "recall", "f1_score", "exact_match"]
