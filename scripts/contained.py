"""`python -m scripts.contained COMMAND ...`: run a command and let none of its descendants outlive it (Linux)."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from scripts.processes import say

# Of linux/prctl.h: orphans below us become our children instead of those of process 1.
PR_SET_CHILD_SUBREAPER = 36
PATIENCE_SECONDS = 1


def children() -> Iterator[int]:
    """Process ids of our living children, orphans that were passed to us among them."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name in brackets may hold anything, so fields are counted from its end: state, parent.
            state, parent = status.read_text(errors="replace").rpartition(")")[2].split()[:2]
            if int(parent) == os.getpid() and state != "Z":
                yield int(status.parent.name)


def command_line(pid: int) -> str:
    """What a process was started as, for people."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ").strip()
    return "?"


def sweep() -> list[str]:
    """End what is left after a moment's patience; killing one can pass its own children to us, so until none is."""
    deadline, ended = time.monotonic() + PATIENCE_SECONDS, []
    while left := list(children()):
        if time.monotonic() > deadline:
            for pid in left:
                ended.append(f"{pid} {command_line(pid)}")
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    return ended


def main(command: Sequence[str]) -> int:
    """Exit status of the command; what it left behind is ended and named."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with subprocess.Popen(command) as process:
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        with suppress(KeyboardInterrupt):
            process.wait()
    for line in sweep():
        say(f"Left behind and ended: {line}")
    return process.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
