"""What happens to whole processes: two workers, repeated tasks, a full disk, a lost database, a webhook storm."""

import resource
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from itertools import count

from django.db import connection
from django.utils import timezone
from django_q.tasks import async_task

from generation.models import BatchJob, JobStatus, WebhookDelivery
from tests.faults.case import Case, Strike, Trial
from tests.faults.group import run_group
from tests.faults.site import Site, workers
from tests.faults.table import Result
from tests.sandbox_fixture import Sandbox

SOME = 5
# How often the database is taken away from a group of runs.
TIMES = 4
NO_LIMIT = resource.RLIM_INFINITY


@dataclass
class Trouble:
    """Strikes at the first looks at which there is anything to hit: a worker that still starts has no connection."""

    strike: Callable[[], int]
    struck: int = 0

    def __call__(self) -> None:
        """One look."""
        if self.struck < TIMES and self.strike():
            self.struck += 1


@dataclass
class Crowd:
    """The site's processes around a few runs."""

    sandbox: Sandbox
    site: Site

    def _group(self, name: str, step: Callable[[], None] = lambda: None, **fields: object) -> Iterator[Result]:
        cases = [Case(f"{name} {number}", **fields) for number in range(1, SOME + 1)]  # type: ignore[arg-type]

        def look() -> None:
            step()
            time.sleep(0.3)

        yield from run_group(self.sandbox, cases, look)

    def two_workers(self) -> Iterator[Result]:
        """Two clusters and two ticks on the same runs."""
        self.site.start_worker()
        self.site.start_worker()
        yield from self._group("two workers: batch")
        yield from self._group("two workers: direct", mode="direct", batches=0)

    def repeated_tasks(self) -> Iterator[Result]:
        """Every task is delivered again and again."""
        self.site.start_worker()

        def repeat() -> None:
            for job, run in BatchJob.objects.unsettled().values_list("pk", "run"):
                for _ in range(3):
                    async_task("generation.tasks.advance_job", job, save=False)
                    async_task("generation.tasks.advance_run", run, save=False)

        yield from self._group("tasks delivered again and again", repeat)

    def full_disk(self) -> Iterator[Result]:
        """No file of the worker may grow any more (on SQLite: its database neither), until there is room again."""
        cluster = self.site.start_worker()
        began, looks = timezone.now(), count()

        def fill() -> None:
            # Not before the first job moves: a cluster can't start on a full disk.
            working = BatchJob.objects.filter(created_at__gte=began).exclude(status=JobStatus.PREPARED).exists()
            most = 64 if working and next(looks) < 20 else NO_LIMIT
            for pid in workers(cluster.pid):
                with suppress(ProcessLookupError):
                    resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, NO_LIMIT))

        yield from self._group("full disk", fill)

    def lost_database(self) -> Iterator[Result]:
        """All connections of worker and tick are cut (what a restart does), or the file is locked, several times."""
        self.site.start_worker()
        postgres = connection.vendor == "postgresql"
        name = f"all connections cut {TIMES} times" if postgres else f"database locked {TIMES} times"
        for mode, fields in (("batch", {}), ("direct", {"mode": "direct", "batches": 0, "perhaps_twice": True})):
            trouble = Trouble(_cut_connections if postgres else _lock_file)
            for result in self._group(f"{name}: {mode}", trouble, **fields):
                if not trouble.struck:
                    result.problems.append("nothing was cut")
                yield result

    def storm(self) -> Iterator[Result]:
        """Webhooks of every kind at once; the poll alone would take longer than anybody waits."""
        port = _free_port()
        self.site.start("runserver", "--noreload", f"127.0.0.1:{port}")
        self.site.start_worker(POLL_MIN_SECONDS="30", POLL_MAX_SECONDS="30")
        _wait_for(port)
        self.sandbox.options(webhook_url=f"http://127.0.0.1:{port}/webhooks/openai/", speed=1)
        names = ("storm", "duplicate", "forged", "old", "unknown_type", "out_of_order", "missing")
        cases = [
            Case(f"webhook {name}", (Strike(f"webhook_{name}", None, 1),), during=_end_it, also=_once_each)
            for name in names
        ]  # fmt: skip
        yield from run_group(self.sandbox, cases, partial(time.sleep, 0.3))


def _end_it(trial: Trial) -> None:
    """The batch ends as soon as it was created: its event wakes the poll, or the hurry does."""
    job = trial.job
    if job.remote_batch_id and job.status != JobStatus.INGESTED and trial.once("end"):
        trial.sandbox.advance(job.remote_batch_id)


def _once_each(trial: Trial) -> list[str]:
    taken = WebhookDelivery.objects.filter(remote_batch_id=trial.job.remote_batch_id).values_list("kind", flat=True)
    refused = trial.case.name in ("webhook forged", "webhook old", "webhook missing")
    return [f"{len(taken)} deliveries were taken"] if refused and taken else []


def _cut_connections() -> int:
    """Cut every connection to the database but this one; returns how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return sum(cut for (cut,) in cursor.fetchall())


def _lock_file() -> int:
    """Longer than nothing, shorter than the 20 s that SQLite waits."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=20, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        time.sleep(1.5)
        other.execute("ROLLBACK")
    return 1


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(port: int, seconds: float = 30) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
