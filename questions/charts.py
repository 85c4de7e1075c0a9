"""Charts of evaluated answers as SVG, made here: no script, no font and no file from elsewhere."""

from collections.abc import Mapping, Sequence

from generation.svg import AMBER, BLUE, GREY, INK, LIGHT, PALE, RED, WIDTH, bar, cut, drawing, mark, text
from questions.comparison import Comparison, Interval
from questions.results import ResultSet
from questions.scoring import Category

LEFT, RIGHT, ROW = 190, 60, 34
TOP, LEGEND = 44, 30
COLOURS = {
    Category.PERFECT: BLUE,
    Category.COMPLETE: LIGHT,
    Category.PARTIAL: AMBER,
    Category.HALLUCINATION: RED,
    Category.FAILED: GREY,
}
BINS = 20


def category_chart(sets: Sequence[ResultSet]) -> str:
    """A bar for each set: which share of its questions is in which category."""
    lines: list[str] = []
    for number, one in enumerate(sets):
        y, x = TOP + number * ROW, float(LEFT)
        lines.append(_label(y, _name(one)))
        for category, colour in COLOURS.items():
            share = one.metrics[f"pct_{category}"] / 100
            width = share * (WIDTH - LEFT - RIGHT)
            if width:
                words = f"{_name(one)}: {category.label}: {one.metrics[f'count_{category}']} ({100 * share:.1f} %)"
                lines.append(bar(x, y, width, colour, words))
            x += width
        lines.append(text(WIDTH - RIGHT + 6, y + 15, f"n = {one.metrics['total_questions']:,}"))
    lines += _legend(TOP + len(sets) * ROW + 8)
    return drawing("Questions by category", lines, TOP + len(sets) * ROW + 2 * LEGEND + 8)


def measures_chart(named: Mapping[str, Mapping[str, Interval]]) -> str:
    """For each measure a bar of each named set (0 to 1), with its interval as a line over the end of the bar."""
    names = list(named)
    measures = list(next(iter(named.values()), {}))
    palette = [COLOURS[category] for category in Category]
    lines: list[str] = []
    y = TOP
    for measure in measures:
        for number, name in enumerate(names):
            interval = named[name][measure]
            words = f"{name}: {measure} {interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"
            lines.append(_label(y, measure.replace("_", " ") if not number else ""))
            lines.append(bar(LEFT, y, _along(interval.value) - LEFT, palette[number % len(palette)], words, 16))
            lines.append(_whisker(interval, y + 8))
            lines.append(text(WIDTH - RIGHT + 6, y + 13, f"{interval.value:.3f}"))
            y += 20
        y += 10
    for number, name in enumerate(names):
        lines.append(mark(LEFT, y + 18 * number, palette[number % len(palette)], name))
    return drawing("Measures with their intervals", lines, y + 18 * len(names) + 10)


def difference_chart(comparison: Comparison) -> str:
    """How many questions gained or lost how much F1 from the first set to the second, in twenty steps."""
    counts = [0] * (BINS + 1)
    for one in comparison.questions:
        counts[round((one.change + 1) / 2 * BINS)] += 1
    # Most questions are alike in both sets: their bar would make all others invisible.
    middle = BINS // 2
    highest = max([1, *counts[:middle], *counts[middle + 1 :]])
    width, floor = (WIDTH - 80) / (BINS + 1), 220
    lines: list[str] = []
    for number, count in enumerate(counts):
        change = 2 * number / BINS - 1
        height = 150 * min(1.0, count / highest)
        colour = PALE if number == middle else COLOURS[Category.PERFECT if number > middle else Category.HALLUCINATION]
        words = f"Questions whose F1 changed by {change:+.1f}: {count}"
        lines.append(bar(40 + number * width, floor - height, width - 2, colour, words, height))
        if count:
            lines.append(text(40 + number * width + width / 2, floor - height - 4, f"{count}", "middle"))
        if number % 5 == 0:
            lines.append(text(40 + number * width + width / 2, floor + 16, f"{change:+.1f}", "middle"))
    title = f"Change of F1 by question: {_name(comparison.first)} to {_name(comparison.second)}"
    return drawing(title, lines, floor + 30)


def _name(one: ResultSet) -> str:
    return " ".join(filter(None, [one.variant_name, one.dataset_name, one.mode]))


def _along(value: float) -> float:
    return LEFT + min(1.0, max(0.0, value)) * (WIDTH - LEFT - RIGHT)


def _whisker(interval: Interval, y: float) -> str:
    low, high = _along(interval.low), _along(interval.high)
    return (
        f'<path d="M{low:.1f} {y:.1f}H{high:.1f}M{low:.1f} {y - 4:.1f}v8M{high:.1f} {y - 4:.1f}v8" '
        f'stroke="{INK}" stroke-width="2" fill="none"/>'
    )


def _label(y: float, words: str) -> str:
    return text(LEFT - 8, y + 15, cut(words), "end")


def _legend(y: float) -> list[str]:
    """Three marks in the first line, two in the second."""
    return [
        mark(20 + (number % 3) * 235, y + (number // 3) * 20, colour, category.label)
        for number, (category, colour) in enumerate(COLOURS.items())
    ]
