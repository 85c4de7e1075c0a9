"""What the page of a run shows: the ledger, the estimate beside the cost, batch jobs, timeline, errors by cause."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min
from django.utils import timezone

from generation.costs import dollars
from generation.desk.estimates import estimate_rows
from generation.models import RequestStatus, Run, RunStatus
from generation.models.budgets import likely_share
from generation.models.requests import OPEN, RETRYABLE
from generation.recipes import UnknownRecipe, recipe_class
from generation.run_figures import Figures, Line, clock, figures

MAX_ERRORS = 30
MAX_STEPS = 100


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Requests that ended for the same cause."""

    status: str
    code: str
    count: int
    example: str
    retryable: bool
    added: str = ""


def error_groups(run: Run) -> list[ErrorGroup]:
    """Causes, the most frequent first."""
    rows = run.requests.filter(status__in=(*RETRYABLE, RequestStatus.BLOCKED)).order_by()
    grouped = rows.values_list("status", "error_code").annotate(n=Count("pk"), example=Min("error_message"))
    return [
        ErrorGroup(status, code, count, example, status in RETRYABLE, dollars(likely_share(run, count)))
        for status, code, count, example in grouped.order_by("-n")[:MAX_ERRORS]
    ]


def progress(run: Run, counts: dict[str, int]) -> dict[str, Any]:
    """Figures of the bar."""
    done = run.total - sum(counts.get(status, 0) for status in OPEN)
    return {
        "done": done,
        "total": run.total,
        "percent": round(100 * done / run.total) if run.total else 0,
        "counts": [(value, label, counts[value]) for value, label in RequestStatus.choices if counts.get(value)],
    }


def elapsed(run: Run) -> float | None:
    """Seconds since the launch, until the end."""
    if run.started_at is None:
        return None
    return ((run.finished_at or timezone.now()) - run.started_at).total_seconds()


def report(run: Run) -> dict[str, Any]:
    """Pace and success by recipe and by category; empty for a run whose kind is not installed any more."""
    try:
        found = figures(run)
    except UnknownRecipe:
        return {}
    groups = [(group, _of(found, group.category)) for group in found.by_category() if group.category]
    return {
        "facts": _facts(found),
        "recipes": [(recipe_class(line.recipe).title, line) for line in found.by_recipe()],
        "whole": found.whole,
        "categories": groups,
    }


def _of(found: Figures, category: str) -> list[tuple[str, Line]]:
    return [(recipe_class(line.recipe).title, line) for line in found.lines if line.category == category]


def _facts(found: Figures) -> list[tuple[str, str]]:
    left = "not known yet" if found.eta is None else clock(found.eta)
    rate = found.whole.success_rate
    return [
        ("Elapsed", clock(found.elapsed)),
        ("Time left", left if found.eta != 0 else "nothing left to send"),
        ("Success rate", "–" if rate is None else f"{rate:.1f} %"),
        ("Tokens", f"{found.whole.tokens:,}, {found.tokens_per_second:,.1f} a second"),
        ("Items", f"{found.items_done:,} of {found.items:,}, {found.items_per_hour:,.0f} an hour"),
        ("Memory", f"{found.memory / 1e6:,.0f} MB at most"),
    ]


def run_context(run: Run) -> dict[str, Any]:
    """Everything that changes while a run goes on."""
    counts = run.ledger()
    seconds = elapsed(run)
    transitions = run.transitions.order_by("-at", "-pk")[:MAX_STEPS]
    return {
        "run": run,
        "progress": progress(run, counts),
        "live": run.status == RunStatus.RUNNING,
        "estimates": estimate_rows(run),
        "jobs": list(run.batch_jobs.order_by("pk")[:200]),
        "transitions": transitions,
        "errors": error_groups(run),
        "report": report(run),
        "elapsed": None if seconds is None else f"{int(seconds // 60)} min {int(seconds % 60)} s",
    }
