"""Submit: upload a job's file and create its batch, once. After any doubt the provider is asked first."""

from datetime import timedelta
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone

from generation import pacing
from generation.causes import trouble
from generation.models import BatchJob, EnqueuedLimit, JobStatus, Request, RequestStatus
from generation.models.limits import stated_limit
from generation.provider import ProviderError, get_provider

# Refusals in a row for an input file that the service does not see, with growing pauses, before the job fails.
UPLOADS_LOST = 8


def upload(job: BatchJob) -> None:
    """prepared or uploading -> uploaded. An upload whose answer was lost is found by its file name."""
    resumed = job.status == JobStatus.UPLOADING
    if not resumed and not _claim_with_room(job):
        return
    provider = get_provider(job.provider)
    found = provider.find_upload(job.upload_name) if resumed else None
    if found is None or found.bytes != job.input_bytes:
        with storages["batchfiles"].open(job.input_path, "rb") as stored:
            found = provider.upload(cast("BinaryIO", stored.file), job.upload_name)
    job.move(JobStatus.UPLOADED, JobStatus.UPLOADING, input_file_id=found.id, failures=0, error="", detail=found.id)


def _claim_with_room(job: BatchJob) -> bool:
    """prepared -> uploading, with the job's tokens reserved; without room it waits behind those that came first."""
    with transaction.atomic():
        limit = EnqueuedLimit.objects.select_for_update().of(job.provider, job.model).first()
        others = BatchJob.objects.unsettled().exclude(pk=job.pk)
        earlier = others.filter(
            status=JobStatus.PREPARED, provider=job.provider, model=job.model, pk__lt=job.pk, cancel_requested=False
        )
        if limit and (earlier.exists() or not limit.room_for(job.input_tokens, others)):
            wait = limit.not_before or timezone.now() + timedelta(seconds=settings.POLL_MAX_SECONDS)
            job.due_at(max(wait, timezone.now() + timedelta(seconds=settings.POLL_MIN_SECONDS)))
            return False
        return job.move(JobStatus.UPLOADING, JobStatus.PREPARED, reserved_tokens=max(1, job.input_tokens))


def _give_back(job: BatchJob, error: ProviderError) -> None:
    """The service said no before it made anything: the claim is given back, and tried again later if that can help."""
    failures = job.failures + 1
    words = str(error)
    if stated_limit(words):
        EnqueuedLimit.refused_by_provider(job.provider, job.model, words)
    elif error.permanent or (error.status == 400 and failures >= UPLOADS_LOST):
        # A file that stays invisible for so long is not coming: the job fails, nothing was run and nothing is owed.
        job.move(JobStatus.FAILED, JobStatus.SUBMITTING, error=words, failures=failures, detail=words, next_due=None)
        return
    due = timezone.now() + timedelta(seconds=pacing.retry_delay(failures, error.retry_after))
    job.move(
        JobStatus.UPLOADED, JobStatus.SUBMITTING, error=words, failures=failures, detail=words, next_due=due
    )


def create(job: BatchJob) -> None:
    """uploaded -> submitting -> the provider's own status. The claim is committed before the call."""
    now = timezone.now()
    claimed = job.move(
        JobStatus.SUBMITTING, JobStatus.UPLOADED, submitting_at=now, submissions=job.submissions + 1
    )
    if not claimed:
        return
    try:
        remote = get_provider(job.provider).create_batch(job.input_file_id, job.endpoint, metadata(job))
    except ProviderError as error:
        if error.doubtful:
            raise
        _give_back(job, error)
        return
    job.attach(remote.id, remote.status, "created")
    EnqueuedLimit.accepted_by_provider(job.provider, job.model)


def metadata(job: BatchJob) -> dict[str, str]:
    """What travels with the batch, so that we and people at the provider find it: 512 characters each at most."""
    run = job.run
    who = f" by {run.actor}" if run.actor else ""
    values = {
        "batchsite_key": job.key,
        "description": f"Batchsite run {run.pk}, batch job {job.pk}: {job.request_count} requests{who}",
        "run": str(run.pk),
        "run_key": run.key,
        "collections": ", ".join(run.collections),
        "recipes": ", ".join(run.recipes),
    }
    return {key: value[:512] for key, value in values.items()}


def withdraw(job: BatchJob) -> bool:
    """Cancel a job that was never sent: its requests are cancelled, nothing is owed."""
    unsent = (JobStatus.PREPARED, JobStatus.UPLOADING, JobStatus.UPLOADED)
    if not job.move(JobStatus.CANCELLED, *unsent, detail="cancelled before it was sent"):
        return False
    Request.objects.filter(batch_job=job, status=RequestStatus.QUEUED).update(
        status=RequestStatus.CANCELLED, **trouble("cancelled", "cancelled before it was sent")
    )
    return True
