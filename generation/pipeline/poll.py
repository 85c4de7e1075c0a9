"""Poll: ask how a batch stands, keep what the provider says, and decide when to ask again."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from generation import pacing
from generation.models import BatchJob, EnqueuedLimit, JobStatus
from generation.models.jobs import TERMINAL, status_from
from generation.models.limits import no_room
from generation.provider import ProviderError, RemoteBatch, get_provider

# How often in a row "not found" must come before it is believed: a new batch may not be visible at once.
VANISHED = 4


def poll(job: BatchJob) -> None:
    """Ask once; a new status becomes a transition, an unknown word is kept as it is."""
    provider = get_provider(job.provider)
    try:
        if job.cancel_requested and job.status not in (JobStatus.CANCELLING, *TERMINAL):
            remote = _cancelled(job)
        else:
            remote = provider.retrieve_batch(job.remote_batch_id or "")
    except ProviderError as error:
        if error.status != 404 or job.failures < VANISHED:
            raise
        # Not `failed` in the provider's sense: what it answered may have been paid, so the requests become `missing`.
        gone = "the provider no longer knows this batch: its results can't be fetched any more, and may have been paid"
        job.move(JobStatus.FAILED, detail=gone, error=gone, next_due=None)
        return
    _keep(job, remote)


def _cancelled(job: BatchJob) -> RemoteBatch:
    provider = get_provider(job.provider)
    try:
        return provider.cancel_batch(job.remote_batch_id or "")
    except ProviderError as error:
        # 409: it ended before the cancel arrived. Its results are collected like any other's.
        if error.status != 409:
            raise
        return provider.retrieve_batch(job.remote_batch_id or "")


def _keep(job: BatchJob, remote: RemoteBatch) -> None:
    status = status_from(remote.status)
    changed = status != job.status
    polls = 0 if changed else job.polls + 1
    delay = pacing.poll_delay(polls, settings.POLL_MIN_SECONDS, settings.POLL_MAX_SECONDS)
    done = status in TERMINAL
    fields: dict[str, Any] = {
        "remote_status": remote.status[:40],
        "remote_counts": remote.counts,
        "remote_usage": remote.usage,
        "remote_errors": remote.errors[:50],
        "output_file_id": remote.output_file_id,
        "error_file_id": remote.error_file_id,
        "in_progress_at": _moment(remote.in_progress_at) or job.in_progress_at,
        "expires_at": _moment(remote.expires_at) or job.expires_at,
        "polls": polls,
        "failures": 0,
        "error": _errors(remote) if remote.errors else "",
        "next_due": None if done else timezone.now() + timedelta(seconds=delay),
    }
    if status == JobStatus.FAILED and no_room(remote.errors):
        EnqueuedLimit.refused_by_provider(job.provider, job.model, _errors(remote))
    if changed:
        job.move(status, detail=_errors(remote), **fields)
    else:
        BatchJob.objects.filter(pk=job.pk, status=job.status).update(**fields)


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _errors(remote: RemoteBatch) -> str:
    """The provider's own validation errors as lines for people."""
    words = []
    for error in remote.errors[:10]:
        where = f"line {error['line']}: " if error.get("line") else ""
        words.append(f"{where}{error.get('message') or ''} ({error.get('code') or 'no code'})")
    return "\n".join(words)
