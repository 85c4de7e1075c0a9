"""A dry run: everything up to the checked files and the estimate, in a transaction that is rolled back."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.storage import storages
from django.db import transaction

from generation import advance
from generation.console_output import Console
from generation.models import BatchJob
from generation.models.wakeups import without_wakeups
from generation.pipeline.build import build
from generation.pipeline.plan import Selection
from generation.recipes import Recipe
from generation.run_report import estimate_lines, survey_lines
from generation.run_watch import preparing


class FolderInUse(OSError):
    """The folder for the files holds something already."""


@dataclass
class DryRun:
    """The estimate, and each file that a launch would send."""

    estimate: dict[str, Any] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)


def dry_run(
    console: Console, out: str, recipes: Sequence[type[Recipe]], collections: Sequence[Any], selection: Selection,
    **fields: Any,
) -> DryRun:  # fmt: skip
    """Plan, estimate and build for real, copy the files to `out` if it is named, and take everything back."""
    folder = _new_folder(out) if out else None
    result = DryRun()
    jobs: list[BatchJob] = []
    try:
        with without_wakeups(), transaction.atomic():
            run = advance.prepare(recipes, collections, selection, **fields)
            for line in (*survey_lines(run, recipes, collections), *estimate_lines(run)):
                console.say(line)
            result.estimate = run.estimate
            with preparing(console, run.total):
                jobs += build(run)
            if waiting := run.requests.planned().count():
                console.say(f"{waiting:,} requests wait for the texts of other recipes: their files come later.")
            transaction.set_rollback(True)
        for number, job in enumerate(jobs, start=1):
            result.files.append(_file(console, number, job, folder))
    finally:
        for job in jobs:
            storages["batchfiles"].delete(job.input_path)
    return result


def _new_folder(out: str) -> Path:
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FolderInUse(f"The folder {folder} is not empty: name a new one with --out. Nothing was written.")
    return folder


def _file(console: Console, number: int, job: BatchJob, folder: Path | None) -> dict[str, Any]:
    path = folder / f"batch-{number:03}.jsonl" if folder else None
    if path:
        with storages["batchfiles"].open(job.input_path, "rb") as stored, path.open("wb") as copy:
            shutil.copyfileobj(stored, copy)
    where = f": {path}" if path else ""
    console.say(
        f"File {number}: {job.request_count:,} requests, {job.input_bytes / 1000:,.1f} KB, {job.model} on "
        f"{job.endpoint} at {job.provider}, checked{where}"
    )
    return {
        "path": str(path) if path else None,
        "requests": job.request_count,
        "bytes": job.input_bytes,
        "provider": job.provider,
        "model": job.model,
        "endpoint": job.endpoint,
    }
