"""The server as a process: start, stop, restart, command line, its own endpoints."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from sandbox.fault_kinds import KINDS
from tests.sandbox.raw import CHAT, Api, Like, chat_line, jsonl
from tests.sandbox_fixture import ROOT, Sandbox, SandboxProcess

LINES = [chat_line(f"r-{number}") for number in range(10)]


def command(*args):
    return subprocess.run(
        [sys.executable, "-m", "sandbox", *args], cwd=ROOT, capture_output=True, text=True, timeout=20, check=False
    )


def test_every_fault_is_listed_with_one_line():
    lines = command("--list-faults").stdout.strip().splitlines()
    assert [line.split()[0] for line in lines] == sorted(KINDS)
    assert all(len(line.split()) > 4 for line in lines)


@pytest.mark.parametrize("args", [("--fault", "nonsense"), ("--speed", "-1"), ("--speed", "quick"), ("--port", "x")])
def test_wrong_use_exits_with_2(args):
    done = command(*args)
    assert done.returncode == 2
    assert args[0] in done.stderr


def test_port_in_use_is_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = command("--port", str(port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"sandbox: cannot listen on 127.0.0.1:{port}: Address already in use.")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_cleanly_also_with_a_call_in_flight(number):
    process = SandboxProcess("--fault", "timeout_after")
    with socket.create_connection(("127.0.0.1", process.port)) as hanging:
        hanging.sendall(b"GET /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk-test\r\n\r\n")
        time.sleep(0.1)
        began = time.monotonic()
        status = process.end(number)
        assert time.monotonic() - began < 5
    assert status == 0
    process.close()


def test_the_temporary_state_is_removed_at_the_end(tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    args = [sys.executable, "-m", "sandbox", "--port", "0"]
    with subprocess.Popen(args, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline().startswith(b"sandbox listening on http://127.0.0.1:")
        assert len(list(tmp_path.iterdir())) == 1
        process.terminate()
        assert process.wait(timeout=10) == 0
    assert list(tmp_path.iterdir()) == []


def test_files_and_batches_survive_a_restart(api, sandbox):
    done = api.run(LINES, metadata={"key": "k-1"})
    content = api.content(done["output_file_id"])
    sandbox.restart()
    assert api.batch(done["id"]) == done
    assert api.content(done["output_file_id"]) == content
    assert sandbox.creates() == {"k-1": 1}


@pytest.mark.parametrize("status", ["validating", "in_progress", "finalizing"])
def test_a_killed_server_goes_on_where_it_was(api, sandbox, status):
    sandbox.faults(f"stuck_{status}")
    ident = api.start(LINES)
    before = api.wait(ident, status)
    sandbox.restart(signal.SIGKILL)
    assert api.batch(ident)["in_progress_at"] == before["in_progress_at"]
    assert sandbox.advance(ident) == {ident: "completed"}
    assert len(api.output(api.batch(ident))) == 10


def test_a_kill_while_it_works_loses_nothing(api, sandbox):
    lines = [chat_line(f"r-{number}") for number in range(1500)]
    file_id = api.upload(jsonl(lines)).json["id"]
    for pause in (0.0, 0.05, 0.15):
        ident = api.create(file_id).json["id"]
        time.sleep(pause)
        sandbox.restart(signal.SIGKILL)
        batch = api.wait(ident)
        assert batch["request_counts"] == {"total": 1500, "completed": 1500, "failed": 0}
        assert {line["custom_id"] for line in api.output(batch)} == {line["custom_id"] for line in lines}
    assert len(api.get("/v1/files?purpose=batch_output").json["data"]) == 3


def test_cancelling_survives_a_kill(api, sandbox):
    sandbox.faults("stuck_in_progress", 4)
    sandbox.faults("stuck_cancelling")
    ident = api.start(LINES)
    api.wait(ident, "in_progress")
    api.post(f"/v1/batches/{ident}/cancel")
    sandbox.restart(signal.SIGKILL)
    assert sandbox.advance(ident) == {ident: "cancelled"}
    assert len(api.output(api.batch(ident))) == 4


def test_delays_are_compressed_by_speed(api, sandbox):
    sandbox.options(speed=20)
    began = time.monotonic()
    ident = api.start(LINES)
    seen: list[str] = []
    while not seen or seen[-1] != "completed":
        status = api.batch(ident)["status"]
        if status not in seen:
            seen.append(status)
        time.sleep(0.01)
    assert seen == ["validating", "in_progress", "finalizing", "completed"]
    assert 0.4 < time.monotonic() - began < 3


def test_counts_move_while_it_runs_and_cancel_keeps_them(api, sandbox):
    sandbox.options(speed=8)
    ident = api.start([chat_line(f"r-{number}") for number in range(100)])
    api.wait(ident, "in_progress")
    while api.batch(ident)["request_counts"]["completed"] < 20:
        time.sleep(0.02)
    api.post(f"/v1/batches/{ident}/cancel")
    batch = api.wait(ident)
    done = batch["request_counts"]["completed"]
    assert 20 <= done < 100
    assert (len(api.output(batch)), len(api.errors(batch))) == (done, 100 - done)


def test_a_reset_takes_back_other_options(sandbox):
    sandbox.options(speed=20)
    with pytest.raises(AssertionError, match="Fixed or unknown: seed"):
        sandbox.control("options", seed=1)
    sandbox.reset()
    assert Api(sandbox).get("/_sandbox/health").json["speed"] == 0


def test_faults_of_the_command_line_outlive_a_reset():
    process = SandboxProcess("--fault", "error_status=418@batches.list*2", "--fault", "cached=7", "--seed", "5")
    try:
        sandbox = Sandbox(process)
        api = Api(sandbox)
        assert [api.get("/v1/batches").status for _ in range(3)] == [418, 418, 200]
        sandbox.reset()
        assert api.get("/v1/batches").status == 418
        ask = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello, what is new?"}]}
        assert api.post(CHAT, ask).json["usage"]["prompt_tokens_details"]["cached_tokens"] == 7
    finally:
        process.close()


def test_another_seed_gives_other_texts(api):
    process = SandboxProcess("--seed", "5")
    try:
        ask = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello"}]}
        other = Api(Sandbox(process)).post(CHAT, ask).json["choices"][0]["message"]["content"]
        assert other != api.post(CHAT, ask).json["choices"][0]["message"]["content"]
    finally:
        process.close()


def test_about_page_and_health(api):
    page = api.get("/")
    assert page.headers["content-type"].startswith("text/plain")
    assert b"made up by a program, not by a model" in page.raw
    assert api.get("/_sandbox/health").json == {"ok": True, "speed": 0.0, "seed": 0, "offset": 0.0}


def test_log_tells_calls_creates_and_executed_requests(api, sandbox):
    batch = api.run(LINES[:3], metadata={"batchsite_key": "k-1", "run": "7"})
    api.post(CHAT, {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello"}]})
    log = sandbox.log()
    assert [call["op"] for call in log["calls"]][:2] == ["files.create", "batches.create"]
    assert {**log["calls"][1], "number": 2, "at": 0} == {
        "number": 2,
        "at": 0,
        "method": "POST",
        "path": "/v1/batches",
        "op": "batches.create",
        "account": Like("account_[0-9a-f]{12}"),
        "status": 200,
        "fault": None,
        "executed": 0,
    }
    [created] = log["creates"]
    assert (created["batch_id"], created["executed"]) == (batch["id"], 3)
    assert created["metadata"] == {"batchsite_key": "k-1", "run": "7"}
    assert log["executed"] == {"batch": 3, "direct": 1}
    assert sandbox.creates() == {"k-1": 1}
    assert sandbox.creates("run") == {"7": 1}


def test_the_key_itself_is_nowhere_in_the_state(sandbox, sandbox_process):
    Api(sandbox, "sk-very-secret").run(LINES[:1])
    for path in sandbox_process.state.rglob("*"):
        assert path.is_dir() or b"sk-very-secret" not in path.read_bytes()


@pytest.mark.parametrize(
    ("name", "asked", "words"),
    [
        ("faults", {"set": "nonsense"}, "Unknown fault: nonsense"),
        ("faults", {"clear": "nonsense"}, "Unknown fault: nonsense"),
        ("faults", {"set": "error_500", "match": {"colour": "red"}}, "Unknown match: colour"),
        ("advance", {"batch": "batch_0"}, "No batch batch_0"),
    ],
)
def test_wrong_control_is_told(sandbox, name, asked, words):
    with pytest.raises(AssertionError, match=words):
        sandbox.control(name, **asked)


@pytest.mark.parametrize("target", ["in_progress", "expired", "cancelled", "failed", "napping"])
def test_advance_to_a_status(api, sandbox, target):
    sandbox.faults("stuck_validating")
    ident = api.start(LINES)
    api.wait(ident, "validating")
    assert sandbox.advance(ident, target, done=2) == {ident: target}
    batch = api.batch(ident)
    if target in ("expired", "cancelled"):
        assert len(api.output(batch)) == 2
    if target == "napping":
        assert sandbox.advance() == {ident: "completed"}


def test_control_is_for_this_machine_only(sandbox_process):
    address = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False).stdout.split()
    if not address:
        pytest.skip("this machine has only its loopback address")
    process = SandboxProcess("--host", "0.0.0.0")
    try:
        with socket.create_connection((address[0], process.port), timeout=5) as client:
            client.sendall(b"GET /_sandbox/log HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 403")
    finally:
        process.close()
