"""A folder that we publish into: safe paths, atomic writes, a manifest, one writer at a time."""

import json
import os
import re
import secrets
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from django.core.files import locks

MANIFEST = "manifest.json"
LOCK = ".publish.lock"
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\:*?\"<>|]")


class PublishError(Exception):
    """The files can't be written; the message says which and why. Nothing was marked as published."""


class UnsafePath(PublishError):
    """A path that would leave the folder, or that no file system takes."""


def safe_path(path: str) -> str:
    """The path itself when it is a plain relative one below a folder; raises UnsafePath."""
    parts = path.split("/")
    if _UNSAFE.search(path) or any(part.strip(" .") == "" or part != part.strip() for part in parts):
        raise UnsafePath(f"{path!r} is no safe file name.")
    if any(len(os.fsencode(part)) > 250 for part in parts):
        raise UnsafePath(f"{path[:60]!r}... is too long for a file name.")
    if parts[-1].casefold() == MANIFEST or parts[0].startswith(".publish"):
        raise UnsafePath(f"{path!r} is a name that the folder needs for itself.")
    return path


def manifest_bytes(entries: dict[str, dict[str, Any]]) -> bytes:
    """The manifest's content: nothing in it depends on the time, so the same files give the same bytes."""
    files = [{"path": path, **entries[path]} for path in sorted(entries)]
    return (json.dumps({"version": 1, "files": files}, ensure_ascii=False, indent=1) + "\n").encode()


class PublishedFolder:
    """Use as a context manager: it holds the folder's lock and writes the manifest at the end."""

    def __init__(self, folder: Path, boundary: Path | None = None) -> None:
        """`boundary` is the folder that nothing may leave, also not by a symbolic link (default: the folder)."""
        self.folder = folder
        self.boundary = (boundary or folder).resolve()
        self.entries: dict[str, dict[str, Any]] = {}
        self._put: set[str] = set()
        self._lock: IO[bytes]

    def __enter__(self) -> Self:
        self._make(self.folder)
        self._lock = (self.folder / LOCK).open("wb")
        locks.lock(self._lock, locks.LOCK_EX)
        try:
            self.entries = self._load()
        except PublishError:
            self._lock.close()
            raise
        for stale in self.folder.glob(".publish-*.tmp"):
            stale.unlink()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Also after a failure: what was written is then in the manifest.
        try:
            self._replace(MANIFEST, manifest_bytes(self.entries))
        finally:
            self._lock.close()

    def put(self, path: str, content: bytes, record: dict[str, Any]) -> bool:
        """Bring one file up to date; False when it was already. Raises UnsafePath, or OSError when that fails."""
        safe_path(path)
        digest = sha256(content).hexdigest()
        written = self._replace(path, content)
        self.entries[path] = {"sha256": digest, **record}
        self._put.add(path)
        return written

    def drop_superseded(self) -> list[str]:
        """Remove earlier files of the records put now (a changed title, another option), and say which."""
        mine = {_identity(self.entries[path]) for path in self._put} - {None}
        old = [path for path in self.entries if path not in self._put and _identity(self.entries[path]) in mine]
        return [path for path in old if self._remove(path)]

    def drop_record(self, recipe: str, key: str) -> list[str]:
        """Remove the files of one record, and say which."""
        old = [path for path, entry in self.entries.items() if (entry.get("recipe"), entry.get("key")) == (recipe, key)]
        return [path for path in old if self._remove(path)]

    def _remove(self, path: str) -> bool:
        """Take a file of ours away; one that somebody changed since stays, and only leaves the manifest."""
        entry = self.entries.pop(path)
        try:
            target = self._target(path)
        except UnsafePath:
            return False
        if _digest(target) != entry.get("sha256"):
            return False
        target.unlink()
        return True

    def _make(self, folder: Path) -> None:
        if not folder.resolve().is_relative_to(self.boundary):
            raise UnsafePath(f"{folder} leads out of {self.boundary} by a symbolic link.")
        folder.mkdir(parents=True, exist_ok=True)

    def _target(self, path: str) -> Path:
        target = self.folder / path
        if path != MANIFEST:
            safe_path(path)
        self._make(target.parent)
        return target

    def _replace(self, path: str, content: bytes) -> bool:
        target = self._target(path)
        if not target.is_symlink() and _digest(target) == sha256(content).hexdigest():
            return False
        # In the lock's folder, so that a leftover of a killed process is found; a rename stays within a file system.
        waiting = self.folder / f".publish-{secrets.token_hex(6)}.tmp"
        try:
            waiting.write_bytes(content)
            waiting.replace(target)
        finally:
            waiting.unlink(missing_ok=True)
        return True

    def _load(self) -> dict[str, dict[str, Any]]:
        path = self.folder / MANIFEST
        if not path.exists():
            return {}
        try:
            files = json.loads(path.read_bytes())["files"]
            return {entry["path"]: {name: entry[name] for name in entry if name != "path"} for entry in files}
        except (ValueError, KeyError, TypeError) as error:
            raise PublishError(
                f"{path} is not a manifest of ours: choose another folder, or move it away and publish again."
            ) from error


class PlannedFolder(PublishedFolder):
    """The same without any change: what `put` and `drop_superseded` say would be done."""

    # Is told of each file that would change: its path, and its content before and after (None: there is no such file).
    note: Callable[[str, bytes | None, bytes | None], None] | None = None

    def __enter__(self) -> Self:
        self.entries = self._load()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is written and nothing was locked."""

    def _make(self, folder: Path) -> None:
        if not folder.resolve().is_relative_to(self.boundary):
            raise UnsafePath(f"{folder} leads out of {self.boundary} by a symbolic link.")

    def _replace(self, path: str, content: bytes) -> bool:
        target = self._target(path)
        changes = target.is_symlink() or _digest(target) != sha256(content).hexdigest()
        if changes and self.note:
            self.note(path, _content(target), content)
        return changes

    def _remove(self, path: str) -> bool:
        try:
            target = self._target(path)
        except UnsafePath:
            return False
        goes = _digest(target) == self.entries[path].get("sha256")
        if goes and self.note:
            self.note(path, _content(target), None)
        return goes


def _identity(entry: dict[str, Any]) -> tuple[str, str, str] | None:
    return (entry["export"], entry["recipe"], entry["key"]) if {"export", "recipe", "key"} <= entry.keys() else None


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def _digest(path: Path) -> str:
    content = _content(path)
    return "" if content is None else sha256(content).hexdigest()
