"""The shapes of catalogue files, what is reported, and the keys."""

import pytest

from materials.catalogue import CatalogueError, Contents, read_catalogue, slug_of
from materials.file_tree import tree_of


def read(text: str, format: str = "auto") -> Contents:
    return read_catalogue(tree_of(text), format)


def short(found: Contents) -> list[tuple[str, str, str]]:
    return [(entry.key, entry.name, entry.category) for entry in found.entries]


UNDER_MATERIALS = """
metadata:
  version: 2
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
        laser: {power: [50, 100], pulse: 2.70}
        uses: [armour, bearings]
  wood:
    items: [Oak, NO, 0]
"""
AT_THE_ROOT = UNDER_MATERIALS.replace("materials:\n", "").replace("\n  ", "\n").replace("version: 2", "  version: 2")
EXPECTED = [
    ("zirconia", "Zirconia", "ceramic"), ("alumina", "Alumina", "ceramic"), ("oak", "Oak", "wood"),
    ("no", "NO", "wood"), ("0", "0", "wood"),
]  # fmt: skip
AS_JSON = """{"metadata": {"version": 2}, "materials": {"ceramic": {"description": "Hard and brittle",
 "article_type": "material", "items": ["Zirconia", {"name": "Alumina", "author_id": 2, "complexity": "high",
 "formula": "Al2O3", "laser": {"power": [50, 100], "pulse": 2.70}, "uses": ["armour", "bearings"]}]},
 "wood": {"items": ["Oak", "NO", 0]}}}"""


@pytest.mark.parametrize("text", [UNDER_MATERIALS, AT_THE_ROOT, AS_JSON], ids=["materials", "root", "json"])
def test_categories_with_items(text):
    found = read(text)
    assert short(found) == EXPECTED and found.problems == []
    alumina = found.entries[1]
    assert (alumina.category_description, alumina.article_type) == ("Hard and brittle", "material")
    assert (alumina.text("author_id"), alumina.text("formula")) == ("2", "Al2O3")
    assert alumina.fields["laser"].plain() == {"power": ["50", "100"], "pulse": "2.70"}
    assert alumina.fields["uses"].plain() == ["armour", "bearings"]


@pytest.mark.parametrize("wrap", ["", "materials:\n"])
def test_a_flat_mapping_of_names_to_properties(wrap):
    lines = "Oak:\n  category: wood\n  density: 0.71\nSteel:\n  category: metal\n  laser: {power: 5}\n"
    found = read(wrap + "".join(f"{'  ' if wrap else ''}{line}\n" for line in lines.splitlines()))
    assert short(found) == [("oak", "Oak", "wood"), ("steel", "Steel", "metal")]
    assert found.entries[0].text("density") == "0.71"


def test_a_flat_mapping_of_names_to_scalars():
    found = read("Oak: 0.71\n1018: 7.85\nNO: yes\nAsh:\n")
    assert short(found) == [("oak", "Oak", ""), ("1018", "1018", ""), ("no", "NO", ""), ("ash", "Ash", "")]
    assert [entry.text("value") for entry in found.entries] == ["0.71", "7.85", "yes", ""]


def test_other_places_of_items():
    found = read("wood: [Oak, {Ash: {formula: C}}]\nmetal:\n  items:\n    Iron: {formula: Fe}\n")
    assert short(found) == [("oak", "Oak", "wood"), ("ash", "Ash", "wood"), ("iron", "Iron", "metal")]
    assert [entry.text("formula") for entry in found.entries] == ["", "C", "Fe"]


def test_a_list_at_the_root():
    found = read('[{"name": "Oak", "category": "wood"}, "Ash"]')
    assert short(found) == [("oak", "Oak", "wood"), ("ash", "Ash", "")]


def test_the_format_decides_where_the_file_does_not():
    text = "wood:\n  Oak: {density: 0.71}\n  Ash: {density: 0.65}\n"
    assert short(read(text)) == [("wood", "wood", "")]
    assert short(read(text, "categories")) == [("oak", "Oak", "wood"), ("ash", "Ash", "wood")]
    assert short(read("wood: [Oak, Ash]", "flat")) == [("wood", "wood", "")]


def test_metadata_is_no_category():
    found = read("metadata:\n  items: [a, b]\n  total: 1\nwood: [Oak]\n")
    assert short(found) == [("oak", "Oak", "wood")]
    assert found.notices == ["The file states a total of 1 (total): that fits."]


def test_metadata_is_no_material_of_a_flat_mapping():
    assert short(read("metadata: {version: 1}\nOak: {density: 1}\n")) == [("oak", "Oak", "")]
    assert short(read('{"metadata": "made by hand", "Oak": 0.71}')) == [("oak", "Oak", "")]


def test_a_category_that_stands_twice_loses_nothing():
    found = read("wood: [Oak, Ash]\nmetal: [Tin]\nwood: [Elm, Oak]\n")
    assert short(found) == [
        ("oak", "Oak", "wood"), ("ash", "Ash", "wood"), ("tin", "Tin", "metal"), ("elm", "Elm", "wood"),
        ("oak-2", "Oak", "wood"),
    ]  # fmt: skip
    assert [(problem.line, problem.what) for problem in found.problems] == [(3, "Oak")]


@pytest.mark.parametrize("name", ["total", "total_materials", "count", "materials_total", "number_of_items"])
def test_a_stated_total_is_only_compared(name):
    found = read(f"metadata: {{{name}: 7, year: 2024}}\nwood: [Oak]\n")
    assert [problem.why for problem in found.problems] == ["The file states a total of 7; 1 found."]
    assert found.problems[0].line == 1


def test_the_same_name_twice_is_kept_apart_by_id_and_reported():
    found = read("wood:\n- {name: Oak, id: 7}\n- {name: Oak, id: 9}\n- oak\n- {name: Oak, id: 9}\n")
    assert [entry.key for entry in found.entries] == ["oak", "oak-9", "oak-2", "oak-3"]
    assert [problem.line for problem in found.problems] == [3, 4, 5]
    assert (
        found.problems[0].why == "The name stands twice in 'wood' (first in line 2): both are kept, this one as oak-9."
    )


def test_a_repeated_name_in_a_flat_mapping_is_kept_as_well():
    found = read("Oak: {density: 1}\nOak: {density: 2}\n")
    assert [(entry.key, entry.text("density")) for entry in found.entries] == [("oak", "1"), ("oak-2", "2")]
    assert len(found.problems) == 1


def test_the_same_name_in_two_categories_is_no_problem():
    found = read("metal: [Tin]\nbox: [Tin, {name: Tin, id: 3}]\n")
    assert [entry.key for entry in found.entries] == ["tin", "tin-box", "tin-3"]
    assert [problem.line for problem in found.problems] == [2]


def test_names_that_differ_only_in_signs_are_kept_apart_in_silence():
    found = read("x: ['C++', 'C#', '🙂', '?']")
    assert [entry.key for entry in found.entries] == ["c", "c-2", "material", "material-2"]
    assert found.problems == []


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Al₂O₃ (96 %)", "al2o3-96"), ("  Red  Oak ", "red-oak"), ("ไม้สัก", "ไม้สัก"), ("خشب البلوط", "خشب-البلوط"),
        ("钛", "钛"), ("../../etc", "etc"),
        ("a" * 300, "a" * 100), ("钛" * 60, "钛" * 33), ("--", ""), ("Straße_1", "straße-1"),
    ],
)  # fmt: skip
def test_slugs(name, slug):
    assert slug_of(name) == slug


@pytest.mark.parametrize(
    ("text", "line", "what", "why"),
    [
        ("wood:\n- Oak\n- [a]\n", 3, "item 2 of wood", "found a list"),
        ("wood:\n- Oak\n- {formula: C}\n", 3, "item 2 of wood", "no name"),
        ("wood:\n- Oak\n- ''\n", 3, "item 2 of wood", "no name"),
        ("wood: [Oak]\nmetal:\n  items: []\n", 3, "metal", "no items"),
        ("wood: [Oak]\nmetal: {description: x}\n", 2, "metal", "no items"),
        ("wood:\n- name: Oak\n  formula: C\n  formula: D\n", 4, "Oak", "'formula' stands twice"),
        ('{"wood": [\n"Oak",\n["a"]]}', 3, "item 2 of wood", "found a list"),
        ('{"wood": ["Oak",\n{"formula": "C"}\n]}', 2, "item 2 of wood", "no name"),
        ('{"wood": ["Oak"],\n\n"metal": {"items": []}}', 3, "metal", "no items"),
        ('{"wood": [{"name": "Oak",\n"formula": "C",\n"formula": "D"}]}', 3, "Oak", "'formula' stands twice"),
    ],
)
def test_what_could_not_be_taken_is_told_with_its_line(text, line, what, why):
    found = read(text)
    assert len(found.entries) == 1
    assert [(problem.line, problem.what) for problem in found.problems] == [(line, what)]
    assert why in found.problems[0].why


def test_plain_values_beside_categories_are_passed_over():
    found = read("version: 1.1\nwood: [Oak]\n")
    assert short(found) == [("oak", "Oak", "wood")]
    assert found.notices == ["Passed over: 'version', a plain value beside the categories."]


@pytest.mark.parametrize("authors", ["authors: [{id: 1, name: Mara}]", "authors: {1: {name: Mara}}"])
def test_authors_beside_the_materials_are_no_category(authors):
    found = read(f"{authors}\nwood: [Oak]\n")
    assert short(found) == [("oak", "Oak", "wood")] and found.authors is not None


@pytest.mark.parametrize("text", ["", "# only a comment", "just some words", "materials:", "materials: words", "5"])
def test_what_is_no_catalogue_is_refused(text):
    with pytest.raises(CatalogueError, match=r"^found"):
        read(text)
