"""Predictions and known answers to be scored: as many as one asks for, always the same for a seed."""

import random
from collections.abc import Iterator

from questions.scoring import score

Case = tuple[list[str], list[list[str]]]
SYLLABLES = ("al", "ber", "cor", "da", "el", "fin", "gar", "ho", "in", "jo", "ka", "li", "mar", "no", "ol", "pe", "ro")


def cases(questions: int, answers: int, seed: int = 0) -> Iterator[Case]:
    """(predicted, known) of each question: half found to the letter, some misspelled or turned round, a quarter wrong.

    All names come of one small stock of syllables, so that wrong ones resemble the right ones: the costly case.
    """
    dice = random.Random(seed)
    for _ in range(questions):
        known = [_name(dice) for _ in range(answers)]
        predicted = [_bent(name, dice) for name in known]
        dice.shuffle(predicted)
        yield predicted, [[name] for name in known]


def _name(dice: random.Random) -> str:
    return " ".join("".join(dice.choices(SYLLABLES, k=dice.randint(2, 4))).title() for _ in range(2))


def _bent(name: str, dice: random.Random) -> str:
    way = dice.random()
    if way < 0.5:
        return name
    if way < 0.65:
        place = dice.randrange(len(name))
        return f"{name[:place]}{dice.choice('xyz')}{name[place + 1 :]}"
    return " ".join(reversed(name.split())) if way < 0.75 else _name(dice)


def evaluate(questions: int, answers: int) -> int:
    """Score so many questions with so many answers each; how many answers were right."""
    return sum(score(predicted, known).correct for predicted, known in cases(questions, answers))
