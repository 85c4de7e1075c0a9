"""Checks of one story's topics or entities: what a person should look at before they are approved."""

from collections.abc import Iterator, Mapping, Sequence

from generation.findings import Finding, Severity
from stories.names import normal
from stories.outputs import FoundEntity, FoundTopic

LOW = 0.5


def check_topics(topics: Sequence[FoundTopic], names: Mapping[str, object], most: int) -> Iterator[Finding]:
    """Findings on topics; `names` are the list's, normal."""
    yield from _ranks([topic.rank for topic in topics], most)
    seen: set[str] = set()
    for topic in topics:
        if normal(topic.topic) not in names:
            what = "It is not in the list of topics: it does not count."
            yield Finding("off_list", Severity.ERROR, what, place=topic.topic)
        if normal(topic.topic) in seen:
            yield Finding("repeated", Severity.WARNING, "The same topic twice.", place=topic.topic)
        seen.add(normal(topic.topic))
        yield from _sureness(topic.confidence, topic.topic)


def check_entities(
    entities: Sequence[FoundEntity], types: Mapping[str, Sequence[str]], texts: Sequence[str], most: int
) -> Iterator[Finding]:
    """Findings on entities; `texts` are the story's own, title and all."""
    yield from _ranks([entity.rank for entity in entities], most)
    said = normal(" ".join(texts))
    for entity in entities:
        if entity.type not in types:
            what = f"'{entity.type}' is none of: {', '.join(types)}. It does not count."
            yield Finding("unknown_type", Severity.ERROR, what, place=entity.mention_text)
        if normal(entity.mention_text) not in said:
            yield Finding("not_in_text", Severity.WARNING, "The text does not have it.", place=entity.mention_text)
        yield from _sureness(entity.confidence, entity.mention_text)


def _ranks(ranks: Sequence[int], most: int) -> Iterator[Finding]:
    if not ranks:
        yield Finding("nothing_found", Severity.WARNING, "Nothing was found in this story.")
    elif len(ranks) > most:
        yield Finding("too_many", Severity.WARNING, f"There are {len(ranks)}, and {most} count: those ranked first.")
    if len(set(ranks)) < len(ranks):
        yield Finding("same_rank", Severity.NOTE, "Two have the same rank.")
    if ranks and 1 not in ranks:
        yield Finding("no_first", Severity.NOTE, "None has the rank 1.")


def _sureness(confidence: float, place: str) -> Iterator[Finding]:
    if confidence < LOW:
        yield Finding("unsure", Severity.NOTE, f"The model is not sure of it ({confidence:.2f}).", place=place)
