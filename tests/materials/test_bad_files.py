"""Catalogues by way of the commands: foreign files, problems by line, odd words, what is gone and comes back."""

import pytest

from materials.models import Catalogue, Material
from tests.generation.shell import refused, said

pytestmark = pytest.mark.django_db
WORDS = ["0", "007", "NA", "NO", "yes", "no", "null", "1.0", "ไทย", "العربية", "中文", "🙂"]
LINES = ["wood:", "  items:", *(f"  - {{name: '{word}', formula: {word}, grain: {word}}}" for word in WORDS)]


def bring(path, data, *more):
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return said("import_items", "materials", path, "--collection", "cat", *more)


BAD = [
    ("x.yaml", b""), ("x.yaml", b"\n \n"), ("x.yaml", b"# M0: A course\n\n## L001: One [F]\n"),
    ("x.json", b'{"a": [1, 2'), ("x.yaml", b"\xff\xfe\x00"), ("x.pdf", b"%PDF-1.7"), ("x.yaml", b"PK\x03\x04\x00"),
    ("x.yaml", b"a: &a [*a]"), ("x.json", b"[" * 5000), ("x.yaml", b"metadata: {total: 3}\n"), ("x.csv", b"a,b\n1,2\n"),
    ("x.yaml", b"<html><p>Note: wood</p></html>"), ("x.yaml", "wood: [Stra\u00dfe]".encode("latin-1")),
    ("x.json", b'["A response.", "Another one."]'), ("x.json", b'[{"id": 0, "summaries": []}]'),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data"), BAD)
def test_foreign_files_end_in_one_sentence_status_1_and_no_rows(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    status, sentence = refused("import_items", "materials", tmp_path / name, "--collection", "cat")
    assert status == 1 and "\n" not in sentence.strip() and "a catalogue of materials" in sentence
    assert not Catalogue.objects.exists()


@pytest.mark.parametrize(
    ("name", "data", "line"),
    [
        ("x.yaml", "wood:\n- Oak\n- [a]\n", "line 3"),
        ("x.yaml", "wood:\r\n- Oak\r\n- {formula: C}", "line 3"),
        ("x.json", '{"wood": [\n"Oak",\n["a"]]}', "line 3"),
        ("x.json", '\ufeff\r\n{"wood": [\r\n"Oak",\r\n{"formula": "C"}]}', "line 4"),
        ("x.yaml", "wood: [Oak]\nmetadata: {total: 9}\n", "line 2"),
        ("x.yaml", "wood:\n- Oak\n- Oak\n", "line 3"),
    ],
)
def test_a_dry_run_tells_problems_by_line_and_writes_nothing(tmp_path, name, data, line):
    assert line in bring(tmp_path / name, data, "--dry-run").lower()
    assert not Catalogue.objects.exists()


@pytest.mark.parametrize("start", ["", "\ufeff", "\r\n", "\ufeff\r\n"], ids=["plain", "bom", "blank", "both"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_words_of_any_sort_stay_as_they_are_written(tmp_path, start, ends):
    bring(tmp_path / "x.yaml", start + ends.join(LINES))
    found = list(Material.objects.order_by("position").values_list("name", "formula", "data"))
    values = ["" if word == "null" else word for word in WORDS]
    assert found == [(word, value, {"grain": value}) for word, value in zip(WORDS, values, strict=True)]


def test_the_same_file_twice_changes_nothing_and_what_is_gone_comes_back(tmp_path):
    path = tmp_path / "x.yaml"
    bring(path, "wood: [Oak, Ash]\n")
    before = list(Material.objects.order_by("pk").values())
    bring(path, "wood: [Oak, Ash]")
    assert list(Material.objects.order_by("pk").values()) == before
    bring(path, "wood: [Oak]\n")
    assert list(Material.objects.exclude(removed_at=None).values_list("key", flat=True)) == ["ash"]
    bring(path, "wood: [Oak, Ash]\n")
    assert Material.objects.present().count() == 2 == Material.objects.count()
