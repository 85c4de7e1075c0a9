"""Story groups: positions, members that lie elsewhere, totals, and one file of each shape worked out by hand."""

import pytest

from generation.sources import SourceError
from tests.stories.files import groups, parsed, problems

ARTICLES = [{"id": 1, "text": "one"}, {"id": "b", "body": "two"}, {"id": 3, "content": "three"}]


def test_summaries_and_items_are_the_texts_in_their_order():
    data = [
        {"id": 7, "title": "Seven", "summaries": [{"summary_text": "z"}, {"summary_text": "a"}]},
        {"id": 8, "items": ["y", {"text": "b"}]},
    ]
    assert groups(data) == [("7", "Seven", ["z", "a"]), ("8", "", ["y", "b"])]


def test_members_are_joined_in_the_order_of_their_list():
    data = {"articles": ARTICLES, "groups": [{"id": 5, "members": [3, 1]}, {"id": 6, "members": ["b"]}]}
    assert groups(data) == [("5", "", ["three", "one"]), ("6", "", ["two"])]


@pytest.mark.parametrize("name", ["members", "group_members"])
def test_members_may_stand_in_a_list_of_pairs_beside_the_groups(name):
    pairs = [
        {"group_id": 6, "article_id": "b"}, {"group_id": 0, "article_id": 3}, {"group_id": 6, "article_id": 1},
    ]  # fmt: skip
    data = {"groups": [{"id": 0, "title": "Nil"}, {"id": 6}], "articles": ARTICLES, name: pairs}
    assert groups(data) == [("0", "Nil", ["three"]), ("6", "", ["two", "one"])]
    del data["groups"]
    assert groups(data) == [("6", "", ["two", "one"]), ("0", "", ["three"])]


def test_a_group_without_members_keeps_the_texts_that_it_has_itself():
    data = {"articles": ARTICLES, "groups": [{"id": 1, "summaries": [{"summary_text": "own"}]}, {"id": 2}]}
    assert groups(data) == [("1", "", ["own"])]
    assert problems("stories", data) == [(2, "2", "The group has no text: it was skipped.")]


def test_a_group_without_text_keeps_its_position():
    # The second is skipped; the third stays the third.
    assert groups([{"items": ["a"]}, {"items": []}, {"items": ["c"]}]) == [("1", "", ["a"]), ("3", "", ["c"])]


def test_mending_a_broken_line_moves_no_group():
    good = '\n{"items": ["a"]}\n{"items": ["b"]}\n{"items": ["c"]}\n'
    broken = good.replace('["b"]', '["b')
    assert [key for key, *_ in groups(good)] == ["1", "2", "3"]
    # Line 1 is blank, line 3 is broken and is the second group.
    assert groups(broken) == [("1", "", ["a"]), ("3", "", ["c"])]
    assert problems("stories", broken) == [(3, '{"items": ["b}', "The line is no JSON.")]


def test_a_line_of_jsonl_is_a_group():
    data = '{"id": 0, "title": "T", "summaries": [{"summary_text": "a"}]}\n{"id": 1, "items": ["b"]}'
    assert groups(data) == [("0", "T", ["a"]), ("1", "", ["b"])]
    assert parsed("stories", data).collection_fields["file_format"] == "jsonl"


def test_a_list_that_was_cut_off_is_no_jsonl():
    with pytest.raises(SourceError, match="found no JSON: Expecting ',' delimiter in line 3"):
        groups('[\n{"id": 0, "items": ["a"]}\n')


@pytest.mark.parametrize(
    ("stated", "notices", "whys"),
    [
        ({"total": 2}, ["The file states a total of 2 (total): that fits."], []),
        ({"total": 3}, [], [(0, "total", "The file states a total of 3; 2 found.")]),
        ({"metadata": {"group_count": "3"}}, [], [(0, "group_count", "The file states a total of 3; 2 found.")]),
        ({"metadata": {"total_groups": 2}}, ["The file states a total of 2 (total_groups): that fits."], []),
        ({"total_pages": 9, "count": "many"}, [], []),
    ],
)
def test_a_stated_total_is_compared_and_never_trusted(stated, notices, whys):
    data = {**stated, "groups": [{"id": 1, "items": ["a"]}, {"id": 2, "items": ["b"]}]}
    assert groups(data) == [("1", "", ["a"]), ("2", "", ["b"])]
    assert parsed("stories", data).notices[1:] == notices
    assert problems("stories", data) == whys


def test_what_no_database_holds_is_taken_out_of_the_texts():
    assert groups('[{"id": "a\\u0000", "items": ["one\\u0000 two", "\\ud800"]}]') == [("a", "", ["one two", "\ufffd"])]
