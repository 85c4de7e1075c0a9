"""Moves batches from status to status by the clock."""

from collections.abc import Callable
from typing import Any

from sandbox.batch_end import errors_of, publish_results
from sandbox.batch_input import Verdict
from sandbox.batch_jobs import Jobs, has_result, work_paths
from sandbox.batch_rows import NEVER, TERMINAL, Batch, from_row
from sandbox.clock import Clock
from sandbox.faults import Fault, Faults, Scene
from sandbox.store import Store

BATCH_PLACES = ("batch", "line", "content", "usage", "webhook")
# Seconds at speed 1.
VALIDATING, RUNNING, EACH, FINALIZING, CANCELLING = 3.0, 4.0, 0.02, 2.0, 2.0


class Lifecycle:
    """All changes of batches happen here, under the lock of the jobs."""

    def __init__(self, store: Store, clock: Clock, faults: Faults, jobs: Jobs) -> None:
        self.store = store
        self.clock = clock
        self.faults = faults
        self.jobs = jobs
        self.lock = jobs.lock
        self.ended: Callable[[Batch], None] = lambda batch: None
        self.steps = {
            "validating": self._validating,
            "in_progress": self._in_progress,
            "finalizing": self._finalizing,
            "cancelling": self._cancelling,
        }
        jobs.finished = self._finished
        # After a restart nobody works for the open batches any more: each is taken up where its row stands.
        store.run("UPDATE batches SET due = 0 WHERE open = 1")

    def tick(self) -> None:
        """Move every batch that is due as far as the clock allows."""
        with self.lock:
            sql = "SELECT * FROM batches WHERE open = 1 AND due <= ? ORDER BY number"
            for row in self.store.rows(sql, self.clock.now()):
                self.step(from_row(row))

    def step(self, batch: Batch) -> None:
        """Take the next steps of one batch until it has to wait, and save it."""
        while batch.status in self.steps and batch.due <= self.clock.now():
            if self._held(batch):
                batch.due = batch.wire["expires_at"] if batch.status == "in_progress" else NEVER
            else:
                self.steps[batch.status](batch)
        if batch.status not in self.steps:
            batch.due = NEVER
        batch.save(self.store)

    def bind_faults(self, batch: Batch) -> None:
        """Write the faults that are switched on now into the batch, so that they survive a restart."""
        scene = Scene("batches.create", "/v1/batches", batch.account, batch.id, "", batch.wire["metadata"] or {})
        batch.inner["faults"] = [fault.as_dict() for fault in self.faults.take_all(BATCH_PLACES, scene)]
        stuck = batch.fault("stuck_in_progress")
        if stuck and stuck.value:
            batch.inner["done"] = int(stuck.value)

    def _held(self, batch: Batch) -> bool:
        # The window of 24 hours ends for a stuck batch too.
        if batch.status == "in_progress" and self.clock.now() >= batch.wire["expires_at"]:
            return False
        return batch.inner["hold"] == batch.status or batch.fault(f"stuck_{batch.status}") is not None

    def _delay(self, batch: Batch, seconds: float) -> float:
        return 0.0 if batch.inner.get("hurry") else self.clock.scaled(seconds)

    def _finished(self, batch: Batch) -> None:
        batch.due = self.clock.now()
        self.step(batch)

    def _validating(self, batch: Batch) -> None:
        ready = batch.inner["created"] + self._delay(batch, VALIDATING)
        if "verdict" in batch.inner:
            self._judge(batch, Verdict(**batch.inner["verdict"]))
        elif self.clock.now() < ready:
            batch.due = ready
        else:
            batch.due = NEVER
            self.jobs.validate(batch)

    def _judge(self, batch: Batch, verdict: Verdict) -> None:
        now = self.clock.now()
        errors = verdict.errors or errors_of(
            batch, verdict, self._enqueued(batch, verdict) if batch.fault("token_limit_exceeded") else 0
        )
        if errors:
            batch.wire["errors"] = {"object": "list", "data": errors}
            self.end(batch, "failed")
            return
        batch.enter("in_progress", now)
        batch.wire["model"] = verdict.model
        batch.wire["request_counts"] = {"total": verdict.total, "completed": 0, "failed": 0}
        batch.inner["started"] = now
        # A word that no client knows; it keeps it until it is advanced.
        unknown = batch.fault("unknown_status")
        if unknown:
            batch.wire["status"] = unknown.value or "paused"

    def _enqueued(self, batch: Batch, verdict: Verdict) -> int:
        total = verdict.tokens
        for row in self.store.rows("SELECT * FROM batches WHERE open = 1 AND account = ?", batch.account):
            other = from_row(row).inner.get("verdict") or {}
            if row["id"] != batch.id and other.get("model") == verdict.model:
                total += other["tokens"]
        return total

    def _in_progress(self, batch: Batch) -> None:
        ready = batch.inner["started"] + self._delay(batch, self._span(batch))
        if self._cut_short(batch):
            return
        if not has_result(self.store, batch):
            batch.due = NEVER
            self.jobs.run(batch)
        elif self.clock.now() < ready:
            batch.due = min(ready, batch.wire["expires_at"])
        else:
            # Everything is done when results are being prepared.
            batch.wire["request_counts"] = batch.inner["result"]["counts"]
            batch.enter("finalizing", self.clock.now())
            batch.due = self.clock.now() + self._delay(batch, FINALIZING)

    def _finalizing(self, batch: Batch) -> None:
        if self._cut_short(batch):
            return
        if has_result(self.store, batch):
            self.end(batch, "completed")
        else:
            batch.due = NEVER
            self.jobs.run(batch)

    def _cut_short(self, batch: Batch) -> bool:
        """Expire or be cancelled, by the clock or by a fault."""
        cancelled, expired = batch.fault("cancelled_partial"), batch.fault("expired_partial")
        if cancelled:
            self.cancel(batch, int(cancelled.number(0)))
        elif "rest" not in batch.inner and (expired or self.clock.now() >= batch.wire["expires_at"]):
            batch.inner["done"] = int(expired.number(0)) if expired else self.done(batch)
            batch.inner["rest"] = "batch_expired"
        if batch.inner.get("rest") == "batch_expired":
            self._finish_run(batch, "expired")
        return batch.status == "cancelling" or "rest" in batch.inner

    def _cancelling(self, batch: Batch) -> None:
        # A batch that was never in progress has nothing to report.
        if "started" in batch.inner:
            batch.inner["rest"] = "batch_cancelled"
            self._finish_run(batch, "cancelled")
        else:
            self.end(batch, "cancelled")

    def _finish_run(self, batch: Batch, status: str) -> None:
        """End early: what was executed is published, the rest is reported."""
        if has_result(self.store, batch) and batch.inner["result"]["rest"] == batch.inner["rest"]:
            self.end(batch, status)
        else:
            batch.due = NEVER
            self.jobs.run(batch)

    def _span(self, batch: Batch) -> float:
        return RUNNING + EACH * batch.inner["verdict"]["total"]

    def done(self, batch: Batch) -> int:
        """How many requests were executed by now: pinned, or by the share of time that has gone."""
        if "started" not in batch.inner:
            return 0
        total = int(batch.inner["verdict"]["total"])
        if batch.inner.get("done") is not None:
            return min(int(batch.inner["done"]), total)
        job = self.jobs.running.get(batch.id)
        ready = total if "result" in batch.inner else job.completed + job.failed if job else 0
        # Work that is done ahead of the simulated time is not shown yet.
        span = self._delay(batch, self._span(batch))
        share = min(1.0, (self.clock.now() - batch.inner["started"]) / span) if span else 1.0
        return min(ready, int(total * share))

    def visible(self, batch: Batch) -> dict[str, Any]:
        """The object for the wire, with counts that move while the batch is in progress."""
        if batch.status != "in_progress":
            return batch.wire
        job = self.jobs.running.get(batch.id)
        failed = batch.inner["result"]["counts"]["failed"] if "result" in batch.inner else job.failed if job else 0
        done, total = self.done(batch), batch.inner["verdict"]["total"]
        failed = failed * done // total
        return {**batch.wire, "request_counts": {"total": total, "completed": done - failed, "failed": failed}}

    def cancel(self, batch: Batch, done: int | None = None) -> None:
        """Begin to cancel."""
        # The counts of this moment stay while it is being cancelled.
        batch.wire = self.visible(batch)
        batch.inner["done"] = self.done(batch) if done is None else done
        batch.inner["faults"] = [fault for fault in batch.inner["faults"] if fault["name"] != "cancelled_partial"]
        self.jobs.drop(batch.id)
        batch.enter("cancelling", self.clock.now())
        batch.due = self.clock.now() + self._delay(batch, CANCELLING)
        batch.save(self.store)

    def end(self, batch: Batch, status: str) -> None:
        """Take a terminal status; files and row in one transaction."""
        with self.store.transaction():
            if "result" in batch.inner and status != "failed":
                publish_results(self.store, batch, work_paths(self.store, batch.id), self.clock.now())
            batch.enter(status, self.clock.now())
            batch.due = NEVER
            batch.save(self.store)
        self.jobs.drop(batch.id)
        self.store.drop_copy(batch.id)
        self.ended(batch)

    def advance(self, batch: Batch, to: str | None, done: int | None) -> None:
        """Send a batch to a status at once and, unless it is a terminal one, hold it there."""
        stuck = {f"stuck_{status}" for status in self.steps} | {"unknown_status"}
        faults = [fault for fault in batch.inner["faults"] if fault["name"] not in stuck]
        if to in ("expired", "cancelled") and batch.status != "cancelling":
            faults.append(Fault(f"{to}_partial", str(done or 0)).as_dict())
        batch.inner.update(faults=faults, hurry=True, hold=to if to in self.steps else None)
        if done is not None:
            batch.inner["done"] = done
        if batch.status not in self.steps:
            batch.wire["status"] = "in_progress" if "started" in batch.inner else "validating"
        if not self.jobs.busy(batch.id):
            batch.due = 0
        if to == "cancelling":
            self.cancel(batch, done)
        if to == "failed":
            batch.wire["errors"] = {"object": "list", "data": []}
            self.end(batch, "failed")
        elif to and to not in self.steps and to not in TERMINAL:
            batch.wire["status"] = to
        self.step(batch)
