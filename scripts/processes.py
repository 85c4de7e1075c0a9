"""Several long-running commands under one foreground process: started, watched and stopped together."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Self

HOST = "127.0.0.1"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TAIL_LINES = 15


class Interrupted(Exception):
    """Ctrl-C or SIGTERM arrived: nothing is wrong, everything is to be stopped."""


class ProcessFailed(Exception):
    """A command or a child ended that should not have; the message names it and quotes its log."""


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path


def say(text: str, end: str = "\n") -> None:
    """Write a line for the person at the terminal, at once."""
    sys.stdout.write(text + end)
    sys.stdout.flush()


def tail(log: Path, lines: int = TAIL_LINES) -> str:
    """The last lines of a log, read from its last 64 KB."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 65536))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])


def port_problem(port: int, purpose: str, variable: str) -> str | None:
    """A sentence that says why the port on 127.0.0.1 cannot be had, or None if it is free."""
    advice = f"Choose another one with {variable}=."
    if not 0 < port < 65536:
        return f"{variable}={port} is no port: it must lie between 1 and 65535."
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            return f"Port {port} for {purpose} may only be used by root. {advice}"
        except OSError as error:
            return f"Port {port} for {purpose} cannot be used ({error.strerror}). {advice}"
    return None


def answers_http(port: int, path: str = "/") -> bool:
    """Whether a server on 127.0.0.1 answers at all, whatever its status."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    else:
        return True
    finally:
        connection.close()


class Supervisor:
    """Owns child processes, each in a process group of its own with its output in `folder/<name>.log`.

    Signals only set a flag, so that no child is lost between its start and its entry in the list. `pause` looks at
    the flag and at the children, and every wait goes through it.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], grace: float = 10) -> None:
        self.folder, self.environment, self.grace = folder, dict(environment), grace
        self.children: list[Child] = []
        self.signals = 0

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "steps.log").unlink(missing_ok=True)
        self._before = {number: signal.signal(number, self._note) for number in STOP_SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.signals += 1

    def _open(self, name: str, command: Sequence[str | Path], log: IO[bytes]) -> Child:
        process = subprocess.Popen(
            [str(part) for part in command],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        child = Child(name, process, Path(log.name))
        self.children.append(child)
        return child

    def start(self, name: str, command: Sequence[str | Path]) -> Child:
        """Start a child that is meant to run until the end; its log begins anew."""
        with (self.folder / f"{name}.log").open("wb") as log:
            return self._open(name, command, log)

    def run(self, name: str, command: Sequence[str | Path]) -> None:
        """Run a command to its end, its output added to `folder/steps.log`; raise ProcessFailed unless it gives 0."""
        with (self.folder / "steps.log").open("ab") as log:
            child = self._open(name, command, log)
        while child.process.poll() is None:
            self.pause(0.02, besides=child)
        self.children.remove(child)
        if child.process.returncode:
            raise ProcessFailed(self._obituary(child))

    def pause(self, seconds: float, besides: Child | None = None) -> None:
        """Sleep; raise Interrupted after a signal, ProcessFailed when a child is dead."""
        deadline = time.monotonic() + seconds
        while not self.signals:
            dead = [child for child in self.children if child is not besides and child.process.poll() is not None]
            if dead:
                raise ProcessFailed("\n\n".join(map(self._obituary, dead)))
            left = deadline - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.1))
        raise Interrupted

    def wait_until(self, ready: Callable[[], bool], what: str, timeout: float) -> None:
        """Wait until `ready()` holds, at most `timeout` seconds; raise ProcessFailed with `what` after that."""
        deadline = time.monotonic() + timeout
        while not ready():
            if time.monotonic() > deadline:
                raise ProcessFailed(f"{what} did not answer within {timeout:.0f} seconds; see {self.folder}/*.log.")
            self.pause(0.1)

    def serve(self) -> None:
        """Wait for Ctrl-C or SIGTERM and return; raise ProcessFailed when a child is dead."""
        with contextlib.suppress(Interrupted):
            while True:
                self.pause(3600)
        say("\nStopping ...")

    def stop(self) -> None:
        """End all children, the last one first, so that none outlives what it leans on."""
        asked = self.signals
        while self.children:
            self._end(self.children.pop(), asked)

    def _end(self, child: Child, asked: int) -> None:
        if child.process.poll() is None:
            child.process.terminate()
        deadline = time.monotonic() + self.grace
        # A second Ctrl-C while we wait means: at once.
        while child.process.poll() is None and time.monotonic() < deadline and self.signals == asked:
            time.sleep(0.02)
        # Whatever its group still holds (a worker's own workers) goes with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()

    def _obituary(self, child: Child) -> str:
        return f"{child.name} ended with {child.process.returncode}. Last lines of {child.log}:\n{tail(child.log)}"
