"""Three charts of a comparison as SVG: how similar, how frequent, how much beyond chance."""

from consultations.comparison import Comparison
from consultations.summary import BANDS, band
from generation.svg import BLUE, GREY, LIGHT, PALE, RED, WIDTH, bar, cut, drawing, line, mark, text

BINS = 10
LEFT, RIGHT, TOP = 220, 60, 50
FLOOR, HIGH = 240, 170
# How far below 0 an axis of kappas goes at least.
LITTLE = -0.2


def charts(comparison: Comparison) -> dict[str, bytes]:
    """File name -> SVG, for all three."""
    return {
        "jaccard_histogram.svg": jaccard_histogram(comparison).encode(),
        "theme_frequency.svg": theme_frequency(comparison).encode(),
        "kappa_by_theme.svg": kappa_by_theme(comparison).encode(),
    }


def jaccard_histogram(comparison: Comparison) -> str:
    """How many responses have which Jaccard similarity, in ten steps; 1 belongs to the last."""
    counts = [0] * BINS
    for score in comparison.scores:
        # A hair more than the score: 0.3 * 10 must not fall below 3.
        counts[min(BINS - 1, int(score * BINS + 1e-9))] += 1
    highest, width = max(counts), (WIDTH - 100) / BINS
    parts = [line(50, FLOOR, WIDTH - 50, FLOOR)]
    for number, count in enumerate(counts):
        x, height = 50 + number * width, HIGH * count / highest
        low, high = number / BINS, (number + 1) / BINS
        words = f"Similarity from {low:.1f} to {high:.1f}: {count:,} responses"
        parts.append(bar(x + 2, FLOOR - height, width - 4, BLUE, words, height))
        parts.append(text(x + width / 2, FLOOR - height - 5, f"{count:,}", "middle"))
        parts.append(text(x, FLOOR + 16, f"{low:.1f}", "middle"))
    parts.append(text(WIDTH - 50, FLOOR + 16, "1.0", "middle"))
    parts.append(text(WIDTH / 2, FLOOR + 36, "Jaccard similarity of the two label sets", "middle"))
    return drawing("Responses by similarity", parts, FLOOR + 50)


def theme_frequency(comparison: Comparison) -> str:
    """For each theme, how many responses have it in the first mapping and in the second."""
    first, second = comparison.first, comparison.second
    themes = sorted(comparison.kappas, key=lambda theme: (-first.get(theme, 0) - second.get(theme, 0), theme))
    highest = max([1, *first.values(), *second.values()])
    parts: list[str] = []
    for number, theme in enumerate(themes):
        y = TOP + number * 40
        parts.append(text(LEFT - 8, y + 20, cut(theme, 34), "end"))
        for place, (name, counts, colour) in enumerate((("first", first, BLUE), ("second", second, LIGHT))):
            count = counts.get(theme, 0)
            width = (WIDTH - LEFT - RIGHT) * count / highest
            words = f"{theme}, {name} mapping: {count:,} responses"
            parts.append(bar(LEFT, y + 15 * place, width, colour, words, 13))
            parts.append(text(LEFT + width + 5, y + 15 * place + 11, f"{count:,}"))
    end = TOP + len(themes) * 40 + 6
    parts += [mark(LEFT, end, BLUE, "first mapping"), mark(LEFT + 160, end, LIGHT, "second mapping")]
    return drawing("Responses by theme", parts, end + 26)


def kappa_by_theme(comparison: Comparison) -> str:
    """Kappa of each theme over the usual bands; the lowest one has much room only where it is needed."""
    themes = sorted(comparison.kappas.items(), key=lambda row: (-row[1], row[0]))
    end = TOP + 34 + len(themes) * 26
    parts: list[str] = []
    start = -1.0 if min(comparison.kappas.values(), default=0.0) < LITTLE else LITTLE
    for least, word in ((max(least, start), word) for least, word in BANDS):
        x = _along(least, start)
        parts.append(line(x, TOP, x, end, PALE))
        parts.append(text(x + 2, TOP + (12 if least in (0.8, 0.4, 0.0) else 26), word))
        parts.append(text(x, end + 14, f"{least:.1f}", "middle"))
    for number, (theme, kappa) in enumerate(themes):
        y, zero, reach = TOP + 36 + number * 26, _along(0, start), _along(kappa, start)
        words = f"{theme}: kappa {kappa:.3f} ({band(kappa)})"
        parts.append(text(LEFT - 8, y + 13, cut(theme, 34), "end"))
        colour = GREY if kappa == 0 else BLUE if kappa > 0 else RED
        parts.append(bar(min(zero, reach), y, max(1.0, abs(reach - zero)), colour, words, 18))
        parts.append(text(WIDTH - RIGHT + 8, y + 13, f"{kappa:.2f}"))
    parts.append(text(_along(1, start), end + 14, "1.0", "middle"))
    return drawing("Agreement beyond chance by theme (Cohen's kappa)", parts, end + 26)


def _along(value: float, start: float) -> float:
    """The place of a value on the axis from `start` to 1."""
    return LEFT + (min(1.0, max(start, value)) - start) / (1 - start) * (WIDTH - LEFT - RIGHT)
