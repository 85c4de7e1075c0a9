"""Texts that are like a record's own."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from generation.likeness import catch_up, similar_to
from generation.recipes import recipe_class
from generation.shingles import likeness

ALIKE = 0.5
# Texts that one look at a record's page may index; the worker does the rest after each run.
CAUGHT_UP = 500


@dataclass(frozen=True)
class Twins:
    """Two artefacts and the share of their word triples that they have in common."""

    one: Any
    other: Any
    share: float

    @property
    def percent(self) -> int:
        """The share for people."""
        return round(self.share * 100)


def with_texts(model_admin: Any, request: HttpRequest, ids: set[int]) -> dict[int, Any]:
    """Artefacts that the user may see, with their present texts."""
    rows = model_admin.get_queryset(request).select_related("item__collection", "current")
    found: dict[int, Any] = rows.in_bulk(ids)
    return found


def like_this(model_admin: Any, request: HttpRequest, artefact: Any) -> list[Twins]:
    """Up to five texts that are similar to this record's, for its page."""
    catch_up(recipe_class(artefact.recipe), [artefact.item.collection_id], CAUGHT_UP)
    others = with_texts(model_admin, request, set(similar_to(artefact)))
    text = artefact.current.text if artefact.current else ""
    pairs = [Twins(artefact, row, likeness(text, row.current.text)) for row in others.values()]
    return sorted([pair for pair in pairs if pair.share >= ALIKE], key=lambda pair: -pair.share)[:5]
