"""Importing catalogues: rows, preview, what is changed by a second file, bad files."""

from pathlib import Path

import pytest

from generation.importing import SourceError, apply_import, plan_import, source_of
from materials.models import Catalogue, Material
from materials.sources import CatalogueSource

DEMO = Path(__file__).resolve().parents[2] / "demo" / "materials" / "workshop_materials.yaml"
TWO = b"""materials:
  wood:
    description: From trees
    items:
    - {name: Oak, author_id: 007, grain: {open: yes}}
    - Ash
"""


def parse(data: bytes, format: str = "auto"):
    return CatalogueSource().parse(data, format=format, filename="x.yaml")


def bring(data: bytes, dry: bool = False, filename: str = "x.yaml"):
    plan = plan_import("materials", data, slug="cat", filename=filename)
    if not dry:
        apply_import(plan, "test")
    return plan.counts()


def test_columns_and_everything_else():
    oak = parse(TWO).rows[0]
    assert (oak.key, oak.position) == ("oak", 1)
    assert oak.fields == {
        "name": "Oak", "category": "wood", "category_description": "From trees", "article_type": "", "identifier": "",
        "author_id": "007", "complexity": "", "formula": "", "data": {"grain": {"open": "yes"}},
    }  # fmt: skip


NATIVE = """\
metadata: {version: 1.10, total: 3}
materials:
  ceramic:
    description: Hard and brittle
    article_type: material
    items:
      - Zirconia
      - name: Alumina
        author_id: 2
        complexity: high
        formula: Al2O3
        laser: {power: {min: 50, max: 100.0}, pulses: [ns, ps]}
        uses: [armour, bearings]
  wood:
    items:
      - {name: Oak, article_type: application}
"""
AS_JSON = """\
{"metadata": {"version": 1.10, "total": 3}, "materials": {
 "ceramic": {"description": "Hard and brittle", "article_type": "material", "items": [
  "Zirconia",
  {"name": "Alumina", "author_id": 2, "complexity": "high", "formula": "Al2O3",
   "laser": {"power": {"min": 50, "max": 100.0}, "pulses": ["ns", "ps"]}, "uses": ["armour", "bearings"]}]},
 "wood": {"items": [{"name": "Oak", "article_type": "application"}]}}}
"""
EMPTY = dict.fromkeys(("category_description", "article_type", "identifier", "author_id", "complexity", "formula"), "")
EXPECTED = [
    ("zirconia", 1, EMPTY | {
        "name": "Zirconia", "category": "ceramic", "category_description": "Hard and brittle",
        "article_type": "material", "data": {},
    }),
    ("alumina", 2, EMPTY | {
        "name": "Alumina", "category": "ceramic", "category_description": "Hard and brittle",
        "article_type": "material", "author_id": "2", "complexity": "high", "formula": "Al2O3",
        "data": {
            "laser": {"power": {"min": "50", "max": "100.0"}, "pulses": ["ns", "ps"]}, "uses": ["armour", "bearings"],
        },
    }),
    ("oak", 3, EMPTY | {"name": "Oak", "category": "wood", "article_type": "application", "data": {}}),
]  # fmt: skip


@pytest.mark.parametrize("text", [NATIVE, AS_JSON], ids=["yaml", "json"])
def test_categories_with_names_and_mappings_as_worked_out_by_hand(text):
    parsed = parse(text.encode())
    assert [(row.key, row.position, row.fields) for row in parsed.rows] == EXPECTED
    assert parsed.problems == []
    assert parsed.notices == ["3 materials in 2 categories.", "The file states a total of 3 (total): that fits."]


@pytest.mark.parametrize("text", [NATIVE, AS_JSON], ids=["yaml", "json"])
@pytest.mark.parametrize(
    "dress",
    [
        lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n"), lambda text: text.rstrip("\n"),
        lambda text: "\n" + text, lambda text: "\ufeff\r\n" + text.rstrip("\n").replace("\n", "\r\n"),
    ],
    ids=["bom", "crlf", "no final newline", "blank first line", "all"],
)  # fmt: skip
def test_the_same_catalogue_in_every_dress(text, dress):
    parsed = parse(dress(text).encode())
    assert [(row.key, row.position, row.fields) for row in parsed.rows] == EXPECTED and parsed.problems == []


def test_names_with_properties_and_with_one_value():
    properties = parse(b"Oak: {category: wood, formula: C, density: 0.710}\nTin: {author_id: 07}\n").rows
    assert [(row.key, row.fields["category"], row.fields["formula"]) for row in properties] == [
        ("oak", "wood", "C"), ("tin", "", ""),
    ]  # fmt: skip
    assert [row.fields["author_id"] for row in properties] == ["", "07"]
    assert [row.fields["data"] for row in properties] == [{"density": "0.710"}, {}]
    values = parse(b'{"Oak": 0.710, "NO": true, "Ash": null, "0": "x"}').rows
    assert [(row.key, row.fields["name"], row.fields["data"]) for row in values] == [
        ("oak", "Oak", {"value": "0.710"}), ("no", "NO", {"value": "true"}), ("ash", "Ash", {}),
        ("0", "0", {"value": "x"}),
    ]  # fmt: skip


TRAPS = ["NO", "no", "yes", "on", "0", "007", "1.0", "1e3", "2024-01-02", "12:30", "true", "NA", "1_000", "0x1F"]


@pytest.mark.parametrize("trap", TRAPS)
def test_what_yaml_would_read_as_something_else_stays_what_is_written(trap):
    text = f"""{trap}:
  items:
  - {trap}
  - {{name: {trap}x, id: {trap}, author_id: {trap}, formula: {trap}, grain: {trap}, list: [{trap}], {trap}: {trap}}}
"""
    plain, full = parse(text.encode()).rows
    assert (plain.fields["name"], plain.fields["category"], full.fields["category"]) == (trap, trap, trap)
    assert [full.fields[name] for name in ("identifier", "author_id", "formula")] == [trap] * 3
    assert full.fields["data"] == {"grain": trap, "list": [trap], trap: trap}


def test_json_numbers_and_words_stay_ids():
    rows = parse(
        b'{"0": [{"name": "Oak", "id": 0, "author_id": 1.10},'
        b' {"name": "Ash", "id": false, "author_id": 10000000000000000001}]}'
    ).rows
    assert [(row.fields["category"], row.fields["identifier"], row.fields["author_id"]) for row in rows] == [
        ("0", "0", "1.10"), ("0", "false", "10000000000000000001"),
    ]  # fmt: skip


def test_rows_fill_every_hashed_column():
    assert set(Material.hashed_fields) <= set(parse(TWO).rows[0].fields)


def test_a_known_name_that_is_no_plain_value_is_kept_beside():
    fields = parse(b"wood: [{name: Oak, formula: [C, H]}]").rows[0].fields
    assert (fields["formula"], fields["data"]) == ("", {"formula": ["C", "H"]})


def test_the_demo_catalogue_has_twelve_materials_in_four_categories():
    parsed = parse(DEMO.read_bytes())
    assert len(parsed.rows) == 12 and not parsed.problems
    assert parsed.notices[0] == "12 materials in 4 categories."
    assert {row.fields["author_id"] for row in parsed.rows} <= {
        one["id"] for one in parsed.collection_fields["authors"]
    }


def test_a_second_import_of_the_same_file_changes_nothing(db):
    assert bring(TWO)["new"] == 2
    before = list(Material.objects.values())
    counts = bring(TWO)
    assert (counts["new"], counts["changed"], counts["removed"], counts["unchanged"]) == (0, 0, 0, 2)
    assert list(Material.objects.values()) == before


def test_a_preview_writes_nothing(db):
    assert bring(TWO, dry=True)["new"] == 2
    assert not Catalogue.objects.exists() and not Material.objects.exists()


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (b"open: yes", b"open: no", ["oak"]),
        (b"007", b"7", ["oak"]),
        (b"From trees", b"Of trees", ["oak", "ash"]),
        (b"{name: Oak,", b"{id: 5, name: Oak,", []),
    ],
)
def test_only_what_goes_into_a_page_makes_a_material_changed(db, before, after, changed):
    bring(TWO)
    assert bring(TWO.replace(before, after))["changed"] == len(changed)
    assert list(Material.objects.exclude(changed_at=None).values_list("key", flat=True)) == changed


FULL = b"""wood:
  description: From trees
  items:
  - {name: Oak, article_type: material, author_id: 7, complexity: high, formula: C6, grain: open, id: 1}
  - {name: Ash, grain: open}
"""


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (b"name: Oak,", b"name: OAK,", ["oak"]),
        (b"article_type: material", b"article_type: tool", ["oak"]),
        (b"author_id: 7", b"author_id: 8", ["oak"]),
        (b"complexity: high", b"complexity: low", ["oak"]),
        (b"formula: C6", b"formula: C7", ["oak"]),
        (b"grain: open,", b"grain: fine,", ["oak"]),
        (b"From trees", b"Of trees", ["oak", "ash"]),
        (b"wood:\n", b"timber:\n", ["oak", "ash"]),
        # Neither its id nor its place stands on a page.
        (b"id: 1", b"id: 2", []),
        (b"  items:\n", b"  items:\n  - {name: Elm}\n", []),
    ],
)
def test_each_thing_that_a_page_is_made_from_marks_its_materials_only(db, before, after, changed):
    bring(FULL)
    assert bring(FULL.replace(before, after))["changed"] == len(changed)
    marked = Material.objects.exclude(changed_at=None).order_by("position").values_list("key", flat=True)
    assert list(marked) == changed


def test_an_import_that_fails_half_way_leaves_nothing(db, monkeypatch):
    bring(TWO)
    before = list(Material.objects.order_by("pk").values())

    def broken(items):
        raise OSError("no room")

    monkeypatch.setattr(CatalogueSource, "after_import", broken)
    with pytest.raises(OSError, match="no room"):
        bring(TWO.replace(b"open: yes", b"open: no").replace(b"- Ash", b"- Elm"))
    assert list(Material.objects.order_by("pk").values()) == before


def test_what_is_gone_is_marked_and_comes_back(db):
    bring(TWO)
    assert bring(TWO.replace(b"    - Ash\n", b""))["removed"] == 1
    assert Material.objects.count() == 2 and Material.objects.present().count() == 1
    assert bring(TWO)["restored"] == 1


def test_authors_come_with_the_file_and_stay_when_another_file_has_none(db):
    bring(b"authors: [{id: 007, name: Mara}]\n" + TWO)
    assert Material.objects.get(key="oak").author() == {"id": "007", "name": "Mara"}
    bring(TWO)
    assert Catalogue.objects.get().authors == [{"id": "007", "name": "Mara"}]


def test_authors_by_id():
    parsed = parse(b"authors: {2: {name: Ben, title: Dr.}}\nwood: [Oak]")
    assert parsed.collection_fields["authors"] == [{"id": "2", "name": "Ben", "title": "Dr."}]


@pytest.mark.parametrize(
    ("data", "filename", "said"),
    [
        (b"", "x.yaml", "empty file"),
        (b" \r\n\t\n", "x.yaml", "empty file"),
        ("wood: [Oak]".encode("utf-16"), "x.yaml", "found UTF-16 text"),
        ("wood: [Stra\u00dfe]".encode("latin-1"), "x.yaml", "found other bytes at place 11"),
        (b"a: \x00", "x.yaml", "found binary data"),
        (b"PK\x03\x04\x00\x00", "x.yaml", "found a zip archive or an office document"),
        (b"%PDF-1.7\n", "x.yaml", "found a PDF document"),
        (b"# Title\n\nSome text of a lesson.\n", "x.yaml", "found text without any structure"),
        (b"id,name\n1,Oak\n2,Ash\n", "x.yaml", "found text without any structure"),
        (b"<html><body>x</body></html>", "x.yaml", "found HTML or XML"),
        (b"\n<!DOCTYPE html>\n<p>Note: wood</p>", "x.yaml", "found HTML or XML"),
        (b"<?xml version='1.0'?><a/>", "x.json", "found HTML or XML"),
        (b'{"version": "1.1", "data": [{"title": "x", "paragraphs": []}]}', "x.json", "found nothing to import"),
        (b'{"a": [1, 2', "x.json", "found what is neither JSON nor YAML in line 2"),
        (b'["I use the bus.", "I don\'t."]', "x.json", "found a list of texts without a category"),
        (b'[{"topic_id": "A", "topic": "Fares"}]', "x.json", "found nothing to import"),
        (b'[{"id": 0, "summaries": [{"summary_text": "A goal."}]}]', "x.json", "found nothing to import"),
        (
            b'[{"_id": "5a", "question": "Who?", "answer": "Ann", "type": "bridge"}]',
            "x.json",
            "found nothing to import",
        ),
        (b'{"Data": [{"Question": "Who?", "Answer": {"Value": "Ann"}}]}', "x.json", "found nothing to import"),
        (b'{"id": 1, "claim": "x"}\n{"id": 2, "claim": "y"}\n', "x.json", "found what is neither JSON nor YAML"),
        (b"what does [Ann Bee] appear in\tFilm A|Film B\n", "x.yaml", "found text without any structure"),
        (b"wood: [Oak]", "x.docx", "found a file '.docx'"),
    ],
)
def test_a_foreign_file_ends_in_one_sentence_and_no_rows(db, data, filename, said):
    with pytest.raises(SourceError, match=said) as caught:
        bring(data, filename=filename)
    assert str(caught.value).startswith(("Expected a catalogue of materials", "There is")) and "\n" not in str(
        caught.value
    )
    assert not Catalogue.objects.exists()


def test_names_longer_than_their_columns_are_cut_and_told(db):
    plan = plan_import("materials", b"wood: [%s]" % (b"x" * 300), slug="cat")
    assert len(plan.rows[0].fields["name"]) == 200 and "was cut" in plan.problems[0].why


def test_it_is_registered():
    assert source_of("materials") is CatalogueSource
