"""Differences: by line and by word, and never for long."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.desk.differences import MAX_LINES, line_difference, opcodes
from generation.models import Revision
from generation.review import approve, dismiss_candidate, save_text
from lessons.models import Lesson
from tests.desk.conftest import DESK

LINES = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=15)


def words(line):
    return [text for differs, text in line.parts if differs]


def test_only_the_words_that_differ_are_marked():
    _, old, new, _ = line_difference("x\nThe cat sat down.\ny", "x\nThe dog sat down.\ny")
    assert (words(old), words(new)) == (["cat"], ["dog"])
    assert "".join(text for _, text in new.parts) == new.text == "The dog sat down."


def test_lines_with_little_in_common_are_not_torn_into_words():
    old, new = line_difference("alpha beta gamma", "eins zwei drei vier")
    assert (old.parts, new.parts) == ((), ())


def test_more_lines_than_before_are_paired_by_their_words():
    old, first, second = line_difference("The cat sat down.", "A new line of its own.\nThe dog sat down.")
    assert (words(old), first.parts, words(second)) == (["cat"], (), ["dog"])


def test_fewer_lines_than_before_are_paired_by_their_words():
    old = "One line about the sea.\nIt is gone now for good.\nAnother line about the hills."
    lines = line_difference(old, "One line about the lake.\nAnother line about the mountains.")
    assert [words(line) for line in lines] == [["sea"], [], ["hills"], ["lake"], ["mountains"]]
    assert lines[1].parts == ()


def test_as_many_lines_in_another_place_are_not_torn():
    lines = line_difference("alpha beta gamma delta\nunlike anything", "something other now\nalpha beta gamma epsilon")
    assert [words(line) for line in lines] == [["delta"], [], [], ["epsilon"]]


@given(LINES, LINES)
def test_the_codes_cover_both_texts_in_order(old, new):
    left, right = [], []
    for tag, a, b, c, d in opcodes(old, new):
        left += old[a:b]
        right += new[c:d]
        assert (tag == "equal") == (old[a:b] == new[c:d])
    assert (left, right) == (old, new)


@given(LINES, LINES)
def test_every_changed_line_is_shown(old, new):
    lines = line_difference("\n".join(old), "\n".join(new), context=0)
    added = sum(line.kind == "added" for line in lines) - sum(line.kind == "removed" for line in lines)
    assert added == len("\n".join(new).splitlines()) - len("\n".join(old).splitlines())


HARD = {
    "same lines in another order": ("a\nb\n" * 1400, "b\na\na\n" * 900),
    "one line again and again": ("x\n" * 2900, "y\n" + "x\n" * 2800 + "z"),
    "nothing in common": ("\n".join(map(str, range(2900))), "\n".join(str(-n) for n in range(1, 2900))),
    "long lines": ("a b " * 100_000, "b a " * 100_000),
    "many pairs of lines": ("\n".join(f"{n} a b c d e f g h" * 8 for n in range(2900)),
                            "\n".join(f"{n} h g f e d c b a" * 8 for n in range(2900))),
    "a block that grew": ("\n".join(f"{n} a b c d e f g h" * 8 for n in range(1000)),
                          "\n".join(f"{n} h g f e d c b a" * 8 for n in range(2900))),
    "lines of a megabyte in uneven blocks": ("word " * 200_000 + "\nx", "other word " * 90_000 + "\ny\nz"),
    "a megabyte in few uneven lines": ("\n".join("a b c " * 130 for _ in range(1250)) + "\nx",
                                       "\n".join(f"a {n} c " * 120 for n in range(1260))),
    "a megabyte of lines": ("line\n" * 200_000, "other\n" * 200_000),
}  # fmt: skip


@pytest.mark.parametrize("name", HARD)
def test_no_text_takes_long(name):
    start = time.process_time()
    assert line_difference(*HARD[name])
    assert time.process_time() - start < 2


def test_too_long_texts_say_so():
    (line,) = line_difference("a\n" * (MAX_LINES + 1), "b")
    assert "too long" in line.text


def test_the_page_compares_what_there_is(client, roles, lesson):
    client.force_login(roles["editor"])
    address = f"{DESK}{lesson.pk}/?tab=differences"
    assert "There is nothing to compare yet" in client.get(address).content.decode()
    approve(lesson, roles["reviewer"])
    save_text(lesson, "# Other\n\n<b>Bold</b>.", roles["editor"], base_revision_id=lesson.current_id)
    answer = client.get(address)
    assert [caption for caption, _, _ in answer.context["compared"]] == [
        "From the generated text to the present one", "From the approved text to the present one",
    ]  # fmt: skip
    assert "<b>Bold" not in answer.content.decode()


def test_a_dismissed_candidate_is_not_what_was_edited(client, roles, lesson):
    first = lesson.current
    save_text(lesson, "# Mine\n\nText.", roles["editor"], base_revision_id=first.pk)
    made = {"recipe": lesson.recipe, "item_id": lesson.item_id, "origin": "generated"}
    Lesson.objects.update(candidate=Revision.objects.create(text="# Another\n\nText.", **made))
    lesson.refresh_from_db()
    dismiss_candidate(lesson, roles["editor"])
    save_text(lesson, "# Mine\n\nMore text.", roles["editor"], base_revision_id=lesson.current_id)
    client.force_login(roles["editor"])
    ((_, older, _),) = client.get(f"{DESK}{lesson.pk}/?tab=differences").context["compared"]
    assert older == first
