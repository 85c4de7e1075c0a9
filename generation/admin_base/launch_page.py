"""The page behind the action "Generate": count, estimate, launch. It posts the list's filter, not a list of numbers."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from generation import advance
from generation.admin_base.access import require
from generation.admin_base.launch_form import LaunchForm
from generation.deletion import discard_run
from generation.desk.estimates import estimate_rows
from generation.models import Run
from generation.pipeline.plan import PlanError, Selection
from generation.prompts import PromptError
from generation.review import actor_label

# SQLite takes at least so many parameters in one statement.
MAX_NAMED = 30_000


def launch_page(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
    """Show what generating the chosen items would cost, or launch it."""
    require(request.user, "launch_run")
    step = request.POST.get("step", "")
    form = LaunchForm(model_admin.model, request.POST)
    context: dict[str, Any] = {"form": form, "chosen": queryset.count(), "refusal": ""}
    if form.is_valid():
        try:
            if step == "launch":
                run = _launch(request, form, queryset)
                messages.success(request, f"{run} is on its way: {run.total:,} requests.")
                return redirect("admin:generation_run_change", run.pk)
            context["run"] = _rehearsed(form, queryset)
            context["estimates"] = estimate_rows(context["run"])
        except (PlanError, PromptError, advance.LaunchRefused) as error:
            context["refusal"] = str(error)
    context |= {
        "across": request.POST.get("select_across", "0"),
        "ticked": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "ticked_name": ACTION_CHECKBOX_NAME,
    }
    return model_admin.page(request, "generation/launch.html", "Generate", **context)


def _selection(form: LaunchForm, queryset: QuerySet[Any]) -> tuple[list[Any], Selection]:
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
    cleaned = form.cleaned_data
    return found, Selection(
        only=cleaned["only"], item_ids=ids, limit=cleaned["limit"], include_approved=cleaned["include_approved"]
    )


def _prepared(form: LaunchForm, queryset: QuerySet[Any], **fields: Any) -> Run:
    collections, selection = _selection(form, queryset)
    if not collections:
        raise PlanError("No items are chosen.")
    cleaned = form.cleaned_data
    return advance.prepare(
        form.chosen(), collections, selection, mode=cleaned["mode"], model=cleaned["model"].strip(), **fields
    )


def _rehearsed(form: LaunchForm, queryset: QuerySet[Any]) -> Run:
    """The run as it would be planned, with its estimate; nothing of it stays in the database."""
    with transaction.atomic():
        run = _prepared(form, queryset)
        transaction.set_rollback(True)
    return run


def _launch(request: HttpRequest, form: LaunchForm, queryset: QuerySet[Any]) -> Run:
    actor = actor_label(request.user)
    run = _prepared(form, queryset, created_by=request.user, actor=actor)
    try:
        seen = request.POST.get("seen", "")
        if seen and seen != str(run.total):
            raise advance.LaunchRefused(
                f"Meanwhile it is {run.total:,} requests and no longer {seen}. Nothing was sent: look again and launch."
            )
        advance.launch(run, actor)
    except advance.LaunchRefused:
        discard_run(run)
        raise
    return run
