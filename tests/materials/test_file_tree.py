"""YAML and JSON as they are written: every scalar a string, nothing merged, nothing that brings a process down."""

import json
import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from materials.file_tree import TreeError, strings_of, tree_of


@pytest.mark.parametrize(
    "written",
    ["0", "007", "1.50", "NO", "no", "yes", "on", "NA", "true", "1e3", "0x1F", "2024-01-02", "12:30", ".5", "-"],
)
@pytest.mark.parametrize("where", ["a: {}", "- {}", "a: [{}]", "{}: x"])
def test_a_scalar_stays_as_it_is_written(written, where):
    if written == "-":
        written = "'-'"
    value = strings_of(where.replace("{}", written))
    assert repr(written.strip("'")) in repr(value)


@pytest.mark.parametrize("written", ["", "~", "null", "Null"])
def test_nothing_is_an_empty_text_but_a_name_stays_a_name(written):
    assert strings_of(f"a: {written}") == {"a": ""}
    assert strings_of("null: 1") == {"null": "1"}
    assert strings_of("a: 'null'") == {"a": "null"}


def test_json_numbers_and_words_stay_as_they_are_written():
    text = '{"a": 1.50, "b": [0, -2e5, true, false, null], "c": {"1": "\\u00e9"}, "d": NaN}'
    assert strings_of(text) == {"a": "1.50", "b": ["0", "-2e5", "true", "false", ""], "c": {"1": "é"}, "d": "NaN"}


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3\n", '{"a": 1, "b": 2, "a": 3}'])
def test_a_repeated_name_is_kept(text):
    tree = tree_of(text)
    assert [key for key, _ in tree.pairs] == ["a", "b", "a"]
    assert tree.plain() == {"a": "1", "b": "2", "a (2)": "3"}


def test_lines_are_those_of_the_file():
    tree = tree_of("\n# comment\na: 1\nb:\n  - x\n  - y: 2\n")
    assert [node.line for _, node in tree.pairs] == [3, 5]
    assert [node.line for node in tree.get("b").items] == [5, 6]


def test_lines_of_json_are_those_of_the_file():
    tree = tree_of('\n{\n "a": 1, "c": {\n  "x": "y\\nz"},\n "b": [\n  "x",\n  {"y":\n   [2]}]\n}')
    assert tree.line == 2
    assert [(key, node.line) for key, node in tree.pairs] == [("a", 3), ("c", 3), ("b", 5)]
    assert tree.get("c").get("x").line == 4
    assert [node.line for node in tree.get("b").items] == [6, 7]
    assert tree.get("b").items[1].get("y").line == 8


@pytest.mark.parametrize("text", ["木材: 松", "ไม้: สน", "خشب: بلوط", "🪵: 🌲"])
def test_any_script(text):
    key, value = text.split(": ")
    assert strings_of(text) == {key: value}


def test_aliases_and_merges():
    text = "base: &b {kind: wood, hard: no}\noak:\n  <<: *b\n  hard: yes\nlist: [*b, *b]\n"
    value = strings_of(text)
    assert value["oak"] == {"hard": "yes", "kind": "wood"}
    assert value["list"] == [value["base"], value["base"]]


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in range(1, levels):
        inside = ", ".join([f"*a{level - 1}"] * 9)
        lines.append(f"a{level}: &a{level} [{inside}]")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 100_000, "deep"),
        ("{" * 100_000, "where a name should be"),
        ('{"a":' * 100_000, "deep"),
        ("\n".join(" " * n + "a:" for n in range(300)), "deep"),
        (bomb(12), "values"),
        ("a: &a [*a]", "stands for nothing or for itself"),
        ("[\n" * 50 + "]" * 50, "deep, in line 42"),
        ("a: *b", "undefined alias|stands for nothing"),
        ("a: [1, 2", "found what is no YAML in line 2"),
        ('{"a": [1, 2', "found what is neither JSON nor YAML in line 2"),
        ("a:\n\t- b", "line 2"),
        ("a: 1\n---\nb: 2", "second document in line 2"),
        ("? [a, b]\n: c", "where a name should be"),
        ("a: \x07", "no YAML"),
    ],
)  # fmt: skip
def test_what_can_t_be_read_is_one_sentence_and_quick(text, said):
    began = time.monotonic()
    with pytest.raises(TreeError, match=said) as caught:
        tree_of(text)
    assert "\n" not in str(caught.value) and time.monotonic() - began < 5


def test_what_no_database_takes_is_left_out():
    value = strings_of('{"a": "x\\u0000y", "b": "\\ud800", "c": "\\ud83d\\ude00"}')
    assert value["a"] == "xy" and value["c"] == "😀"
    assert value["b"].encode() and "\ud800" not in value["b"]


PLAIN = st.recursive(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc é", max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(PLAIN)
def test_what_other_writers_write_is_read_alike(value):
    assert strings_of(yaml.safe_dump([value], allow_unicode=True)) == [value]
    assert strings_of(json.dumps([value])) == [value]
