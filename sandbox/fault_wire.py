"""Faults of the connection and of whole answers, as responses."""

import asyncio
import contextlib
import time
from email.utils import formatdate
from typing import Any, ClassVar

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.faults import Fault
from sandbox.wire import ApiError

FOREVER = 3600.0
HTML = "<html><head><title>{0} {1}</title></head><body><center><h1>{0} {1}</h1></center><hr>nginx</body></html>"
SORRY = "The server had an error while processing your request. Sorry about that!"


class TrackedProtocol(H11Protocol):
    """Remembers the transport of each client, so that a connection can be cut from inside."""

    transports: ClassVar[dict[Any, asyncio.Transport]] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has come."""
        self.peer = transport.get_extra_info("peername")[:2]
        self.transports[self.peer] = transport
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """A client has gone."""
        self.transports.pop(self.peer, None)
        super().connection_lost(exc)


def abort(scope: Scope) -> None:
    """Close the client's connection without a word."""
    transport = TrackedProtocol.transports.get(tuple(scope["client"]))
    if transport:
        transport.abort()


async def cut_connection(scope: Scope) -> None:
    """Abort, and return when the server knows that the client is gone."""
    abort(scope)
    await asyncio.sleep(0.01)


class Dropped(Response):
    """No answer, the connection is closed."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Cut."""
        await cut_connection(scope)


class Wrapped(Response):
    """Another answer, sent in a bad way; status and headers are that one's."""

    inner: Response

    def wrap(self, inner: Response) -> None:
        """Stand in front of `inner`."""
        self.inner = inner
        self.status_code = inner.status_code
        self.raw_headers = inner.raw_headers


class CutShort(Wrapped):
    """Half of another answer, then the connection is closed."""

    def __init__(self, inner: Response) -> None:
        super().__init__()
        self.wrap(inner)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head and half of the first piece of the body."""

        async def half(message: Message) -> None:
            body = message.get("body", b"")
            if message["type"] == "http.response.body" and body:
                await send({**message, "body": body[: len(body) // 2], "more_body": True})
                await asyncio.sleep(0.02)
                await cut_connection(scope)
                raise asyncio.CancelledError
            await send(message)

        with contextlib.suppress(asyncio.CancelledError):
            await self.inner(scope, receive, half)


class Delayed(Wrapped):
    """Another answer (or none) after some time, unless the client goes away before."""

    def __init__(self, inner: Response, seconds: float) -> None:
        super().__init__()
        self.wrap(inner)
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, then answer."""
        try:
            async with asyncio.timeout(self.seconds):
                while (await receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            await self.inner(scope, receive, send)
        except asyncio.CancelledError:
            # The server is being stopped and waits for nobody.
            abort(scope)


class Slow(Wrapped):
    """Another answer whose first piece comes in ten parts over some seconds."""

    def __init__(self, inner: Response, seconds: float) -> None:
        super().__init__()
        self.wrap(inner)
        self.pause = seconds / 10
        self.status_code = inner.status_code

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send slowly."""
        slow = True

        async def drip(message: Message) -> None:
            nonlocal slow
            body = message.get("body", b"")
            if slow and body:
                slow = False
                size = len(body) // 10 + 1
                for start in range(0, len(body), size):
                    await asyncio.sleep(self.pause)
                    await send({"type": message["type"], "body": body[start : start + size], "more_body": True})
                message = {**message, "body": b""}
            await send(message)

        await self.inner(scope, receive, drip)


def html(status: int) -> Response:
    """What a proxy in front of the service says."""
    reason = {200: "OK", 502: "Bad Gateway"}[status]
    return Response(HTML.format(status, reason), status, media_type="text/html")


def server_error(status: int = 500) -> ApiError:
    """A failure of the service itself."""
    return ApiError(status, SORRY, kind="server_error")


def rate_limited(value: str) -> ApiError:
    """429 with one of the forms of Retry-After."""
    headers = {"retry-after": value}
    if value.endswith("ms"):
        headers = {"retry-after-ms": value.removesuffix("ms")}
    elif value == "date":
        headers = {"retry-after": formatdate(time.time() + 2, usegmt=True)}
    message = f"Rate limit reached for requests. Please try again in {value}."
    return ApiError(429, message, None, "rate_limit_exceeded", kind="requests", headers=headers)


def _refusal(fault: Fault, ident: str) -> ApiError | None:
    if fault.name == "rate_limited":
        return rate_limited(fault.value or "1")
    if fault.name in ("error_500", "error_503", "error_status"):
        return server_error(int(fault.number(503 if fault.name == "error_503" else 500)))
    if fault.name == "insufficient_quota":
        message = "You exceeded your current quota, please check your plan and billing details."
        return ApiError(429, message, None, "insufficient_quota", kind="insufficient_quota")
    if fault.name == "flex_unavailable":
        message = "Resource unavailable: no flex capacity at the moment."
        return ApiError(429, message, None, "resource_unavailable", kind="rate_limit_error")
    if fault.name == "file_gone":
        return ApiError(404, f"No such File object: {ident}", "id")
    return ApiError(404, f"No batch found with id '{ident}'.") if fault.name == "vanished_batch" else None


def before(fault: Fault, ident: str) -> Response:
    """What happens instead of the call; raises the ApiError of a refusal. `ident` is the id in the path."""
    refusal = _refusal(fault, ident)
    if refusal:
        raise refusal
    if fault.name == "html_502":
        return html(502)
    dropped = Dropped(status_code=500)
    return Delayed(dropped, fault.number(FOREVER)) if fault.name == "timeout_before" else dropped


def after(fault: Fault, response: Response) -> Response:
    """What happens to the answer once the effect is committed."""
    if fault.name == "error_500_after":
        raise server_error()
    if fault.name in ("html_200", "html_502_after"):
        return html(200 if fault.name == "html_200" else 502)
    if fault.name == "bad_json_200":
        return Response(b'{"id": "sandbox_', 200, media_type="application/json")
    if fault.name == "drop_after":
        return Dropped(status_code=500)
    if fault.name in ("drop_in_answer", "truncated_content"):
        return CutShort(response)
    if fault.name == "slow_stream":
        return Slow(response, fault.number(1))
    return Delayed(response, fault.number(FOREVER if fault.name == "timeout_after" else 1))
