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
        (b"\xff\xfe\x00", "x.yaml", "not UTF-8"),
        (b"PK\x03\x04\x00\x00", "x.yaml", "no YAML"),
        (b"# Title\n\nSome text of a lesson.\n", "x.yaml", "found text without any structure"),
        (b"id,name\n1,Oak\n2,Ash\n", "x.yaml", "found text without any structure"),
        (b"<html><body>x</body></html>", "x.yaml", "found text without any structure"),
        (b'{"version": "1.1", "data": [{"title": "x", "paragraphs": []}]}', "x.json", "found nothing to import"),
        (b'{"a": [1, 2', "x.json", "no YAML in line 2"),
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
