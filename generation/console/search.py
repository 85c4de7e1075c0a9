"""What Ctrl+K finds: items, what was made of them, runs, batches; only what the user may see, and never many.

The box finds pages of the site by their names as well; that is unfold's own.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Q, TextField
from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from generation.admin_base.access import visible_by_run
from generation.models import BatchJob, Request, Run, RunStatus
from generation.recipes import all_recipes

LEAST, MOST_CHARACTERS, EACH = 2, 100, 8
_RUN = re.compile(r"(?:run\s*)?#?(\d{1,12})\Z", re.ASCII)


def search(request: HttpRequest, term: str) -> list[SearchResult]:
    """Results for a term of at least two characters; a fixed number of queries, each with a limit."""
    words = term.strip().replace("\x00", "")[:MOST_CHARACTERS]
    if not _RUN.match(words) and len(words) < LEAST:
        return []
    return [*_runs(request, words), *_batches(request, words), *_requests(request, words), *_items(request, words)]


def _seen(request: HttpRequest, model: Any) -> bool:
    model_admin = admin.site._registry.get(model)
    return bool(model_admin and model_admin.has_view_permission(request))


def _link(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def _result(row: Any, title: str, description: str, icon: str) -> SearchResult:
    return SearchResult(title=title, description=description, link=_link(row), icon=icon)


def _runs(request: HttpRequest, words: str) -> Iterator[SearchResult]:
    """By number, or by the random key that stands in custom ids."""
    if not _seen(request, Run):
        return
    number = _RUN.match(words)
    found = Q(key__startswith=words) | (Q(pk=int(number[1])) if number else Q())
    for run in visible_by_run(Run.objects.filter(found), request.user, "pk").order_by("-pk")[:EACH]:
        where = ", ".join(run.collections[:3])
        yield _result(
            run, str(run), f"{RunStatus(run.status).label}, {run.get_purpose_display()}, {where}", "rocket_launch"
        )


def _batches(request: HttpRequest, words: str) -> Iterator[SearchResult]:
    """By the beginning of a name that the provider gave: of the batch or of one of its files."""
    if not _seen(request, BatchJob):
        return
    names = ("remote_batch_id", "key", "input_file_id", "output_file_id", "error_file_id")
    found = Q()
    for name in names:
        found |= Q(**{f"{name}__istartswith": words})
    rows = visible_by_run(BatchJob.objects.filter(found), request.user, "run")
    for job in rows.select_related("run").order_by("-pk")[:EACH]:
        yield _result(job, job.remote_batch_id or str(job), f"batch job of {job.run}, {job.status}", "inventory_2")


def _requests(request: HttpRequest, words: str) -> Iterator[SearchResult]:
    """By the whole custom id alone: there are too many for anything else."""
    if not _seen(request, Request):
        return
    rows = visible_by_run(Request.objects.filter(custom_id=words), request.user, "run")
    for row in rows:
        yield _result(row, row.label, f"request {row.custom_id}, {row.status}", "outgoing_mail")


def _items(request: HttpRequest, words: str) -> Iterator[SearchResult]:
    """Items by what their list is searched by, and what was made of those that are found."""
    by_model: dict[Any, list[Any]] = {}
    for recipe in all_recipes():
        by_model.setdefault(recipe.item_model, []).append(recipe)
    for model, recipes in by_model.items():
        if not _seen(request, model):
            continue
        model_admin: Any = admin.site._registry[model]
        found = Q()
        for name in _short_columns(model, model_admin.get_search_fields(request)):
            found |= Q(**{f"{name}__icontains": words})
        rows = list(model_admin.get_queryset(request).filter(found).select_related("collection").order_by("pk")[:EACH])
        for row in rows:
            name = str(model._meta.verbose_name)
            yield _result(row, row.label, f"{name} of {row.collection}", "list_alt")
        yield from _made(request, recipes, rows)


def _short_columns(model: Any, names: Any) -> Iterator[str]:
    """Columns of the item's own table without the long texts: reading 50,000 of those would take too long."""
    for name in (str(name).lstrip("^=@") for name in names):
        if "__" not in name and not isinstance(model._meta.get_field(name), TextField):
            yield name


def _made(request: HttpRequest, recipes: list[Any], items: list[Any]) -> Iterator[SearchResult]:
    titles = {recipe.key: recipe.title for recipe in recipes}
    labels = {item.pk: item.label for item in items}
    for model in dict.fromkeys(recipe.artefact_model for recipe in recipes):
        if not _seen(request, model):
            continue
        rows = model._default_manager.filter(item__in=labels).order_by("pk")[:EACH]
        for row in rows.only("pk", "item_id", "recipe", "status"):
            what = titles.get(row.recipe, row.recipe)
            yield _result(row, labels[row.item_id], f"{what}, {row.get_status_display()}", "article")
