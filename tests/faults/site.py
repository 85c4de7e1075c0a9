"""A site of real processes beside this one, on the same database: workers, ticks, a web server."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class Site:
    """Processes of the site, each in a group of its own; `close` leaves none behind."""

    def __init__(self, folder: Path) -> None:
        self.log_path = folder / "site.log"
        # Through a pipe: a process that may write no file any more can still say so.
        with self.log_path.open("ab") as file:
            self.writer = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=file, start_new_session=True)
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        """A manage.py command."""
        process = subprocess.Popen(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=os.environ | {"LOG_LEVEL": "WARNING"} | environment,
            stdin=subprocess.DEVNULL, stdout=self.writer.stdin, stderr=self.writer.stdin, start_new_session=True,
        )  # fmt: skip
        self.running.append(process)
        return process

    def start_worker(self, **environment: str) -> subprocess.Popen[bytes]:
        """A cluster with its tick; the cluster."""
        self.start("tick", "--every", "0.3", **environment)
        return self.start("qcluster", **environment)

    def end(self, *processes: subprocess.Popen[bytes]) -> None:
        """Kill these with everything that they have started; default: all."""
        for process in processes or tuple(self.running):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self.running.remove(process)

    def close(self) -> None:
        """End everything."""
        self.end()
        if self.writer.stdin:
            self.writer.stdin.close()
        self.writer.wait(timeout=10)


def workers(cluster: int) -> list[int]:
    """Process ids of what works in a cluster (Linux): all but the process that was started and its sentinel."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[2]) == cluster and int(fields[1]) != cluster and int(stat.parent.name) != cluster:
                found.append(int(stat.parent.name))
    return found
