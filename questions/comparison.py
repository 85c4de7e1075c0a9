"""How sure a figure is, and two sets of results side by side; by a bootstrap over the questions with a fixed seed."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from questions.results import Result, ResultSet
from questions.scoring import MISSED, Score, f1, share

RESAMPLES, SEED, LEVEL = 1000, 0, 0.95
# Of a question: correct, incorrect, missed, complete, exact; of two questions: both, one after the other.
Row = tuple[int, ...]
WIDTH = 5

# Figures from the sums of such rows and the number of questions.
MEASURES: dict[str, Callable[[Sequence[int], int], float]] = {
    "accuracy": lambda sums, n: share(sums[3], n),
    "precision": lambda sums, n: share(sums[0], sums[0] + sums[1]),
    "recall": lambda sums, n: share(sums[0], sums[0] + sums[2]),
    "f1_score": lambda sums, n: f1(sums[0], sums[1], sums[2]),
    "exact_match": lambda sums, n: share(sums[4], n),
}


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with the bounds that it lies between in `LEVEL` of the drawings."""

    value: float
    low: float
    high: float

    @property
    def apart_from_zero(self) -> bool:
        """Of a difference: whether it can hardly be chance."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Drawing:
    """How the bootstrap draws."""

    resamples: int = RESAMPLES
    seed: int = SEED
    level: float = LEVEL


@dataclass(frozen=True, slots=True)
class Difference:
    """One question that both sets answered, and who did better; `gained` and `lost` are known answers."""

    question_id: str
    question_text: str
    first: Score
    second: Score
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def change(self) -> float:
        """How much the second's F1 is above the first's."""
        return self.second.f1 - self.first.f1


@dataclass
class Comparison:
    """Two sets over the questions that both have."""

    first: ResultSet
    second: ResultSet
    questions: list[Difference] = field(default_factory=list)
    only_first: int = 0
    only_second: int = 0
    measures: dict[str, tuple[Interval, Interval, Interval]] = field(default_factory=dict)

    @property
    def better(self) -> list[Difference]:
        """Questions that the second set answered better, the largest change first."""
        return sorted((one for one in self.questions if one.change > 0), key=lambda one: -one.change)

    @property
    def worse(self) -> list[Difference]:
        """Questions that it answered worse, the largest change first."""
        return sorted((one for one in self.questions if one.change < 0), key=lambda one: one.change)


def intervals(scores: Sequence[Score], drawing: Drawing | None = None) -> dict[str, Interval]:
    """Every measure with its interval; the same seed gives the same bounds."""
    drawing = drawing or Drawing()
    rows = [_row(one) for one in scores]
    drawn = _resampled(rows, drawing)
    return {
        name: _interval(measure(_sums(rows), len(rows)), [measure(sums, len(rows)) for sums in drawn], drawing.level)
        for name, measure in MEASURES.items()
    }


def compare(first: ResultSet, second: ResultSet, drawing: Drawing | None = None) -> Comparison:
    """Both sets over their common questions: each measure of the first, of the second, and the difference.

    The differences are drawn in pairs (the same questions for both), since both answered the same questions.
    """
    drawing = drawing or Drawing()
    ones, others = _by_id(first), _by_id(second)
    pairs = [(result, others[key]) for key, result in ones.items() if key in others]
    rows = [_row(one.score) + _row(other.score) for one, other in pairs]
    drawn = _resampled(rows, drawing)
    measures = {name: _three(measure, rows, drawn, drawing.level) for name, measure in MEASURES.items()}
    return Comparison(
        first, second, [_difference(one, other) for one, other in pairs], len(ones) - len(pairs),
        len(others) - len(pairs), measures,
    )  # fmt: skip


def _three(
    measure: Callable[[Sequence[int], int], float], rows: Sequence[Row], drawn: Sequence[Row], level: float
) -> tuple[Interval, Interval, Interval]:
    total, both = len(rows), [_sums(rows, 2 * WIDTH), *drawn]
    firsts = [measure(sums[:WIDTH], total) for sums in both]
    seconds = [measure(sums[WIDTH:], total) for sums in both]
    changes = [second - first for first, second in zip(firsts, seconds, strict=True)]
    one, two, change = (_interval(values[0], values[1:], level) for values in (firsts, seconds, changes))
    return one, two, change


def _by_id(results: ResultSet) -> dict[tuple[str, int], Result]:
    """Scored results by id; an id that occurs again is its second, third ... occurrence."""
    seen: Counter[str] = Counter()
    found = {}
    for result in results.scored:
        found[result.question_id, seen[result.question_id]] = result
        seen[result.question_id] += 1
    return found


def _difference(one: Result, other: Result) -> Difference:
    before, after = _found(one), _found(other)
    return Difference(
        one.question_id, one.question_text, one.score, other.score,
        tuple(text for place, text in after.items() if place not in before),
        tuple(text for place, text in before.items() if place not in after),
    )  # fmt: skip


def _found(result: Result) -> dict[int, str]:
    """Place and spelling of the known answers that were found."""
    places = enumerate(zip(result.gold, result.score.found, strict=True))
    return {number: spellings[place] for number, (spellings, place) in places if place != MISSED}


def _row(one: Score) -> Row:
    return one.correct, one.incorrect, one.missed, int(one.complete), int(one.exact)


def _sums(rows: Sequence[Row], width: int = WIDTH) -> Row:
    return tuple(map(sum, zip(*rows, strict=True))) or (0,) * width


def _resampled(rows: Sequence[Row], drawing: Drawing) -> list[Row]:
    """Sums of as many rows as there are, drawn with replacement, again and again.

    Few questions differ in all their counts, so that what is drawn is counted by kind and summed by kind.
    """
    if not rows:
        return []
    kinds = {row: number for number, row in enumerate(dict.fromkeys(rows))}
    numbers = [kinds[row] for row in rows]
    columns = list(zip(*kinds, strict=True))
    dice = random.Random(drawing.seed)
    found = []
    for _ in range(drawing.resamples):
        drawn = Counter(dice.choices(numbers, k=len(numbers)))
        found.append(tuple(sum(column[kind] * n for kind, n in drawn.items()) for column in columns))
    return found


def _interval(value: float, drawn: Sequence[float], level: float) -> Interval:
    if not drawn:
        return Interval(value, value, value)
    ordered = sorted(drawn)
    return Interval(value, _quantile(ordered, (1 - level) / 2), _quantile(ordered, (1 + level) / 2))


def _quantile(ordered: Sequence[float], part: float) -> float:
    """Between two neighbours it lies on the straight line."""
    place = part * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
