"""Collect: bring both result files of a finished batch to our storage before anything is parsed."""

import tempfile
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import storages
from django.utils import timezone

from generation.models import BatchJob, JobStatus
from generation.models.jobs import TERMINAL
from generation.provider import WRONG_SIZE, ProviderError, get_provider

# Downloads in a row of a wrong size, with growing pauses, before a person is asked.
WRONG_SIZES = 8


def collect(job: BatchJob) -> bool:
    """Download what the batch has of output and error file; each is saved, then its row. Repeatable.

    False when a person is needed: the service names another size than it sends, again and again.
    """
    try:
        lost = _fetch_files(job)
    except ProviderError as error:
        if error.code != WRONG_SIZE or job.failures < WRONG_SIZES:
            raise
        words = (
            f"{error}, {job.failures + 1} times in a row. What was answered is paid and still at the provider: fetch "
            f"it again (`manage.py batches collect {job.pk}`), or download it by hand and bring it with "
            f"`manage.py batches ingest FILE --run {job.run_id}`."
        )
        job.move(JobStatus.NEEDS_ATTENTION, *TERMINAL, error=words, detail=words)
        return False
    job.collected_at = timezone.now()
    job.error = "; ".join(lost) or job.error
    job.save(update_fields=["collected_at", "error"])
    return True


def _fetch_files(job: BatchJob) -> list[str]:
    """Fetch what is not here yet; returns sentences about files that are gone."""
    lost = []
    for kind, file_id, path in (
        ("output", job.output_file_id, job.output_path),
        ("error", job.error_file_id, job.error_path),
    ):
        if not file_id or path:
            continue
        try:
            setattr(job, f"{kind}_path", _fetch(job, kind, file_id))
            job.save(update_fields=[f"{kind}_path"])
        except ProviderError as error:
            if error.status != 404:
                raise
            lost.append(f"the {kind} file is gone at the provider ({file_id})")
    return lost


def _fetch(job: BatchJob, kind: str, file_id: str) -> str:
    # Storages can't rename: a cut download must never look like a whole file, so it goes through a local one.
    with tempfile.TemporaryDirectory(prefix="batchsite-") as folder:
        local = Path(folder) / f"{kind}.jsonl"
        get_provider(job.provider).download(file_id, local)
        with local.open("rb") as handle:
            return storages["batchfiles"].save(f"{kind}/{job.run.key}-{job.key}.jsonl", File(handle))
