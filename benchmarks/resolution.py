"""Mentions against known entities of four types with an alias each: time, memory, the same as a plain loop."""

import random
import time
from typing import Any

from rapidfuzz import fuzz

from benchmarks.memory import peak_mb
from benchmarks.names import misspelled, name
from stories.models import Method
from stories.names import normal
from stories.resolution import EXACT, Known, KnownEntity, Mention, Resolution, decided, resolve

TYPES = ("team", "player", "staff", "game")
THRESHOLD = 85.0
ALIKE_SIZE = 400


def material(size: int, seed: int = 0) -> tuple[list[KnownEntity], list[Mention]]:
    """As many entities as mentions: a fifth of these to the letter, a fifth unknown, the others misspelled."""
    dice = random.Random(seed)
    entities = [
        KnownEntity(pk, TYPES[pk % 4], name(dice), f"id{pk}", aliases=(name(dice),)) for pk in range(1, size + 1)
    ]
    mentions = []
    for number in range(size):
        entity, way = dice.choice(entities), dice.random()
        called = dice.choice((entity.name, entity.aliases[0]))
        text = called if way < 0.2 else name(dice) if way < 0.4 else misspelled(called, dice)
        mentions.append(Mention(entity.type, text, (("role", str(number % 7)),)))
    return entities, mentions


def measure(size: int) -> dict[str, Any]:
    """Seconds of processor time and by the clock, peak MB, how many were resolved, and whether a plain loop agrees."""
    entities, mentions = material(size)
    start, cpu = time.perf_counter(), time.process_time()
    found = resolve(mentions, Known(entities), THRESHOLD)
    spent, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = peak_mb()
    resolved = sum(one.entity is not None for one in found)
    return {
        "size": size, "cpu": round(cpu, 2), "clock": round(spent, 2), "peak": peak, "resolved": resolved,
        "different": different(ALIKE_SIZE),
    }  # fmt: skip


def different(size: int) -> int:
    """How many of so many mentions come out otherwise than in a plain loop over all entities of the type."""
    entities, mentions = material(size, seed=1)
    pairs = zip(resolve(mentions, Known(entities), THRESHOLD), plainly(mentions, entities), strict=True)
    return sum(ours != plain for ours, plain in pairs)


def plainly(mentions: list[Mention], entities: list[KnownEntity]) -> list[Resolution]:
    """Each mention against every name and alias of its type, one by one."""
    known = Known(entities)
    return [_plain(mention, [one for one in entities if one.type == mention.type], known) for mention in mentions]


def _plain(mention: Mention, entities: list[KnownEntity], known: Known) -> Resolution:
    for method in EXACT:
        texts = mention.codes() if method == Method.ID else {normal(mention.text)}
        exact = {
            one.pk: 100.0 for one in entities for how, called in one.spellings()
            if how == method and normal(called) in texts
        }  # fmt: skip
        if exact:
            return decided(mention, exact, method, known)
    near: dict[int, float] = {}
    for one in entities:
        for called in (one.name, *one.aliases):
            score = fuzz.ratio(normal(mention.text), normal(called))
            if score >= THRESHOLD:
                near[one.pk] = max(score, near.get(one.pk, 0.0))
    return decided(mention, near, Method.FUZZY, known)
