"""Theme lists in their three forms, and what labels mean by them."""

import pytest

from consultations.theme_lists import Resolver, Theme, as_json, letter, numbered, read_themes
from generation.sources import SourceError

MARKDOWN = """# Themes

Made by hand.

## Theme A: Cost
What it costs.

Second paragraph.

## Theme B - Safety **at night**
### Notes
Not part of any theme.
## Appendix
More.
### theme C：公平 #
"""


def test_a_list_with_ids():
    found = read_themes(b'[{"topic_id": 0, "topic": "Cost"}, {"topic_id": "T-7", "topic": "Safety", "rationale": "r"}]')
    assert found == [Theme("0", "Cost"), Theme("T-7", "Safety", "r")]


def test_a_map_of_names_to_rationales():
    assert read_themes('\ufeff{"Cost": "Money.", "安全": ""}'.encode()) == [
        Theme("A", "Cost", "Money."), Theme("B", "安全"),
    ]  # fmt: skip


def test_markdown_headings():
    assert read_themes(MARKDOWN.encode()) == [
        Theme("A", "Cost", "What it costs.\n\nSecond paragraph."), Theme("B", "Safety **at night"), Theme("C", "公平"),
    ]  # fmt: skip


def test_what_was_written_is_read_again():
    themes = [Theme("A", "Cost", "Money."), Theme("B", 'Sa"fety', "")]
    assert read_themes(as_json(themes).encode()) == themes


def test_a_repeated_name_counts_once_and_repeated_ids_become_letters():
    found = numbered([Theme("1", "Cost", "first"), Theme("1", "Safety"), Theme("2", " cost ", "second")])
    assert found == [Theme("A", "Cost", "first"), Theme("B", "Safety")]


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"[1, 2]", b'["Yes.", "No."]', b"# Title\n\ntext\n", b"[1,", b"PK\x03\x04", b"\xff\xfe"]
)
def test_what_is_no_theme_list_is_refused(data):
    with pytest.raises(SourceError, match="Expected a list of themes"):
        read_themes(data)


@pytest.mark.parametrize(("number", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ")])
def test_letters_go_on_after_z(number, name):
    assert letter(number) == name


def test_labels_are_found_by_name_letter_and_id():
    resolver = Resolver([Theme("T9", "Cost"), Theme("0", "Night safety"), Theme("x", "A")])
    assert resolver.names(["b", "NIGHT  safety", "t9", "0: Night safety"]) == (["Night safety", "Cost"], [])
    # A name goes before a letter: the third theme is called A, and so is the first one's letter.
    assert resolver.names(["A"]) == (["A"], [])
    assert resolver.names(["D", "Costs", ""]) == ([], ["D", "Costs", ""])
