"""What lessons are compared by: fingerprints, sketches, and the share of their word triples."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.duplicates import COMMON, fingerprint, in_common, prints, shared

WORDS = ["".join(random.Random(number).choices("abcdefghilmnoprstu", k=7)) for number in range(600)]


def lesson(seed: int, words: int = 400, title: str = "Title", vocabulary: list[str] = WORDS) -> str:
    return f"# {title}\n\n" + " ".join(random.Random(seed).choices(vocabulary, k=words)) + "\n"


def altered(text: str, every: int, by: str = "other") -> str:
    """The text with every so many-th word another."""
    words = text.split(" ")
    return " ".join(f"{by}{index}" if index % every == every - 1 else word for index, word in enumerate(words))


def common(one: str, other: str) -> int:
    """How many bytes the sketches of two texts have in common."""
    return in_common(*(int(prints(text).sketch, 16) for text in (one, other)))


def test_a_stored_fingerprint_can_be_compared_later():
    assert fingerprint("# A\n\nSome Text.\n") == "05ed93b9b147e7b2a20575e1efb0241d"


def test_case_blanks_emphasis_and_the_title_make_no_other_text():
    assert fingerprint("# One\n\nSome **text**\nhere.") == fingerprint("# Two\r\n\r\nsome   text here.\n\n")


def test_other_words_make_another_fingerprint():
    assert fingerprint("# A\n\nSome text.") != fingerprint("# A\n\nSome texts.")


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        # Triples abc bcd cde of the first and abc bcx cxe of the second: one of five.
        ("a b c d e", "a b c x e", 1 / 5),
        # Case, marks and headings apart they are the same.
        ("# T\n\na **b** c d", "A b C `d`", 1.0),
        ("a b c", "d e f", 0.0),
        # Two words make no triple.
        ("a b", "a b", 0.0),
        # Without blanks characters count. 数据治 据治理 治理是 are in both; 理是什 是什么 什么数 么数据 in the first,
        # 理是谁 是谁数 谁数据 in the second alone.
        ("数据治理是什么数据治理是什么", "数据治理是谁数据治理是谁", 3 / 10),
    ],
)
def test_the_share_of_word_triples(one, other, share):
    assert shared(one, other) == pytest.approx(share)


def test_a_stored_sketch_can_be_compared_later():
    seen = prints("# A\n\n" + " ".join(f"{letter}ord {letter}ata" for letter in "abcdefghijklmnop" * 3))
    assert len(seen.sketch) == 80 and len(seen.bands) == 5
    # The numbers are the sketch's first 25 bytes, five by five.
    assert list(seen.bands) == [int(seen.sketch[at : at + 10], 16) for at in range(0, 50, 10)]


@pytest.mark.parametrize(
    "text",
    ["# A\n\nshort text", "# A\n\n" + "data " * 49, "# A\n\n" + "the owl " * 200],
    ids=["few", "49", "no sample"],
)
def test_a_short_text_has_no_sketch(text):
    assert prints(text)[1:] == ("", ())


def test_a_word_more_than_fifty_makes_a_sketch():
    assert prints(lesson(1, 60)).sketch and not prints(lesson(1, 49)).sketch


def test_bytes_in_common_are_counted_at_their_places():
    # All but the first and the last byte.
    assert in_common(int("11" * 40, 16), int("01" + "11" * 38 + "10", 16)) == 38
    assert in_common(int("00" * 39 + "01", 16), int("01" + "00" * 39, 16)) == 38


def test_sketches_of_like_texts_have_enough_in_common_and_those_of_others_do_not():
    # One changed word in forty is in three of forty triples: 37 of 43 are in both.
    pairs = [(lesson(seed), altered(lesson(seed), 40)) for seed in range(100)]
    assert all(0.8 < shared(one, other) < 0.92 for one, other in pairs)
    met = [any(map(int.__eq__, prints(one).bands, prints(other).bands)) for one, other in pairs]
    found = [common(*pair) >= COMMON and meet for pair, meet in zip(pairs, met, strict=True)]
    assert sum(found) >= 95
    strangers = [(lesson(seed), lesson(seed + 100)) for seed in range(100)]
    assert max(common(one, other) for one, other in strangers) < 8


SCRIPTS = {
    "russian": "абвгдежзиклмнопрстуфхчшщэюя",
    "arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "greek": "αβγδεζηθικλμνξοπρστυφχψω",
    "hebrew": "אבגדהוזחטיכלמנסעפצקרשת",
    "vietnamese": "aăâbcdđeêghiklmnoôơpqrstuưvxy",
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_any_script_has_a_sketch(script):
    dice = random.Random(script)
    words = ["".join(dice.choices(SCRIPTS[script], k=6)) for _ in range(400)]
    one = lesson(1, 600, vocabulary=words)
    assert common(one, altered(one, 60, "слово")) >= COMMON


@pytest.mark.parametrize(("first", "last"), [(0x4E00, 0x5E00), (0x0E01, 0x0E2E), (0x3041, 0x3090), (0xAC00, 0xBC00)])
def test_scripts_without_blanks_are_compared_by_characters(first, last):
    dice = random.Random(first)
    one = "".join(chr(dice.randrange(first, last)) for _ in range(1500))
    other = "".join(chr(first) if place % 60 == 59 else char for place, char in enumerate(one))
    assert common(one, other) >= COMMON
    assert shared(one, other) > 0.85


@given(st.text(max_size=300))
def test_no_text_breaks_the_prints(text):
    assert len(prints(text).fingerprint) == 32
    assert len(prints(text * 40).bands) in (0, 5)
    assert shared(text, text) in (0.0, 1.0)
