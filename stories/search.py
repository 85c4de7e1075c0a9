"""Entities that an editor looks for: by what was typed, and those whose names come nearest to a mention."""

import json

from django.db.models import Case, IntegerField, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast
from rapidfuzz import fuzz, process

from stories.models import Entity, StoryEntity
from stories.names import normal

MOST = 20
NEAREST = 5
# Below so much likeness (0 to 100) a name is no help.
LEAST_LIKE = 55.0


def find_entities(feed: int, type: str, text: str) -> list[Entity]:
    """At most MOST present entities of a feed (of one type, or of all) that have the text in one of their names."""
    wanted = " ".join(text.split())
    if not wanted:
        return []
    names = Q(external_id__iexact=wanted) | Q(abbreviation__iexact=wanted)
    # SQLite ignores the case of ASCII letters only, and keeps others in JSON as escapes.
    for spelling in dict.fromkeys((wanted, wanted.lower(), wanted.title(), wanted.upper())):
        names |= Q(name__icontains=spelling)
        for written in {spelling, json.dumps(spelling)[1:-1]}:
            names |= Q(all_aliases__icontains=written) | Q(all_kept__icontains=written)
    rows = _present(feed, type).alias(
        all_aliases=Cast("aliases", TextField()), all_kept=Cast("kept_aliases", TextField())
    )
    first = Case(
        When(Q(name__iexact=wanted) | Q(external_id__iexact=wanted), then=Value(0)),
        When(name__istartswith=wanted, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return list(rows.filter(names).order_by(first, "name", "pk")[:MOST])


def nearest(row: StoryEntity) -> list[Entity]:
    """The present entities of the mention's type whose names are most like it, the most like first.

    Where there are none, those of other types: the model may be wrong about the type.
    """
    for type in (row.type, ""):
        names = dict(_present(row.story.collection_id, type).values_list("pk", "name"))
        found = process.extract(
            normal(row.mention), names, scorer=fuzz.WRatio, processor=normal, score_cutoff=LEAST_LIKE, limit=NEAREST
        )
        if found:
            return in_order([pk for _, _, pk in found])
    return []


def candidates(row: StoryEntity) -> list[Entity]:
    """The present entities between which resolution could not choose, the best first."""
    return [entity for entity in in_order(row.candidates) if entity.removed_at is None]


def in_order(ids: list[int]) -> list[Entity]:
    """Entities in the order of their numbers; those that are gone are left out."""
    rows = Entity.objects.in_bulk(ids)
    return [rows[pk] for pk in ids if pk in rows]


def _present(feed: int, type: str) -> QuerySet[Entity]:
    rows = Entity.objects.filter(collection=feed, removed_at=None)
    return rows.filter(type=type) if type else rows
