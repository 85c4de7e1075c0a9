"""Input files at the provider: they are deleted there when their batch has been read and they are old enough."""

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from generation.models import BatchJob, JobStatus, RunStatus
from generation.provider import ProviderError, get_provider

logger = logging.getLogger(__name__)
ENDED = (RunStatus.COMPLETED, RunStatus.CANCELLED, RunStatus.FAILED)
MOST = 500


def deletable() -> QuerySet[Any]:
    """Jobs whose results are in, in runs that have ended, whose upload is still there and serves no other job."""
    others = BatchJob.objects.filter(provider=OuterRef("provider"), input_file_id=OuterRef("input_file_id"))
    needed = Exists(others.exclude(status=JobStatus.INGESTED))
    rows = BatchJob.objects.filter(status=JobStatus.INGESTED, input_deleted_at=None, run__status__in=ENDED)
    return rows.exclude(input_file_id="").filter(~needed)


def delete_input(job: BatchJob) -> None:
    """Delete the upload at the provider; one that is gone already counts as deleted. Raises ProviderError."""
    try:
        get_provider(job.provider).delete_file(job.input_file_id)
    except ProviderError as error:
        if error.status != 404:
            raise
    rows = BatchJob.objects.filter(provider=job.provider, input_file_id=job.input_file_id)
    rows.update(input_deleted_at=timezone.now())


def delete_old_inputs(*, dry_run: bool = False) -> int:
    """Delete what is older than REMOTE_INPUT_DAYS, at most 500 at once; a provider that fails is left for next time."""
    if settings.REMOTE_INPUT_DAYS <= 0:
        return 0
    old = deletable().filter(created_at__lt=timezone.now() - timedelta(days=settings.REMOTE_INPUT_DAYS))
    if dry_run:
        return old.count()
    deleted, failing = 0, set[str]()
    for job in old.order_by("pk")[:MOST]:
        if job.provider in failing:
            continue
        try:
            delete_input(job)
        except ProviderError as error:
            logger.warning("input file of %s: %s", job, error, extra=job.log_ids())
            failing.add(job.provider)
        else:
            deleted += 1
    return deleted
