"""The texts of a pilot or a rehearsal as they come in: for a glance, with findings, tokens and cost."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from generation import rehearsals
from generation.admin_base.access import may, visible_by_run
from generation.console.result_rows import result_rows
from generation.console.shell import console_view, show
from generation.models import Purpose, Run
from generation.models.requests import OPEN
from generation.recipes import recipe_class

PER_PAGE = 25


@console_view("launch_run")
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """A page of requests with their texts; a POST throws a rehearsal's texts away."""
    chosen = Run.objects.filter(purpose__in=(Purpose.PILOT, Purpose.REHEARSAL))
    run = visible_by_run(chosen, request.user, "pk").filter(pk=pk).first()
    if run is None:
        raise Http404("There is no such pilot or rehearsal.")
    if request.method == "POST":
        return _thrown_away(request, run)
    requests = run.requests.order_by("pk")
    page = Paginator(requests, PER_PAGE).get_page(request.GET.get("page"))
    counts = run.ledger()
    context: dict[str, Any] = {
        "run": run,
        "page": page,
        "rows": result_rows(run, list(page.object_list)),
        "done": run.total - sum(counts.get(status, 0) for status in OPEN),
        "succeeded": counts.get("succeeded", 0),
        "rehearsal": run.purpose == Purpose.REHEARSAL,
        "left": rehearsals.texts(run).count() if run.purpose == Purpose.REHEARSAL else 0,
        "sees_costs": may(request.user, "view_costs"),
        "queues": [] if run.purpose == Purpose.REHEARSAL else _queues(run),
    }
    return show(request, "generation/console/results.html", f"Texts of run {run.pk}", **context)


def _queues(run: Run) -> list[tuple[str, str]]:
    """For each kind of record the desk's queue of what this pilot has made."""
    models = {recipe_class(key).artefact_model: recipe_class(key).title for key in run.recipes}
    names = {model._meta.label_lower.replace(".", "_"): title for model, title in models.items()}
    return [(title, f"{reverse(f'admin:{name}_queue')}?run={run.pk}") for name, title in names.items()]


def _thrown_away(request: HttpRequest, run: Run) -> HttpResponse:
    removed = rehearsals.throw_away(run)
    if removed is None:
        still = "It still goes on: cancel it, or wait for its end."
        messages.error(request, still if run.purpose == Purpose.REHEARSAL else "The texts of a pilot are records.")
        return redirect("console_results", run.pk)
    messages.success(request, f"{removed:,} rehearsed texts are thrown away.")
    return redirect("admin:generation_run_change", run.pk)
