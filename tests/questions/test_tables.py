"""Questions in CSV."""

import pytest

from generation.importing import Problem, SourceError
from questions.reading import Fields
from questions.tables import delimiter_of, read_table


def read(text: str, delimiter: str = ",", separator: str = "|", **fields: str):
    return list(read_table(text, Fields(fields, separator), delimiter))


def test_rows_with_their_lines():
    found = read('id,question,answers\n\n0,"Who, then?",A|B\n007,"two\nlines",\nNA,yes,no\n')
    assert [(one.id, one.text, one.gold, one.line) for one in found] == [
        ("0", "Who, then?", [["A"], ["B"]], 3),
        ("007", "two\nlines", [], 4),
        ("NA", "yes", [["no"]], 6),
    ]


def test_semicolons():
    found = read("question;answer;topic;hops\nWhere?;Rome, Italy;Rome;2\n", ";")
    assert (found[0].gold, found[0].topic, found[0].hops) == ([["Rome, Italy"]], "Rome", 2)


def test_named_columns_and_another_separator():
    found = read("n,q,a\n1,x,A / B\n", separator=" / ", id="n", question="q", answers="a")
    assert (found[0].id, found[0].text, found[0].gold) == ("1", "x", [["A"], ["B"]])


def test_a_json_list_in_a_cell():
    assert read('question,answers\nx,"[""A|B"", ""C""]"\n')[0].gold == [["A|B"], ["C"]]
    assert read('question,answers\nx,"[not a list"\n')[0].gold == [["[not a list"]]


def test_a_row_that_is_too_long_is_left_out_and_a_short_one_is_not():
    found = read("question,answers\nx,A,B\ny\n")
    assert isinstance(found[0], Problem) and (found[0].line, "3 cells" in found[0].why) == (2, True)
    assert (found[1].text, found[1].gold) == ("y", [])


@pytest.mark.parametrize(
    ("text", "fields", "words"),
    [
        ("a,b\n1,2\n", {}, r"without a column 'question' or .* \(its columns: a, b\)"),
        ("question,b\n1,2\n", {"answers": "gold"}, "without a column 'gold'"),
        ("question,question\n1,2\n", {}, "'question' more than once"),
    ],
)
def test_a_wrong_header_is_refused(text, fields, words):
    with pytest.raises(SourceError, match=words):
        read(text, **fields)


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [
        ("id,question,answers", ","), ("id;question;answers", ";"), ("question\tanswers", "\t"), ("question", ""),
        ("one,two", ""), ('"a;b",question', ","), ("", ""),
    ],
)  # fmt: skip
def test_delimiters_are_found_by_the_header(header, delimiter):
    assert delimiter_of(f"\n{header}\nx", Fields()) == delimiter


def test_a_cell_beyond_the_limit_ends_the_table_with_a_problem():
    found = read("question,answers\nx,A\n" + "y" * 140_000 + ",B\nz,C\n")
    assert [isinstance(one, Problem) for one in found] == [False, True]
    assert "field larger than field limit" in found[1].why
