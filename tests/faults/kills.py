"""kill -9 at every commit: the places are found by running, and a place that only a recovery reaches is found too."""

import os
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connections
from django_q.models import OrmQ

from generation import advance, provider, tasks
from generation.models import DirectLane, Heartbeat, Run, RunStatus
from tests.faults.case import Case, Trial, judge
from tests.faults.commits import Death, watch
from tests.faults.group import abandon_leases, hurry
from tests.faults.table import Result
from tests.sandbox_fixture import Sandbox

LESSONS = 4
PATIENCE = 60.0
TRIES = 5
# Modules of the engine that commit something: a place of each of these must be among those that were found.
STEPS = {
    "batch": {"advance", "build", "submit", "poll", "collect", "ingest", "accept", "reconcile"},
    "direct": {"advance", "direct", "accept"},
}


@dataclass
class Killing:
    """Kills one worker after the other in runs of one mode."""

    mode: str
    sandbox: Sandbox
    notes: Path
    found: list[str] = field(default_factory=list)

    def cases(self) -> Iterator[Result]:
        """First without a death; then before and after each place, also those that turn up on the way."""
        todo: deque[list[Death]] = deque([[]])
        while todo:
            deaths = todo.popleft()
            # A poll that finds nothing new is a place that a quick provider lets us pass by: then once more.
            for _ in range(TRIES):
                result, survived = self._case(deaths)
                if not survived or result.problems:
                    break
            if survived:
                result.problems.append(f"nobody died {survived} in {TRIES} tries")
            yield result
            for name in self._news():
                self.found.append(name)
                # A place that was first seen after a death is only reached by that death.
                todo.extend([*deaths, (name, when)] for when in ("before", "after"))
        yield self._complete()

    def _case(self, deaths: list[Death]) -> tuple[Result, str]:
        last = f"{deaths[-1][1]} {deaths[-1][0]}" if deaths else "nowhere"
        case = Case(
            f"kill {self.mode}: {last}", expect={"succeeded": LESSONS}, mode=self.mode, lessons=LESSONS,
            batches=int(self.mode == "batch"), prebuilt=False,
            alone=True, perhaps_twice=self.mode == "direct",
        )  # fmt: skip
        settings.POLL_MIN_SECONDS, settings.POLL_MAX_SECONDS, settings.RECONCILE_GRACE_SECONDS = 0.02, 0.1, 1
        # The beat is one of the places, in every case.
        Heartbeat.objects.update(asked_at=None)
        self.sandbox.reset()
        trial = Trial(case, 99, self.sandbox)
        trial.prepare()
        survived = self._live_and_die(trial, list(deaths))
        return judge(trial, self.sandbox.log()), survived

    def _live_and_die(self, trial: Trial, deaths: list[Death]) -> str:
        """A worker after the other until the run is over; the death that never came."""
        ends = time.monotonic() + PATIENCE
        while not trial.over() and time.monotonic() < ends:
            connections.close_all()
            pid = os.fork()
            if not pid:
                work(trial.run.pk, self.notes, deaths, ends)
            _, status = os.waitpid(pid, 0)
            if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL and deaths:
                deaths.pop(0)
            abandon_leases()
            DirectLane.objects.update(lease_until=None)
            hurry([trial])
        return f"{deaths[0][1]} {deaths[0][0]}" if deaths else ""

    def _news(self) -> list[str]:
        seen = self.notes.read_text().splitlines() if self.notes.exists() else []
        return [name for name in dict.fromkeys(seen) if name not in self.found]

    def _complete(self) -> Result:
        """Whether every step of the pipeline that commits was among the places."""
        here = {name.partition(".")[0] for name in self.found}
        missing = sorted(STEPS[self.mode] - here)
        name = f"kill {self.mode}: all {len(self.found)} places found, twice each"
        result = Result(name, ledger=", ".join(self.found))
        if missing:
            result.problems.append(f"no place in {', '.join(missing)}")
        return result


def work(run_id: int, notes: Path, deaths: list[Death], ends: float) -> None:
    """A worker: takes tasks from the real queue and ticks, until the run is over or it dies. Never returns."""
    try:
        provider._provider.cache_clear()
        watch(notes, deaths)
        while time.monotonic() < ends and Run.objects.filter(pk=run_id, status=RunStatus.RUNNING).exists():
            advance.tick()
            for queued in OrmQ.objects.order_by("pk"):
                queued.delete()
                task = queued.task
                getattr(tasks, task["func"].rpartition(".")[2])(*task["args"])
            time.sleep(0.02)
    finally:
        if sys.exc_info()[0]:
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(0)
