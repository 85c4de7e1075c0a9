"""How a batch ends: the faults that fail it, and the files that it leaves."""

from pathlib import Path
from typing import Any

from sandbox.batch_input import Verdict
from sandbox.batch_rows import Batch
from sandbox.store import Store
from sandbox.wire import file_id

THIRTY_DAYS = 2_592_000
AGAIN = "Please try again once some in_progress batches have been completed."


def _error(code: str, message: str, line: int | None = None, param: str | None = None) -> dict[str, Any]:
    return {"code": code, "line": line, "message": message, "param": param}


def errors_of(batch: Batch, verdict: Verdict, enqueued: int) -> list[dict[str, Any]]:
    """The errors of a valid input file that a fault or the enqueued tokens refuse all the same."""
    # These refusals come after the file was found valid, never at create.
    for unit, usual in (("token", 2_000_000), ("request", 1_000_000)):
        fault = batch.fault(f"{unit}_limit_exceeded")
        # A request limit has no count of ours behind it: it always strikes.
        if fault and (unit == "request" or not fault.value or enqueued > fault.number(0)):
            reached = f"Enqueued {unit} limit reached for {verdict.model} in organization org-sandbox."
            limit = f"Limit: {int(fault.number(usual)):,} enqueued {unit}s."
            return [_error(fault.name, f"{reached} {limit} {AGAIN}")]
    mismatched = batch.fault("mismatched_model")
    if mismatched:
        message = "The provided model does not match the model of the other requests in this batch."
        lines = range(1, 1 + int(mismatched.number(1)))
        return [_error("mismatched_model", message, line, "body.model") for line in lines]
    failed = batch.fault("failed_batch")
    return [_error(failed.value or "server_error", "The batch failed.")] if failed else []


def publish_results(store: Store, batch: Batch, paths: dict[str, Path], now: float) -> None:
    """Turn the result files into files of the API and set ids, counts and usage; an empty file gets no id."""
    result = batch.inner["result"]
    seconds = (batch.inner["expires_after"] or {}).get("seconds", THIRTY_DAYS)
    for name, path in paths.items():
        ident = None
        # An id stands for at least one line.
        if result["sizes"][name]:
            ident = file_id()
            store.add_file(
                path,
                id=ident,
                account=batch.account,
                purpose="batch_output",
                filename=f"{batch.id}_{name}.jsonl",
                created_at=int(now),
                expires_at=int(now) + seconds,
            )
        elif batch.fault(f"empty_{name}_file_id"):
            ident = ""
        path.unlink(missing_ok=True)
        batch.wire[f"{name}_file_id"] = ident
    # What ran is remembered beside the batch, also where its own counts are made to lie.
    counts = result["counts"]
    store.run("UPDATE creates SET executed = ? WHERE batch_id = ?", counts["completed"] + counts["failed"], batch.id)
    if batch.fault("lying_counts"):
        counts = {"total": counts["total"], "completed": counts["total"], "failed": 0}
    batch.wire["request_counts"] = None if batch.fault("null_counts") else counts
    batch.wire["usage"] = None if batch.fault("no_usage") else result["usage"]
