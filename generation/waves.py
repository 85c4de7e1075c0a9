"""Waves: which planned requests may be made now, which wait for another recipe, and which can't be made at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils import timezone

from generation.causes import trouble
from generation.instructions import Instruction, instruction_of, needs_of
from generation.jsonl import chunked
from generation.models import RecipeSettings, Request, RequestStatus, Revision, Run
from generation.models.requests import OPEN
from generation.recipes import Dependency, Recipe, recipe_class
from generation.rehearsals import with_rehearsed

CHUNK = 500


@dataclass
class Ready:
    """Requests of one recipe whose prompts can be made, with their items and what they depend on, in step."""

    inforce: Instruction
    requests: list[Request] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)
    needs: list[dict[str, list[Revision]]] = field(default_factory=list)

    def add(self, request: Request, item: Any, need: dict[str, list[Revision]]) -> None:
        """Append one request."""
        self.requests.append(request)
        self.items.append(item)
        self.needs.append(need)


def ready_chunks(run: Run, way: str, size: int = CHUNK) -> Iterator[Ready]:
    """Chunks of ready requests that travel this way (local, batch, direct), recipe by recipe, each collection apart.

    Sets aside those that can't be made. The prompt is the one that the requests remember: an edit after the launch
    does not split a run.
    """
    now = timezone.now()
    groups = run.requests.planned().order_by("recipe", "collection").values_list("recipe", "collection").distinct()
    set_orders = dict(RecipeSettings.objects.exclude(order=None).values_list("recipe", "order"))
    order = sorted(groups, key=lambda group: (set_orders.get(group[0], recipe_class(group[0]).order), *group))
    for key, collection in order:
        rows = run.requests.planned().filter(recipe=key, collection=collection)
        first = rows.select_related("prompt").first()
        inforce = instruction_of(run, key, collection, first.prompt if first else None)
        if inforce.way(run.mode) != way:
            continue
        ids = rows.filter(Q(next_due=None) | Q(next_due__lte=now)).order_by("pk").values_list("pk", flat=True)
        for chunk in chunked(list(ids), size):
            ready = _sorted_out(run, inforce, list(Request.objects.filter(pk__in=chunk).order_by("pk")))
            if ready.requests:
                yield ready


def _sorted_out(run: Run, inforce: Instruction, requests: Sequence[Request]) -> Ready:
    recipe = type(inforce.recipe)
    items = recipe.items([request.item_id for request in requests])
    present = [items[request.item_id] for request in requests if request.item_id in items]
    needs = {item.pk: need for item, need in zip(present, _needs(run, recipe, present), strict=True)}
    waits = [_Wait(run, dependency, present) for dependency in recipe.needs]
    made = _made_meanwhile(run, recipe, list(items))
    ready = Ready(inforce)
    aside: dict[tuple[str, str], list[int]] = {}
    for request in requests:
        item = items.get(request.item_id)
        verdict = _gone(item) or _superseded(request, made) or _held(item, needs, waits)
        if verdict is None:
            ready.add(request, item, needs[request.item_id])
        elif verdict[0] != RequestStatus.PLANNED:
            aside.setdefault(verdict, []).append(request.pk)
    for (status, reason), ids in aside.items():
        Request.objects.filter(pk__in=ids, status=RequestStatus.PLANNED).update(
            status=status, **trouble(status, reason)
        )
    return ready


def _needs(run: Run, recipe: type[Recipe], items: Sequence[Any]) -> list[dict[str, list[Revision]]]:
    return with_rehearsed(run, recipe, items, needs_of(recipe, items))


Verdict = tuple[str, str] | None


def _gone(item: Any) -> Verdict:
    if item is None:
        return RequestStatus.UNCHANGED, "the item was deleted: nothing was sent"
    if item.removed_at:
        return RequestStatus.UNCHANGED, "the source no longer holds the item: nothing was sent"
    return None


def _made_meanwhile(run: Run, recipe: type[Recipe], ids: Sequence[int]) -> set[int]:
    """Items that another run has made or sent since this one was planned; only asked where the run takes new ones."""
    if run.selection.get("only") != "new":
        return set()
    artefacts = recipe.artefact_model._default_manager.filter(recipe=recipe.key, item_id__in=ids).order_by()
    sent = Request.objects.under_way().exclude(status=RequestStatus.PLANNED).exclude(run=run)
    under_way = sent.filter(recipe=recipe.key, item_id__in=ids).order_by()
    return {*artefacts.values_list("item_id", flat=True), *under_way.values_list("item_id", flat=True)}


def _superseded(request: Request, made: set[int]) -> Verdict:
    if request.item_id in made:
        return RequestStatus.UNCHANGED, "another run has made it or is making it: nothing was sent"
    return None


def _held(item: Any, needs: dict[int, dict[str, list[Revision]]], waits: Sequence["_Wait"]) -> Verdict:
    for wait in waits:
        verdict = wait.verdict(item, needs[item.pk].get(wait.dependency.recipe, []))
        if verdict:
            return verdict
    return None


class _Wait:
    """What one dependency means for the items of a chunk, from the run's own requests of the other recipe."""

    def __init__(self, run: Run, dependency: Dependency, items: Sequence[Any]) -> None:
        self.dependency = dependency
        self._goes_on = run.go_on_without
        rows = Request.objects.filter(run=run, recipe=dependency.recipe)
        if dependency.scope == "item":
            rows = rows.filter(item_id__in=[item.pk for item in items])
        else:
            rows = rows.filter(collection__in={item.collection.slug for item in items})
        self._without = _without(dependency, items)
        self._states: dict[Any, list[tuple[str, bool]]] = {}
        for item_id, collection, status, accepted in rows.values_list("item_id", "collection", "status", "accepted_at"):
            group = item_id if dependency.scope == "item" else collection
            self._states.setdefault(group, []).append((status, accepted is not None))

    def verdict(self, item: Any, revisions: Sequence[Revision]) -> Verdict:
        """None when the item's need is met; PLANNED means wait; BLOCKED says why it can't be met."""
        dependency = self.dependency
        states = self._states.get(item.pk if dependency.scope == "item" else item.collection.slug, [])
        if any(status == RequestStatus.SUCCEEDED and not accepted for status, accepted in states):
            return RequestStatus.PLANNED, ""
        if self._goes_on and (revisions or dependency.dispensable):
            return None
        if any(status in OPEN for status, _ in states):
            return RequestStatus.PLANNED, ""
        failed = [status for status, _ in states if status not in (RequestStatus.SUCCEEDED, RequestStatus.UNCHANGED)]
        if failed and dependency.scope == "item":
            return RequestStatus.BLOCKED, f"it needs {dependency.recipe}, which is {failed[0]}"
        if revisions or item.pk in self._without:
            return None
        wanted = "an approved" if dependency.level == "approved" else "a"
        return RequestStatus.BLOCKED, f"it needs {wanted} {dependency.recipe}, and there is none"


def _without(dependency: Dependency, items: Sequence[Any]) -> set[int]:
    """Items that go without the dependency, since its recipe makes nothing of them (or of their collection)."""
    recipe = recipe_class(dependency.recipe)
    if not recipe.made_for:
        return set()
    if dependency.scope == "item":
        return {item.pk for item in items if not recipe.takes(item)}
    chosen = {item.collection_id for item in items}
    rows = recipe.item_model._default_manager.filter(removed_at=None, collection__in=chosen)
    filled = set(rows.values_list("collection", flat=True))
    taken = set(rows.filter(**recipe.made_for).values_list("collection", flat=True))
    return {item.pk for item in items if item.collection_id in filled - taken}
