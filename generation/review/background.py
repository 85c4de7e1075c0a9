"""Deeds over a large filter, in the background: chunk by chunk, resumed where a killed worker left off."""

import time
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from generation.models import BulkJob, BulkStatus, Revision
from generation.review.over_filter import PUBLISHES, Wish, chunk_size, do_chunk, ids_of
from generation.review.rights import ReviewRefused, actor_label

CHUNK = 100


def start_bulk(
    queryset: Any, action: str, user: Any, reason: str = "", *, assignee: Any = None, query: str = ""
) -> BulkJob:
    """Note what is to be done to whom, and wake the worker. Raises ReviewRefused, PermissionDenied."""
    Wish(action, user, reason, assignee).check()
    ids = ids_of(queryset, user)
    newest = Revision.objects.order_by("-pk").values_list("pk", flat=True).first()
    with transaction.atomic():
        job = BulkJob.objects.create(
            model=queryset.model._meta.label_lower, action=action, query=query, reason=reason, assignee=assignee,
            user=user, actor=actor_label(user), ids=ids, total=len(ids), newest_revision=newest or 0,
        )  # fmt: skip
        job.wake_up()
    return job


def advance_bulk(job_id: int) -> None:
    """Take one slice of a bulk job; it may run twice or be killed anywhere."""
    job = BulkJob.objects.filter(pk=job_id).first()
    if job is None or not job.claim():
        return
    wish = Wish(job.action, job.user, job.reason, job.assignee, job.newest_revision)
    model = apps.get_model(job.model)
    deadline = time.monotonic() + settings.DIRECT_SLICE_SECONDS
    try:
        wish.check()
        while job.position < len(job.ids):
            if time.monotonic() > deadline:
                job.release()
                job.wake_up()
                return
            if not _take_chunk(job, model, wish):
                return
    except (PermissionDenied, ReviewRefused) as refused:
        job.end(BulkStatus.REFUSED, str(refused))
    else:
        job.end(BulkStatus.FINISHED)


def _take_chunk(job: BulkJob, model: Any, wish: Wish) -> bool:
    size = chunk_size(model, wish, job.total, CHUNK)
    ids = job.ids[job.position : job.position + size]
    if wish.action == PUBLISHES:
        # Files can't be rolled back, but publishing the same again changes nothing.
        done, skipped = do_chunk(model, ids, wish)
        return job.advance(len(ids), done, skipped)
    with transaction.atomic():
        done, skipped = do_chunk(model, ids, wish)
        gone = len(ids) - done - sum(skipped.values())
        if gone > 0:
            skipped["it was deleted meanwhile"] += gone
        if not job.advance(len(ids), done, skipped):
            transaction.set_rollback(True)
            return False
    return True


def stop_bulk(job: BulkJob, user: Any) -> None:
    """What is done stays done; the rest is left alone. For whoever began it, and for superusers."""
    if user.pk != job.user_id and not user.is_superuser:
        raise PermissionDenied("Only who began it can stop it.")
    if not job.end(BulkStatus.STOPPED, f"Stopped by {actor_label(user)}."):
        raise ReviewRefused("It had ended already.")


def wake_due() -> int:
    """Wake what a killed worker left, for the tick; how many."""
    jobs = list(BulkJob.objects.due().defer("ids"))
    for job in jobs:
        job.wake_up()
    return len(jobs)
