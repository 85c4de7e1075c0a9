"""What the home page says of work: what waits for a person, what is running, how far each kind is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, Min, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from generation.admin_base.access import may, visible_by_run
from generation.admin_base.collections import CollectionAdmin
from generation.base_models import ArtefactStatus
from generation.health import worker_silent
from generation.models import BatchJob, JobStatus, RecipeSettings, Request, Run, RunStatus
from generation.models.requests import OPEN
from generation.recipes import all_recipes, collection_model, kinds

SHOWN = 5
MOST_RUNS = 10


@dataclass(frozen=True, slots=True)
class Need:
    """Something that only a person can move: words, where to, since when."""

    words: str
    address: str
    since: datetime | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A running run."""

    name: str
    address: str
    done: int
    total: int
    since: datetime | None

    @property
    def percent(self) -> int:
        """Of its requests, 0 to 100."""
        return round(100 * self.done / self.total) if self.total else 0


@dataclass(frozen=True, slots=True)
class Stage:
    """One recipe's artefacts by state, beside the items that it could be made of."""

    title: str
    address: str
    queue: str
    items: int
    counts: dict[str, int]
    oldest: datetime | None

    @property
    def made(self) -> int:
        """All its artefacts."""
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        """Drafts that nobody has decided on."""
        return self.counts.get(ArtefactStatus.NEEDS_REVIEW, 0)

    @property
    def cells(self) -> list[int]:
        """Counts in the order of the columns."""
        return [self.counts.get(status, 0) for status in ArtefactStatus.values]


def sees(user: Any, model: Any) -> bool:
    """Whether the user may look at such rows."""
    return bool(user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}"))


def funnel(request: HttpRequest) -> list[Stage]:
    """A line for each recipe that is switched on and has items, or that has made something.

    One query for each kind's items and each table of artefacts, and one for the switches.
    """
    user = request.user
    recipes = [recipe for recipe in all_recipes() if sees(user, recipe.artefact_model)]
    items = {model: _items(model, user) for model in {recipe.item_model for recipe in recipes}}
    made: dict[tuple[Any, str], dict[str, tuple[int, datetime]]] = {}
    for model in {recipe.artefact_model for recipe in recipes}:
        rows = model._default_manager.visible_to(user).order_by().values_list("recipe", "status")
        for key, status, count, oldest in rows.annotate(n=Count("*"), oldest=Min("updated_at")):
            made.setdefault((model, key), {})[status] = (count, oldest)
    switched = dict(RecipeSettings.objects.values_list("recipe", "enabled"))
    stages = []
    for recipe in recipes:
        model = recipe.artefact_model
        found = made.get((model, recipe.key), {})
        if found or (items[recipe.item_model] and switched.get(recipe.key, recipe.enabled)):
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            stages.append(Stage(
                recipe.title, f"{reverse(f'{name}_changelist')}?recipe={recipe.key}",
                f"{reverse(f'{name}_queue')}?recipe={recipe.key}", items[recipe.item_model],
                {status: count for status, (count, _) in found.items()},
                found.get(ArtefactStatus.NEEDS_REVIEW, (0, None))[1],
            ))  # fmt: skip
    return stages


def _items(model: Any, user: Any) -> int:
    count: int = model._default_manager.visible_to(user).present().count()
    return count


def needs(request: HttpRequest, stages: list[Stage]) -> list[Need]:
    """What waits for a person, the most urgent first."""
    user = request.user
    found = []
    silent = worker_silent() if may(user, "view_run") else ""
    if silent:
        found.append(Need(silent, "", urgent=True))
    if sees(user, BatchJob):
        jobs = visible_by_run(BatchJob.objects.filter(status=JobStatus.NEEDS_ATTENTION), user)
        found += _some(jobs, "generation_batchjob", "needs a decision", "batch jobs need a decision")
    if may(user, "view_run"):
        runs = visible_by_run(Run.objects.filter(status=RunStatus.AWAITING_APPROVAL), user, "pk")
        found += _some(runs, "generation_run", "awaits approval", "runs await approval")
    for kind in kinds():
        of_kind = admin.site._registry.get(collection_model(kind))
        if isinstance(of_kind, CollectionAdmin) and of_kind.has_view_permission(request):
            found += [Need(f"{count:,} {words}", address) for words, count, address in of_kind.waiting(request)]
    drafts = sorted((stage for stage in stages if stage.waiting and stage.oldest), key=lambda stage: str(stage.oldest))
    return found + [Need(f"{one.title}: {one.waiting:,} to review", one.queue, one.oldest) for one in drafts]


def _some(rows: QuerySet[Any], page: str, one: str, many: str) -> list[Need]:
    """A line for each, or one for all where there are more than a few."""
    found = list(rows.order_by("pk").only("pk", "created_at")[: SHOWN + 1])
    if len(found) > SHOWN:
        list_page = f"{reverse(f'admin:{page}_changelist')}?status={found[0].status}"
        return [Need(f"{rows.count():,} {many}", list_page, found[0].created_at, urgent=True)]
    return [
        Need(f"{row} {one}", reverse(f"admin:{page}_change", args=[row.pk]), row.created_at, urgent=True)
        for row in found
    ]


def running(user: Any) -> list[Bar]:
    """The runs under way, newest first, with their bars."""
    if not may(user, "view_run"):
        return []
    runs = list(visible_by_run(Run.objects.running(), user, "pk").order_by("-pk")[:MOST_RUNS])
    waiting = Request.objects.filter(run__in=runs, status__in=OPEN).order_by().values_list("run")
    left = dict(waiting.annotate(n=Count("*")))
    return [
        Bar(str(run), reverse("admin:generation_run_change", args=[run.pk]), run.total - left.get(run.pk, 0),
            run.total, run.started_at)
        for run in runs
    ]  # fmt: skip
