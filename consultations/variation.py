"""A second mapping out of a first one by seeded variation: labels are dropped, added and replaced."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from consultations.mappings import Labelled

MOST_LABELS = 5


def varied(rows: Sequence[Labelled], themes: Sequence[str], variation: float, seed: str) -> list[Labelled]:
    """The rows with a label dropped, one added (up to five) and one replaced, each with probability `variation`.

    None is left without a label. Each response has dice of its own (by seed, id or text, and occurrence), so that
    more responses or another order change nothing for the others.
    """
    if not 0 <= variation <= 1:
        raise ValueError(f"a variation is a probability from 0 to 1, and {variation} is not")
    seen: Counter[str] = Counter()
    made = []
    for row in rows:
        name = row.id or row.text
        dice = random.Random(f"{seed}/{seen[name]}/{name}")
        seen[name] += 1
        labels = _varied(list(row.labels), themes, variation, dice) if variation else row.labels
        made.append(replace(row, labels=tuple(labels)))
    return made


def _varied(labels: list[str], themes: Sequence[str], variation: float, dice: random.Random) -> list[str]:
    if dice.random() < variation and len(labels) > 1:
        labels.pop(dice.randrange(len(labels)))
    if dice.random() < variation and len(labels) < MOST_LABELS:
        labels += _another(labels, themes, dice)
    if dice.random() < variation and labels:
        place = dice.randrange(len(labels))
        labels[place : place + 1] = _another(labels, themes, dice) or [labels[place]]
    return labels or _another(labels, themes, dice)


def _another(labels: Sequence[str], themes: Sequence[str], dice: random.Random) -> list[str]:
    """A theme that is not among the labels, if there is one."""
    free = [theme for theme in themes if theme not in labels]
    return [dice.choice(free)] if free else []
