"""Made-up names that resemble each other: the costly case for whoever compares them."""

import random

SYLLABLES = ("al", "ber", "cor", "da", "el", "fin", "gar", "ho", "in", "jo", "ka", "li", "mar", "no", "ol", "pe", "ro")


def name(dice: random.Random) -> str:
    """Two words of two to four syllables."""
    return " ".join("".join(dice.choices(SYLLABLES, k=dice.randint(2, 4))).title() for _ in range(2))


def misspelled(text: str, dice: random.Random) -> str:
    """One letter is another, also the first one at times."""
    place = dice.randrange(len(text))
    return f"{text[:place]}{dice.choice('aeiouxyz')}{text[place + 1 :]}"
