"""Exact and near duplicates among responses: time, and the same as comparing each text with every one before it."""

import random
import time
from typing import Any

from benchmarks.memory import peak_mb
from benchmarks.names import SYLLABLES
from consultations.duplicates import THRESHOLD, Repeat, repeats, similarity

ALIKE_SIZE = 300
STOCK, PHRASES = 2000, 3000


def responses(size: int, seed: int = 0) -> list[str]:
    """Texts of some 80 words out of common phrases; every tenth repeats an earlier one, to the letter or nearly."""
    dice = random.Random(seed)
    words = ["".join(dice.choices(SYLLABLES, k=dice.randint(1, 3))) for _ in range(STOCK)]
    phrases = [" ".join(dice.choices(words, k=dice.randint(3, 8))) for _ in range(PHRASES)]
    texts: list[str] = []
    for _ in range(size):
        if texts and dice.random() < 0.1:
            said = dice.choice(texts).split()
            for _ in range(dice.randrange(4)):
                said[dice.randrange(len(said))] = dice.choice(words)
            texts.append(" ".join(said))
        else:
            texts.append(". ".join(dice.choices(phrases, k=dice.randint(8, 20))))
    return texts


def measure(size: int) -> dict[str, Any]:
    """Processor and clock seconds, peak MB, how many repeat, and how many a plain loop finds otherwise."""
    texts = responses(size)
    start, cpu = time.perf_counter(), time.process_time()
    found = repeats(texts)
    spent, cpu = time.perf_counter() - start, time.process_time() - cpu
    small = responses(ALIKE_SIZE, seed=1)
    different = len(set(repeats(small)) ^ set(plainly(small)))
    return {
        "size": size, "cpu": round(cpu, 2), "clock": round(spent, 2), "peak": peak_mb(), "found": len(found),
        "different": different,
    }  # fmt: skip


def plainly(texts: list[str]) -> list[Repeat]:
    """Each text against every kept one before it; the nearest one counts, the first of equals."""
    kept: list[int] = []
    found = []
    for place, text in enumerate(texts):
        scores = [(similarity(text, texts[other]), -other) for other in kept]
        near, of = max(scores, default=(0.0, 0))
        if near >= THRESHOLD:
            found.append(Repeat(place, -of, near))
        else:
            kept.append(place)
    return found
