"""A batch run from its plan to its lessons against a sandbox, all committed: time by step, and peak memory."""

import resource
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.files.storage import storages

from benchmarks.local_sandbox import local_sandbox
from benchmarks.memory import aside, peak_mb
from benchmarks.short_lessons import planned, prepare_site
from generation import advance
from generation.models import BatchJob, RunStatus
from generation.models.jobs import TERMINAL
from generation.models.wakeups import without_wakeups
from generation.pipeline import accept, build, collect, ingest, poll, submit
from lessons.models import Lesson

LOOK_SECONDS = 0.1


class Steps:
    """The seconds of each step by the clock and of our processor time, and the peak when it was done."""

    def __init__(self) -> None:
        self.clock: dict[str, float] = {}
        self.cpu: dict[str, float] = {}
        self.peaks = {"start": peak_mb()}

    def take(self, name: str, act: Callable[[], Any]) -> Any:
        """Take a step; one that is taken again adds to its time."""
        clock, cpu = time.perf_counter(), time.process_time()
        result = act()
        self.clock[name] = round(self.clock.get(name, 0) + time.perf_counter() - clock, 3)
        self.cpu[name] = round(self.cpu.get(name, 0) + time.process_time() - cpu, 3)
        self.peaks[name] = peak_mb()
        return result


def measure(size: int) -> dict[str, Any]:
    """Seconds and peaks of a run of `size` requests; the wait for the batch is measured, too, and not counted."""
    aside(lambda: prepare_site(size, "endtoend"))
    made = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    with local_sandbox(), without_wakeups():
        steps = Steps()
        run = steps.take("plan", lambda: planned(size, "endtoend"))
        steps.take("launch", lambda: advance.launch(run, "bench"))
        jobs = steps.take("build", lambda: build.build(run))
        request, answer = 0, 0
        for job in jobs:
            steps.take("upload", partial(_submitted, job))
            steps.take("wait", partial(_over, job))
            steps.take("collect", partial(collect.collect, job))
            request += storages["batchfiles"].size(job.input_path)
            answer += storages["batchfiles"].size(job.output_path)
            steps.take("ingest", partial(ingest.ingest, job))
        steps.take("accept", lambda: accept.accept(run))
        steps.take("finish", lambda: advance.advance_run(run.pk))
        # The one that made the course is over and is not counted; the sandbox is no child that has ended.
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    run.refresh_from_db()
    lessons = Lesson.objects.filter(current__attempt__run=run).count()
    if (run.status, lessons) != (RunStatus.COMPLETED, size):
        raise AssertionError(f"the run is {run.status} and has made {lessons} lessons of {size}")
    return {
        "size": size,
        "clock": steps.clock,
        "cpu": steps.cpu,
        "peaks": steps.peaks,
        "child_mb": round(children / 1000, 1) if children > made else 0.0,
        "request_bytes": request // size,
        "answer_line_bytes": answer // size,
    }


def _submitted(job: BatchJob) -> None:
    submit.upload(job)
    submit.create(job)


def _over(job: BatchJob) -> None:
    while job.status not in TERMINAL:
        time.sleep(LOOK_SECONDS)
        poll.poll(job)
        job.refresh_from_db()
