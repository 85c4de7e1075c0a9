"""The text form of MetaQA."""

import pytest

from generation.importing import Problem
from questions.metaqa import hops_of, looks_like_metaqa, read_metaqa

TEXT = (
    "what does [Ann Lee] appear in\tFilm A|Film B\n"
    "\n"
    "[The Sea (film)] was made when\t1999\n"
    "who made [0]\tNA|NO|yes\n"
    "who wrote [It]\n"
    "who wrote it\t\n"
)


def asked(text: str = TEXT):
    return [(one.text, one.topic, one.gold, one.line) for one in read_metaqa(text)]


def test_questions_topics_answers_and_lines():
    assert asked() == [
        ("what does [Ann Lee] appear in", "Ann Lee", [["Film A"], ["Film B"]], 1),
        ("[The Sea (film)] was made when", "The Sea (film)", [["1999"]], 3),
        ("who made [0]", "0", [["NA"], ["NO"], ["yes"]], 4),
        ("who wrote [It]", "It", [], 5),
        ("who wrote it", "", [], 6),
    ]


def test_empty_answers_between_the_bars_are_none():
    assert asked("x [y]\t A || B |")[0][2] == [["A"], ["B"]]


def test_another_separator():
    assert [one.gold for one in read_metaqa("x [y]\tA|B;C", ";")] == [[["A|B"], ["C"]]]


def test_two_tabs_are_a_problem_of_that_line_alone():
    found = list(read_metaqa("a [b]\tC\nx [y]\tA\tB\nd [e]\tF"))
    assert [isinstance(one, Problem) for one in found] == [False, True, False]
    assert (found[1].line, found[1].why) == (2, "It has 2 tabs instead of one; it was left out.")


def test_a_line_separator_of_unicode_ends_no_line():
    assert [text for text, *_ in asked("what is [a\u2028b]\tC\n")] == ["what is [a\u2028b]"]


@pytest.mark.parametrize(
    ("name", "hops"),
    [
        ("2-hop_test.txt", 2), ("qa_3hop.txt", 3), ("1 hop.txt", 1), ("3-hops.txt", 3), ("vanilla-2_HOP.txt", 2),
        ("qa_test.txt", None), ("12hop.txt", None), ("1-hopping.txt", None), ("0-hop.txt", None), ("", None),
    ],
)  # fmt: skip
def test_hops_of_a_file_name(name, hops):
    assert hops_of(name) == hops


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["[Ann] acted in what\tFilm", "what is [x]\ty"], True),
        (["what is [x]\ty", "broken line"], False),
        (["\t\"a\": [\"x\"]\t"], False),
        (["id\tquestion\tanswer"], False),
        (['["a", "b"]'], False),
    ],
)
def test_how_it_is_recognised(lines, expected):
    assert looks_like_metaqa(lines) is expected
