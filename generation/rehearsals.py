"""Rehearsals: a run on the sandbox whose texts are looked at and thrown away. Its ledger stays, marked as such."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Q, QuerySet

from generation.models import BatchJob, Origin, Purpose, RawAnswer, Request, Revision, Run, RunStatus
from generation.recipes import Dependency, Recipe

SANDBOX = "sandbox"
CHUNK = 1000
FILES = ("input_path", "output_path", "error_path")
Found = list[dict[str, list[Revision]]]


def available() -> bool:
    """Whether the site has a sandbox."""
    return SANDBOX in settings.PROVIDERS


def with_rehearsed(run: Run, recipe: type[Recipe], items: Sequence[Any], needs: Found) -> Found:
    """What a rehearsal has made itself stands in for the artefacts that it does not make; approvals it has none."""
    if run.purpose != Purpose.REHEARSAL:
        return needs
    for dependency in recipe.needs:
        if dependency.level == "in":
            made = _made(run, dependency, items)
            for item, need in zip(items, needs, strict=True):
                own = made.get(item.pk if dependency.scope == "item" else item.collection.slug, {})
                standing = {revision.item_id: revision for revision in need.get(dependency.recipe, ())}
                need[dependency.recipe] = list((standing | own).values())
    return needs


def _made(run: Run, dependency: Dependency, items: Sequence[Any]) -> dict[Any, dict[int, Revision]]:
    """Item or slug of the collection -> item -> the rehearsal's revision."""
    requests = Request.objects.filter(run=run, recipe=dependency.recipe, accepted_at__isnull=False).order_by("pk")
    if dependency.scope == "item":
        requests = requests.filter(item_id__in=[item.pk for item in items])
    else:
        requests = requests.filter(collection__in={item.collection.slug for item in items})
    of_item = dict(requests.values_list("item_id", "collection"))
    rows = texts(run).filter(recipe=dependency.recipe).order_by("pk")
    rows = rows.filter(item_id__in=list(of_item)) if dependency.scope == "item" else rows
    made: dict[Any, dict[int, Revision]] = {}
    for revision in rows:
        if revision.item_id in of_item:
            group = revision.item_id if dependency.scope == "item" else of_item[revision.item_id]
            made.setdefault(group, {})[revision.item_id] = revision
    return made


def texts(run: Run) -> QuerySet[Revision]:
    """The revisions that the rehearsal has made and that were not thrown away yet."""
    return Revision.objects.filter(attempt__run=run, origin=Origin.REHEARSED)


def throw_away(run: Run) -> int | None:
    """Delete a rehearsal's texts, raw answers and files; how many texts, or None while it still goes on."""
    if run.purpose != Purpose.REHEARSAL or run.open:
        return None
    removed = 0
    while ids := list(texts(run).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        with transaction.atomic():
            Revision.objects.filter(pk__in=ids).delete()
        removed += len(ids)
    while ids := list(RawAnswer.objects.filter(attempt__run=run).values_list("pk", flat=True)[:CHUNK]):
        RawAnswer.objects.filter(pk__in=ids).delete()
    for job in run.batch_jobs.filter(~Q(input_path="") | ~Q(output_path="") | ~Q(error_path="")):
        _delete_files(job)
    return removed


def _delete_files(job: BatchJob) -> None:
    for name in FILES:
        if path := getattr(job, name):
            storages["batchfiles"].delete(path)
    BatchJob.objects.filter(pk=job.pk).update(**dict.fromkeys(FILES, ""))


def forgotten(until: datetime, *, dry_run: bool = False) -> int:
    """Throw away what rehearsals that ended before then have left; how many texts."""
    ended = (RunStatus.COMPLETED, RunStatus.CANCELLED, RunStatus.FAILED)
    old = Run.objects.filter(purpose=Purpose.REHEARSAL, status__in=ended, finished_at__lt=until)
    rows = Revision.objects.filter(attempt__run__in=old, origin=Origin.REHEARSED)
    if dry_run:
        return rows.count()
    left = set(rows.order_by().values_list("attempt__run", flat=True).distinct())
    return sum(throw_away(run) or 0 for run in old.filter(pk__in=left))
