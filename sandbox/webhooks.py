"""Signed events about batches that have ended, delivered by a thread of their own."""

import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import queue
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

from sandbox.batch_rows import Batch
from sandbox.clock import Clock
from sandbox.faults import Fault
from sandbox.wire import hex_id

TRIES = 8


@dataclass
class Delivery:
    """One event on its way; the timestamp is made anew for each try."""

    url: str
    ident: str
    body: bytes
    due: float
    age: float = 0
    forged: bool = False
    tries: int = 0


def signature(secret: str, ident: str, timestamp: str, body: bytes) -> str:
    """`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body` (Standard Webhooks)."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{ident}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(mac).decode()


class Webhooks:
    """Sends to one address; without one it does nothing."""

    def __init__(self, clock: Clock) -> None:
        self.url: str | None = None
        self.secret = ""
        self.clock = clock
        self.queue: queue.Queue[Delivery] = queue.Queue()
        self.log: list[dict[str, object]] = []
        threading.Thread(target=self._deliver_all, name="webhooks", daemon=True).start()

    def clear(self) -> None:
        """Forget what was sent and what is still to be sent."""
        self.log.clear()
        with contextlib.suppress(queue.Empty):
            while True:
                self.queue.get_nowait()

    def batch_ended(self, batch: Batch) -> None:
        """Queue the event of a terminal status, with the faults of this batch."""
        faults = {fault.name: fault for fault in batch.faults if fault.kind.place == "webhook"}
        if not self.url or "webhook_missing" in faults:
            return
        kind = "batch.sandbox_surprise" if "webhook_unknown_type" in faults else f"batch.{batch.status}"
        self._queue(kind, batch, faults)
        if "webhook_out_of_order" in faults:
            self._queue("batch.in_progress", batch, faults, after=0.05)

    def _queue(self, kind: str, batch: Batch, faults: dict[str, Fault], after: float = 0) -> None:
        event = {
            "id": hex_id("evt_"),
            "object": "event",
            "created_at": int(self.clock.now()),
            "type": kind,
            "data": {"id": batch.id},
        }
        times = int(faults["webhook_duplicate"].number(2)) if "webhook_duplicate" in faults else 1
        storm = int(faults["webhook_storm"].number(20)) if "webhook_storm" in faults else 1
        age = faults["webhook_old"].number(600) if "webhook_old" in faults else 0
        for _ in range(storm):
            ident = hex_id("wh_")
            for _ in range(times):
                due = time.monotonic() + after
                self.queue.put(
                    Delivery(self.url or "", ident, json.dumps(event).encode(), due, age, "webhook_forged" in faults)
                )

    def _deliver_all(self) -> None:
        while True:
            delivery = self.queue.get()
            wait = delivery.due - time.monotonic()
            if wait > 0:
                # The next one may be due at once: this one goes to the end of the queue.
                time.sleep(min(wait, 0.05))
                self.queue.put(delivery)
                continue
            status = self._send(delivery)
            self.log.append({"webhook-id": delivery.ident, "status": status, "at": self.clock.now()})
            # Redirects count as failures.
            if not 200 <= status < 300 and delivery.tries < TRIES:
                delivery.tries += 1
                delivery.due = time.monotonic() + max(0.2, self.clock.scaled(5.0 * 2**delivery.tries))
                self.queue.put(delivery)

    def _send(self, delivery: Delivery) -> int:
        """The status that the receiver answered, 0 without an answer."""
        # Real time, not the moved clock: the receiver checks it against its own.
        timestamp = str(int(time.time() - delivery.age))
        # The signature is of the body without the blank.
        body = delivery.body + b" " if delivery.forged else delivery.body
        headers = {
            "content-type": "application/json",
            "webhook-id": delivery.ident,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature(self.secret, delivery.ident, timestamp, delivery.body),
        }
        try:
            request = urllib.request.Request(delivery.url, body, headers, method="POST")  # noqa: S310
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - the operator's own address
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except (OSError, ValueError, http.client.HTTPException):
            return 0
