"""A direct run of 300 requests under Ctrl-C and kill -9: what the provider was asked for, and who says so."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sandbox_fixture import Sandbox, SandboxProcess

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kill")]
ROOT = Path(__file__).resolve().parent.parent
REQUESTS, AT_ONCE, PATIENCE = 300, 12, 120
LAUNCH = f"""
from django.core.management import call_command
from generation import advance
from generation.pipeline.plan import Selection
from generation.recipes import recipes_named
from lessons.models import Course
call_command("import_items", "lessons", "demo/data_governance.md", collection="demo", verbosity=0)
selection = Selection(limit={REQUESTS})
run = advance.prepare(recipes_named(["lessons"]), list(Course.objects.all()), selection, mode="direct")
advance.launch(run, "test")
"""
COUNT = """
from generation.models import Run
run = Run.objects.get()
attempts = run.attempts()
print(run.status, run.ledger().get("succeeded"), attempts.count(), attempts.filter(outcome="unknown").count())
"""
Manage = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="module")
def slow_sandbox() -> Iterator[Sandbox]:
    """Each answer takes a while, so that there is always something in flight."""
    process = SandboxProcess("--latency", "0.1")
    yield Sandbox(process)
    process.close()


@pytest.fixture
def manage(slow_sandbox: Sandbox, tmp_path: Path) -> Iterator[Manage]:
    """Starts a command on a site with the launched run; none of them outlives the test."""
    slow_sandbox.reset()
    environment = {
        "PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "DEBUG": "on", "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}", "OPENAI_BASE_URL": slow_sandbox.url,
        "OPENAI_API_KEY": "sk-test", "LEASE_SECONDS": "1", "DIRECT_CONCURRENCY": "4", "POLL_MIN_SECONDS": "0.1",
        "POLL_MAX_SECONDS": "0.3", "DIRECT_MAX_CONCURRENCY": str(AT_ONCE), "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    started: list[subprocess.Popen[str]] = []

    def start(*command: str) -> subprocess.Popen[str]:
        started.append(
            subprocess.Popen(
                [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, start_new_session=True,
            )
        )  # fmt: skip
        return started[-1]

    for command in (("migrate", "--verbosity", "0"), ("shell", "-c", LAUNCH)):
        words, _ = start(*command).communicate(timeout=PATIENCE)
        assert started[-1].returncode == 0, words
    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def executed(sandbox: Sandbox) -> int:
    return int(sandbox.log()["executed"]["direct"])


def interrupted(manage: Manage, sandbox: Sandbox, number: int, after: int) -> int | None:
    """Go on with the run and send this signal once so many requests were answered; the exit status."""
    process = manage("generate", "--resume", "1")
    ends = time.monotonic() + PATIENCE
    while executed(sandbox) < after:
        assert time.monotonic() < ends and process.poll() is None, process.communicate()[0]
        time.sleep(0.02)
    process.send_signal(number)
    process.communicate(timeout=PATIENCE)
    return process.returncode


def finished(manage: Manage) -> tuple[str, list[str]]:
    """Take the run to its end; what the command said, and what the database holds."""
    process = manage("generate", "--resume", "1")
    words, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, words
    counts, _ = manage("shell", "-c", COUNT).communicate(timeout=PATIENCE)
    return words, counts.split()[-4:]


def test_three_times_ctrl_c_asks_for_nothing_twice(manage, slow_sandbox):
    for after in (40, 120, 200):
        assert interrupted(manage, slow_sandbox, signal.SIGINT, after) == 130
    words, counts = finished(manage)
    assert counts == ["completed", "300", "300", "0"]
    assert executed(slow_sandbox) == len(slow_sandbox.calls("chat.completions")) == REQUESTS
    assert "twice" not in words


def test_three_kills_cost_what_was_in_flight_and_the_run_says_so(manage, slow_sandbox):
    for after in (40, 120, 200):
        assert interrupted(manage, slow_sandbox, signal.SIGKILL, after) == -signal.SIGKILL
    words, (status, good, attempts, unknown) = finished(manage)
    twice = executed(slow_sandbox) - REQUESTS
    assert (status, good) == ("completed", "300")
    assert 0 < twice <= int(unknown) <= 3 * AT_ONCE
    assert int(attempts) == REQUESTS + int(unknown)
    assert f"{int(unknown)} of the requests were sent again" in words
