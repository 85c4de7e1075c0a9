"""Plan: choose the items and make the requests of a run. Nothing is rendered, written or sent here."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from generation.base_models import ArtefactStatus
from generation.instructions import Instruction, instruction, needs_of
from generation.jsonl import chunked
from generation.models import Prompt, Request, RequestStatus, Run, RunStatus
from generation.models.inserts import insert_rows
from generation.models.requests import RETRYABLE
from generation.recipes import Recipe

CHUNK = 1000
ONLY = ("new", "changed", "outdated", "failed", "all")


class PlanError(Exception):
    """The run can't be planned; the message says why and what to do."""


class NothingToGenerate(PlanError):
    """Everything that was asked for is there already, or nothing fits the choice."""


@dataclass(frozen=True)
class Selection:
    """Which items of each collection: by state, by filters on their fields, by ids, at most `limit` of each.

    `first` takes only the beginning of what is chosen (a pilot), `besides` names runs whose texts are not made again.
    Of what failed, `most_errors` leaves out what has been tried in vain more often.
    """

    only: str = "new"
    filters: dict[str, str] = field(default_factory=dict)
    item_ids: list[int] = field(default_factory=list)
    limit: int | None = None
    include_approved: bool = False
    first: int | None = None
    besides: list[int] = field(default_factory=list)
    most_errors: int | None = None

    @property
    def most(self) -> int | None:
        """How many items of a collection are taken at most."""
        given = [number for number in (self.limit, self.first) if number is not None]
        return min(given) if given else None


def select(recipe: type[Recipe], collection: Any, selection: Selection, inforce: Instruction) -> list[int]:
    """Ids of the items to generate for one recipe and collection, in the order of the source."""
    if selection.only not in ONLY:
        raise PlanError(f"'{selection.only}' is no way to choose items: use one of {', '.join(ONLY)}.")
    rows = _candidates(recipe, collection, selection).filter(removed_at=None, **recipe.made_for)
    chosen: list[int] = []
    for ids in chunked(rows.order_by("position", "pk").values_list("pk", flat=True), CHUNK):
        aside = set().union(*_set_aside(recipe, ids, selection, inforce).values())
        chosen.extend(pk for pk in ids if pk not in aside)
        if selection.most is not None and len(chosen) >= selection.most:
            break
    return chosen[: selection.most]


def left_out(recipe: type[Recipe], collection: Any, selection: Selection, inforce: Instruction) -> dict[str, int]:
    """Why how many of the items that were asked for are not taken: the first reason of each, in words."""
    rows = _candidates(recipe, collection, selection)
    present = rows.filter(removed_at=None)
    suited = present.filter(**recipe.made_for)
    reasons = Counter({"removed from the source": rows.count() - present.count()})
    reasons["the recipe makes nothing of them"] = present.count() - suited.count()
    left = 0
    for ids in chunked(suited.order_by("position", "pk").values_list("pk", flat=True), CHUNK):
        remaining = set(ids)
        for reason, items in _set_aside(recipe, ids, selection, inforce).items():
            reasons[reason] += len(remaining & items)
            remaining -= items
        left += len(remaining)
    reasons["beyond the limit"] = max(0, left - selection.most) if selection.most is not None else 0
    return {reason: count for reason, count in reasons.items() if count}


def _candidates(recipe: type[Recipe], collection: Any, selection: Selection) -> QuerySet[Any]:
    rows = recipe.item_model._default_manager.filter(collection=collection)
    if selection.item_ids:
        rows = rows.filter(pk__in=selection.item_ids)
    return _filtered(rows, selection.filters)


def _set_aside(
    recipe: type[Recipe], ids: Sequence[int], selection: Selection, inforce: Instruction
) -> dict[str, set[int]]:
    """Reason -> those of a chunk of items that the selection does not take for it.

    By lists of ids, not by EXISTS for each item: PostgreSQL has no sizes yet of tables that were just filled, and its
    plan for the correlated query over 10,000 items then took minutes.
    """
    artefacts = recipe.artefact_model._default_manager.filter(recipe=recipe.key, item__in=ids).order_by()
    requests = Request.objects.filter(recipe=recipe.key, item_id__in=ids).order_by()
    reasons = {}
    if selection.besides:
        made = requests.filter(run__in=selection.besides, status=RequestStatus.SUCCEEDED)
        reasons["made by the pilot"] = set(made.values_list("item_id", flat=True))
    reasons["under way in another run"] = set(requests.under_way().values_list("item_id", flat=True))
    if not selection.include_approved:
        decided = artefacts.filter(status__in=(ArtefactStatus.APPROVED, ArtefactStatus.PUBLISHED))
        reasons["approved or published"] = set(decided.values_list("item", flat=True))
    if selection.only == "new":
        reasons["have their text already"] = set(artefacts.values_list("item", flat=True))
    elif selection.only == "changed":
        reasons["not changed since their text was made"] = set(ids) - _changed(recipe, artefacts)
    elif selection.only == "outdated":
        outdated = artefacts.exclude(recipe_hash=inforce.recipe_hash)
        reasons["made with what is in force"] = set(ids).difference(outdated.values_list("item", flat=True))
    elif selection.only == "failed":
        newest = dict(requests.making().order_by("pk").values_list("item_id", "status"))
        reasons["did not fail the last time"] = set(ids) - {pk for pk, last in newest.items() if last in RETRYABLE}
        if selection.most_errors is not None:
            tried = requests.making().retryable().values("item_id").annotate(errors=Sum("attempt_count"))
            hopeless = tried.filter(errors__gt=selection.most_errors)
            reasons[f"failed more than {selection.most_errors} times"] = set(hopeless.values_list("item_id", flat=True))
    return reasons


def _filtered(rows: QuerySet[Any], filters: dict[str, str]) -> QuerySet[Any]:
    for name, value in filters.items():
        try:
            rows = rows.filter(**{name: value})
        except (FieldError, ValueError, ValidationError) as error:
            fields = ", ".join(item.name for item in rows.model._meta.concrete_fields)
            raise PlanError(f"Can't filter by {name}={value}: {error}. Fields: {fields}.") from error
    return rows


def _changed(recipe: type[Recipe], artefacts: QuerySet[Any]) -> set[int]:
    """Items whose source moved, or one of the revisions that their text was made from."""
    changed = set(artefacts.exclude(item__source_hash=F("source_hash")).values_list("item", flat=True))
    if recipe.needs:
        made = artefacts.filter(current__isnull=False).select_related("current", "item")
        used = {row.item: set(row.current.dependencies) for row in made}
        for item, needs in zip(used, needs_of(recipe, list(used)), strict=True):
            if used[item] != {revision.pk for revisions in needs.values() for revision in revisions}:
                changed.add(item.pk)
    return changed


@transaction.atomic
def plan(
    run: Run, recipes: Sequence[type[Recipe]], collections: Iterable[Any], selection: Selection,
    prompt: Prompt | None = None,
) -> Run:  # fmt: skip
    """Save the run with one request for each (recipe, item) chosen. Refuses when there is nothing to do.

    With `prompt`, all of them ask with this version and not with the one in force.
    """
    chosen = list(collections)
    run.recipes = [recipe.key for recipe in recipes]
    run.collections = [collection.slug for collection in chosen]
    run.selection = asdict(selection)
    run.status = RunStatus.PLANNED
    run.save()
    for recipe in recipes:
        for collection in chosen:
            if isinstance(collection, recipe.item_model._meta.get_field("collection").related_model):
                run.total += _add_requests(run, recipe, collection, selection, prompt)
    if not run.total:
        raise NothingToGenerate(_nothing(recipes, selection))
    run.counts = {RequestStatus.PLANNED: run.total}
    run.save(update_fields=["total", "counts"])
    return run


def _add_requests(
    run: Run, recipe: type[Recipe], collection: Any, selection: Selection, prompt: Prompt | None
) -> int:
    inforce = instruction(recipe.key, collection.slug, run.model, prompt)
    ids = select(recipe, collection, selection, inforce)
    slug = recipe.key.replace(".", "-")[:30]
    shared = {
        "run_id": run.pk, "recipe": recipe.key, "collection": collection.slug, "prompt_id": inforce.prompt.pk,
        "recipe_hash": inforce.recipe_hash,
    }  # fmt: skip
    for chunk in chunked(ids, CHUNK):
        items = recipe.item_model._default_manager.filter(pk__in=chunk).order_by("position", "pk")
        rows = (
            (item.pk, item.label[:200], f"{run.key}-{slug}-{item.pk}", item.source_hash, recipe.category_of(item))
            for item in items
        )
        insert_rows(Request, shared, ("item_id", "label", "custom_id", "source_hash", "category"), rows)
    return len(ids)


def _nothing(recipes: Sequence[type[Recipe]], selection: Selection) -> str:
    under_way = Request.objects.under_way().filter(recipe__in=[recipe.key for recipe in recipes]).count()
    words = {
        "new": "every chosen item has its text already",
        "changed": "no chosen item has changed since its text was made",
        "outdated": "every text was made with the prompt, model and parameters in force",
        "failed": "no chosen item failed the last time",
        "all": "no item fits the choice",
    }[selection.only]
    waiting = f" {under_way} are under way in another run." if under_way else ""
    return f"Nothing to generate: {words}.{waiting} Nothing was sent and nothing is owed."


def retry(run: Run, requests: QuerySet[Request], actor: str = "") -> int:
    """Plan the retryable ones of `requests` again, and those that they block; the run goes on. Returns how many."""
    with transaction.atomic():
        chosen = Q(pk__in=requests.values("pk"))
        rows = Request.objects.filter(chosen, run=run).retryable()
        again = rows.update(
            status=RequestStatus.PLANNED, batch_job=None, next_due=None, error_code="", error_message=""
        )
        if again:
            # What is made again is waited for again.
            Run.objects.filter(pk=run.pk).update(go_on_without=False)
            run.go_on_without = False
            run.requests.filter(status=RequestStatus.BLOCKED).update(
                status=RequestStatus.PLANNED, error_code="", error_message=""
            )
            ended = (RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED)
            run.move(
                RunStatus.RUNNING, *ended, detail=f"{again} requests again", actor=actor, next_due=None, error="",
                finished_at=None, cancel_requested=False, started_at=run.started_at or timezone.now(),
            )  # fmt: skip
    return again
