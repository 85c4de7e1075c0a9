"""Adopt: what the provider's account holds, whose it is, and how an orphaned batch becomes ours again."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from generation.jsonl import chunked, lines, read_answer
from generation.models import BatchJob, JobStatus, Request, RequestStatus, Run, RunStatus, Transition
from generation.models.jobs import first_status
from generation.provider import RemoteBatch, get_provider

CHUNK = 100
HIDDEN = "belongs to a collection that you may not see."
BEFORE_THE_BATCH = (JobStatus.SUBMITTING, JobStatus.NEEDS_ATTENTION, JobStatus.UPLOADED)


class AdoptError(Exception):
    """The batch can't become ours; the message says why. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class AccountBatch:
    """A batch of the provider's account: ours (attached to a job), orphaned (made by us, attached to none), foreign."""

    remote: RemoteBatch
    owner: str
    job: BatchJob | None = None


def account_batches(provider: str = "default", limit: int = 100) -> Iterator[AccountBatch]:
    """The account's newest batches with their owners; reads the provider's list."""
    for chunk in chunked(islice(get_provider(provider).list_batches(), limit), CHUNK):
        yield from owners(chunk)


def owners(batches: Sequence[RemoteBatch]) -> list[AccountBatch]:
    """Whose these are: three queries for all of them."""
    named = [remote.metadata.get("batchsite_key", "") for remote in batches]
    rows = BatchJob.objects.select_related("run")
    jobs = {job.remote_batch_id: job for job in rows.filter(remote_batch_id__in=[remote.id for remote in batches])}
    keys = {job.key: job for job in rows.filter(remote_batch_id=None, key__in=named)}
    of_runs = [remote.metadata.get("run_key", "") for remote in batches]
    runs = set(Run.objects.filter(key__in=of_runs).values_list("key", flat=True))
    found = []
    for remote, key, run_key in zip(batches, named, of_runs, strict=True):
        ours, orphan = jobs.get(remote.id), keys.get(key)
        owner = "ours" if ours else "orphaned" if orphan or run_key in runs else "foreign"
        found.append(AccountBatch(remote, owner, ours or orphan))
    return found


def anybody(run_id: int) -> bool:
    """The check of those who may see everything."""
    return True


def adopt(
    batch_id: str, provider: str = "default", actor: str = "", may_see: Callable[[int], bool] = anybody
) -> BatchJob:
    """Attach a batch of the account to its job, found by our key in its metadata, else by its custom ids.

    `may_see` says of the run that it belongs to whether the person may know of it.
    """
    known = BatchJob.objects.filter(remote_batch_id=batch_id).first()
    if known:
        raise AdoptError(f"{batch_id} is ours already: batch job {known.pk}.")
    remote = get_provider(provider).retrieve_batch(batch_id)
    job = BatchJob.objects.filter(key=remote.metadata.get("batchsite_key", "")).first()
    detail = f"adopted by {actor}" if actor else "adopted"
    if job is None:
        return _adopt_by_ids(remote, provider, detail, may_see)
    if not may_see(job.run_id):
        raise AdoptError(f"{batch_id} {HIDDEN}")
    if job.remote_batch_id or not _attach(job, remote, detail):
        raise AdoptError(
            f"{batch_id} carries the key of batch job {job.pk}, which is {job.get_status_display() or job.status} and "
            f"has {job.remote_batch_id or 'no batch'}: it was created twice, or the job has ended."
        )
    return job


def _attach(job: BatchJob, remote: RemoteBatch, detail: str) -> bool:
    if job.status == JobStatus.UPLOADED and not job.move(JobStatus.SUBMITTING, JobStatus.UPLOADED, detail=detail):
        return False
    return job.attach(remote.id, remote.status, detail)


def _adopt_by_ids(remote: RemoteBatch, provider: str, detail: str, may_see: Callable[[int], bool]) -> BatchJob:
    """Our row is gone (a restored backup, say), but the input file names requests of ours that have no answer."""
    if not remote.input_file_id:
        raise AdoptError(f"{remote.id} carries no key of ours and names no input file: it is not ours.")
    with tempfile.TemporaryDirectory(prefix="batchsite-") as folder:
        local = Path(folder) / "input.jsonl"
        get_provider(provider).download(remote.input_file_id, local)
        with local.open("rb") as handle:
            ids = [answer.custom_id for answer in map(read_answer, lines(handle)) if answer.custom_id]
    requests = [row for chunk in chunked(ids, 500) for row in Request.objects.filter(custom_id__in=chunk)]
    runs = {row.run_id for row in requests}
    waiting = [row for row in requests if row.status != RequestStatus.SUCCEEDED]
    if len(runs) != 1 or not waiting:
        raise AdoptError(
            f"{remote.id} is not ours: of its {len(ids)} requests {len(requests)} are of this site"
            + (", and all of them have their answer." if requests else ".")
        )
    if not may_see(runs.pop()):
        raise AdoptError(f"{remote.id} {HIDDEN}")
    return _new_job(remote, provider, waiting, detail)


@transaction.atomic
def _new_job(remote: RemoteBatch, provider: str, requests: list[Request], detail: str) -> BatchJob:
    run = Run.objects.get(pk=requests[0].run_id)
    job = BatchJob.objects.create(
        run=run, provider=provider, model=remote.model, endpoint=remote.endpoint, request_count=len(requests),
        status=first_status(remote.status), remote_status=remote.status, remote_batch_id=remote.id,
        input_file_id=remote.input_file_id,
    )  # fmt: skip
    Transition.objects.create(batch_job=job, from_status="", to_status=job.status, detail=f"{detail}: {remote.id}")
    for chunk in chunked([row.pk for row in requests], 500):
        Request.objects.filter(pk__in=chunk).update(status=RequestStatus.QUEUED, batch_job=job, next_due=None)
    ended = (RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED)
    if run.status in ended:
        run.move(RunStatus.RUNNING, *ended, detail=detail, finished_at=None, cancel_requested=False)
    job.due_at(timezone.now())
    job.wake_up()
    return job
