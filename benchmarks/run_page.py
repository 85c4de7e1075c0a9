"""The live page of a run: queries and server time of one refresh, beside a floor, with few requests and with many."""

import random
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import cycle, pairwise
from statistics import median
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from benchmarks import material
from generation.causes import trouble
from generation.models import Attempt, BatchJob, Request, Run
from generation.models.inserts import insert_rows
from lessons.models import LessonPlan

RECIPE = "lessons.lesson"
JOBS = 10
STEPS = ("prepared", "uploading", "uploaded", "submitting", "validating", "in_progress", "finalizing", "completed")
CAUSES = ("rate limit reached for request req_{:08x}", "the answer has {} words, at most 400", "item '{}' is refused")
PLAIN_FILES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def measure(sizes: list[int], rounds: int = 21) -> list[dict[str, Any]]:
    """For each number of requests: queries, median and worst milliseconds of a refresh while answers come in.

    Before each refresh one more request is answered, so that no figure of the one before could be shown again. The
    floor is the bare grouping of the run's requests and attempts by their states, one plain query each.
    """
    call_command("setup", verbosity=0)
    operator = User.objects.create_user("bench-operator", is_staff=True)
    operator.groups.add(Group.objects.get(name="Operator"))
    client = Client(headers={"host": "localhost"})
    client.force_login(operator)
    found = []
    for size in sizes:
        run = fill(size)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        with override_settings(STORAGES={"staticfiles": PLAIN_FILES, "default": PLAIN_FILES}):
            found.append({"requests": size, **_refreshes(client, run, rounds)})
    return found


def fill(size: int) -> Run:
    """A running run of so many requests: six of ten have their text, one of twenty failed for one of three causes."""
    course = material.course(size, f"run-{size}")
    started = timezone.now() - timedelta(hours=1)
    estimate = {"cost_nano": {"batch": {"low": 10**9, "likely": 2 * 10**9, "high": 3 * 10**9}}}
    run = Run.objects.create(
        status="running", recipes=[RECIPE], collections=[course.slug], total=size, started_at=started, estimate=estimate
    )
    jobs = [_job(run, size // JOBS) for _ in range(JOBS)]
    dice = random.Random(1)
    shared = {"run_id": run.pk, "recipe": RECIPE, "collection": course.slug}
    plans = LessonPlan.objects.filter(collection=course).values_list("pk", "title")
    rows = (_request(run, pk, title, dice, jobs[pk % JOBS].pk) for pk, title in plans.iterator())
    columns = ("item_id", "label", "custom_id", "batch_job_id", "status", "error_code", "error_message", "cause")
    insert_rows(Request, shared, columns, rows)
    settled = Request.objects.filter(run=run).exclude(status="queued").values_list("pk", "status", "batch_job_id")
    _add_attempts(run, settled.iterator(), dice)
    return run


def _job(run: Run, size: int) -> BatchJob:
    now = timezone.now()
    job = BatchJob.objects.create(
        run=run, provider="default", model="m", endpoint="/v1/responses", status="in_progress", request_count=size,
        remote_counts={"total": size, "completed": size // 2, "failed": 0}, submitting_at=now - timedelta(hours=1),
        expires_at=now + timedelta(hours=20), next_due=now,
    )  # fmt: skip
    BatchJob.objects.filter(pk=job.pk).update(remote_batch_id=f"batch_{job.key}")
    for before, after in pairwise(STEPS):
        job.transitions.create(from_status=before, to_status=after)
    return job


def _request(run: Run, pk: int, title: str, dice: random.Random, job: int) -> tuple[Any, ...]:
    status = dice.choices(("succeeded", "failed", "queued"), (12, 1, 7))[0]
    words = dice.choice(CAUSES).format(dice.randrange(10**6)) if status == "failed" else ""
    troubles = trouble("server_error" if words else "", words).values()
    return (pk, title[:200], f"{run.key}-bench-{pk}", job, status, *troubles)


def _add_attempts(run: Run, settled: Iterable[tuple[int, str, int]], dice: random.Random) -> None:
    shared = {"run_id": run.pk, "recipe": RECIPE, "number": 1, "mode": "batch", "provider": "default", "model": "m"}
    columns = ("request_id", "outcome", "batch_job_id", "input_tokens", "output_tokens", "cost_nano", "finished_at")
    start = timezone.now() - timedelta(hours=1)
    outcomes = {"succeeded": "succeeded", "failed": "server_error"}
    rows = (
        (
            pk, outcomes[status], job, dice.randrange(2000), dice.randrange(2000), dice.randrange(10**6),
            start + timedelta(seconds=dice.randrange(3600)),
        )
        for pk, status, job in settled
    )  # fmt: skip
    insert_rows(Attempt, shared, columns, rows)


def _timed(act: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds of the server, and by the clock. SQLite works in our process: there its processor time counts."""
    busy, before = time.process_time(), time.perf_counter()
    act()
    clock = 1000 * (time.perf_counter() - before)
    return (1000 * (time.process_time() - busy) if connection.vendor == "sqlite" else clock), clock


def _refreshes(client: Client, run: Run, rounds: int) -> dict[str, Any]:
    url = reverse("admin:generation_run_progress", args=[run.pk])
    # A run of fewer requests than rounds has no more to move: then its page is the same again.
    waiting = cycle(list(run.requests.filter(status="queued").values_list("pk", flat=True)[:rounds]))

    def refresh() -> None:
        answer = client.get(url, secure=True)
        if answer.status_code != 200 or b'data-live="1"' not in answer.content:
            raise AssertionError(f"{url} answered {answer.status_code}")

    with CaptureQueriesContext(connection) as queries:
        refresh()
        # The next request of the client forgets them.
        asked = len(queries)
    spent, floors = [], []
    for _ in range(rounds):
        Request.objects.filter(pk=next(waiting)).update(status="succeeded")
        spent.append(_timed(refresh))
        floors.append(_timed(lambda: _floor(run)))
    return {
        "queries": asked,
        "ms": round(median(busy for busy, _ in spent), 1),
        "clock_ms": round(median(clock for _, clock in spent), 1),
        "worst_ms": round(max(clock for _, clock in spent), 1),
        "floor_ms": round(median(busy for busy, _ in floors), 1),
    }


def _floor(run: Run) -> None:
    """What anybody would ask at least."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT status, COUNT(*) FROM generation_request WHERE run_id = %s GROUP BY status", [run.pk])
        cursor.fetchall()
        sums = "SELECT SUM(input_tokens), SUM(output_tokens), SUM(cost_nano) FROM generation_attempt WHERE run_id = %s"
        cursor.execute(sums, [run.pk])
        cursor.fetchall()
