"""Removing what has outlived its retention: raw answers, old timelines, batch files, the queue's own records."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_q.models import Task

from generation.models import BatchJob, DeskClaim, JobStatus, Notice, RawAnswer, RunStatus, TokenCount, Transition
from generation.rehearsals import forgotten
from generation.remote_inputs import delete_old_inputs

CHUNK = 1000
QUEUE_DAYS = 30
NOTICE_DAYS = 90
FOLDERS = ("input", "output", "error")
PATHS = tuple(f"{folder}_path" for folder in FOLDERS)
ENDED = (RunStatus.COMPLETED, RunStatus.CANCELLED, RunStatus.FAILED)
# A file may be saved a while before its row: younger ones than this are nobody's orphans yet.
ORPHAN_AGE = timedelta(days=1)


def prune(*, dry_run: bool = False) -> dict[str, int]:
    """Remove (or with `dry_run` only count) everything too old; may be killed and run again at any time."""
    now = timezone.now()
    raw_until = now - timedelta(days=settings.RAW_RETENTION_DAYS)
    timeline_until = now - timedelta(days=settings.TRANSITION_RETENTION_DAYS)
    ended = Q(run__status__in=ENDED) | Q(batch_job__run__status__in=ENDED)
    rehearsed_until = now - timedelta(days=settings.REHEARSAL_RETENTION_DAYS)
    return {
        "rehearsed texts": forgotten(rehearsed_until, dry_run=dry_run),
        "raw answers": _remove(RawAnswer.objects.filter(created_at__lt=raw_until), dry_run),
        "transitions": _remove(Transition.objects.filter(ended, at__lt=timeline_until), dry_run),
        "batch files": _remove_files(raw_until, dry_run),
        "orphaned files": _remove_orphans(now - ORPHAN_AGE, dry_run),
        "input files at providers": delete_old_inputs(dry_run=dry_run),
        "read notices": _remove(Notice.objects.filter(read_at__lt=now - timedelta(days=NOTICE_DAYS)), dry_run),
        "counts of prompts": _remove(TokenCount.objects.outdated(), dry_run),
        "desk claims": _remove(DeskClaim.objects.filter(renewed_at__lt=now - timedelta(days=1)), dry_run),
        "queue records": _remove(Task.objects.filter(stopped__lt=now - timedelta(days=QUEUE_DAYS)), dry_run),
    }


def _remove(rows: QuerySet[Any], dry_run: bool) -> int:
    """Delete chunk by chunk, so that no transaction is long."""
    if dry_run:
        return rows.count()
    removed = 0
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        rows.model._default_manager.filter(pk__in=ids).delete()
        removed += len(ids)
    return removed


def _remove_files(until: datetime, dry_run: bool) -> int:
    """Files of ingested jobs of ended runs; the path goes last, so that a killed run leaves no orphan."""
    held = ~Q(input_path="") | ~Q(output_path="") | ~Q(error_path="")
    jobs = BatchJob.objects.filter(held, status=JobStatus.INGESTED, run__status__in=ENDED, created_at__lt=until)
    removed = 0
    for job in jobs.only("pk", *PATHS).order_by("pk").iterator(CHUNK):
        paths = [path for path in (getattr(job, name) for name in PATHS) if path]
        removed += len(paths)
        if not dry_run:
            for path in paths:
                storages["batchfiles"].delete(path)
            BatchJob.objects.filter(pk=job.pk).update(input_path="", output_path="", error_path="")
    return removed


def _remove_orphans(until: datetime, dry_run: bool) -> int:
    storage, removed = storages["batchfiles"], 0
    for path in list(_stored()):
        belongs = Q(input_path=path) | Q(output_path=path) | Q(error_path=path)
        if BatchJob.objects.filter(belongs).exists() or storage.get_modified_time(path) >= until:
            continue
        removed += 1
        if not dry_run:
            storage.delete(path)
    return removed


def _stored() -> Iterator[str]:
    for folder in FOLDERS:
        try:
            _, names = storages["batchfiles"].listdir(folder)
        except FileNotFoundError:
            continue
        yield from (f"{folder}/{name}" for name in names)
