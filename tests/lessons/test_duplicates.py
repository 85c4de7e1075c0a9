"""Lessons that repeat one another."""

import random

from hypothesis import given
from hypothesis import strategies as st

from lessons.duplicates import find_duplicates, fingerprint

VOCABULARY = [f"word{number}" for number in range(400)]


def lesson(seed, words=400, title="Title"):
    chosen = random.Random(seed).choices(VOCABULARY, k=words)
    return f"# {title}\n\n" + " ".join(chosen) + "\n"


def altered(text, every):
    words = text.split(" ")
    return " ".join("changed" if index % every == every - 1 else word for index, word in enumerate(words))


def test_a_stored_fingerprint_can_be_compared_later():
    assert fingerprint("# A\n\nSome Text.\n") == "05ed93b9b147e7b2a20575e1efb0241d"


def test_case_blanks_emphasis_and_the_title_make_no_other_text():
    assert fingerprint("# One\n\nSome **text**\nhere.") == fingerprint("# Two\r\n\r\nsome   text here.\n\n")


def test_other_words_make_another_fingerprint():
    assert fingerprint("# A\n\nSome text.") != fingerprint("# A\n\nSome texts.")


def test_exact_duplicates_name_the_first():
    texts = {"a": lesson(1), "b": lesson(2), "c": lesson(1, title="Other"), "d": lesson(1).upper()}
    assert find_duplicates(texts) == {"c": "a", "d": "a"}


def test_near_duplicates_are_found():
    assert find_duplicates({"a": lesson(1), "b": altered(lesson(1), 60)}) == {"b": "a"}


def test_texts_that_share_half_are_no_duplicates():
    assert find_duplicates({"a": lesson(1), "b": altered(lesson(1), 6)}) == {}


def test_different_lessons_of_one_vocabulary_are_no_duplicates():
    assert find_duplicates({str(seed): lesson(seed) for seed in range(60)}) == {}


def test_a_shared_passage_is_no_duplicate():
    shared = lesson(0, words=150)
    assert find_duplicates({str(seed): lesson(seed) + shared for seed in range(1, 40)}) == {}


def test_short_texts_are_duplicates_only_when_equal():
    assert find_duplicates({"a": "# A\n\nshort text", "b": "# B\n\nshort texts", "c": "# C\n\nshort text"}) == {
        "c": "a"
    }


@given(st.dictionaries(st.text(max_size=3), st.text(max_size=40), max_size=6))
def test_a_duplicate_names_an_earlier_key_that_is_none_itself(texts):
    order = list(texts)
    duplicates = find_duplicates(texts)
    for key, earlier in duplicates.items():
        assert order.index(earlier) < order.index(key)
        assert earlier not in duplicates
