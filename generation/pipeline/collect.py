"""Collect: bring both result files of a finished batch to our storage before anything is parsed."""

import tempfile
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import storages
from django.utils import timezone

from generation.models import BatchJob
from generation.provider import ProviderError, get_provider


def collect(job: BatchJob) -> None:
    """Download what the batch has of output and error file; each is saved, then the row. Repeatable."""
    paths = {}
    lost = []
    for kind, file_id, path in (
        ("output", job.output_file_id, job.output_path),
        ("error", job.error_file_id, job.error_path),
    ):
        if not file_id or path:
            continue
        try:
            paths[f"{kind}_path"] = _fetch(job, kind, file_id)
        except ProviderError as error:
            if error.status != 404:
                raise
            lost.append(f"the {kind} file is gone at the provider ({file_id})")
    job.collected_at = timezone.now()
    for name, value in paths.items():
        setattr(job, name, value)
    job.error = "; ".join(lost) or job.error
    job.save(update_fields=["collected_at", "error", *paths])


def _fetch(job: BatchJob, kind: str, file_id: str) -> str:
    # Storages can't rename: a cut download must never look like a whole file, so it goes through a local one.
    with tempfile.TemporaryDirectory(prefix="batchsite-") as folder:
        local = Path(folder) / f"{kind}.jsonl"
        get_provider(job.provider).download(file_id, local)
        with local.open("rb") as handle:
            return storages["batchfiles"].save(f"{kind}/{job.run.key}-{job.key}.jsonl", File(handle))
