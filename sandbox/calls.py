"""What happens around every call of the API: key, faults, headers, envelope, log."""

import hashlib
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from sandbox.batch_rows import load_batch
from sandbox.fault_wire import after, before, server_error
from sandbox.faults import Scene
from sandbox.wire import ApiError, dumps, hex_id, loads, whole_number
from sandbox.world import World

WRONG_KEY = "sk-wrong"
NO_KEY = (
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth "
    "(i.e. Authorization: Bearer YOUR_KEY)."
)
JSON_BODIES = ("batches.create", "chat.completions", "responses")
Handler = Callable[["Call"], Awaitable[Response]]


class Call:
    """One call: its request, account and parsed body."""

    def __init__(self, op: str, request: Request) -> None:
        self.op = op
        self.request = request
        self.world: World = request.app.state.world
        self.account = ""
        self.body: dict[str, Any] = {}
        self.ident = str(request.path_params.get("id", ""))
        self.fault: str | None = None
        self.executed = 0
        self.headers = {"x-request-id": hex_id("req_"), "openai-version": "2020-10-01"}

    async def read_body(self) -> None:
        """Parse a JSON body; anything else is a 400."""
        if self.op not in JSON_BODIES:
            return
        try:
            body = loads(await self.request.body())
        except ValueError:
            message = "We could not parse the JSON body of your request. (HINT: is it valid JSON?)"
            raise ApiError(400, message) from None
        if not isinstance(body, dict):
            raise ApiError(400, "The body of the request must be a JSON object.")
        self.body = body

    def scene(self) -> Scene:
        """What faults are matched against."""
        metadata = self.body.get("metadata")
        # Calls on a batch are matched by the metadata that it was created with.
        if self.ident.startswith("batch_"):
            batch = load_batch(self.world.store, self.ident)
            metadata = batch.wire["metadata"] if batch else None
        pairs = metadata.items() if isinstance(metadata, dict) else ()
        strings = {key: value for key, value in pairs if isinstance(value, str)}
        return Scene(self.op, self.request.url.path, self.account, self.ident, "", strings, self.body)


def reply(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(dumps(value), status, headers, media_type="application/json")


def refusal(error: ApiError) -> Response:
    """An error in its envelope."""
    return reply(error.body, error.status, error.headers)


def account_of(request: Request) -> str:
    """A short name made from the key, which itself is kept nowhere; 401 without a good key."""
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    # Any key is an account of its own.
    if kind.lower() != "bearer" or not key.strip():
        raise ApiError(401, NO_KEY)
    if key == WRONG_KEY:
        message = f"Incorrect API key provided: {key}. You can find your API key at https://platform.openai.com/account/api-keys."
        raise ApiError(401, message, None, "invalid_api_key")
    return "account_" + hashlib.sha256(key.encode()).hexdigest()[:12]


async def _answer(call: Call, handler: Handler) -> Response:
    call.account = account_of(call.request)
    await call.read_body()
    scene = call.scene()
    faults = call.world.faults
    # After the key was checked: a fault of the service is no answer to a stranger.
    early = faults.take("before", scene)
    if early:
        call.fault = early.name
        return before(early, call.ident)
    response = await handler(call)
    # A call that was refused had no effect whose answer could be lost.
    late = faults.take("after", scene) if response.status_code < 400 else None
    if late:
        call.fault = late.name
        return after(late, response)
    return response


def endpoint(op: str, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A route for one operation."""

    async def serve(request: Request) -> Response:
        call = Call(op, request)
        began = time.perf_counter()
        try:
            response = await _answer(call, handler)
        except ApiError as error:
            response = refusal(error)
        except ClientDisconnect:
            response = refusal(server_error(499))
        took = int((time.perf_counter() - began) * 1000)
        response.headers.update({**call.headers, "openai-processing-ms": str(took)})
        log(call, response.status_code)
        return response

    return serve


def log(call: Call, status: int) -> None:
    """Write the call down before its answer leaves, so that a client that saw it finds it in the log."""
    call.world.store.insert(
        "calls",
        at=time.time(),
        method=call.request.method,
        path=call.request.url.path,
        op=call.op,
        account=call.account,
        status=status,
        fault=call.fault,
        executed=call.executed,
    )


def query_number(call: Call, name: str, default: int, high: int) -> int:
    """A whole number of the query."""
    raw = call.request.query_params.get(name)
    return default if raw is None else whole_number(raw, name, 1, high)


def page(rows: list[dict[str, Any]], limit: int) -> dict[str, Any]:
    """One page of a list; `rows` holds one more than `limit` where there are more."""
    data = rows[:limit]
    return {
        "object": "list",
        "data": data,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
        "has_more": len(rows) > limit,
    }
