"""Peak memory of a process that plans, builds, ingests and accepts: it must not grow with the run."""

import resource
import sys
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection

from benchmarks import material
from generation import advance
from generation.models.wakeups import without_wakeups
from generation.pipeline import accept, build, ingest
from generation.pipeline.plan import Selection
from generation.recipes import recipes_named
from lessons.models import Course


def peak_mb() -> float:
    """The most memory that this process has held so far, in MB (getrusage counts KB, on macOS bytes)."""
    unit = 1_000_000 if sys.platform == "darwin" else 1000
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)


def aside(act: Callable[[], Any]) -> None:
    """Do something in a process of its own, so that its memory is not counted as ours."""
    connection.close()
    process = get_context("fork").Process(target=act)
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError("the material could not be made")


def measure(size: int) -> dict[str, Any]:
    """Peak after each step, in MB, of a run of `size` requests with answers of 6 KB."""
    aside(lambda: material.course(size, "memory"))
    course = Course.objects.get()
    peaks = {"start": peak_mb()}

    def step(name: str, act: Callable[[], Any]) -> Any:
        result = act()
        peaks[name] = peak_mb()
        return result

    with TemporaryDirectory() as folder, without_wakeups():
        recipes = recipes_named(["lessons.lesson"])
        run = step("plan", lambda: advance.prepare(recipes, [course], Selection()))
        jobs = step("build", lambda: build.build(run))
        material.launched(run)
        aside(lambda: [material.answered(job, Path(folder)) for job in jobs])
        jobs = list(run.batch_jobs.all())
        step("ingest", lambda: [ingest.ingest(job) for job in jobs])
        step("accept", lambda: accept.accept(run))
    return {"size": size, "peaks": peaks}
