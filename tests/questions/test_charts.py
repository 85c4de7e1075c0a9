"""Charts: well-formed SVG that says what it shows, and shows the figures."""

from xml.etree import ElementTree

import pytest

from questions.charts import category_chart, difference_chart, measures_chart
from questions.comparison import Interval, compare, intervals
from tests.questions.rows import results

NS = "{http://www.w3.org/2000/svg}"
ONE = results((["a1"], ("a1",)), (["zz"], ("a1",)), ([], ("a1",)), ([], ("a1",)), variant_name="<b>&\"'")


def bars(chart: str) -> dict[str, float]:
    """Words and width of each bar."""
    root = ElementTree.fromstring(chart)
    drawn = [rect for rect in root.iter(f"{NS}rect") if len(rect)]
    return {rect.findtext(f"{NS}title", ""): float(rect.get("width", "nan")) for rect in drawn}


def charts() -> list[str]:
    return [
        category_chart([ONE, results()]), measures_chart({"<x>": intervals(ONE.scores), "y": intervals([])}),
        difference_chart(compare(ONE, ONE)), category_chart([]), measures_chart({}),
        difference_chart(compare(results(), results())),
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(6))
def test_they_are_svg_without_anything_from_elsewhere(number):
    root = ElementTree.fromstring(charts()[number])
    assert root.tag == f"{NS}svg" and root.get("role") == "img" and root.find(f"{NS}title").text
    text = charts()[number].replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "http" not in text and "<script" not in text and "style=" not in text


def test_the_widths_are_the_shares():
    found = bars(category_chart([ONE]))
    words = {name.split(": ")[1]: width for name, width in found.items()}
    whole = sum(found.values())
    assert whole == pytest.approx(720 - 190 - 60, abs=0.5)
    assert words == pytest.approx(
        {"all found, nothing wrong": whole / 4, "none right, some wrong": whole / 4, "no answer": whole / 2}, abs=0.2
    )


def test_each_set_has_a_bar_and_its_number_of_questions():
    chart = category_chart([results((["a1"], ("a1",))), results((["a1"], ("a1",)), (["zz"], ("a1",)), (["x"], ()))])
    # 470 units for the one question; for two half of it each; the third has no known answer.
    assert sorted(bars(chart).values()) == [235.0, 235.0, 470.0]
    root = ElementTree.fromstring(chart)
    assert [text.text for text in root.iter(f"{NS}text") if (text.text or "").startswith("n = ")] == ["n = 1", "n = 2"]


def test_measures_show_value_and_interval():
    chart = measures_chart({"v": {"accuracy": Interval(0.5, 0.25, 0.75)}})
    assert bars(chart) == {"v: accuracy 0.500 (0.250 to 0.750)": 235.0}
    assert f"M{190 + 0.25 * 470:.1f} " in chart and f"H{190 + 0.75 * 470:.1f}M" in chart


def test_differences_are_counted_in_steps():
    better = results((["a1"], ("a1",)), (["a1"], ("a1",)), ([], ("a1",)), ([], ("a1",)))
    counted = bars(difference_chart(compare(ONE, better)))
    assert [words.split("by ")[1] for words in counted if not words.endswith(": 0")] == ["+0.0: 3", "+1.0: 1"]
