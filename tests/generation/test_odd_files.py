"""Bytes of foreign files as text and JSON."""

import pytest

from generation.odd_files import broken, decoded, json_value, mended, parsed_json
from generation.sources import SourceError


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"\xef\xbb\xbfa\r\nb", "a\nb"), (b"a\rb", "a\nb"), ("公园 🙂".encode(), "公园 🙂"), (b"\na", "\na")],
)
def test_text_loses_its_marks_and_nothing_else(data, text):
    assert decoded(data, "a list") == text


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"PK\x03\x04x", "a zip archive"), (b"%PDF-1.4", "a PDF document"), (b"\x1f\x8bx", "a gzip archive"),
        (b"\x89PNG", "a picture"), (b"GIF89a", "a picture"), (b"SQLite format 3\0", "a database"),
        (b"\xff\xfea\0", "UTF-16 text"), (b"a\0b", "binary data"), (b" \n", "an empty file"), (b"", "an empty file"),
        (b"caf\xe9", "other bytes at place 3"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_named_in_a_sentence(data, found):
    with pytest.raises(SourceError, match=f"^Expected a list.* found {found}") as refusal:
        decoded(data, "a list")
    assert str(refusal.value).endswith(".")


def test_another_error_is_raised_where_it_is_named():
    with pytest.raises(LookupError, match="found an empty file"):
        decoded(b"", "a list", LookupError)
    with pytest.raises(LookupError, match=r"found no JSON: .* in line 1, column 2"):
        json_value("[", "a list", LookupError)


def test_numbers_stay_as_they_are_written():
    assert parsed_json("[1.0, 1e3, 12345678901234567890, NaN, true, null]") == [
        "1.0", "1e3", "12345678901234567890", "NaN", True, None,
    ]  # fmt: skip


def test_depth_is_a_sentence_and_no_crash():
    with pytest.raises(SourceError, match="nested too deeply"):
        json_value("[" * 200_000, "a list")


def test_halves_of_characters_are_seen_and_mended():
    assert broken("a\ud800") and not broken("🙂") and not broken("a")
    assert mended("a\ud800🙂") == "a\ufffd🙂"
