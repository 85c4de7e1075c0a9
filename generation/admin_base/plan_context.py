"""What the page of a plan shows, and what its three buttons do; the same for a selection and for a pilot's rest."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from generation import launching, rehearsals
from generation.desk.estimates import estimate_rows
from generation.estimate_errors import accuracy_words
from generation.models import Purpose, Run
from generation.pipeline.plan import PlanError
from generation.planning.choice import Choice, start
from generation.planning.draft import Draft
from generation.prompts import PromptError
from generation.recipes import recipe_class
from generation.review import actor_label

PILOT, PILOT_MOST = 5, 100
REFUSALS = (PlanError, PromptError, launching.LaunchRefused)
STARTS = {"launch": Purpose.LAUNCH, "pilot": Purpose.PILOT, "rehearse": Purpose.REHEARSAL}


def plan_context(
    request: HttpRequest, choice: Choice, draft: Draft, hidden: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """Everything but the refusal; `hidden` is what the page posts again."""
    run = draft.run
    return {
        "choice": choice,
        "draft": draft,
        "run": run,
        "estimates": estimate_rows(run) if run else [],
        "parts": _titled(run.estimate["parts"]) if run else [],
        "hidden": hidden,
        "counting": counting(draft),
        "past": _past(run.estimate["parts"]) if run else [],
        "refusal": draft.refusal,
        "prompt_url": _prompt_url(draft),
        "budgets_url": budgets_url(request.user),
        "may_pilot": choice.parent is None,
        "pilot_items": request.POST.get("pilot_items") or PILOT,
        "pilot_most": PILOT_MOST,
        "sandbox": rehearsals.available(),
        "no_sandbox": launching.NO_SANDBOX,
    }


def counting(draft: Draft) -> dict[str, Any]:
    """How far the count of every prompt is; whether one could be asked for."""
    run, counts = draft.run, draft.counts
    parts = run.estimate.get("parts", ()) if run else ()
    open_ones = [count for count in counts if count.finished_at is None]
    return {
        "offered": not open_ones and any(0 < part["sampled"] < part["requests"] for part in parts),
        "sampled": sum(part["sampled"] for part in parts),
        "open": bool(open_ones),
        "done": sum(count.position for count in counts),
        "total": sum(count.total for count in counts),
        "ids": [count.pk for count in counts],
        "errors": [count.error for count in counts if count.error],
    }


def _past(parts: Sequence[dict[str, Any]]) -> list[str]:
    """How far the last estimates of each recipe were off; nothing of what is computed here."""
    keys = dict.fromkeys(part["recipe"] for part in parts)
    said = [(recipe_class(key).title, accuracy_words(key)) for key in keys]
    return [f"{title}: {words}." for title, words in said if words]


def _titled(parts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [part | {"title": recipe_class(part["recipe"]).title} for part in parts]


def _prompt_url(draft: Draft) -> str:
    prompt = next((problem.prompt for problem in draft.problems if problem.prompt), None)
    return reverse("admin:generation_prompt_change", args=[prompt.pk]) if prompt else ""


def budgets_url(user: Any) -> str:
    """Where budgets are raised, for those who may; empty for others."""
    return reverse("admin:generation_budget_changelist") if user.has_perm("generation.change_budget") else ""


def started(request: HttpRequest, choice: Choice, step: str) -> HttpResponse:
    """Launch, pilot or rehearse; leads to the run, or to its texts. Raises one of REFUSALS."""
    seen = request.POST.get("seen", "")
    if step == "pilot":
        choice, seen = choice.pilot(_pilot_items(request)), ""
    run = start(choice, STARTS[step], request.user, actor_label(request.user), seen)
    messages.success(request, launching.on_its_way(run))
    return redirect(*_page_of(run))


def asked_to_count(choice: Choice) -> str:
    """Have every prompt of the plan counted; a sentence where it can't be planned."""
    try:
        choice.count_all()
    except PlanError as error:
        return str(error)
    return ""


def _pilot_items(request: HttpRequest) -> int:
    given = request.POST.get("pilot_items", str(PILOT))
    if not (given.isascii() and given.isdecimal() and 1 <= int(given[:9]) <= PILOT_MOST):
        raise launching.LaunchRefused(f"A pilot takes 1 to {PILOT_MOST} items, not '{given[:20]}'. Nothing was sent.")
    return int(given)


def _page_of(run: Run) -> tuple[Any, ...]:
    waits = run.purpose == Purpose.LAUNCH or run.status != "running"
    return ("admin:generation_run_change", run.pk) if waits else ("console_results", run.pk)
