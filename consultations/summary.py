"""`summary.md`: what the comparison says, first in a paragraph for readers who know no statistics."""

from collections.abc import Iterator

from consultations.comparison import Comparison

# From how much on (Landis and Koch's usual bands) an agreement beyond chance is called what.
BANDS = (
    (0.8, "almost perfect"), (0.6, "substantial"), (0.4, "moderate"), (0.2, "fair"), (0.0, "slight"),
    (-1.0, "poor"),
)  # fmt: skip
PLAIN = {
    "almost perfect": "the two agree nearly everywhere, and far more than chance could explain",
    "substantial": "the two mostly agree, clearly more than chance could explain",
    "moderate": "the two agree about the broad picture, but often differ on single responses",
    "fair": "the two agree only somewhat more than chance could explain",
    "slight": "the two agree hardly more than chance would make them",
    "poor": "the two agree less than chance would make them",
}


def band(kappa: float) -> str:
    """The usual word for a kappa: a bound belongs to the band above it, except that 0 and less than 0 differ."""
    return next(word for least, word in BANDS if kappa >= least)


def summary(comparison: Comparison, title: str = "", only_first: int = 0, only_second: int = 0) -> str:
    """The whole text in Markdown."""
    heading = f"Two codings compared: {title}" if title else "Two codings compared"
    lines = [f"# {heading}", "", paragraph(comparison), ""]
    if only_first or only_second:
        lines += [
            f"Left out, because only one of the two codings has them: {only_first:,} responses of the first, "
            f"{only_second:,} of the second.",
            "",
        ]
    return "\n".join([*lines, *_figures(comparison), "", *_themes(comparison)]) + "\n"


def paragraph(one: Comparison) -> str:
    """What it all means, for readers who know no statistics."""
    total, document = len(one.scores), one.document()
    overlap = 100 * document["jaccard_similarity"]["mean"]
    word = band(one.mean_kappa)
    sentences = [
        f"The same {total:,} response{'s were' if total != 1 else ' was'} sorted into themes twice, and this page says "
        "how far the two results agree.",
        f"In {one.identical:,} of them ({one.percentage:.0f} of every 100) both gave exactly the same themes.",
        f"Taken together, of all the themes that either of them gave to a response, on average {overlap:.0f} of every "
        "100 were given by both.",
        f"Put plainly, {PLAIN[word]} (in the usual words: {word} agreement).",
        f"Going from the first to the second, themes were added {one.additions:,} times and taken away "
        f"{one.removals:,} times; {one.replacements:,} of these changes go together as one theme put in place of "
        "another.",
    ]
    return " ".join([*sentences, *_extremes(one)])


def _extremes(one: Comparison) -> Iterator[str]:
    if len(one.kappas) > 1:
        ordered = sorted(one.kappas, key=lambda theme: (-one.kappas[theme], theme))
        yield f"They see eye to eye most on “{ordered[0]}” and least on “{ordered[-1]}”."
        yield "Where they differ, it is worth reading the responses: often a theme is described too loosely."


def _figures(one: Comparison) -> list[str]:
    figures = one.document()
    similar = figures["jaccard_similarity"]
    return [
        "## The figures", "",
        "| figure | value |", "| --- | --- |",
        f"| Responses compared | {len(one.scores):,} |",
        f"| With identical themes | {one.identical:,} ({one.percentage:.1f} %) |",
        f"| Overlap of the themes (Jaccard), mean | {similar['mean']:.3f} |",
        f"| ... median | {similar['median']:.3f} |",
        f"| ... standard deviation | {similar['std_dev']:.3f} |",
        f"| ... lowest and highest | {similar['min']:.3f} and {similar['max']:.3f} |",
        f"| Themes added, taken away, replaced | {one.additions:,}, {one.removals:,}, {one.replacements:,} |",
        f"| Agreement beyond chance (Cohen's kappa), mean | {one.mean_kappa:.3f} ({band(one.mean_kappa)}) |",
    ]  # fmt: skip


def _themes(one: Comparison) -> list[str]:
    rows = [
        f"| {_cell(theme)} | {one.first.get(theme, 0):,} | {one.second.get(theme, 0):,} | {kappa:.3f} | {band(kappa)} |"
        for theme, kappa in sorted(one.kappas.items(), key=lambda row: (-row[1], row[0]))
    ]
    head = ["| theme | first | second | kappa | agreement |", "| --- | --- | --- | --- | --- |"]
    return ["## Theme by theme", "", *head, *rows]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
