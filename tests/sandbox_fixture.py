"""A pytest plugin: `sandbox_process` (a real server of its own for each worker) and `sandbox` (reset for each test)."""

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class SandboxProcess:
    """`python -m sandbox` on a free port, with its state in a folder that outlives a kill."""

    def __init__(self, *args: str, speed: str = "max") -> None:
        self.state = Path(tempfile.mkdtemp(prefix="sandbox-test-"))
        self.args = [*args, "--speed", speed, "--state", str(self.state), "--quiet"]
        self.port = 0
        self.process: subprocess.Popen[str] | None = None
        self.start()

    @property
    def base(self) -> str:
        """Without /v1."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """What OPENAI_BASE_URL takes."""
        return f"{self.base}/v1"

    def start(self) -> None:
        """Start it, on the port it had before if there was one, and wait until it listens."""
        command = [sys.executable, "-m", "sandbox", "--port", str(self.port), *self.args]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline() if self.process.stdout else ""
        assert line.startswith("sandbox listening on http://"), f"the sandbox did not start: {line!r}"
        self.port = int(line.rsplit(":", 1)[1])

    def end(self, number: int = signal.SIGTERM) -> int | None:
        """Send a signal and wait; the exit status."""
        if self.process is None:
            return None
        self.process.send_signal(number)
        status = self.process.wait(timeout=20)
        if self.process.stdout:
            self.process.stdout.close()
        self.process = None
        return status

    def close(self) -> None:
        """Stop it and remove its state."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.end()
        if self.process:
            self.end(signal.SIGKILL)
        shutil.rmtree(self.state, ignore_errors=True)


class Sandbox:
    """What a test holds: addresses, fault switches, the server's own log."""

    def __init__(self, process: SandboxProcess) -> None:
        self.process = process

    @property
    def url(self) -> str:
        """Ends in /v1."""
        return self.process.url

    @property
    def base(self) -> str:
        """Without /v1."""
        return self.process.base

    def control(self, name: str, **asked: Any) -> dict[str, Any]:
        """POST to a control endpoint; AssertionError with its message where it refuses."""
        data = json.dumps(asked).encode()
        request = urllib.request.Request(f"{self.base}/_sandbox/{name}", data, method="POST")
        try:
            with OPENER.open(request, timeout=70) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from None

    def faults(self, name: str, value: Any = None, count: int | None = None, match: Any = None) -> None:
        """Switch a fault on; `match` is an operation, a path, a custom_id pattern or a dictionary of these."""
        self.control("faults", set=name, value=value, count=count, match=match)

    def clear_faults(self, name: str | None = None) -> None:
        """Switch one or all off."""
        self.control("faults", clear=name or True)

    def log(self) -> dict[str, Any]:
        """calls, creates, executed and webhooks of the server."""
        with OPENER.open(f"{self.base}/_sandbox/log", timeout=20) as answer:
            return dict(json.load(answer))

    def calls(self, op: str) -> list[dict[str, Any]]:
        """The logged calls of one operation."""
        return [call for call in self.log()["calls"] if call["op"] == op]

    def creates(self, field: str | None = None) -> dict[str, int]:
        """How many batches were created for each key.

        The key is the metadata named `field`, otherwise the first one whose name ends in `key`, otherwise all metadata.
        """
        return dict(Counter(_key_of(row["metadata"] or {}, field) for row in self.log()["creates"]))

    def advance(self, batch: str | None = None, to: str | None = None, done: int | None = None) -> dict[str, str]:
        """Finish a batch (or all open ones), or send it to a status; ids with their status."""
        return dict(self.control("advance", batch=batch, to=to, done=done)["statuses"])

    def set_clock(self, offset: float) -> None:
        """Move the server's clock by seconds from the machine's."""
        self.control("advance", clock_offset=offset)

    def options(self, **changes: Any) -> None:
        """Change speed (0: at once), latency, requests_per_minute, tokens_per_minute, webhook_url or webhook_secret."""
        self.control("options", **changes)

    def reset(self) -> None:
        """Forget everything."""
        self.control("reset")

    def kill(self) -> None:
        """kill -9."""
        self.process.end(signal.SIGKILL)

    def restart(self, number: int = signal.SIGTERM) -> None:
        """Stop it (if it runs) and start it again on the same port with the same state."""
        self.process.end(number)
        self.process.start()


def _key_of(metadata: dict[str, str], field: str | None) -> str:
    names = [field] if field else [name for name in metadata if name.endswith("key")]
    return metadata.get(names[0], "") if names else json.dumps(metadata, sort_keys=True)


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[SandboxProcess]:
    """One server for the session (with xdist: for each worker)."""
    process = SandboxProcess()
    yield process
    process.close()


@pytest.fixture
def sandbox(sandbox_process: SandboxProcess) -> Iterator[Sandbox]:
    """The server as after its first start."""
    if sandbox_process.process is None:
        sandbox_process.start()
    handle = Sandbox(sandbox_process)
    handle.reset()
    yield handle
    if sandbox_process.process is None:
        sandbox_process.start()
