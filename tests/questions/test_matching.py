"""The bounds before difflib change nothing: the same verdict as the plain rule on every pair."""

import random
from difflib import SequenceMatcher

import pytest
from rapidfuzz.distance import LCSseq

from benchmarks.question_material import cases
from questions.matching import Alphabet, Rule, normal, same
from questions.scoring import score
from tests.questions.plain_rule import plain_same, plain_score


def verdict(predicted: str, gold: str, **rule: float) -> bool:
    alphabet = Alphabet()
    return same(alphabet.text(normal(predicted)), alphabet.text(normal(gold)), Rule(**rule))


@pytest.mark.parametrize(
    ("predicted", "gold", "alike"),
    [
        ("The Matrix", "the matrix ", True),
        # 8 of 10 characters: contained and exactly at the border. 7 of 9 are below it, and 2*7/16 is above 0.8.
        ("12345678", "1234567890", True),
        ("1234567", "123456789", True),
        # 2*4/(4+6) is 0.8 exactly, though 4/6 is too little for containment.
        ("abcd", "abcdef", True),
        ("abc", "abcdef", False),
        # "colour": c o l o r in order, 2*5/11 = 0.909.
        ("color", "colour", True),
        ("smith john", "john smith", False),
        ("Spain", "Portugal", False),
        ("", "a", False),
        ("a", "", False),
        ("", "  ", True),
        ("數據治理", "數據治理", True),
        ("數據治理法", "數據治理", True),
        ("🙂", "🙃", False),
    ],
)
def test_pairs_by_hand(predicted, gold, alike):
    assert verdict(predicted, gold) is alike is plain_same(normal(predicted), normal(gold))


def test_both_thresholds_can_be_set():
    assert verdict("color", "colour", similarity=0.909) and not verdict("color", "colour", similarity=0.91)
    # Contained with 6 of 10; its ratio is 2*6/16 = 0.75.
    assert not verdict("abcdef", "abcdefghij")
    assert verdict("abcdef", "abcdefghij", containment=0.6)
    assert verdict("abcdef", "abcdefghij", similarity=0.75)


@pytest.mark.parametrize(
    ("one", "other", "contained"),
    [
        # 8 of 10 is the border, 7 of 9 (0.777) is below it, 4 of 5 on it; the shorter one stands anywhere.
        ("12345678", "1234567890", True),
        ("34567890", "1234567890", True),
        ("23456789", "1234567890", True),
        ("1234567", "123456789", False),
        ("abcd", "abcde", True),
        # As long as that, and every letter is there, yet not in one piece.
        ("12345679", "1234567890", False),
        ("dcba", "abcde", False),
    ],
)
def test_containment_by_hand_where_difflib_has_no_say(one, other, contained):
    assert verdict(one, other, similarity=1.0) is contained
    assert verdict(other, one, similarity=1.0) is contained


@pytest.mark.parametrize(
    ("predicted", "gold", "ratio"),
    [
        # One block "ab" of 3 + 3 letters; a block of 4 of 4 + 6; two blocks, "col" and "or", of 5 + 6.
        ("abx", "yab", 4 / 6),
        ("abcd", "abcdef", 8 / 10),
        ("color", "colour", 10 / 11),
        # The longest block first: "bcd" leaves nothing before it that fits, so the "a" behind it counts for nothing.
        ("bcda", "abcd", 6 / 8),
        ("smith john", "john smith", 10 / 20),
    ],
)
def test_difflib_s_ratio_by_hand(predicted, gold, ratio):
    assert verdict(predicted, gold, similarity=ratio, containment=1.0)
    assert not verdict(predicted, gold, similarity=ratio + 0.001, containment=1.0)


@pytest.mark.parametrize(
    ("predicted", "gold", "alike"),
    [
        ("  The Matrix\n", "the matrix", True),
        ("ÉCOLE", "école", True),
        ("ΑΘΗΝΑ", "αθηνα", True),
        # Lower case alone: "ß" is no "ss", and spaces within stay.
        ("ß", "ss", False),
        ("a b", "ab", False),
    ],
)
def test_both_sides_in_lower_case_without_spaces_around_them(predicted, gold, alike):
    assert verdict(predicted, gold, similarity=1.0, containment=1.0) is alike
    assert verdict(gold, predicted, similarity=1.0, containment=1.0) is alike


def test_difflib_is_asked_in_its_own_order():
    """Its ratio is not symmetric: the prediction is the first sequence, the known answer the second."""
    dice = random.Random(4)
    pairs = [("".join(dice.choices("ab", k=9)), "".join(dice.choices("ab", k=9))) for _ in range(3000)]
    odd = [pair for pair in pairs if plain_same(*pair) != plain_same(*reversed(pair))]
    assert odd and all(verdict(*pair) == plain_same(*pair) for pair in odd)


def test_long_texts_where_difflib_drops_frequent_characters():
    """From 200 characters on its ratio falls far below the bound; containment still finds the whole text."""
    gold = "ab " * 100
    longer = "x" * 20 + gold
    assert SequenceMatcher(None, longer, gold).ratio() < 0.1 and verdict(longer, gold)
    for predicted in (longer, "x" * 90 + gold, "ba " * 100, gold[:150] + "x" + gold[151:]):
        assert verdict(predicted, gold) == plain_same(normal(predicted), normal(gold))


@pytest.mark.parametrize("letters", ["ab", "abc ", "abcdefghij", "aé數🙂İß "])
@pytest.mark.parametrize("similarity", [0.5, 0.8, 1.0])
def test_the_same_verdict_as_the_plain_rule(letters, similarity):
    dice = random.Random(f"{letters} {similarity}")
    for _ in range(1500):
        one = "".join(dice.choices(letters, k=dice.randint(0, 14)))
        other = list(one)
        for _ in range(dice.randint(0, 4)):
            other.insert(dice.randint(0, len(other)), dice.choice(letters))
            other.pop(dice.randrange(len(other)))
        pair = one, "".join(other) if dice.random() < 0.8 else "".join(dice.choices(letters, k=8))
        assert verdict(*pair, similarity=similarity) == plain_same(*map(normal, pair), similarity), pair


@pytest.mark.parametrize("answers", [3, 8, 20])
def test_the_same_counts_as_the_plain_rule(answers):
    for predicted, gold in cases(120, answers, seed=answers):
        found = score(predicted, gold)
        assert (found.correct, found.incorrect, found.missed) == plain_score(predicted, [one[0] for one in gold])


def test_the_bound_is_never_below_difflib():
    """Long texts of few letters: where a wrong bound would show first."""
    dice = random.Random(7)
    for _ in range(300):
        one, other = ("".join(dice.choices("ab ", k=dice.randint(150, 300))) for _ in "12")
        ratio = SequenceMatcher(None, one, other).ratio()
        assert 2.0 * LCSseq.similarity(one, other) / (len(one) + len(other)) >= ratio
