"""The two pages behind "Generate": the choices, then the plan. They post the list's filter, not a list of numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from generation.admin_base.access import require
from generation.admin_base.launch_form import LaunchForm
from generation.admin_base.plan_context import REFUSALS, STARTS, asked_to_count, plan_context, started
from generation.deletion import recipes_of
from generation.launching import OverBudget
from generation.pipeline.plan import PlanError
from generation.planning.choice import Choice
from generation.planning.draft import draft
from generation.recipes import Recipe, all_recipes

# SQLite takes at least so many parameters in one statement.
MAX_NAMED = 30_000


@dataclass(frozen=True)
class Chosen:
    """What was ticked: items of one kind, or whole collections."""

    count: int
    words: str
    recipes: Sequence[type[Recipe]]
    named: Callable[[], tuple[list[Any], list[int]]]


def launch_page(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
    """For items: a selection, or everything in the list's filter."""
    recipes = [recipe for recipe in all_recipes() if recipe.item_model is model_admin.model]
    return _page(model_admin, request, _chosen(queryset, recipes, lambda: _of_items(queryset)))


def collection_launch_page(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
    """For whole collections, with every recipe that makes something of them."""
    chosen = _chosen(queryset, recipes_of(model_admin.model), lambda: (list(queryset), []))
    return _page(model_admin, request, chosen)


def _chosen(queryset: QuerySet[Any], recipes: Sequence[type[Recipe]], named: Any) -> Chosen:
    meta, count = queryset.model._meta, queryset.count()
    words = f"{meta.verbose_name} is" if count == 1 else f"{meta.verbose_name_plural} are"
    return Chosen(count, f"{count:,} {words} chosen.", recipes, named)


def _of_items(queryset: QuerySet[Any]) -> tuple[list[Any], list[int]]:
    """The collections of the chosen items, and which of their items: by number unless it is all of them."""
    rows = queryset.order_by()
    collections = queryset.model._meta.get_field("collection").related_model
    found = list(collections._default_manager.filter(pk__in=rows.values("collection")))
    present = rows.filter(removed_at=None)
    everything = queryset.model._default_manager.filter(collection__in=found, removed_at=None).count()
    ids: list[int] = []
    if present.count() != everything or not everything:
        ids = list(rows.values_list("pk", flat=True)[: MAX_NAMED + 1])
    if len(ids) > MAX_NAMED:
        raise PlanError(f"Choose a whole collection, or at most {MAX_NAMED:,} of its items at once.")
    return found, ids


def _page(model_admin: Any, request: HttpRequest, chosen: Chosen) -> HttpResponse:
    require(request.user, "launch_run")
    step = request.POST.get("step", "")
    form = LaunchForm(chosen.recipes, request.POST)
    context: dict[str, Any] = {
        "form": form, "chosen": chosen, "refusal": "", "back": request.get_full_path(), "stay": _stay(request),
    }  # fmt: skip
    if not form.is_valid():
        return model_admin.page(request, "generation/launch.html", "Generate", **context)
    try:
        choice = form.choice(*chosen.named())
    except PlanError as error:
        return model_admin.page(request, "generation/launch.html", "Generate", **{**context, "refusal": str(error)})
    if step in STARTS:
        return _started(model_admin, request, choice, form, context)
    return _shown(model_admin, request, choice, form, context)


def _started(
    model_admin: Any, request: HttpRequest, choice: Choice, form: LaunchForm, context: dict[str, Any]
) -> HttpResponse:
    try:
        return started(request, choice, request.POST["step"])
    except REFUSALS as error:
        context["over_budget"] = isinstance(error, OverBudget)
        return _shown(model_admin, request, choice, form, context, str(error))


def _shown(
    model_admin: Any, request: HttpRequest, choice: Choice, form: LaunchForm, context: dict[str, Any], refusal: str = ""
) -> HttpResponse:
    """The first page with prices, or the second; whatever was refused stands on top of it."""
    step = request.POST.get("step", "")
    second = step in {"plan", "count", *STARTS}
    if step == "count":
        refusal = refusal or asked_to_count(choice)
    made = draft(choice, request.POST.get("shown", ""), details=second)
    stay = [*form.answers(), *context["stay"]]
    shared = {**plan_context(request, choice, made, stay), **context, "refusal": refusal or made.refusal}
    if second:
        return model_admin.page(request, "generation/console/plan.html", "Plan of a run", **shared)
    if made.run:
        form.priced(made.run.estimate)
    return model_admin.page(request, "generation/launch.html", "Generate", **shared)


def _stay(request: HttpRequest) -> list[tuple[str, str]]:
    """What makes the list's next POST choose the same rows."""
    ticked = [(ACTION_CHECKBOX_NAME, pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)]
    across = request.POST.get("select_across", "0")
    return [("action", "generate"), ("select_across", across), ("index", "0"), *ticked]
