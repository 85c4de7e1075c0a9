"""Direct requests in flight: an event loop in a thread of its own, so that the caller may use the database."""

import asyncio
import queue
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson

from generation.jsonl import AnswerLine
from generation.provider import Provider, ProviderError, ask, failures


@dataclass(frozen=True, slots=True)
class DirectCall:
    """One request for direct mode: `token` comes back with its answer."""

    token: int
    custom_id: str
    endpoint: str
    body: dict[str, Any]
    timeout: float


@dataclass(frozen=True, slots=True)
class Landed:
    """What became of a direct call: its answer, the server's Retry-After, its headers, the body's bytes."""

    call: DirectCall
    answer: AnswerLine
    retry_after: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""


class Channel:
    """Direct requests in flight: an event loop in a thread of its own, so that the caller may use the database.

    `send` starts requests at once, `receive` gives what landed. The SDK's retries are off: whoever paces must see
    every 429.
    """

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._landed: queue.Queue[Landed] = queue.Queue()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"direct-{provider.name}", daemon=True)
        self._client: Any = None
        self._tasks: set[asyncio.Task[Landed]] = set()

    def __enter__(self) -> "Channel":
        self._thread.start()
        self._client = self._provider.async_client()
        return self

    def __exit__(self, *exc: object) -> None:
        if self._client:
            asyncio.run_coroutine_threadsafe(self._client.close(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def send(self, calls: Iterable[DirectCall]) -> None:
        """Start requests, all in one turn of the loop."""
        self._loop.call_soon_threadsafe(self._start, list(calls))

    def receive(self, timeout: float) -> list["Landed"]:
        """Everything that has landed; waits at most `timeout` seconds for the first."""
        landed: list[Landed] = []
        with suppress(queue.Empty):
            landed.append(self._landed.get(timeout=timeout))
            while True:
                landed.append(self._landed.get_nowait())
        return landed

    def _start(self, calls: list[DirectCall]) -> None:
        for call in calls:
            task = self._loop.create_task(self._ask(call))
            # The loop itself holds tasks only weakly.
            self._tasks.add(task)
            task.add_done_callback(partial(self._land, call))

    def _land(self, call: DirectCall, done: "asyncio.Task[Landed]") -> None:
        """Whatever became of the call, it lands: one that never did would keep its slice waiting for ever."""
        self._tasks.discard(done)
        error = None if done.cancelled() else done.exception()
        if error is None and not done.cancelled():
            self._landed.put(done.result())
            return
        status, code, retry_after = None, "", None
        if isinstance(error, ProviderError):
            status, code, retry_after = error.status, error.code, error.retry_after
        code = code or (f"http_{status}" if status else "no_answer")
        answer = AnswerLine(call.custom_id, status, error_code=code, error_message=str(error or "stopped"))
        self._landed.put(Landed(call, answer, retry_after))

    async def _ask(self, call: DirectCall) -> "Landed":
        if self._client is None:
            raise ProviderError("the channel is not open", True)
        with failures("asking the model"):
            status, headers, raw = await ask(self._client, call.endpoint, call.body, call.timeout)
            body = orjson.loads(raw)
        if not isinstance(body, dict):
            raise ProviderError("asking the model: the answer is JSON, but no object", False, doubtful=True)
        answer = AnswerLine(call.custom_id, status, body, request_id=headers.get("x-request-id", ""))
        return Landed(call, answer, headers=headers, raw=raw)
