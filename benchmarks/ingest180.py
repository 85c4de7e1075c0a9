"""Ingest of one large output file: beside the plain loop, in MB a second, and the memory that it takes."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import floors, material
from benchmarks.memory import aside, peak_mb
from benchmarks.short_lessons import planned, prepare_site
from benchmarks.speed import timed
from generation.models import BatchJob, RequestStatus, Run
from generation.models.wakeups import without_wakeups
from generation.pipeline import build, ingest

# About what one line of a lesson's answer comes to; the file is as large as it then is.
LINE_BYTES = 6820


def measure(mebibytes: int) -> dict[str, Any]:
    """Seconds, MB a second and peak of the ingest of an output file of about so many MiB, beside the plain loop."""
    size = mebibytes * 1024 * 1024 // LINE_BYTES
    with TemporaryDirectory() as folder, without_wakeups():
        aside(lambda: _answered(size, Path(folder)))
        job = BatchJob.objects.get()
        (copy,) = Path(folder).iterdir()
        start = peak_mb()
        ours = timed(lambda: ingest.ingest(job))
        peak = peak_mb()
        plain = timed(lambda: _insert(copy))
        written = copy.stat().st_size
    good = job.requests.filter(status=RequestStatus.SUCCEEDED).count()
    if good != size:
        raise AssertionError(f"{good} good requests of {size}")
    return {
        "requests": size,
        "mib": round(written / 1024 / 1024, 1),
        "seconds": round(ours.wall, 2),
        "cpu": round(ours.cpu, 2),
        "mb_per_second": round(written / 1e6 / ours.counted, 1),
        "floor": round(plain.wall, 2),
        "ratio": round(ours.counted / plain.counted, 2),
        "peaks": {"start": start, "ingest": peak},
    }


def _answered(size: int, folder: Path) -> None:
    prepare_site(size, "ingest")
    run: Run = planned(size, "ingest")
    (job,) = build.build(run)
    material.launched(run)
    material.answered(job, folder)


def _insert(path: Path) -> None:
    with floors.PlainTable() as table:
        table.insert(floors.read_texts(path))
