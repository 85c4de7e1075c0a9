"""A batch as the sandbox keeps it: the object on the wire, and what only the sandbox knows of it."""

import json
from dataclasses import dataclass
from typing import Any

from sandbox.faults import Fault
from sandbox.store import Row, Store
from sandbox.wire import hex_id

# Later than any clock: waiting for a thread or held by a fault.
NEVER = 1e15
TERMINAL = frozenset({"completed", "failed", "expired", "cancelled"})
TIMES = (
    "in_progress_at",
    "expires_at",
    "finalizing_at",
    "completed_at",
    "failed_at",
    "expired_at",
    "cancelling_at",
    "cancelled_at",
)
WINDOW = 86_400


@dataclass
class Batch:
    """One row; `due` is when it moves on (unix seconds), NEVER while a thread works for it or a fault holds it."""

    id: str
    account: str
    due: float
    wire: dict[str, Any]
    inner: dict[str, Any]

    @property
    def status(self) -> str:
        """Its status on the wire."""
        return str(self.wire["status"])

    @property
    def faults(self) -> list[Fault]:
        """The faults that were switched on for it."""
        return [Fault(**fault) for fault in self.inner["faults"]]

    def fault(self, name: str) -> Fault | None:
        """One of them by name."""
        return next((fault for fault in self.faults if fault.name == name), None)

    def enter(self, status: str, now: float) -> None:
        """Take a status with its timestamp."""
        self.wire["status"] = status
        if f"{status}_at" in self.wire:
            self.wire[f"{status}_at"] = int(now)

    def save(self, store: Store) -> None:
        """Write the row."""
        store.save_batch(self.id, self.due, self.status not in TERMINAL, self.wire, self.inner)


def new_batch(asked: dict[str, Any], account: str, now: float) -> Batch:
    """A batch that begins to be validated."""
    batch_id = hex_id("batch_")
    # Counts are zeros, not null, until the number of requests is known.
    wire: dict[str, Any] = {
        "id": batch_id,
        "object": "batch",
        "endpoint": asked["endpoint"],
        "model": None,
        "errors": None,
        "input_file_id": asked["input_file_id"],
        "completion_window": asked["completion_window"],
        "status": "validating",
        "output_file_id": None,
        "error_file_id": None,
        "created_at": int(now),
        # Absent moments are nulls on the wire, not absent fields.
        **dict.fromkeys(TIMES),
        "expires_at": int(now) + WINDOW,
        "request_counts": {"total": 0, "completed": 0, "failed": 0},
        "usage": None,
        "metadata": asked.get("metadata"),
    }
    inner: dict[str, Any] = {
        "expires_after": asked.get("output_expires_after"),
        "faults": [],
        "created": now,
        "hold": None,
    }
    return Batch(batch_id, account, now, wire, inner)


def insert_batch(store: Store, batch: Batch) -> None:
    """Write a new batch and remember for good that it was created."""
    wire = batch.wire
    with store.transaction():
        store.insert(
            "batches",
            id=batch.id,
            account=batch.account,
            open=1,
            due=batch.due,
            wire=json.dumps(wire),
            inner=json.dumps(batch.inner),
        )
        # This row outlives the batch, whatever is done to it: tests count creates per key here.
        store.insert(
            "creates",
            at=batch.inner["created"],
            batch_id=batch.id,
            account=batch.account,
            input_file_id=wire["input_file_id"],
            endpoint=wire["endpoint"],
            metadata=json.dumps(wire["metadata"]),
        )


def from_row(row: Row) -> Batch:
    """A batch out of its row."""
    return Batch(row["id"], row["account"], row["due"], json.loads(row["wire"]), json.loads(row["inner"]))


def load_batch(store: Store, batch_id: str) -> Batch | None:
    """A batch by its id, whoever it belongs to."""
    row = store.row("SELECT * FROM batches WHERE id = ?", batch_id)
    return from_row(row) if row else None
