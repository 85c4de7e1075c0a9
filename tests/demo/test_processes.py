"""The supervisor: nothing it started outlives it, and whoever dies is named."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from scripts.processes import HOST, Interrupted, ProcessFailed, Supervisor, answers_http, port_problem, tail

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
PARENT = f"import subprocess; p = subprocess.Popen({SLEEPER!r}); print(p.pid, flush=True); p.wait()"


def alive(pid):
    """Whether a process runs (one that only waits to be reaped does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def supervisor(tmp_path):
    with Supervisor(tmp_path, dict(os.environ), grace=5) as it:
        yield it


def wait_for_log(supervisor, name):
    log = supervisor.folder / f"{name}.log"
    supervisor.wait_until(lambda: log.stat().st_size > 0, name, 10)
    return log.read_text().strip()


def test_leaving_stops_every_child(tmp_path):
    with Supervisor(tmp_path, dict(os.environ)) as supervisor:
        pids = [supervisor.start(name, SLEEPER).process.pid for name in ("one", "two", "three")]
        assert all(map(alive, pids))
    assert not any(map(alive, pids))


def test_leaving_by_an_error_stops_them_too(tmp_path):
    with pytest.raises(RuntimeError), Supervisor(tmp_path, dict(os.environ)) as supervisor:
        pid = supervisor.start("one", SLEEPER).process.pid
        raise RuntimeError
    assert not alive(pid)


def test_grandchildren_go_with_their_parent(supervisor):
    child = supervisor.start("parent", [sys.executable, "-c", PARENT])
    grandchild = int(wait_for_log(supervisor, "parent"))
    assert alive(grandchild)
    supervisor.stop()
    assert not alive(child.process.pid)
    deadline = time.monotonic() + 5
    while alive(grandchild) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not alive(grandchild)


def test_a_child_that_does_not_listen_is_killed_after_the_grace(supervisor):
    supervisor.grace = 0.2
    child = supervisor.start("stubborn", [sys.executable, "-c", STUBBORN])
    wait_for_log(supervisor, "stubborn")
    supervisor.stop()
    assert child.process.returncode == -signal.SIGKILL


def test_the_last_one_started_is_the_first_to_go(supervisor, monkeypatch):
    ended = []

    def end(supervisor, child, asked):
        ended.append(child.name)
        child.process.kill()

    monkeypatch.setattr(Supervisor, "_end", end)
    for name in ("sandbox", "worker", "web"):
        supervisor.start(name, SLEEPER)
    supervisor.stop()
    assert ended == ["web", "worker", "sandbox"]


def test_a_dead_child_is_named_with_the_end_of_its_log(supervisor):
    supervisor.start("sound", SLEEPER)
    supervisor.start("worker", [sys.executable, "-c", "print('the queue is gone'); raise SystemExit(7)"])
    with pytest.raises(ProcessFailed, match=r"(?s)^worker ended with 7.*worker\.log:\nthe queue is gone"):
        supervisor.pause(10)


def test_a_failing_step_raises_with_its_output(supervisor):
    with pytest.raises(ProcessFailed, match=r"(?s)migrate ended with 3.*no such table"):
        supervisor.run("migrate", [sys.executable, "-c", "print('no such table'); raise SystemExit(3)"])


def test_a_step_that_ends_well_is_no_dead_child(supervisor):
    supervisor.run("setup", [sys.executable, "-c", ""])
    supervisor.pause(0)
    assert supervisor.children == []


def test_a_child_that_dies_during_a_step_is_noticed(supervisor):
    supervisor.start("worker", [sys.executable, "-c", "raise SystemExit(4)"])
    with pytest.raises(ProcessFailed, match="worker ended with 4"):
        supervisor.run("step", SLEEPER)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_wait_at_once(supervisor, number):
    threading.Timer(0.1, os.kill, (os.getpid(), number)).start()
    began = time.monotonic()
    with pytest.raises(Interrupted):
        supervisor.pause(30)
    assert time.monotonic() - began < 5


def test_handlers_are_given_back(tmp_path):
    before = signal.getsignal(signal.SIGTERM)
    with Supervisor(tmp_path, {}):
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before


def test_children_see_only_the_given_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody/else")
    with Supervisor(tmp_path, {"ONLY": "this"}) as supervisor:
        supervisor.run("print", [sys.executable, "-c", "import os; print(sorted(os.environ))"])
    assert "DATABASE_URL" not in tail(tmp_path / "steps.log")
    assert "ONLY" in tail(tmp_path / "steps.log")


def test_waiting_in_vain_ends_with_a_sentence(supervisor):
    with pytest.raises(ProcessFailed, match="The site did not answer within 0 seconds"):
        supervisor.wait_until(lambda: False, "The site", 0.1)


def test_tail_is_short_and_survives_broken_bytes(tmp_path):
    log = tmp_path / "x.log"
    log.write_bytes(b"".join(b"line %d\n" % number for number in range(50_000)) + b"\xff end")
    assert tail(log, 2) == "line 49999\n\ufffd end"


def test_a_port_in_use_gives_a_sentence_and_a_free_one_none():
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        assert port_problem(port, "the site", "PORT") == (
            f"Port {port} for the site cannot be used (Address already in use). Choose another one with PORT=."
        )
    assert port_problem(port, "the site", "PORT") is None


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_out_of_range_gives_a_sentence(port):
    assert "between 1 and 65535" in (port_problem(port, "the site", "PORT") or "")


def test_any_answer_counts_and_silence_does_not(tmp_path):
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        threading.Thread(target=lambda: server.accept()[0].sendall(answer), daemon=True).start()
        assert answers_http(port)
    assert not answers_http(port)


def test_contained_ends_what_a_command_leaves_behind(tmp_path):
    leaver = f"import subprocess; print(subprocess.Popen({SLEEPER!r}, start_new_session=True).pid); raise SystemExit(3)"
    command = [sys.executable, "-m", "scripts.contained", sys.executable, "-c", leaver]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    pid, said = done.stdout.split("\n", 1)
    assert done.returncode == 3
    assert said.startswith(f"Left behind and ended: {pid} ")
    assert not alive(pid)
