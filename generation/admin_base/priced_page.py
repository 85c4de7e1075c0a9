"""The page behind a button of a collection that launches a run: what would be sent, its price, then the launch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from generation import advance
from generation.admin_base.access import require
from generation.deletion import discard_run
from generation.desk.estimates import estimate_rows
from generation.launching import on_its_way
from generation.models import Mode, Run
from generation.pipeline.plan import PlanError
from generation.prompts import PromptError
from generation.recipes import recipes_named
from generation.review import actor_label
from generation.sources import SourceError


def nothing_before() -> None:
    """Most buttons only launch."""


@dataclass(frozen=True)
class Wanted:
    """What a button would launch. `before` is done in the same transaction as the planning; for a price it is undone.

    `asked` are the button's own answers, which the page keeps and posts again.
    """

    title: str
    words: str
    collection: Any
    recipes: tuple[str, ...]
    selection: advance.Selection
    before: Callable[[], Any] = nothing_before
    asked: tuple[tuple[str, str], ...] = ()


class PriceForm(forms.Form):
    """How it is sent."""

    mode = forms.ChoiceField(choices=Mode.choices, widget=UnfoldAdminSelectWidget)
    model = forms.CharField(
        max_length=100, required=False, widget=UnfoldAdminTextInputWidget,
        help_text="Empty: the model of each recipe's settings.",
    )  # fmt: skip


REFUSALS = (PlanError, PromptError, SourceError, advance.LaunchRefused)


def priced_page(model_admin: Any, request: HttpRequest, wanted: Wanted, back: str) -> HttpResponse:
    """Show what the button would cost, or launch it; `back` is the address to leave to."""
    require(request.user, "launch_run")
    step = request.POST.get("step", "")
    form = PriceForm(request.POST if step else {"mode": Mode.BATCH}, label_suffix="")
    context: dict[str, Any] = {"wanted": wanted, "form": form, "back": back, "refusal": ""}
    if form.is_valid():
        try:
            if step == "launch":
                run = _launched(request, wanted, form)
                messages.success(request, on_its_way(run))
                return redirect("admin:generation_run_change", run.pk)
            context["run"] = _priced(wanted, form)
            context["estimates"] = estimate_rows(context["run"])
        except REFUSALS as error:
            context["refusal"] = str(error)
    status = 422 if context["refusal"] and step == "launch" else 200
    return model_admin.page(request, "generation/priced.html", wanted.title, status=status, **context)


def _prepared(wanted: Wanted, form: PriceForm, **fields: Any) -> Run:
    wanted.before()
    mode, model = form.cleaned_data["mode"], form.cleaned_data["model"].strip()
    recipes = recipes_named(wanted.recipes)
    return advance.prepare(recipes, [wanted.collection], wanted.selection, mode=mode, model=model, **fields)


def _priced(wanted: Wanted, form: PriceForm) -> Run:
    """The run as it would be planned; nothing of it stays in the database."""
    with transaction.atomic():
        run = _prepared(wanted, form)
        transaction.set_rollback(True)
    return run


def _launched(request: HttpRequest, wanted: Wanted, form: PriceForm) -> Run:
    actor = actor_label(request.user)
    with transaction.atomic():
        run = _prepared(wanted, form, created_by=request.user, actor=actor)
        seen = request.POST.get("seen", "")
        if seen and seen != str(run.total):
            raise advance.LaunchRefused(
                f"Meanwhile it is {run.total:,} requests and no longer {seen}. Nothing was sent: look again and launch."
            )
    try:
        advance.launch(run, actor)
    except advance.LaunchRefused:
        discard_run(run)
        raise
    return run
