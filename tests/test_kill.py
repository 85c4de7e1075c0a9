"""The worker's whole process group is killed after each state change of a run, and started again.

The whole outline of the demo; KILL_LESSONS=40 takes less of it while one works on this.
"""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.killing.apps import change_of
from tests.sandbox_fixture import Sandbox, SandboxProcess

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kill")]
ROOT = Path(__file__).resolve().parent.parent
LESSONS = int(os.environ.get("KILL_LESSONS", "336"))
PATIENCE = 90
# Every change that this run and its batch job go through; `submitting -> uploaded` is what the kill before the
# create call leaves: the provider is asked first, knows nothing of it, and only then is the batch created.
CHANGES = [
    ("run", "planned", "running"),
    ("job", "", "prepared"),
    ("job", "prepared", "uploading"),
    ("job", "uploading", "uploaded"),
    ("job", "uploaded", "submitting"),
    ("job", "submitting", "uploaded"),
    ("job", "submitting", "validating"),
    ("job", "validating", "in_progress"),
    ("job", "in_progress", "finalizing"),
    ("job", "finalizing", "completed"),
    ("job", "completed", "ingested"),
    ("run", "running", "completed"),
]
LAUNCH = f"""
from django.core.management import call_command
from generation import advance
from generation.pipeline.plan import Selection
from generation.recipes import recipes_named
from lessons.models import Course
call_command("import_items", "lessons", "demo/data_governance.md", collection="demo", verbosity=0)
run = advance.prepare(recipes_named(["lessons"]), list(Course.objects.all()), Selection(limit={LESSONS}))
advance.launch(run, "test")
"""


class Site:
    """A site of real processes in a folder: `worker` is started again whenever it is found dead."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.marks = folder, folder / "marks"
        self.marks.mkdir()
        self.database = folder / "site.sqlite3"
        self.environment = {
            "PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "tests.killing.settings", "ENV_FILE": os.devnull,
            "DEBUG": "on", "DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{self.database}",
            "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "sk-test", "POLL_MIN_SECONDS": "0.1", "POLL_MAX_SECONDS": "0.5",
            "LEASE_SECONDS": "0.7", "RECONCILE_GRACE_SECONDS": "0.2", "Q_WORKERS": "1", "Q_POLL": "0.1",
        }  # fmt: skip
        self.log = (folder / "site.log").open("ab")
        self.worker: subprocess.Popen[bytes] | None = None
        self.ticker: subprocess.Popen[bytes] | None = None
        self.deaths = 0

    def start(self, *command: str, deadly: bool = False) -> subprocess.Popen[bytes]:
        """A manage.py command in a process group of its own."""
        environment = self.environment | ({"KILL_FOLDER": str(self.marks)} if deadly else {})
        return subprocess.Popen(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, stdout=self.log, stderr=self.log,
            start_new_session=True,
        )  # fmt: skip

    def keep_working(self) -> None:
        """Start the worker where it does not run."""
        if self.worker is None or self.worker.poll() is not None:
            self.deaths += self.worker is not None
            self.worker = self.start("qcluster", deadly=True)

    def wait_for(self, change: tuple[str, str, str]) -> None:
        """Keep the worker running until it has died of this change."""
        ends = time.monotonic() + PATIENCE
        while not (self.marks / change_of(*change)).exists():
            assert time.monotonic() < ends, f"no {change} within {PATIENCE} s:\n{self.said()}"
            self.keep_working()
            time.sleep(0.05)
        if self.worker:
            self.worker.wait(timeout=PATIENCE)

    def said(self) -> str:
        """The end of the log, and where everything stands."""
        jobs = self.rows("SELECT status, error, next_due, lease_until FROM generation_batchjob")
        return f"{(self.folder / 'site.log').read_text()[-3000:]}\n{jobs}"

    def rows(self, query: str) -> list[Any]:
        """What the database holds."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=20)) as connection:
            return connection.execute(query).fetchall()

    def close(self) -> None:
        """Kill what is left."""
        for process in (self.worker, self.ticker):
            if process and process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.log.close()


@pytest.fixture(scope="module")
def sandbox_server() -> Iterator[Sandbox]:
    """At real speed, so that a batch goes on when it is told to."""
    process = SandboxProcess(speed="1")
    yield Sandbox(process)
    process.close()


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory, sandbox_server: Sandbox) -> Iterator[Site]:
    """A site whose run has come to its end through all deaths."""
    site = Site(tmp_path_factory.mktemp("kill"), sandbox_server.url)
    try:
        assert site.start("migrate").wait() == 0, site.said()
        assert site.start("shell", "-c", LAUNCH, deadly=True).wait() == -signal.SIGKILL, site.said()
        site.ticker = site.start("tick", "--every", "0.3")
        for change in CHANGES[1:7]:
            site.wait_for(change)
        for change, status in zip(CHANGES[7:10], ("in_progress", "finalizing", "completed"), strict=True):
            sandbox_server.advance(to=status)
            site.wait_for(change)
        for change in CHANGES[10:]:
            site.wait_for(change)
        yield site
    finally:
        site.close()


def test_every_state_change_was_died_of(killed):
    subject = "CASE WHEN run_id IS NULL THEN 'job' ELSE 'run' END"
    happened = killed.rows(f"SELECT {subject}, from_status, to_status FROM generation_transition")
    assert set(happened) == set(CHANGES)
    assert {mark.name for mark in killed.marks.iterdir()} == {change_of(*change) for change in CHANGES}


def test_the_same_lessons_as_without_deaths(killed):
    assert killed.rows("SELECT COUNT(*), COUNT(DISTINCT item_id) FROM lessons_lesson") == [(LESSONS, LESSONS)]
    assert killed.rows("SELECT COUNT(*) FROM generation_revision") == [(LESSONS,)]


def test_one_batch_was_created_and_paid(killed, sandbox_server):
    ((key,),) = killed.rows("SELECT key FROM generation_batchjob")
    assert sandbox_server.creates() == {key: 1}
    assert sandbox_server.log()["executed"] == {"batch": LESSONS, "direct": 0}


def test_one_file_was_uploaded_and_one_is_kept(killed, sandbox_server):
    assert len(list((killed.folder / "batchfiles" / "input").iterdir())) == 1
    assert len(sandbox_server.calls("files.create")) <= 2


def test_the_ledger_balances_with_one_attempt_for_each_request(killed):
    query = "SELECT status, COUNT(*) FROM generation_request GROUP BY status"
    assert killed.rows(query) == [("succeeded", LESSONS)]
    query = "SELECT COUNT(*), COUNT(DISTINCT request_id), SUM(cost_nano) FROM generation_attempt"
    ((attempts, requests, cost),) = killed.rows(query)
    assert (attempts, requests) == (LESSONS, LESSONS)
    assert killed.rows("SELECT status, cost_nano, error FROM generation_run") == [("completed", cost, "")]
