"""Every commit that the engine makes, by the place that makes it; a process can be told to die at one of them."""

import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\S+)", re.IGNORECASE)
ENGINE = f"{os.sep}generation{os.sep}"
# Places that pass a write on: the place before them in the stack says what is written.
CARRIERS = ("transitions", "heartbeats", "wakeups", "lanes")

Death = tuple[str, str]


def place() -> str:
    """Where the engine is now, as `submit.create > transitions.move`."""
    frame, names = sys._getframe(1), []
    while frame:
        if ENGINE in frame.f_code.co_filename:
            module = Path(frame.f_code.co_filename).stem
            names.append(f"{module}.{frame.f_code.co_name}")
            if module not in CARRIERS:
                break
        frame = frame.f_back  # type: ignore[assignment]
    return " > ".join(reversed(names))


def table_of(sql: str) -> str:
    """The table that a statement writes, without its app; nothing for one that only reads, and for the queue's."""
    found = WRITES.match(sql)
    name = found.group(1).strip('"') if found else ""
    return "" if name.startswith("django_q") else name.partition("_")[2]


class Watch:
    """Finds the commits that change something, writes each new one into a file, and dies when its time has come."""

    def __init__(self, notes: Path, deaths: list[Death]) -> None:
        self.notes, self.deaths = notes, deaths
        self.seen: set[str] = set()
        self.tables: set[str] = set()

    def wrote(self, sql: str) -> None:
        """Remember what the transaction under way has written."""
        self.tables.add(table_of(sql))

    def commit(self, do: Callable[[], Any]) -> Any:
        """Carry a commit out, perhaps dying before or after it."""
        tables, name = sorted(self.tables - {""}), place()
        self.tables.clear()
        if not name or not tables:
            return do()
        name = f"{name} ({' '.join(tables)})"
        if name not in self.seen:
            self.seen.add(name)
            with self.notes.open("a") as notes:
                notes.write(f"{name}\n")
        self._die(name, "before")
        result = do()
        self._die(name, "after")
        return result

    def _die(self, name: str, when: str) -> None:
        if self.deaths and self.deaths[0] == (name, when):
            os.kill(os.getpid(), signal.SIGKILL)


def watch(notes: Path, deaths: list[Death]) -> None:
    """From now on, in this process: all commits, those of a transaction and those of single statements."""
    watching = Watch(notes, deaths)
    plain = BaseDatabaseWrapper.commit

    def commit(self: BaseDatabaseWrapper) -> None:
        watching.commit(lambda: plain(self))

    def execute(run: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        watching.wrote(sql)
        if connection.in_atomic_block or not table_of(sql):
            return run(sql, params, many, context)
        return watching.commit(lambda: run(sql, params, many, context))

    BaseDatabaseWrapper.commit = commit  # type: ignore[method-assign]
    connection.execute_wrappers.append(execute)
