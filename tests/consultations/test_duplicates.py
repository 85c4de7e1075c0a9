"""The finder of repeats against comparing everything with everything."""

import random
import time

import pytest

from consultations.duplicates import Repeat, repeats, shingles, similarity

SENTENCE = "the night bus should run every hour until four in the morning please"


def plainly(texts: list[str], threshold: float) -> list[Repeat]:
    """Each text beside each kept one before it."""
    sets = [shingles(text) for text in texts]
    kept: list[int] = []
    found = []
    for place, one in enumerate(sets):
        near = [(len(one & sets[other]) / len(one | sets[other]), -other) for other in kept]
        best, other = max(near, default=(0.0, 0))
        if near and best >= threshold:
            found.append(Repeat(place, -other, best))
        else:
            kept.append(place)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_it_finds_what_all_pairs_find(seed):
    dice = random.Random(seed)
    for _ in range(25):
        words = "abcdefghij"[: dice.randint(1, 10)]
        texts = [" ".join(dice.choices(words, k=dice.randint(1, 16))) for _ in range(dice.randint(1, 16))]
        threshold = dice.choice([0.1, 0.25, 0.5, 0.6, 0.75, 0.8, 0.9, 1.0, 1 / 3])
        assert repeats(texts, threshold) == plainly(texts, threshold), (texts, threshold)


@pytest.mark.parametrize("seed", range(5))
def test_it_finds_changed_copies_that_all_pairs_find(seed):
    dice = random.Random(seed)
    texts: list[str] = []
    for number in range(120):
        words = dice.choices([f"w{n}" for n in range(300)], k=dice.randint(20, 60))
        if number % 3:
            words = dice.choice(texts).split()
            for _ in range(dice.randint(0, 4)):
                words[dice.randrange(len(words))] = "changed"
        texts.append(" ".join(words))
    found = repeats(texts)
    assert found == plainly(texts, 0.8) and len(found) > 10


def test_one_changed_last_word_by_hand():
    # 13 words have 11 shingles; another last word changes one of them: 10 in common of 12.
    other = SENTENCE.replace("please", "thanks")
    assert similarity(SENTENCE, other) == 10 / 12
    assert repeats([SENTENCE, other]) == [Repeat(1, 0, 10 / 12)]
    assert repeats([SENTENCE, other], 0.84) == []


def test_the_threshold_itself_counts():
    # Four shingles of five in common: abc bcd cde def, and fgh is not in the first. 4 / 5 is 0.8.
    one, other = "a b c d e f", "a b c d e f g"
    assert similarity(one, other) == 0.8
    assert [repeat.place for repeat in repeats([one, other], 0.8)] == [1]


def test_the_usual_threshold_is_four_fifths():
    # Five shingles of six in common are more than 0.8; three of four less.
    words = list("abcdefg")
    assert [repeat.similarity for repeat in repeats([" ".join(words), " ".join([*words, "h"])])] == [5 / 6]
    assert repeats([" ".join(words[:5]), " ".join(words[:6])]) == []


def test_shingles_are_three_words_in_a_row():
    assert shingles("The bus, the bus! The BUS runs") == {
        ("the", "bus", "the"), ("bus", "the", "bus"), ("the", "bus", "runs"),
    }  # fmt: skip


def test_case_punctuation_and_spaces_make_no_difference():
    assert repeats([SENTENCE, SENTENCE.upper().replace(" ", ",  ") + "!!!"]) == [Repeat(1, 0, 1.0)]


def test_what_repeats_only_a_repeat_is_kept():
    first = [f"w{n}" for n in range(40)]
    second = [*first[:-3], "x", "y", "z"]
    third = ["p", "q", "r", *second[3:]]
    texts = [" ".join(words) for words in (first, second, third)]
    assert similarity(texts[1], texts[2]) >= 0.8 > similarity(texts[0], texts[2])
    assert [repeat.place for repeat in repeats(texts)] == [1]


@pytest.mark.parametrize("text", ["Yes.", "👍👍", "ok then", "公共汽车应该免费", "รถเมล์ควรฟรี", "نعم للحافلات"])
def test_short_texts_and_other_scripts(text):
    assert repeats([text, text + " ", "Something else entirely", text]) == [Repeat(1, 0, 1.0), Repeat(3, 0, 1.0)]


def test_different_short_texts_are_different():
    assert repeats(["Yes.", "No.", "👍", "👎", "公共", "公车", "a b", "b a"]) == []


@pytest.mark.parametrize("threshold", [0, -0.5, 1.01])
def test_a_threshold_outside_is_refused(threshold):
    with pytest.raises(ValueError, match="above 0 and up to 1"):
        repeats(["a"], threshold)


def test_nothing_has_no_repeats():
    assert repeats([]) == []


def test_thousands_of_equal_texts_take_no_square_of_time():
    before = time.monotonic()
    assert len(repeats([SENTENCE] * 5000)) == 4999
    assert time.monotonic() - before < 10


def test_texts_of_common_sentences_are_told_apart_in_time():
    dice = random.Random(1)
    pool = [" ".join(dice.choices([f"w{n}" for n in range(2000)], k=14)) for _ in range(60)]
    texts = [" ".join(dice.sample(pool, 6)) for _ in range(3000)]
    before = time.process_time()
    found = repeats(texts)
    # A tenth of the pairs of 10,000, which may take 30 s.
    assert time.process_time() - before < 5
    sample = texts[:300]
    assert repeats(sample, 0.5) == plainly(sample, 0.5) and len(found) < 10
