"""Predictions and known answers to be scored: as many as one asks for, always the same for a seed."""

import random
from collections.abc import Iterator

from benchmarks.names import name
from questions.scoring import score

Case = tuple[list[str], list[list[str]]]


def cases(questions: int, answers: int, seed: int = 0) -> Iterator[Case]:
    """(predicted, known) of each question: half found to the letter, some misspelled or turned round, a quarter wrong.

    All names come of one small stock of syllables, so that wrong ones resemble the right ones: the costly case.
    """
    dice = random.Random(seed)
    for _ in range(questions):
        known = [name(dice) for _ in range(answers)]
        predicted = [_bent(one, dice) for one in known]
        dice.shuffle(predicted)
        yield predicted, [[one] for one in known]


def _bent(text: str, dice: random.Random) -> str:
    way = dice.random()
    if way < 0.5:
        return text
    if way < 0.65:
        place = dice.randrange(len(text))
        return f"{text[:place]}{dice.choice('xyz')}{text[place + 1 :]}"
    return " ".join(reversed(text.split())) if way < 0.75 else name(dice)


def evaluate(questions: int, answers: int) -> int:
    """Score so many questions with so many answers each; how many answers were right."""
    return sum(score(predicted, known).correct for predicted, known in cases(questions, answers))
