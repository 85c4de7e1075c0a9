"""The summary and the charts."""

import re
from xml.etree import ElementTree

import pytest

from consultations.charts import charts, jaccard_histogram, kappa_by_theme
from consultations.comparison import compare
from consultations.mappings import Coding, Labelled, join
from consultations.summary import band, summary


def compared(first, second):
    codings = [
        Coding([Labelled(str(number), "", one) for number, one in enumerate(labels)]) for labels in (first, second)
    ]
    return compare(join(*codings))


FOUND = compared([("a", "b"), ("a",), (), ("<b>|",)], [("a", "b"), ("b",), (), ("<b>|",)])


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (1, "almost perfect"), (0.8, "almost perfect"), (0.79, "substantial"), (0.6, "substantial"), (0.4, "moderate"),
        (0.39, "fair"), (0.2, "fair"), (0.19, "slight"), (0, "slight"), (-0.01, "poor"), (-1, "poor"),
    ],
)  # fmt: skip
def test_bands(value, word):
    assert band(value) == word


def test_the_paragraph_says_the_figures_without_their_names():
    paragraph = summary(FOUND, "Buses").split("\n")[2]
    assert "In 3 of them (75 of every 100)" in paragraph
    assert "on average 75 of every 100 were given by both" in paragraph
    assert "added 1 times and taken away 1 times; 1 of these" in paragraph
    assert not re.search(r"kappa|jaccard|standard deviation", paragraph, re.IGNORECASE)


def test_the_table_lists_every_theme_and_survives_hostile_names():
    rows = [line for line in summary(FOUND).split("\n") if line.startswith("| <b>")]
    assert rows == ["| <b>\\| | 1 | 1 | 1.000 | almost perfect |"]


def test_what_was_left_out_is_said():
    assert "1,200 responses of the first, 3 of the second" in summary(FOUND, only_first=1200, only_second=3)
    assert "Left out" not in summary(FOUND)


def test_one_response_without_themes():
    assert "The same 1 response was sorted" in summary(compared([()], [()]))


@pytest.mark.parametrize("name", ["jaccard_histogram.svg", "theme_frequency.svg", "kappa_by_theme.svg"])
@pytest.mark.parametrize("found", [FOUND, compared([()], [()])], ids=["labels", "none"])
def test_charts_are_whole_pictures(name, found):
    tree = ElementTree.fromstring(charts(found)[name].decode())
    assert tree.tag.endswith("svg") and tree.find(".//{*}title") is not None


def test_the_histogram_counts_every_score_once():
    found = compared([("a", "b", "c")] * 4, [("a",), ("a", "b", "c"), ("x",), ("a", "b")])
    titles = re.findall(r"Similarity from ([\d.]+) to [\d.]+: (\d+) responses", jaccard_histogram(found))
    assert {low: int(count) for low, count in titles if count != "0"} == {"0.3": 1, "0.9": 1, "0.0": 1, "0.6": 1}


def test_the_bands_stand_in_the_chart():
    picture = kappa_by_theme(FOUND)
    assert all(word in picture for word in ("almost perfect", "substantial", "moderate", "fair", "slight", "poor"))
    assert "a: kappa 0.500 (moderate)" in picture
