"""Similar drafts: pairs within a collection, and two texts side by side."""

import time
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from generation.desk.differences import MAX_SECONDS, opcodes
from generation.desk.menu import menu
from generation.desk.page import desk_url, record_of
from generation.desk.queue import Queue
from generation.desk.similar_texts import ALIKE, Twins, with_texts
from generation.likeness import catch_up, similar_pairs
from generation.recipes import all_recipes, recipe_class
from generation.shingles import likeness

SHOWN = 50
LOOKED_AT = 400


def similar_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Pairs of similar texts, of which at least one is in the filter."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    queue = Queue.of(model_admin, request)
    pairs = list(twins(model_admin, request, queue))
    context = {"pairs": pairs, "queue": queue, **menu(model_admin, request.user, request.GET), "most": SHOWN}
    return model_admin.page(request, "generation/desk/similar.html", "Similar texts", **context)


def twins(model_admin: Any, request: HttpRequest, queue: Queue) -> Iterator[Twins]:
    """The most alike first; every pair was compared, and only pairs that share a part of their signature are."""
    model = model_admin.model
    inside = dict(queue.rows.values_list("pk", "item__collection"))
    collections = set(inside.values())
    keys = [recipe.key for recipe in all_recipes() if recipe.artefact_model is model]
    found: list[tuple[tuple[int, int], int]] = []
    for key in keys:
        catch_up(recipe_class(key), collections)
        for collection in collections:
            pairs = similar_pairs(key, collection)
            found += [pair for pair in pairs if pair[0][0] in inside or pair[0][1] in inside]
    found.sort(key=lambda pair: -pair[1])
    wanted = found[:LOOKED_AT]
    rows = with_texts(model_admin, request, {pk for pair, _ in wanted for pk in pair})
    compared = [
        Twins(rows[one], rows[other], likeness(rows[one].current.text, rows[other].current.text))
        for (one, other), _ in wanted
        if one in rows and other in rows
    ]
    compared.sort(key=lambda pair: -pair.share)
    yield from [pair for pair in compared if pair.share >= ALIKE][:SHOWN]


def beside_view(model_admin: Any, request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Two texts side by side, line by line."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    left, right = record_of(model_admin, request, pk), record_of(model_admin, request, other)
    if left is None or right is None or left.current is None or right.current is None:
        raise Http404("One of the two is not there any more.")
    one, two = left.current.text, right.current.text
    context = {
        "left": left, "right": right, "rows": side_by_side(one, two), "percent": round(likeness(one, two) * 100),
        "left_url": desk_url(model_admin, left.pk), "right_url": desk_url(model_admin, right.pk),
    }  # fmt: skip
    return model_admin.page(request, "generation/desk/beside.html", "Two texts side by side", **context)


def side_by_side(one: str, other: str) -> list[tuple[str, str, bool]]:
    """Rows of (left line, right line, whether they are the same); whole blocks where they are too long to compare."""
    left, right = one.split("\n"), other.split("\n")
    codes = opcodes(left, right, time.monotonic() + MAX_SECONDS) or [("replace", 0, len(left), 0, len(right))]
    rows: list[tuple[str, str, bool]] = []
    for tag, a, b, c, d in codes:
        pairs = zip_longest(left[a:b], right[c:d], fillvalue="")
        rows += [(mine, theirs, tag == "equal") for mine, theirs in pairs]
    return rows
