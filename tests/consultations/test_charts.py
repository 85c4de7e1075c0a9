"""The charts of a comparison: every bar has its place, its length and its words."""

import re
from xml.etree import ElementTree

import pytest

from consultations.charts import charts, jaccard_histogram, kappa_by_theme, theme_frequency
from consultations.comparison import Comparison

NAMES = ("jaccard_histogram.svg", "theme_frequency.svg", "kappa_by_theme.svg")


def comparison(scores=(0.0, 0.3, 0.95, 1.0), first=None, second=None, kappas=None):
    kappas = {"Cost": 0.5} if kappas is None else kappas
    return Comparison(list(scores), first or {"Cost": 2}, second or {"Cost": 1}, 1, 0, 0, 0, kappas)


def bars(picture):
    """Words and box of every bar that has words."""
    box = r'x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"'
    found = re.findall(rf"<rect {box}[^>]*><title>([^<]*)", picture)
    return {words: tuple(map(float, box)) for *box, words in found}


def test_a_score_falls_into_its_tenth_and_1_into_the_last():
    found = bars(jaccard_histogram(comparison()))
    counts = [int(words.rpartition(": ")[2].split()[0]) for words in found]
    assert counts == [1, 0, 0, 1, 0, 0, 0, 0, 0, 2]
    heights = [box[3] for box in found.values()]
    assert heights[9] == 2 * heights[0] == 170


@pytest.mark.parametrize(("score", "place"), [(0.1, 1), (0.2, 2), (0.3, 3), (0.6, 6), (0.7, 7), (1 / 3, 3), (0.9, 9)])
def test_a_bound_belongs_to_the_step_above_it(score, place):
    counts = [": 1 responses" in words for words in bars(jaccard_histogram(comparison([score])))]
    assert counts.index(True) == place and sum(counts) == 1


def test_both_mappings_stand_side_by_side_the_most_frequent_theme_first():
    one = comparison(first={"Cost": 4, "Noise": 1}, second={"Noise": 8}, kappas={"Cost": 0.1, "Noise": 0.2})
    found = bars(theme_frequency(one))
    assert list(found) == [
        "Noise, first mapping: 1 responses", "Noise, second mapping: 8 responses",
        "Cost, first mapping: 4 responses", "Cost, second mapping: 0 responses",
    ]  # fmt: skip
    widths = [box[2] for box in found.values()]
    assert widths == [440 / 8, 440, 440 / 2, 0]


def test_without_much_disagreement_the_axis_begins_a_little_below_0():
    # 440 wide from -0.2 to 1: 0 stands at 220 + 440 / 6, and 0.5 is 440 * 0.5 / 1.2 long.
    found = bars(kappa_by_theme(comparison(kappas={"Cost": 0.5, "Noise": 1.0, "Trees": -0.1})))
    assert found == {
        "Noise: kappa 1.000 (almost perfect)": (293.3, 86, 366.7, 18),
        "Cost: kappa 0.500 (moderate)": (293.3, 112, 183.3, 18),
        "Trees: kappa -0.100 (poor)": (256.7, 138, 36.7, 18),
    }  # fmt: skip


def test_a_kappa_far_below_0_makes_room_for_all_of_them():
    picture = kappa_by_theme(comparison(kappas={"Cost": 0.5, "Noise": -0.5}))
    assert bars(picture) == {
        "Cost: kappa 0.500 (moderate)": (440, 86, 110, 18), "Noise: kappa -0.500 (poor)": (330, 112, 110, 18),
    }  # fmt: skip
    assert ">poor<" in picture


def test_the_usual_bands_are_drawn():
    picture = kappa_by_theme(comparison())
    for word in ("slight", "fair", "moderate", "substantial", "almost perfect", "poor"):
        assert f">{word}<" in picture


def test_each_band_begins_at_its_bound():
    # 440 wide from -0.2 to 1: a bound stands at 220 + 440 x (bound + 0.2) / 1.2, and its word 2 to the right of it.
    found = re.findall(r'<text x="([\d.]+)" y="[\d.]+"[^>]*>([a-z ]+)</text>', kappa_by_theme(comparison()))
    assert {word: float(x) for x, word in found} == {
        "poor": 222.0, "slight": 295.3, "fair": 368.7, "moderate": 442.0, "substantial": 515.3,
        "almost perfect": 588.7,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["<script>", "A & B", "Жизнь в городе", "المواصلات", "x" * 300])
def test_every_chart_is_sound_xml_with_a_name(name):
    drawn = charts(comparison(first={name: 1}, second={name: 1}, kappas={name: 0.0}))
    assert tuple(drawn) == NAMES
    for content in drawn.values():
        root = ElementTree.fromstring(content)
        assert root.get("role") == "img" and root.get("aria-label")
        assert not [part for part in root.iter() if part.tag.endswith("script")]


def test_without_any_theme_there_are_charts_all_the_same():
    for content in charts(Comparison([1.0], {}, {}, 1, 0, 0, 0, {})).values():
        ElementTree.fromstring(content)
