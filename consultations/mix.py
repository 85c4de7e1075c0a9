"""The mix of made-up responses: what each slot is to be, drawn with weights and a seed."""

import random
from collections.abc import Mapping
from typing import Any

from consultations.file_values import text_of

DIMENSIONS = ("perspective", "length", "focus", "stance")
LENGTHS = {"short": (15, 50), "medium": (50, 130), "long": (130, 260)}
USUAL: dict[str, dict[str, float]] = {
    "perspective": {
        "a resident": 4, "a parent of young children": 2, "an older resident": 2, "a local business owner": 2,
        "somebody who works for a charity": 1, "a student": 1,
    },
    "length": {"short": 3, "medium": 5, "long": 2},
    "focus": {
        "cost and value for money": 1, "fairness": 1, "everyday life": 2, "safety": 1, "the environment": 1,
        "how it would be carried out": 1,
    },
    "stance": {"in favour": 3, "against": 3, "in favour with conditions": 2, "undecided": 1},
}  # fmt: skip
BLOCK = 20

# Dimension -> value -> weight.
Mix = Mapping[str, Mapping[str, float]]


class MixError(ValueError):
    """The weights can't be used; the message says which."""


def weights(values: Any, dimension: str) -> dict[str, float]:
    """Weights of a mapping value -> weight, or of a list of values (equal ones); raises MixError."""
    if isinstance(values, list):
        values = dict.fromkeys(map(text_of, values), 1)
    if not isinstance(values, Mapping) or not values:
        raise MixError(f"'{dimension}' is neither a list of values nor a mapping of values to weights")
    found = {text_of(value): _weight(weight, dimension, value) for value, weight in values.items()}
    found.pop("", None)
    if not any(found.values()):
        raise MixError(f"no value of '{dimension}' has a weight above 0")
    strange = sorted(set(found) - set(LENGTHS)) if dimension == "length" else []
    if strange:
        raise MixError(f"a length is {', '.join(LENGTHS)}, and '{strange[0]}' is not")
    return found


def _weight(weight: Any, dimension: str, value: Any) -> float:
    try:
        number = float(weight)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number < 1e9:
        raise MixError(f"the weight of '{value}' in '{dimension}' is no number from 0")
    return number


def drawn(mix: Mix, seed: str, count: int) -> list[dict[str, str]]:
    """What each of `count` slots is to be. More slots later leave the first ones as they are.

    Values come in blocks of twenty that keep to the weights as closely as whole numbers can, each dimension shuffled
    for itself, so that already a small consultation has the mix that was asked for.
    """
    columns = {name: _column(mix[name], f"{seed}/{name}", count) for name in DIMENSIONS}
    return [{name: columns[name][place] for name in DIMENSIONS} for place in range(count)]


def _column(values: Mapping[str, float], seed: str, count: int) -> list[str]:
    # In an order of its own: a database may keep a mapping in another order than it was given (PostgreSQL does).
    values = dict(sorted(values.items()))
    made: list[str] = []
    for block in range(-(-count // BLOCK)):
        dice = random.Random(f"{seed}/{block}")
        points = [(step + dice.random()) / BLOCK for step in range(BLOCK)]
        dice.shuffle(points)
        made += [_at(values, point) for point in points]
    return made[:count]


def _at(values: Mapping[str, float], point: float) -> str:
    """The value whose share of the line from 0 to 1 holds the point."""
    left = point * sum(values.values())
    chosen = ""
    for value, weight in values.items():
        if weight:
            chosen = value
            left -= weight
            if left < 0:
                break
    return chosen
