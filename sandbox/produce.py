"""Runs the requests of a batch: reads the input in a shuffled order and writes the output and error files."""

import random
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from sandbox.answers import Usage, answer
from sandbox.batch_input import line_offsets
from sandbox.catalog import Catalog
from sandbox.faults import Fault
from sandbox.known import Known
from sandbox.line_faults import BENT, ERR, FAILURES, OUT, Rendered, Victims, failed, line, plain, unexecuted
from sandbox.request_checks import CHAT, RESPONSES, Body, check_request
from sandbox.wire import ApiError, loads


@dataclass
class Progress:
    """Shared between the thread that works and those that ask."""

    completed: int = 0
    failed: int = 0
    over: bool = False
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Order:
    """What is to be run: `limit` requests are executed (None: all), the rest is reported with `rest`."""

    batch_id: str
    source: Path
    endpoint: str
    seed: int
    faults: list[Fault]
    catalog: Catalog
    now: float
    limit: int | None = None
    rest: str = "batch_cancelled"
    known: Known = field(default_factory=Known)


class Sums:
    """The tokens of a batch."""

    def __init__(self) -> None:
        self.input = self.cached = self.output = self.reasoning = 0

    def add(self, usage: Usage) -> None:
        """Count one answer."""
        self.input += usage.input
        self.cached += usage.cached
        self.output += usage.output
        self.reasoning += usage.reasoning

    def as_wire(self) -> dict[str, Any]:
        """The batch's usage."""
        return {
            "input_tokens": self.input,
            "input_tokens_details": {"cached_tokens": self.cached},
            "output_tokens": self.output,
            "output_tokens_details": {"reasoning_tokens": self.reasoning},
            "total_tokens": self.input + self.output,
        }


class Producer:
    """One pass over a batch."""

    def __init__(self, order: Order, progress: Progress) -> None:
        self.order = order
        self.progress = progress
        self.sums = Sums()
        self.cached = next((int(fault.number(0)) for fault in order.faults if fault.name == "cached"), 0)
        self.offsets = line_offsets(order.source)
        self.victims = Victims(
            [fault for fault in order.faults if fault.kind.place in ("line", "content")], len(self.offsets)
        )

    def run(self, paths: dict[str, Path]) -> dict[str, Any] | None:
        """Write both files; the counts, usage and sizes, or None when told to stop."""
        random.Random(f"{self.order.seed} {self.order.batch_id}").shuffle(self.offsets)
        # The first of the shuffled requests are those that were executed in time.
        limit = len(self.offsets) if self.order.limit is None else self.order.limit
        with self.order.source.open("rb") as source, paths[OUT].open("wb") as out, paths[ERR].open("wb") as err:
            files: dict[str, BinaryIO] = {OUT: out, ERR: err}
            for place, offset in enumerate(self.offsets):
                if self.progress.stop.is_set():
                    return None
                source.seek(offset)
                request = loads(source.readline())
                if place < limit:
                    rendered = self._execute(request)
                else:
                    rendered = [(ERR, unexecuted(request["custom_id"], self.order.rest))]
                for name, raw in rendered:
                    files[name].write(raw + b"\n")
        sizes = {name: path.stat().st_size for name, path in paths.items()}
        counts = {"total": len(self.offsets), "completed": self.progress.completed, "failed": self.progress.failed}
        return {"counts": counts, "usage": self.sums.as_wire(), "sizes": sizes}

    def _execute(self, request: Body) -> Rendered:
        custom_id = request["custom_id"]
        fault = self.victims.pick(str(custom_id))
        if fault in FAILURES:
            self.progress.failed += 1
            return failed(fault, custom_id)
        done = line(custom_id, *self._answer(request["body"], fault))
        ok = done["response"]["status_code"] == 200
        rendered = BENT[fault](done) if ok and fault in BENT else plain(done)
        # What ends in the error file counts as failed, however it got there.
        if ok and not any(name == ERR for name, _ in rendered):
            self.progress.completed += 1
        else:
            self.progress.failed += 1
        return rendered

    def _answer(self, body: Body, fault: str | None) -> tuple[int, Body]:
        order = self.order
        try:
            if order.endpoint not in (CHAT, RESPONSES):
                raise ApiError(400, f"The sandbox does not serve {order.endpoint}.", "url", "unsupported_endpoint")
            check_request(order.endpoint, body, order.catalog)
            made = answer(
                order.endpoint, body, order.seed, trick=fault, cached=self.cached, now=order.now, known=order.known
            )
        except ApiError as error:
            return error.status, error.body
        self.sums.add(made.usage)
        return 200, made.body
