"""Computed components: tables, symbol, byline."""

import pytest
import yaml

from generation.recipes import InvalidOutput
from materials.facts import badge_symbol, byline, parameters, properties_table, uses_table
from materials.models import Catalogue, Material
from tests.materials.rows import FRONTMATTER

MARA = {"id": "7", "name": "Mara", "title": "Dr.", "expertise": ["wood", "glue"], "country": "Austria"}


def oak(authors=(MARA,), **fields) -> Material:
    return Material(collection=Catalogue(name="Cat", authors=list(authors)), **{"name": "Oak", "key": "oak"} | fields)


def test_properties_of_catalogue_and_frontmatter():
    assert properties_table(oak(category="wood"), FRONTMATTER) == (
        "| Property | Value |\n| --- | --- |\n| Name | Oak |\n| Category | wood |\n"
        "| Density | 0.71 g/cm³ |\n| Hardness | 6.0 |"
    )


@pytest.mark.parametrize("odd", [{}, {"properties": "x"}, {"properties": ["x", {"name": "y"}, {"value": "1"}]}])
def test_what_an_editor_has_left_of_the_properties_does_no_harm(odd):
    assert properties_table(oak(), odd) == "| Property | Value |\n| --- | --- |\n| Name | Oak |"


def test_uses_and_parameters():
    item = oak(data={"laser": {"power": ["5", "10"], "pulse": "2.70"}, "note": "a|b\nc", "empty": ""})
    assert uses_table(item, FRONTMATTER) == (
        "| Industry | Use |\n| --- | --- |\n| Building | Floors \\| stairs. |\n\n"
        "| Parameter | Value |\n| --- | --- |\n| Laser / power | 5, 10 |\n| Laser / pulse | 2.70 |\n| Note | a\\|b c |"
    )


def test_nothing_to_tabulate_is_a_reason():
    with pytest.raises(InvalidOutput, match="nothing to tabulate"):
        uses_table(oak(), {"applications": []})


def test_lists_of_mappings_are_numbered():
    data = {"tests": [{"at_temperature": "20"}, {"at_temperature": "80"}]}
    assert parameters(data) == [("Tests 1 / at temperature", "20"), ("Tests 2 / at temperature", "80")]


@pytest.mark.parametrize(
    ("values", "formula", "name", "symbol"),
    [
        ({"symbol": "Al"}, "X", "Oak", "Al"), ({}, "Al2O3", "Oak", "Al2O3"), ({"symbol": " "}, "", "Oak", "Oa"),
        ({}, "", "European red oak", "ERO"),
    ],
)  # fmt: skip
def test_a_badge_has_a_symbol(values, formula, name, symbol):
    assert yaml.safe_load(badge_symbol(oak(formula=formula, name=name), values))["symbol"] == symbol


@pytest.mark.parametrize("formula", ["NO", "1.0", "yes"])
def test_a_symbol_that_looks_like_a_number_stays_text(formula):
    assert yaml.safe_load(badge_symbol(oak(formula=formula), {}))["symbol"] == formula


def test_a_byline_says_who():
    assert byline(oak(author_id="7")) == "**Mara**, Dr.\n\nwood, glue\n\nAustria"


@pytest.mark.parametrize(
    ("authors", "author_id"), [([], "7"), ([MARA], ""), ([MARA], "8"), (["x", {"id": "7"}], "7"), ([{"name": "M"}], "")]
)
def test_an_unknown_author_gives_the_catalogues_name(authors, author_id):
    assert byline(oak(authors=authors, author_id=author_id)) == "**Cat**"


def test_authors_numbers_are_ids_as_well():
    assert byline(oak(authors=[{"id": 7, "name": "Mara"}], author_id="7")) == "**Mara**"
