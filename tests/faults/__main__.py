"""Start the suite once for each database, each with a sandbox of its own, and put the tables together."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tests.faults import table
from tests.sandbox_fixture import SandboxProcess

ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "tests.faults.settings", "ENV_FILE": os.devnull, "DEBUG": "on",
    "OPENAI_API_KEY": "sk-main",
    "POLL_MIN_SECONDS": "0.1", "POLL_MAX_SECONDS": "1", "RECONCILE_GRACE_SECONDS": "2", "CREATE_TIMEOUT_SECONDS": "1.5",
    "PROVIDER_TIMEOUT": "1.5", "LEASE_SECONDS": "20", "Q_WORKERS": "3", "Q_POLL": "0.1", "LOG_LEVEL": "ERROR",
    "MODEL_PRICES": "gpt-5.4-mini=0.75/4.5", "DIRECT_SLICE_SECONDS": "5",
    "OPENAI_WEBHOOK_SECRET": "whsec_c2FuZGJveC1zZWNyZXQ=",
}  # fmt: skip
KEPT = ("PATH", "HOME", "LANG", "PGPASSWORD", "PGPASSFILE")


@contextmanager
def database_of_its_own(name: str, folder: Path) -> Iterator[str]:
    """An empty database of this kind; its address."""
    if name == "sqlite":
        yield f"sqlite:///{folder / 'site.sqlite3'}"
        return
    address = os.environ["TEST_POSTGRES_URL"]
    made = f"faults_{os.getpid()}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(made)))
        try:
            yield f"{address.rpartition('/')[0]}/{made}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(made)))


@contextmanager
def started(name: str, arguments: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """The suite on one database; whatever happens, nothing of it is left."""
    sandbox = SandboxProcess()
    try:
        with tempfile.TemporaryDirectory(prefix="faults-") as folder, database_of_its_own(name, Path(folder)) as url:
            environment = {key: os.environ[key] for key in KEPT if key in os.environ} | ENVIRONMENT
            environment |= {"DATABASE_URL": url, "DATA_DIR": folder, "OPENAI_BASE_URL": sandbox.url}
            command = [sys.executable, "-m", "tests.faults.suite", name, "--sandbox", sandbox.url, *arguments]
            process = subprocess.Popen(command, env=environment)
            try:
                yield process
            finally:
                process.terminate()
                process.wait()
    finally:
        sandbox.close()


def main() -> int:
    """The exit status of `make faults`."""
    # Also whoever is ended from outside takes everything with it that was started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--only", default="*", help="a pattern of names of groups, as in 'kill_*'")
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    options = parser.parse_args()
    names = options.database or ["sqlite", "postgres"]
    if "postgres" in names and not os.environ.get("TEST_POSTGRES_URL"):
        table.say("TEST_POSTGRES_URL is not set: the cases run on SQLite only.")
        names.remove("postgres")
    table.say(table.HEAD)
    with ExitStack() as stack:
        processes = [stack.enter_context(started(name, ["--only", options.only])) for name in names]
        statuses = [process.wait() for process in processes]
    return int(any(statuses) or not statuses)


if __name__ == "__main__":
    sys.exit(main())
