"""Reconcile: a job left in `submitting` is looked for at the provider before anything is created again."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from generation.models import BatchJob, JobStatus
from generation.provider import LIST_REPEATS, ProviderError, RemoteBatch, get_provider

# How much older than its own input file a listed batch may be before the search ends.
CLOCK_MARGIN = timedelta(hours=1)


def reconcile(job: BatchJob) -> None:
    """Attach the batch that carries our key; only when it is surely absent is a new create allowed."""
    started = job.submitting_at or job.created_at
    found, complete = _search(job)
    if found:
        more = f"; {len(found) - 1} more carry our key: {', '.join(one.id for one in found[:-1])}" if found[1:] else ""
        # Newest first: the oldest of them is the one that the first call made.
        job.attach(found[-1].id, found[-1].status, f"found at the provider after a doubtful create{more}")
        return
    visible_at = started + timedelta(seconds=settings.RECONCILE_GRACE_SECONDS)
    if timezone.now() < visible_at:
        # A batch may take a while to be listed: absent now does not mean absent.
        job.due_at(min(visible_at, timezone.now() + timedelta(seconds=settings.POLL_MIN_SECONDS)))
    elif complete:
        detail = "the provider lists no batch with our key: it was never created"
        job.move(JobStatus.UPLOADED, JobStatus.SUBMITTING, detail=detail, next_due=None, error="")
    else:
        reason = "the provider's list does not reach back to the create call: a person must look for the batch"
        job.move(JobStatus.NEEDS_ATTENTION, JobStatus.SUBMITTING, error=reason, detail=reason)


def _search(job: BatchJob) -> tuple[list[RemoteBatch], bool]:
    """Batches that are this job's, and whether the list was read back to before its upload or to its end.

    Our own clock plays no part: it may differ from the provider's by any amount. A list whose entries don't get older
    can't prove an absence: the provider's order is not promised.
    """
    provider = get_provider(job.provider)
    uploaded = provider.find_file(job.input_file_id)
    oldest = uploaded.created_at - CLOCK_MARGIN.total_seconds() if uploaded else 0
    found: list[RemoteBatch] = []
    before: float = float("inf")
    ordered = True
    try:
        for remote in provider.list_batches():
            same_file = bool(job.input_file_id) and remote.input_file_id == job.input_file_id
            if remote.metadata.get("batchsite_key") == job.key or same_file:
                found.append(remote)
            ordered, before = ordered and remote.created_at <= before, remote.created_at
            if ordered and 0 < remote.created_at < oldest:
                break
    except ProviderError as error:
        if error.code != LIST_REPEATS:
            raise
        return found, False
    return found, True
