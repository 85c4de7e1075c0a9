"""Deleting: a collection with everything made from it, and a planned run that was never launched. The ledger stays."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from generation.models import ArtefactFinding, Assignment, Comment, Request, ReviewEvent, Revision, Run, RunStatus
from generation.models.requests import OPEN
from generation.recipes import Recipe, all_recipes

CHUNK = 500


@dataclass
class Belongings:
    """What goes with collections (name -> rows), and what stays of them in the ledger."""

    going: dict[str, int] = field(default_factory=dict)
    staying: int = 0
    under_way: int = 0


def recipes_of(collection_model: Any) -> list[type[Recipe]]:
    """The recipes that make something from items of these collections."""
    return [
        recipe
        for recipe in all_recipes()
        if recipe.item_model._meta.get_field("collection").related_model is collection_model
    ]


def belongings(collections: Iterable[Any]) -> Belongings:
    """Counts of what `delete_collection` would delete and keep."""
    found = Belongings()
    for collection in collections:
        recipes = recipes_of(type(collection))
        for model in dict.fromkeys(recipe.item_model for recipe in recipes):
            _add(found.going, str(model._meta.verbose_name_plural), _items(model, collection).count())
        for model in dict.fromkeys(recipe.artefact_model for recipe in recipes):
            rows = model._default_manager.filter(item__collection=collection)
            _add(found.going, str(model._meta.verbose_name_plural), rows.count())
        for recipe in recipes:
            made = {"recipe": recipe.key, "item_id__in": _items(recipe.item_model, collection).values("pk")}
            revisions = Revision.objects.filter(**made)
            _add(found.going, "revisions", revisions.count())
            _add(found.going, "findings", ArtefactFinding.objects.filter(revision__in=revisions).count())
            _add(found.going, "review events", ReviewEvent.objects.filter(**made).count())
            ledger = Request.objects.filter(recipe=recipe.key, collection=collection.slug)
            found.staying += ledger.count()
            found.under_way += ledger.filter(status__in=OPEN, run__status=RunStatus.RUNNING).count()
    return found


def _add(counts: dict[str, int], name: str, more: int) -> None:
    counts[name] = counts.get(name, 0) + more


def _items(model: Any, collection: Any) -> Any:
    return model._default_manager.filter(collection=collection)


def delete_collection(collection: Any) -> None:
    """Delete a collection with its items, artefacts, revisions, findings and events; requests and attempts stay.

    Goes chunk by chunk, each in a transaction of its own, so that a long deletion blocks nobody; an interrupted one
    is finished by calling it again.
    """
    recipes = recipes_of(type(collection))
    for model in dict.fromkeys(recipe.item_model for recipe in recipes):
        while ids := list(_items(model, collection).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
            with transaction.atomic():
                _delete_made([recipe for recipe in recipes if recipe.item_model is model], ids)
                model._default_manager.filter(pk__in=ids).delete()
    collection.delete()


def _delete_made(recipes: Iterable[type[Recipe]], item_ids: list[int]) -> None:
    for recipe in recipes:
        # Artefacts first: they point at revisions by protected keys.
        recipe.artefact_model._default_manager.filter(recipe=recipe.key, item_id__in=item_ids).delete()
        made = {"recipe": recipe.key, "item_id__in": item_ids}
        Revision.objects.filter(**made).delete()
        for told in (ReviewEvent, Comment, Assignment):
            told.objects.filter(**made).delete()


def discard_run(run: Run) -> bool:
    """Forget a planned run that was never launched: nothing was sent, so nothing is owed. False when it has moved."""
    with transaction.atomic():
        waiting = (RunStatus.PLANNED, RunStatus.AWAITING_APPROVAL)
        rows = Run.objects.select_for_update().filter(pk=run.pk, status__in=waiting, started_at=None)
        if not rows.exists() or run.attempts().exists() or run.batch_jobs.exists():
            return False
        run.requests.all().delete()
        return bool(rows.delete()[0])
