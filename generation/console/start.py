"""Plan a run: every collection with what it holds, and the way to its plan."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from generation.console.shell import console_view, show
from generation.deletion import recipes_of
from generation.recipes import collection_model, kinds

MOST = 200


@dataclass(frozen=True, slots=True)
class Start:
    """One collection; `address` is its plan's."""

    name: str
    kind: str
    items: int
    made: int
    address: str


@console_view("launch_run")
def start(request: HttpRequest) -> HttpResponse:
    """A list of collections, those of one kind together."""
    rows = [row for kind in kinds() for row in _of_kind(kind, request.user)]
    return show(request, "generation/console/start.html", "Plan a run", rows=rows, most=MOST)


def _of_kind(kind: str, user: Any) -> list[Start]:
    model: Any = collection_model(kind)
    rows = list(model._default_manager.visible_to(user).order_by("-created_at")[:MOST])
    recipes = recipes_of(model)
    items, made = dict.fromkeys((row.pk for row in rows), 0), dict.fromkeys((row.pk for row in rows), 0)
    for one in dict.fromkeys(recipe.item_model for recipe in recipes):
        _count(items, one._default_manager.filter(collection__in=items, removed_at=None), "collection")
    for one in dict.fromkeys(recipe.artefact_model for recipe in recipes):
        _count(made, one._default_manager.filter(item__collection__in=made), "item__collection")
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_generate"
    words = str(model._meta.verbose_name)
    return [Start(row.name, words, items[row.pk], made[row.pk], reverse(name, args=[row.pk])) for row in rows]


def _count(counts: dict[int, int], rows: Any, by: str) -> None:
    for pk, number in rows.order_by().values_list(by).annotate(n=Count("pk")):
        counts[pk] += number
