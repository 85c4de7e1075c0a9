"""Build: ready requests become JSONL files within the service's limits, streamed, checked before they are ours."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages
from django.db import transaction

from generation.jsonl import chunked, input_problems, request_line
from generation.models import BatchJob, EnqueuedLimit, JobStatus, Request, RequestStatus, Run, Transition
from generation.models.wakeups import wake
from generation.notices import tell
from generation.waves import Ready, ready_chunks

Target = tuple[str, str, str]
# A request's id with the source hash and the revisions that its prompt was really made from.
Source = tuple[int, str, list[int]]


# A file takes at most this share of a model's limit of enqueued tokens: our count is an estimate.
SHARE_OF_LIMIT = 0.9


class BuildError(Exception):
    """A file can't be made or would be refused; the message says which line and why. Nothing was sent."""


@dataclass
class Shard:
    """One file under construction for one (provider, model, endpoint)."""

    target: Target
    path: Path
    handle: BinaryIO
    most_bytes: int
    size: int = 0
    ids: list[int] = field(default_factory=list)
    moved: list[Source] = field(default_factory=list)

    def fits(self, line: bytes) -> bool:
        """Whether one more line keeps the file within its limits."""
        return len(self.ids) < settings.BATCH_MAX_REQUESTS and self.size + len(line) <= self.most_bytes

    def add(self, line: bytes, request: Request, source_hash: str, used: list[int]) -> None:
        """Write one line; note what its prompt was made from where that is not what the request says."""
        self.handle.write(line)
        self.size += len(line)
        self.ids.append(request.pk)
        if used != request.dependencies or source_hash != request.source_hash:
            self.moved.append((request.pk, source_hash, used))


def build(run: Run) -> list[BatchJob]:
    """Make batch jobs of all ready requests of the run; what was made stays made when a later file fails."""
    with tempfile.TemporaryDirectory(prefix="batchsite-") as folder, ExitStack() as stack:
        jobs: list[BatchJob] = []
        shards: dict[Target, Shard] = {}
        for number, (target, line, request, item, used) in enumerate(_lines(run), start=1):
            shard = shards.get(target)
            if shard and not shard.fits(line):
                jobs.append(_close(run, shards.pop(target)))
                shard = None
            if shard is None:
                path = Path(folder) / f"{len(jobs)}-{len(shards)}.jsonl"
                handle = stack.enter_context(path.open("wb"))
                shard = shards[target] = Shard(target, path, handle, most_bytes(run, target))
            shard.add(line, request, item.source_hash, used)
            tell("prepared", number)
        jobs.extend(_close(run, shard) for shard in shards.values())
    return jobs


def _tokens_per_byte(run: Run) -> float:
    """From the estimate's sample; without one a quarter, the usual figure of English text."""
    size = run.estimate.get("input_bytes") or 0
    return run.estimate["input_tokens"] / size if size else 0.25


def most_bytes(run: Run, target: Target) -> int:
    """The size limit of a file, lower where its tokens would not fit into the model's limit of enqueued tokens."""
    provider, model, _ = target
    tokens = EnqueuedLimit.objects.of(provider, model).values_list("tokens", flat=True).first()
    room = int(tokens * SHARE_OF_LIMIT / _tokens_per_byte(run)) if tokens else settings.BATCH_MAX_BYTES
    return min(settings.BATCH_MAX_BYTES, room)


def dry_lines(run: Run) -> Iterator[tuple[Target, bytes]]:
    """The lines that `build` would write, in order, without changing a row: for a dry run."""
    for target, line, *_ in _lines(run):
        yield target, line


def _lines(run: Run) -> Iterator[tuple[Target, bytes, Request, Any, list[int]]]:
    for ready in ready_chunks(run, "batch"):
        yield from _written(run, ready)


def _written(run: Run, ready: Ready) -> Iterator[tuple[Target, bytes, Request, Any, list[int]]]:
    inforce = ready.inforce
    target = (inforce.provider, inforce.model, inforce.endpoint)
    bodies = inforce.bodies(ready.items, ready.needs, run.remark)
    for request, item, body, need in zip(ready.requests, ready.items, bodies, ready.needs, strict=True):
        used = [revision.pk for revisions in need.values() for revision in revisions]
        line = request_line(request.custom_id, inforce.endpoint, body)
        if len(line) > settings.BATCH_MAX_BYTES:
            raise BuildError(f"The request for {request.label} alone has {len(line)} bytes: more than a file may hold.")
        yield target, line, request, item, used


def _close(run: Run, shard: Shard) -> BatchJob:
    shard.handle.close()
    provider, model, endpoint = shard.target
    problems = input_problems(shard.path, endpoint, model)
    if problems:
        raise BuildError("The service would refuse the file: " + "; ".join(problems) + ". Nothing was sent.")
    job = BatchJob(
        run=run, status=JobStatus.PREPARED, provider=provider, model=model, endpoint=endpoint,
        request_count=len(shard.ids), input_bytes=shard.size,
        input_tokens=round(shard.size * _tokens_per_byte(run)),
    )  # fmt: skip
    with shard.path.open("rb") as handle:
        job.input_path = storages["batchfiles"].save(f"input/{run.key}-{job.key}.jsonl", File(handle))
    _commit(run, job, shard)
    shard.path.unlink()
    return job


def _commit(run: Run, job: BatchJob, shard: Shard) -> None:
    """The file is on our storage; now the row, its requests and its first wake-up in one transaction."""
    with transaction.atomic():
        job.save(force_insert=True)
        detail = f"{len(shard.ids)} requests"
        Transition.objects.create(batch_job=job, from_status="", to_status=job.status, detail=detail)
        for ids in chunked(shard.ids, 1000):
            Request.objects.filter(pk__in=ids, status=RequestStatus.PLANNED).update(
                status=RequestStatus.QUEUED, batch_job=job, error_code="", error_message="", next_due=None
            )
        for moved in chunked(shard.moved, 200):
            rows = [Request(pk=pk, source_hash=source, dependencies=used) for pk, source, used in moved]
            Request.objects.bulk_update(rows, ["source_hash", "dependencies"])
        wake(BatchJob.wake_task, job.pk)
