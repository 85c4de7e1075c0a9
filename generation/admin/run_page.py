"""What the page of a run shows: the ledger, figures, the estimate beside the cost, batch jobs, timeline, causes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone

from generation.costs import dollars
from generation.desk.estimates import estimate_rows
from generation.models import BatchJob, Request, RequestStatus, Run, RunStatus, Transition
from generation.models.budgets import likely_cost, likely_share
from generation.models.jobs import SETTLED
from generation.models.requests import OPEN, RETRYABLE
from generation.recipes import UnknownRecipe, recipe_class
from generation.run_figures import Figures, Line, figures
from generation.run_pace import clock
from generation.standstill import standstill

MAX_ERRORS = 30
MAX_STEPS = 100
MAX_JOBS = 50
# Of all jobs on the page together: a job takes about nine steps.
MAX_JOB_STEPS = 600


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Requests that ended for the same cause: code and message without numbers, ids and quotations."""

    status: str
    code: str
    cause: str
    count: int
    example: str
    retryable: bool
    added: str = ""


def error_groups(run: Run) -> list[ErrorGroup]:
    """Causes, the most frequent first, each with one message as it came."""
    rows = run.requests.filter(status__in=(*RETRYABLE, RequestStatus.BLOCKED)).order_by()
    grouped = rows.values_list("status", "error_code", "cause").annotate(n=Count("*"), first=Min("pk"))
    top = list(grouped.order_by("-n", "status", "error_code", "cause")[:MAX_ERRORS])
    examples = dict(Request.objects.filter(pk__in=[row[-1] for row in top]).values_list("pk", "error_message"))
    return [
        ErrorGroup(
            status, code, cause, count, examples.get(first, ""), status in RETRYABLE, dollars(likely_share(run, count))
        )
        for status, code, cause, count, first in top
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


def report(found: Figures) -> dict[str, Any]:
    """Pace and success by recipe and by category."""
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
    facts = [
        ("Elapsed", clock(found.elapsed)),
        ("Time left", left if found.eta != 0 else "nothing left to send"),
        ("Reckoned", found.basis),
        ("Success rate", "–" if rate is None else f"{rate:.1f} %"),
        ("Tokens", f"{found.whole.tokens:,}, {found.tokens_per_second:,.1f} a second"),
        ("Items", f"{found.items_done:,} of {found.items:,}, {found.items_per_hour:,.0f} an hour"),
        ("Memory of the worker", _worker(found.worker_memory)),
    ]
    return [fact for fact in facts if fact[1]]


def _worker(memory: int | None) -> str:
    if memory is None:
        return f"not heard of within the last {clock(settings.WORKER_SILENT_SECONDS)}"
    return f"{memory / 1e6:,.0f} MB at most"


def money(run: Run, found: Figures | None) -> dict[str, Any]:
    """What it has cost by now, beside what the estimate expects; nano-dollars."""
    cost = found.cost_nano if found else run.cost_nano
    likely = likely_cost(run)
    return {
        "cost": cost,
        "unpriced": found.unpriced if found else run.unpriced,
        "likely": likely,
        "share": round(100 * cost / likely) if likely else None,
    }


def jobs_shown(run: Run) -> dict[str, Any]:
    """The newest batch jobs with their timelines, how many there are in all, and when the last has to be done."""
    jobs = list(run.batch_jobs.order_by("-pk")[:MAX_JOBS])
    steps: dict[int, list[str]] = {}
    rows = Transition.objects.filter(batch_job__in=jobs).order_by("-at", "-pk")
    for pk, at, status, detail in rows.values_list("batch_job", "at", "to_status", "detail")[:MAX_JOB_STEPS]:
        steps.setdefault(pk or 0, []).append(_step(at, status, detail))
    waiting = [job for job in jobs if job.status not in SETTLED and job.expires_at]
    return {
        "jobs": [(job, "\n".join(steps.get(job.pk, [])), _deadline(job)) for job in jobs],
        "job_total": run.batch_jobs.count() if len(jobs) == MAX_JOBS else len(jobs),
        "deadline": max((job.expires_at for job in waiting if job.expires_at), default=None),
    }


def _step(at: datetime, status: str, detail: str) -> str:
    """One line of a job's timeline: as text, because a page of fifty jobs has hundreds of them."""
    words = f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S} {status.replace('_', ' ')}"
    return f"{words}: {detail[:200]}" if detail else words


def _deadline(job: BatchJob) -> str:
    """Time left of the provider's 24 hours."""
    if job.expires_at is None or job.status in SETTLED:
        return ""
    left = (job.expires_at - timezone.now()).total_seconds()
    return f"{clock(left)} left" if left > 0 else "over"


def run_context(run: Run) -> dict[str, Any]:
    """Everything that changes while a run goes on: the same number of queries for any run."""
    try:
        found = figures(run)
    except UnknownRecipe:
        # Its kind is not installed any more.
        found = None
    seconds = elapsed(run)
    return {
        "run": run,
        "progress": progress(run, found.counts if found else run.ledger()),
        "live": run.status == RunStatus.RUNNING,
        # A silent worker has a banner of its own.
        "waits": standstill(run, here=True),
        "estimates": estimate_rows(run),
        "estimate_errors": list(run.estimate_errors.order_by("recipe", "collection")),
        "money": money(run, found),
        "transitions": list(run.transitions.order_by("-at", "-pk")[:MAX_STEPS]),
        "errors": error_groups(run),
        "report": report(found) if found else {},
        "elapsed": None if seconds is None else clock(seconds),
        **jobs_shown(run),
    }
