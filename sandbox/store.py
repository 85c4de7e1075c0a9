"""What survives a restart: rows in SQLite, file contents beside it. A kill at any point leaves both readable."""

import contextlib
import json
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS files (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, account TEXT, purpose TEXT,
    filename TEXT, bytes INTEGER, created_at INTEGER, expires_at INTEGER);
CREATE TABLE IF NOT EXISTS batches (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, account TEXT,
    open INTEGER, due REAL, wire TEXT, inner TEXT);
CREATE INDEX IF NOT EXISTS batches_due ON batches (open, due);
CREATE TABLE IF NOT EXISTS calls (number INTEGER PRIMARY KEY AUTOINCREMENT, at REAL, method TEXT, path TEXT, op TEXT,
    account TEXT, status INTEGER, fault TEXT, executed INTEGER);
CREATE TABLE IF NOT EXISTS creates (number INTEGER PRIMARY KEY AUTOINCREMENT, at REAL, batch_id TEXT, account TEXT,
    input_file_id TEXT, endpoint TEXT, metadata TEXT, executed INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value REAL);
"""
Row = dict[str, Any]


class Store:
    """One connection for all threads, behind a lock."""

    def __init__(self, folder: Path) -> None:
        self.blobs = folder / "files"
        self.work = folder / "work"
        for path in (self.blobs, self.work):
            path.mkdir(parents=True, exist_ok=True)
        # Uploads that a killed process left half written.
        for part in self.work.glob("file-*"):
            part.unlink()
        self.lock = threading.RLock()
        self.db = sqlite3.connect(folder / "sandbox.sqlite3", check_same_thread=False, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        # With WAL and NORMAL a killed process loses nothing, only a power cut may lose the last commits.
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")
        self.db.executescript(TABLES)

    def run(self, sql: str, *values: Any) -> int:
        """Change rows; how many there were."""
        with self.lock:
            return self.db.execute(sql, values).rowcount

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """Read rows."""
        with self.lock:
            return [dict(row) for row in self.db.execute(sql, values)]

    def row(self, sql: str, *values: Any) -> Row | None:
        """Read one row, or None."""
        rows = self.rows(sql, *values)
        return rows[0] if rows else None

    def insert(self, table: str, **values: Any) -> None:
        """Add one row; the names are ours, never a client's."""
        marks = ", ".join("?" * len(values))
        self.run(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values())  # noqa: S608

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing, also when the process is killed."""
        with self.lock:
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")

    def path(self, file_id: str) -> Path:
        """Where the content of a file lies."""
        return self.blobs / file_id

    def add_file(self, source: Path, **row: Any) -> None:
        """Take a finished local file over as an API file: content first, then its row."""
        # A rename is atomic; a content without row is never seen.
        source.replace(self.path(row["id"]))
        self.insert("files", bytes=self.path(row["id"]).stat().st_size, **row)

    def remove_file(self, file_id: str) -> None:
        """Row first, so that no row is without content."""
        self.run("DELETE FROM files WHERE id = ?", file_id)
        self.path(file_id).unlink(missing_ok=True)

    def keep_copy(self, account: str, file_id: str, batch_id: str) -> str | None:
        """A second name for the content of an account's file, which outlives its deletion; None without a file."""
        if not self.row("SELECT id FROM files WHERE id = ? AND account = ?", file_id, account):
            return None
        copy = self.blobs / f"{batch_id}_input"
        copy.hardlink_to(self.path(file_id))
        return copy.name

    def drop_copy(self, batch_id: str) -> None:
        """Give that name up."""
        (self.blobs / f"{batch_id}_input").unlink(missing_ok=True)

    def save_batch(self, batch_id: str, due: float, is_open: bool, wire: Row, inner: Row) -> None:
        """Write a batch's row."""
        self.run(
            "UPDATE batches SET due = ?, open = ?, wire = ?, inner = ? WHERE id = ?",
            due,
            int(is_open),
            json.dumps(wire),
            json.dumps(inner),
            batch_id,
        )

    def reset(self) -> None:
        """Forget everything."""
        with self.lock:
            for table in ("files", "batches", "calls", "creates", "meta"):
                self.db.execute(f"DELETE FROM {table}")  # noqa: S608
            for folder in (self.blobs, self.work):
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(exist_ok=True)
