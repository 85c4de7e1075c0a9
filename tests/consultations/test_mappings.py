"""Mappings in both forms, and how two of them are joined."""

import pytest

from consultations.mappings import Coding, Labelled, join, mapping_bytes, read_mapping, with_texts
from generation.sources import SourceError

TEXTS = b'[["Yes.", ["Cost", "Cost", " Safety "]], ["No.", []], ["Yes.", ["Noise"]]]'
LINES = b'{"response_id": 0, "labels": ["Cost"]}\n\n{"response_id": "1", "labels": null}\n'


def rows(*given: tuple[str, str, tuple[str, ...]]) -> Coding:
    return Coding([Labelled(*one) for one in given])


def test_pairs_of_text_and_labels():
    assert read_mapping(TEXTS).rows == rows(
        ("", "Yes.", ("Cost", "Safety")), ("", "No.", ()), ("", "Yes.", ("Noise",))
    ).rows  # fmt: skip


def test_lines_with_ids():
    assert read_mapping(b"\xef\xbb\xbf" + LINES.replace(b"\n", b"\r\n")).rows == [
        Labelled("0", "", ("Cost",)), Labelled("1", "", ()),
    ]  # fmt: skip


def test_a_repeated_id_is_told_and_the_first_counts():
    found = read_mapping(LINES + b'{"response_id": 0, "labels": ["Other"]}')
    assert [row.labels for row in found.rows] == [("Cost",), ()]
    assert found.problems[0].why == "The id '0' is there already; the first one counts."


def test_broken_rows_are_told_by_line():
    found = read_mapping(LINES + b'{"response_id": 3}\n{"labels": ["a"]}\n{"response_id": 5, "labels": "a"}\nno\n')
    assert len(found.rows) == 2
    assert [problem.line for problem in found.problems] == [4, 5, 6, 7]


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"[[[], []]]", b'["text"]', b"text", b"[", b"%PDF-1.4"])
def test_what_is_no_mapping_is_refused(data):
    with pytest.raises(SourceError, match="Expected a mapping"):
        read_mapping(data)


@pytest.mark.parametrize("data", [TEXTS, LINES])
def test_what_was_written_is_read_again(data):
    found = read_mapping(data)
    assert read_mapping(mapping_bytes(found.rows)).rows == found.rows


def test_texts_join_in_the_order_of_their_occurrences():
    second = rows(("", "No.", ("b",)), ("", "Yes.", ("c",)), ("", "New.", ()))
    joined = join(read_mapping(TEXTS), second)
    assert [(one.text, one.labels, other.labels) for one, other in zip(joined.first, joined.second, strict=True)] == [
        ("Yes.", ("Cost", "Safety"), ("c",)), ("No.", (), ("b",)),
    ]  # fmt: skip
    assert (joined.only_first, joined.only_second) == (1, 1)


def test_ids_join_in_any_order():
    joined = join(read_mapping(LINES), rows(("1", "", ("x",)), ("0", "other text", ("y",))))
    assert [(one.id, other.labels) for one, other in zip(joined.first, joined.second, strict=True)] == [
        ("0", ("y",)), ("1", ("x",)),
    ]  # fmt: skip


def test_ids_and_texts_join_by_way_of_the_responses():
    with pytest.raises(SourceError, match="--responses"):
        join(read_mapping(LINES), read_mapping(TEXTS))
    texts = {"0": "Yes.", "1": "No.", "2": "Yes."}
    joined = join(with_texts(read_mapping(LINES), texts), with_texts(read_mapping(TEXTS), texts))
    assert [(one.id, one.labels, other.labels) for one, other in zip(joined.first, joined.second, strict=True)] == [
        ("0", ("Cost",), ("Cost", "Safety")), ("1", (), ()),
    ]  # fmt: skip


def test_mappings_of_other_responses_are_refused():
    with pytest.raises(SourceError, match="no response that is in both"):
        join(rows(("1", "", ())), rows(("2", "", ())))
