"""The index of similar texts: kept at an edit, caught up with after a run and before it is asked."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations, groupby, pairwise
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from generation.jsonl import chunked
from generation.models import Likeness
from generation.models.inserts import insert_rows
from generation.recipes import Recipe

CHUNK = 500
# Texts without a signature have one row, too, of this band and a value of their own: they are not looked at again.
NO_SIGNATURE = 999
# A crowd of like texts is shown as a chain, not as every pair of it.
MAX_CROWD = 20

# Keys of two artefacts, the smaller first.
Pair = tuple[int, int]


def keep_likeness(recipe: Recipe, artefacts: Sequence[Any]) -> None:
    """Bring the index up to date for artefacts whose `current` and `item` are at hand; two statements a chunk.

    Call inside a transaction.
    """
    rows = []
    for artefact in artefacts:
        values = recipe.likeness(artefact.current.text)
        bands = list(enumerate(values)) or [(NO_SIGNATURE, artefact.pk)]
        alike = (artefact.pk, artefact.item.collection_id, artefact.current_id)
        rows += [(*alike, band, value) for band, value in bands]
    ids = [artefact.pk for artefact in artefacts]
    Likeness.objects.filter(recipe=recipe.key, artefact_id__in=ids).delete()
    # Ten rows for each text: an instance for each would take longer than all else about them.
    columns = ("artefact_id", "collection_id", "revision_id", "band", "value")
    insert_rows(Likeness, {"recipe": recipe.key}, columns, rows)


def catch_up(recipe: type[Recipe], collections: Iterable[int], most: int | None = None) -> int:
    """Index present texts that are not yet (at most so many): a run's, imported ones; returns how many.

    Not done while a run's answers are accepted: it would take a third of that time.
    """
    indexed = Likeness.objects.filter(
        recipe=OuterRef("recipe"), artefact_id=OuterRef("pk"), revision_id=OuterRef("current_id")
    )
    rows = recipe.artefact_model._default_manager.filter(
        ~Exists(indexed), recipe=recipe.key, item__collection__in=list(collections), current__isnull=False
    )
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    for chunk in chunked(ids, CHUNK):
        found = recipe.artefact_model._default_manager.filter(pk__in=chunk).select_related("current", "item")
        with transaction.atomic():
            keep_likeness(recipe(), list(found))
    return len(ids)


def similar_pairs(recipe: str, collection: int) -> list[tuple[Pair, int]]:
    """Pairs of artefacts that share bands, with how many, the most first; in time that grows with their number."""
    rows = Likeness.objects.filter(recipe=recipe, collection_id=collection).order_by("band", "value", "artefact_id")
    shared: Counter[Pair] = Counter()
    for _, group in groupby(rows.values_list("band", "value", "artefact_id"), key=lambda row: row[:2]):
        crowd = [row[2] for row in group]
        if len(crowd) > MAX_CROWD:
            shared.update(pairwise(crowd))
        elif len(crowd) > 1:
            shared.update(combinations(crowd, 2))
    return sorted(shared.items(), key=lambda found: (-found[1], found[0]))


def similar_to(artefact: Any) -> list[int]:
    """Keys of artefacts whose texts share a band with this one's, those with the most first; two queries."""
    kept = {"recipe": artefact.recipe, "collection_id": artefact.item.collection_id}
    mine = Likeness.objects.filter(**kept, artefact_id=artefact.pk, revision=artefact.current_id)
    bands = [Q(band=band, value=value) for band, value in mine.values_list("band", "value")]
    if not bands:
        return []
    anyone = bands[0]
    for condition in bands[1:]:
        anyone |= condition
    rows = Likeness.objects.filter(anyone, **kept).exclude(artefact_id=artefact.pk)
    return [pk for pk, _ in Counter(rows.values_list("artefact_id", flat=True)[:2000]).most_common(20)]
