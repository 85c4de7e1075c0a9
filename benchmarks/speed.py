"""Planning and building, ingesting, accepting: each timed beside its plain loop, in one process, several times over."""

import gc
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import orjson
from django.core.files.storage import storages
from django.db import connection

from benchmarks import floors, material
from generation import advance
from generation.models import BatchJob, RequestStatus, Run
from generation.models.wakeups import without_wakeups
from generation.pipeline import accept, build, ingest
from generation.pipeline.plan import Selection
from generation.recipes import recipes_named
from lessons.checks import check_lesson
from lessons.models import Course, Lesson, LessonPlan

Step = Callable[[], Any]


class Spent(NamedTuple):
    """Seconds of one call: by the clock, and of our own processor time."""

    wall: float
    cpu: float

    @property
    def counted(self) -> float:
        """What ratios are made of. SQLite works in our process: there, a busy machine need not spoil the figure."""
        return self.cpu if connection.vendor == "sqlite" else self.wall


Pair = tuple[Spent, Spent]


def timed(step: Step) -> Spent:
    """Time one call, with no garbage and no write-ahead log left over from what was before."""
    gc.collect()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    wall, cpu = time.perf_counter(), time.process_time()
    step()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)


def pair(ours: Step, plain: Step, *, ours_first: bool) -> Pair:
    """Time both. The order changes from round to round, so that a slower minute does not always hit the same."""
    if ours_first:
        return timed(ours), timed(plain)
    second = timed(plain)
    return timed(ours), second


def measure(size: int, rounds: int) -> dict[str, Any]:
    """Seconds of every step and of its plain loop in each round, and milliseconds of the checks of one lesson."""
    steps: dict[str, list[Pair]] = {"plan and build": [], "ingest": [], "accept": []}
    checks: list[float] = []
    error = 0.0
    for number in range(rounds):
        with TemporaryDirectory() as folder, without_wakeups():
            error = _round(number, size, Path(folder), steps, checks)
        ratios = ", ".join(f"{name} {_ratio(*pairs[-1]):.2f}" for name, pairs in steps.items())
        print(f"  round {number + 1} of {rounds}: {ratios}", file=sys.stderr, flush=True)
    return {
        "database": connection.vendor,
        "steps": {name: _summary(pairs) for name, pairs in steps.items()},
        "check_ms": round(min(checks), 3),
        "estimate_error": error,
    }


def _ratio(ours: Spent, plain: Spent) -> float:
    return ours.counted / plain.counted


def _summary(pairs: list[Pair]) -> dict[str, Any]:
    ours, plain = zip(*pairs, strict=True)
    best = {name: min(spent.counted for spent in side) for name, side in (("ours", ours), ("plain", plain))}
    return {
        "seconds": round(min(spent.wall for spent in ours), 3),
        "floor": round(min(spent.wall for spent in plain), 3),
        "ratio": round(best["ours"] / best["plain"], 2),
        "ratios": [round(_ratio(*one), 2) for one in pairs],
    }


def _round(number: int, size: int, folder: Path, steps: dict[str, list[Pair]], checks: list[float]) -> float:
    first = bool(number % 2)
    course = material.course(size, f"course-{number}")
    made: list[Run] = []

    def plan_and_build() -> None:
        made.append(advance.prepare(recipes_named(["lessons.lesson"]), [course], Selection()))
        build.build(made[0])

    plain = folder / "plain.jsonl"
    steps["plan and build"].append(pair(plan_and_build, lambda: floors.write_prompts(course, plain), ours_first=first))
    run = made[0]
    _same_prompts(run, plain)
    material.launched(run)
    jobs = list(run.batch_jobs.all())
    paths = [material.answered(job, folder) for job in jobs]
    steps["ingest"].append(pair(lambda: [ingest.ingest(job) for job in jobs], lambda: _insert(paths), ours_first=first))
    texts, plans = _texts(run, paths, course)
    steps["accept"].append(pair(lambda: accept.accept(run), lambda: _check(texts, plans), ours_first=first))
    _all_there(run, size)
    checks.append(_check_ms(texts, plans))
    return float(run.estimate["input_error"] / run.estimate["input_tokens"])


def _same_prompts(run: Run, plain: Path) -> None:
    """A plain loop that wrote something else would be no floor."""
    with plain.open("rb") as theirs:
        for job in run.batch_jobs.order_by("pk"):
            with storages["batchfiles"].open(job.input_path) as ours:
                for line in ours:
                    if orjson.loads(line)["body"] != orjson.loads(next(theirs))["body"]:
                        raise AssertionError("the plain loop writes other prompts than the site")


def _insert(paths: list[Path]) -> None:
    with floors.PlainTable() as table:
        for path in paths:
            table.insert(floors.read_texts(path))


def _texts(run: Run, paths: list[Path], course: Course) -> tuple[dict[str, str], dict[str, floors.Row]]:
    texts = {custom_id: text for path in paths for custom_id, text in floors.read_texts(path)}
    plans = {row["pk"]: row for row in LessonPlan.objects.filter(collection=course).values("pk", *floors.COLUMNS)}
    return texts, {key: plans[item] for key, item in run.requests.values_list("custom_id", "item_id")}


def _check(texts: dict[str, str], plans: dict[str, floors.Row]) -> None:
    with floors.PlainTable() as table:
        table.insert(floors.cleaned_texts(texts, plans))


def _check_ms(texts: dict[str, str], plans: dict[str, floors.Row]) -> float:
    """Milliseconds of the checks of one lesson, on average over at most 500."""
    sample = [(text, floors.facts(plans[custom_id])) for custom_id, text in list(texts.items())[:500]]
    spent = timed(lambda: [check_lesson(text, facts) for text, facts in sample])
    return 1000 * spent.cpu / len(sample)


def _all_there(run: Run, size: int) -> None:
    """What was timed must have been done."""
    lessons = Lesson.objects.filter(current__attempt__run=run).count()
    good = run.requests.filter(status=RequestStatus.SUCCEEDED).exclude(accepted_at=None).count()
    settled = BatchJob.objects.filter(run=run).unsettled().count()
    if (lessons, good, settled) != (size, size, 0):
        raise AssertionError(f"{lessons} lessons, {good} good requests and {settled} open jobs for {size} plans")
