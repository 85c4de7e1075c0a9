"""The heavy steps of a batch, in threads: checking its input, running its requests."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sandbox.batch_input import MAX_REQUESTS, Verdict, read_input
from sandbox.batch_rows import Batch, load_batch
from sandbox.catalog import Catalog
from sandbox.clock import Clock
from sandbox.known import Known
from sandbox.line_faults import ERR, OUT
from sandbox.produce import Order, Producer, Progress
from sandbox.store import Store

Work = Callable[[Batch, Progress], dict[str, Any] | None]


def work_paths(store: Store, batch_id: str) -> dict[str, Path]:
    """Where results lie until they become files of the API."""
    return {name: store.work / f"{batch_id}_{name}.jsonl" for name in (OUT, ERR)}


def has_result(store: Store, batch: Batch) -> bool:
    """Whether the requests were run and the result still lies there."""
    return "result" in batch.inner and all(path.exists() for path in work_paths(store, batch.id).values())


class Jobs:
    """At most one job of each batch; a newer one makes the older one stop and be forgotten."""

    def __init__(self, store: Store, clock: Clock, catalog: Catalog, seed: int, known: Known | None = None) -> None:
        self.store = store
        self.clock = clock
        self.catalog = catalog
        self.seed = seed
        self.known = known or Known()
        self.lock = threading.RLock()
        # Two threads: more would only share the interpreter with the calls.
        self.pool = ThreadPoolExecutor(2, thread_name_prefix="batch")
        self.running: dict[str, Progress] = {}
        self.finished: Callable[[Batch], None] = lambda batch: None

    def validate(self, batch: Batch) -> None:
        """Begin to check the input file."""
        self._start(batch, self._validate)

    def run(self, batch: Batch) -> None:
        """Begin to run the requests; with `rest` in the row only the first `done` of them."""
        # A result of another length would be taken for this one's.
        batch.inner.pop("result", None)
        self._start(batch, self._run)

    def drop(self, batch_id: str) -> None:
        """Stop and forget a batch's job."""
        progress = self.running.pop(batch_id, None)
        if progress:
            progress.stop.set()

    def busy(self, batch_id: str) -> bool:
        """Whether a thread works for this batch."""
        progress = self.running.get(batch_id)
        return progress is not None and not progress.over

    def close(self) -> None:
        """Let the threads end soon."""
        for batch_id in list(self.running):
            self.drop(batch_id)
        self.pool.shutdown(wait=True, cancel_futures=True)

    def _start(self, batch: Batch, work: Work) -> None:
        self.drop(batch.id)
        progress = self.running[batch.id] = Progress()
        self.pool.submit(self._work, batch.id, work, progress)

    def _work(self, batch_id: str, work: Work, progress: Progress) -> None:
        try:
            # Whoever started us holds the lock until the row is saved.
            with self.lock:
                batch = load_batch(self.store, batch_id)
            outcome = work(batch, progress) if batch and not progress.stop.is_set() else None
            with self.lock:
                batch = load_batch(self.store, batch_id)
                # A job that was replaced meanwhile has nothing to say any more.
                if batch and outcome and self.running.get(batch_id) is progress:
                    progress.over = True
                    batch.inner.update(outcome)
                    self.finished(batch)
        except BaseException as error:
            if progress.stop.is_set():
                return
            # A pool would keep this to itself; a fault of the sandbox has to be seen.
            threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, None)))
            raise

    def _validate(self, batch: Batch, progress: Progress) -> dict[str, Any]:
        source = batch.inner["source"]
        if source:
            fault = batch.fault("max_requests")
            most = int(fault.number(MAX_REQUESTS)) if fault else MAX_REQUESTS
            verdict = read_input(self.store.path(source), batch.wire["endpoint"], self.catalog, most)
        else:
            ident = batch.wire["input_file_id"]
            message = f"Cannot find file {ident}, or organization org-sandbox does not have access to it."
            verdict = Verdict()
            verdict.add("invalid_request", message, None, "file_id")
        return {"verdict": vars(verdict)}

    def _run(self, batch: Batch, progress: Progress) -> dict[str, Any] | None:
        rest = batch.inner.get("rest")
        order = Order(
            batch.id,
            self.store.path(batch.inner["source"]),
            batch.wire["endpoint"],
            self.seed,
            batch.faults,
            self.catalog,
            self.clock.now(),
            batch.inner["done"] if rest else None,
            rest or "batch_cancelled",
            self.known,
        )
        result = Producer(order, progress).run(work_paths(self.store, batch.id))
        return None if result is None else {"result": {**result, "rest": rest}}
