"""Bring: a result file that somebody downloaded becomes outcomes of our requests, also when another script made it."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from django.core.files.base import File
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone

from generation.instructions import Instruction, instruction
from generation.jsonl import chunked, lines, read_answer
from generation.models import BatchJob, JobStatus, Request, RequestStatus, Run, RunStatus, Transition
from generation.models.requests import id_of_stranger
from generation.recipes import Recipe

# The batch id of a job that was made from a file: no provider's id begins like this, and a file is taken once.
FILE_ID = "file:"


class BringError(Exception):
    """The file can't be taken; the message says what was expected and what was found. Nothing was changed."""


class NoItemNamed(BringError):
    """No id of the file leads to an item: whoever asked has to say better where the keys stand."""


def bring_for_run(path: Path, run: Run) -> BatchJob:
    """A job of this run from a file whose custom ids are the run's own."""
    _refuse_foreign(path)
    ids = _custom_ids(path)
    named = [*ids, *(id_of_stranger(run.key, custom_id) for custom_id in ids)]
    rows = [
        row
        for chunk in chunked(named, 500)
        for row in Request.objects.filter(run=run, custom_id__in=chunk).exclude(status=RequestStatus.SUCCEEDED)
    ]
    if not rows:
        raise BringError(f"None of the {len(ids)} answers of {path.name} is for an unanswered request of {run}.")
    with transaction.atomic():
        return _job(path, run, rows)


def bring_for_items(
    path: Path, recipe: type[Recipe], collection: Any, pattern: str = "", actor: str = ""
) -> BatchJob:
    """A new run and job from a file of another script, whose ids name our items.

    `pattern` is a regular expression; its group `key` (or its first) is an item's key. Without it an id is the key.
    """
    _refuse_foreign(path)
    keys = {_item_key(custom_id, pattern): custom_id for custom_id in _custom_ids(path)}
    found = recipe.item_model._default_manager.filter(collection=collection, key__in=[key for key in keys if key])
    items = list(found)
    if not items:
        sample = ", ".join(sorted(filter(None, keys.values()))[:3])
        raise NoItemNamed(
            f"No id of {path.name} names an item of '{collection.slug}' (ids are like {sample or 'nothing'})."
        )
    with transaction.atomic():
        run = Run.objects.create(
            status=RunStatus.RUNNING, recipes=[recipe.key], collections=[collection.slug], total=len(items),
            actor=actor, selection={"file": path.name}, started_at=timezone.now(),
        )  # fmt: skip
        inforce = instruction(recipe.key, collection.slug)
        rows = Request.objects.bulk_create(_request(run, inforce, collection, item, keys[item.key]) for item in items)
        return _job(path, run, rows)


def _request(run: Run, inforce: Instruction, collection: Any, item: Any, custom_id: str) -> Request:
    return Request(
        run=run, recipe=inforce.recipe.key, item_id=item.pk, label=item.label[:200], collection=collection.slug,
        custom_id=id_of_stranger(run.key, custom_id), prompt=inforce.prompt, source_hash=item.source_hash,
        recipe_hash="", category=inforce.recipe.category_of(item),
    )  # fmt: skip


def _item_key(custom_id: str, pattern: str) -> str:
    if not pattern:
        return custom_id
    found = re.search(pattern, custom_id)
    if not found or not found.re.groups:
        return ""
    return (found.groupdict().get("key") or found.group(1)) or ""


def _custom_ids(path: Path) -> list[str]:
    with path.open("rb") as handle:
        ids = dict.fromkeys(read_answer(line).custom_id for line in lines(handle))
    return [custom_id for custom_id in ids if custom_id]


def _job(path: Path, run: Run, rows: list[Request]) -> BatchJob:
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while block := handle.read(1 << 20):
            digest.update(block)
    name = f"{FILE_ID}{digest.hexdigest()[:60]}"
    if BatchJob.objects.filter(remote_batch_id=name).exists():
        raise BringError(f"{path.name} was taken before: the same file changes nothing more.")
    model, endpoint = _origin(path)
    with path.open("rb") as handle:
        stored = storages["batchfiles"].save(f"output/{run.key}-{name[5:25]}.jsonl", File(handle))
    job = BatchJob.objects.create(
        run=run, provider="default", model=model, endpoint=endpoint, status=JobStatus.COMPLETED, remote_status="file",
        remote_batch_id=name, output_path=stored, collected_at=timezone.now(), request_count=len(rows),
    )  # fmt: skip
    Transition.objects.create(batch_job=job, from_status="", to_status=job.status, detail=f"from the file {path.name}")
    for chunk in chunked([row.pk for row in rows], 500):
        Request.objects.filter(pk__in=chunk).update(status=RequestStatus.QUEUED, batch_job=job, next_due=None)
    ended = (RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED)
    detail = f"answers from the file {path.name}"
    run.move(RunStatus.RUNNING, RunStatus.RUNNING, *ended, detail=detail, finished_at=None)
    return job


def _origin(path: Path) -> tuple[str, str]:
    """Model and endpoint of the first good answer."""
    with path.open("rb") as handle:
        for line in lines(handle):
            body = read_answer(line).body
            if body.get("model"):
                endpoint = "/v1/responses" if body.get("object") == "response" else "/v1/chat/completions"
                return str(body["model"])[:100], endpoint
    return "unknown", "/v1/chat/completions"


def _refuse_foreign(path: Path) -> None:
    """Say in a sentence what a file is that is no output or error file of the Batch API."""
    kinds = {_kind(line) for line in _first_lines(path)}
    if not kinds:
        raise BringError(f"{path.name} is empty: expected the output or error file of a batch.")
    if "openai" not in kinds:
        raise BringError(
            f"{path.name} is no result file of OpenAI's Batch API: expected lines with custom_id and response or "
            f"error, found {' and '.join(sorted(kinds))}."
        )


def _first_lines(path: Path, most: int = 20) -> Iterator[bytes]:
    with path.open("rb") as handle:
        for number, line in enumerate(lines(handle)):
            if number >= most:
                return
            yield line


def _kind(line: bytes) -> str:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return "lines that are not JSON (a log?)"
    if not isinstance(value, dict):
        return "JSON values that are no objects"
    if "custom_id" in value and ("response" in value or "error" in value):
        return "openai"
    if isinstance(value.get("result"), dict) and "custom_id" in value:
        return "results of Anthropic's batches"
    if ("key" in value and "response" in value) or "candidates" in str(value)[:500]:
        return "results of Gemini's batches"
    if value.get("method") == "POST" and "body" in value:
        return "requests (an input file, not its answers)"
    return "JSON objects of another kind"
