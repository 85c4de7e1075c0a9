"""Which known entity a mention means: exact id or abbreviation, exact name, alias, then the most similar name.

Everything happens within the mention's type. A team named beside the mention decides between equally good candidates;
where nothing decides, the mention stays ambiguous for a person.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from rapidfuzz import fuzz, process

from generation.jsonl import chunked
from stories.models import TEAM, Method
from stories.names import normal

# Mentions that are compared at once: with 25,000 names the scores take 12 MB.
CHUNK = 128
MOST_CANDIDATES = 10
CORES = -1
EXACT = (Method.ID, Method.NAME, Method.ALIAS)
# The context's own fields; for a mention of a team they are no context but its other name and abbreviation.
CONTEXT_FIELDS = ("team_name", "team_abbr")


@dataclass(frozen=True, slots=True)
class KnownEntity:
    """What resolution needs of an entity."""

    pk: int
    type: str
    name: str
    external_id: str = ""
    abbreviation: str = ""
    team: str = ""
    aliases: tuple[str, ...] = ()

    def spellings(self) -> Iterator[tuple[Method, str]]:
        """Everything that it is called, with the method that finds it by this."""
        yield from ((Method.ID, text) for text in (self.external_id, self.abbreviation) if text)
        yield Method.NAME, self.name
        yield from ((Method.ALIAS, text) for text in self.aliases if text)


@dataclass(frozen=True, slots=True)
class Mention:
    """What a story says."""

    type: str
    text: str
    details: tuple[tuple[str, str], ...] = ()

    def codes(self) -> set[str]:
        """Ids or abbreviations that the mention has of its own, normal."""
        own = (f"{self.type}_abbr", f"{self.type}_id", "external_id")
        return {normal(self.text), *(normal(text) for name, text in self.details if name in own and text)}

    def context(self) -> set[str]:
        """Names of the team that is named with it, normal; nothing for a team itself."""
        if self.type == TEAM:
            return set()
        return {normal(text) for name, text in self.details if name in CONTEXT_FIELDS and text}


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a mention means: an entity, or candidates between which a person has to choose, or nothing."""

    method: Method
    entity: int | None = None
    score: float = 0.0
    candidates: tuple[int, ...] = ()


@dataclass
class TypeIndex:
    """The entities of one type by what they are called."""

    # Tuples, because a set of one takes four times the memory.
    exact: dict[Method, dict[str, tuple[int, ...]]] = field(default_factory=lambda: {method: {} for method in EXACT})
    # Names and aliases with their entities: what similarity is measured on.
    spelled: dict[str, tuple[int, ...]] = field(default_factory=dict)
    teams: dict[int, str] = field(default_factory=dict)

    def add(self, entity: KnownEntity) -> None:
        """Take in one entity."""
        for method, text in entity.spellings():
            named = normal(text)
            for names in (self.exact[method],) if method == Method.ID else (self.exact[method], self.spelled):
                if entity.pk not in names.get(named, ()):
                    names[named] = (*names.get(named, ()), entity.pk)
        if entity.team:
            self.teams[entity.pk] = normal(entity.team)


class Known:
    """All entities of a feed, ready for questions."""

    def __init__(self, entities: Iterable[KnownEntity]) -> None:
        self.types: dict[str, TypeIndex] = defaultdict(TypeIndex)
        self._called: dict[int, set[str]] = {}
        for entity in entities:
            self.types[entity.type].add(entity)
            if entity.type == TEAM:
                self._called[entity.pk] = {normal(text) for _, text in entity.spellings()}

    def fitting(self, mention: Mention, candidates: Iterable[int]) -> set[int]:
        """Those candidates whose team is the one named with the mention."""
        named = mention.context()
        teams = self.types[mention.type].teams if named else {}
        if teams:
            named = named.union(*(self._called[pk] for name in named for pk in self._teams_called(name)))
        return {pk for pk in candidates if teams.get(pk) in named}

    def _teams_called(self, name: str) -> set[int]:
        exact = self.types[TEAM].exact
        return set[int]().union(*(exact[method].get(name, ()) for method in EXACT))


def resolve(mentions: Sequence[Mention], known: Known, threshold: float) -> list[Resolution]:
    """One resolution for each mention, in order. `threshold`: similarity (0 to 100) that a name must reach."""
    found: dict[Mention, Resolution] = {}
    rest: dict[str, dict[str, list[Mention]]] = defaultdict(lambda: defaultdict(list))
    for mention in dict.fromkeys(mentions):
        exact = _exactly(mention, known)
        if exact:
            found[mention] = exact
        else:
            rest[mention.type][normal(mention.text)].append(mention)
    for type, texts in rest.items():
        # Below 1 nothing is similar: a score of 0 is no score.
        for text, candidates in similar(list(texts), known.types[type].spelled, max(threshold, 1.0)):
            for mention in texts[text]:
                found[mention] = decided(mention, candidates, Method.FUZZY, known)
    return [found[mention] for mention in mentions]


def _exactly(mention: Mention, known: Known) -> Resolution | None:
    index = known.types[mention.type]
    for method in EXACT:
        texts = mention.codes() if method == Method.ID else {normal(mention.text)}
        candidates = set[int]().union(*(index.exact[method].get(text, ()) for text in texts))
        if candidates:
            return decided(mention, dict.fromkeys(candidates, 100.0), method, known)
    return None


def similar(
    texts: Sequence[str], spelled: Mapping[str, tuple[int, ...]], threshold: float
) -> Iterator[tuple[str, dict[int, float]]]:
    """For each normal text the entities that are similar enough, with their best scores: all compared with all."""
    names = list(spelled)
    for chunk in chunked(texts, CHUNK):
        if not names:
            yield from ((text, {}) for text in chunk)
            continue
        scores = process.cdist(
            chunk, names, scorer=fuzz.ratio, score_cutoff=threshold, dtype=np.float32, workers=CORES
        )  # fmt: skip
        hits: dict[int, dict[int, float]] = defaultdict(dict)
        for row, column in zip(*(places.tolist() for places in np.nonzero(scores)), strict=True):
            # Again in full precision: a score that others are compared with must not depend on the way here.
            score = fuzz.ratio(chunk[row], names[column])
            for pk in spelled[names[column]] if score >= threshold else ():
                hits[row][pk] = max(score, hits[row].get(pk, 0.0))
        yield from ((text, hits[row]) for row, text in enumerate(chunk))


def decided(mention: Mention, candidates: Mapping[int, float], method: Method, known: Known) -> Resolution:
    """The one best candidate; else, or where the named team speaks for another one, ambiguous."""
    if not candidates:
        return Resolution(Method.UNRESOLVED)
    best = max(candidates.values())
    top = {pk for pk, score in candidates.items() if score == best}
    fitting = known.fitting(mention, candidates)
    chosen = top & fitting if len(top) > 1 and top & fitting else top
    doubtful = bool(fitting) and not chosen & fitting
    if len(chosen) == 1 and not doubtful:
        return Resolution(method, chosen.pop(), best)
    ranked = sorted(chosen | fitting, key=lambda pk: (-candidates[pk], pk))
    return Resolution(Method.AMBIGUOUS, None, best, tuple(ranked[:MOST_CANDIDATES]))
