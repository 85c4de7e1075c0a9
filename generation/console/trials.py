"""Trying prompts: one filled in for an item, a trial with its price, and two versions side by side with votes."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from generation import advance, trials
from generation.admin_base.access import may, visible_rows
from generation.console.shell import console_view, show
from generation.console.trial_form import PreviewForm, TrialForm
from generation.costs import count_tokens
from generation.desk.differences import Line, line_difference
from generation.instructions import instruction, needs_of
from generation.models import Choice, Prompt, PromptTrial
from generation.pipeline.plan import PlanError
from generation.prompts import PromptError
from generation.recipes import all_recipes
from generation.review import actor_label

NEWEST = 100


def _prompt(request: HttpRequest, pk: int) -> Prompt:
    keys = [recipe.key for recipe in all_recipes()]
    rows = visible_rows(Prompt.objects.filter(recipe__in=keys), request.user)
    return get_object_or_404(rows, pk=pk)


@console_view("launch_run")
@require_safe
def preview_view(request: HttpRequest, pk: int) -> HttpResponse:
    """What the model would read: one version, filled in for one item. Nothing is sent."""
    prompt = _prompt(request, pk)
    form = PreviewForm(prompt, request.user, request.GET)
    item = form.item()
    context: dict[str, Any] = {"prompt": prompt, "form": form, "item": item, "refusal": ""}
    if item is not None:
        inforce = instruction(prompt.recipe, item.collection.slug, prompt=prompt)
        try:
            ((system, user),) = inforce.texts([item], needs_of(type(inforce.recipe), [item]))
            context |= {"parts": [("System", system), ("User", user)], "tokens": count_tokens([system, user])}
        except PromptError as error:
            context["refusal"] = str(error)
        context["inforce"] = inforce
    return show(request, "generation/prompt_preview.html", f"{prompt}: filled in", **context)


@console_view("launch_run")
def try_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Which items, beside which version, at what price; then launch."""
    prompt = _prompt(request, pk)
    form = TrialForm(prompt, request.user, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"prompt": prompt, "form": form, "refusal": ""}
    if form.is_valid():
        try:
            if request.POST.get("step") == "launch":
                return _launched(request, form)
            runs = trials.foreseen(form.asked())
            context |= {"runs": runs, "total": sum(run.total for run in runs), "price": _price(runs)}
        except (PlanError, PromptError, advance.LaunchRefused) as error:
            context["refusal"] = str(error)
    return show(request, "generation/prompt_try.html", f"Try {prompt}", **context)


def _price(runs: list[Any]) -> list[tuple[str, int | None]]:
    """Low, likely and high in nano-dollars for all the runs together; None where nobody knows a price."""
    costs = [run.estimate["cost_nano"]["direct"] for run in runs]
    return [
        (level, None if any(cost[level] is None for cost in costs) else sum(cost[level] for cost in costs))
        for level in ("low", "likely", "high")
    ]


def _launched(request: HttpRequest, form: TrialForm) -> HttpResponse:
    seen = request.POST.get("seen", "")
    trial = trials.start(form.asked(), request.user, actor_label(request.user), int(seen) if seen.isdecimal() else None)
    messages.success(request, "The trial is on its way. Its texts are for looking at: no record changes.")
    return redirect("console_trial", trial.pk)


@console_view("launch_run", "review_artefact")
@require_safe
def trials_view(request: HttpRequest) -> HttpResponse:
    """The newest trials."""
    rows = visible_rows(PromptTrial.objects.select_related("left", "right", "left_run", "right_run"), request.user)
    return show(request, "generation/trials.html", "Trials of prompts", trials=list(rows[:NEWEST]))


def _trial(request: HttpRequest, pk: int) -> PromptTrial:
    rows = PromptTrial.objects.select_related("left", "right", "left_run", "right_run")
    return get_object_or_404(visible_rows(rows, request.user), pk=pk)


@console_view("launch_run", "review_artefact")
def trial_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The texts with what they cost; a POST is a vote."""
    trial = _trial(request, pk)
    if request.method == "POST":
        return _voted(request, trial)
    tried = trials.look(trial, request.user)
    done, total, live = trials.progress(trial)
    shown = request.GET.get("differences", "")
    context: dict[str, Any] = {
        "trial": trial, "tried": tried, "totals": trials.totals(trial, tried), "votes": trials.votes_by_person(trial),
        "choices": Choice.choices, "done": done, "total": total, "live": live,
        "sees_costs": may(request.user, "view_costs"),
        "shown": int(shown) if shown.isdecimal() else 0, "differences": _differences(tried, shown),
        "voted": sum(bool(one.own) for one in tried),
    }  # fmt: skip
    return show(request, "generation/trial.html", str(trial), **context)


def _differences(tried: list[trials.Tried], shown: str) -> list[Line]:
    """Of one item alone: comparing two long texts takes a while."""
    chosen = [one for one in tried if str(one.item_id) == shown and one.right]
    return [line for one in chosen if one.right for line in line_difference(one.left.text, one.right.text)]


def _voted(request: HttpRequest, trial: PromptTrial) -> HttpResponse:
    item = request.POST.get("item", "")
    if not item.isdecimal() or not trials.vote(trial, int(item), request.user, request.POST.get("choice", "")):
        raise BadRequest("A vote names an item of the trial and which of its two texts is better.")
    return redirect(f"{reverse('console_trial', args=[trial.pk])}#item-{int(item)}")


@console_view("launch_run", "review_artefact")
@require_safe
def trial_progress_view(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, for the page's script."""
    done, total, live = trials.progress(_trial(request, pk))
    return JsonResponse({"done": done, "total": total, "live": live})
