"""Batches: create, retrieve, list, cancel."""

from typing import Any

from starlette.responses import Response

from sandbox.batch_rows import Batch, from_row, insert_batch, new_batch
from sandbox.calls import Call, page, query_number, reply
from sandbox.faults import Scene
from sandbox.wire import ApiError, missing, whole_number

ENDPOINTS = (
    "/v1/responses",
    "/v1/chat/completions",
    "/v1/embeddings",
    "/v1/completions",
    "/v1/moderations",
    "/v1/images/generations",
    "/v1/images/edits",
    "/v1/videos",
)
KINDS = {
    list: "an array",
    dict: "an object",
    int: "an integer",
    float: "a decimal",
    bool: "a boolean",
    type(None): "null",
}


def _wrong_type(name: str, expected: str, value: Any) -> ApiError:
    got = KINDS.get(type(value), "a string")
    message = f"Invalid type for '{name}': expected {expected}, but got {got} instead."
    return ApiError(400, message, name, "invalid_type")


def _check_metadata(metadata: Any) -> None:
    if metadata is None:
        return
    if not isinstance(metadata, dict):
        raise _wrong_type("metadata", "an object", metadata)
    if len(metadata) > 16:
        message = "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, "
        message += f"but got an object with {len(metadata)} properties instead."
        raise ApiError(400, message, "metadata", "object_above_max_properties")
    for key, value in metadata.items():
        name = f"metadata.{key}"
        if not isinstance(value, str):
            raise _wrong_type(name, "a string", value)
        for text, most, where in ((key, 64, "metadata"), (value, 512, name)):
            if len(text) > most:
                message = f"Invalid '{where}': string too long. Expected a string with maximum length {most}, "
                message += f"but got a string with length {len(text)} instead."
                raise ApiError(400, message, where, "string_above_max_length")


def _check_asked(asked: dict[str, Any]) -> None:
    for name in ("input_file_id", "endpoint", "completion_window"):
        if asked.get(name) is None:
            raise missing(name)
        if not isinstance(asked[name], str):
            raise _wrong_type(name, "a string", asked[name])
    if asked["endpoint"] not in ENDPOINTS:
        supported = ", ".join(f"'{endpoint}'" for endpoint in ENDPOINTS)
        message = f"Invalid value: '{asked['endpoint']}'. Supported values are: {supported}."
        raise ApiError(400, message, "endpoint", "invalid_value")
    if asked["completion_window"] != "24h":
        message = f"Invalid value: '{asked['completion_window']}'. Value must be '24h'."
        raise ApiError(400, message, "completion_window", "invalid_value")
    _check_metadata(asked.get("metadata"))
    expiry = asked.get("output_expires_after")
    if expiry is not None:
        if not isinstance(expiry, dict) or expiry.get("anchor") != "created_at":
            message = "Invalid value for 'output_expires_after.anchor'. Value must be 'created_at'."
            raise ApiError(400, message, "output_expires_after.anchor", "invalid_value")
        whole_number(str(expiry.get("seconds")), "output_expires_after.seconds", 3600, 2_592_000)


def _check_faults(call: Call, scene: Scene) -> None:
    faults, file_id = call.world.faults, call.body["input_file_id"]
    # Below its number the limit is not used up, so it is looked at before it is taken.
    limit = faults.look("batch_creation_limit", scene)
    if limit:
        sql = "SELECT COUNT(*) AS n FROM creates WHERE account = ? AND at > ?"
        row = call.world.store.row(sql, call.account, call.world.clock.now() - 3600)
        if row and row["n"] < limit.number(0):
            return
    fault = faults.take("create", scene)
    if fault is None:
        return
    call.fault = fault.name
    if fault.name == "file_not_visible":
        message = f"Cannot find file {file_id}, or project proj_sandbox does not have access to it."
        raise ApiError(400, message, "file_id")
    if fault.name == "batch_creation_limit":
        message = "Rate limit reached for batch creation. Limit: 2,000 batches per hour. Please try again later."
        raise ApiError(429, message, None, "rate_limit_exceeded", kind="requests", headers={"retry-after": "1800"})
    message = "Enqueued token limit reached in organization org-sandbox. Please try again later."
    raise ApiError(429, message, None, "token_limit_exceeded", kind="tokens")


async def create_batch(call: Call) -> Response:
    """POST /v1/batches: 200 and validating for whatever is well-formed; the input file is looked at later."""
    world = call.world
    _check_asked(call.body)
    # No check of the file here: an unknown one makes a batch that fails.
    _check_faults(call, call.scene())
    batch = new_batch(call.body, call.account, world.clock.now())
    with world.lifecycle.lock:
        batch.inner["source"] = world.store.keep_copy(call.account, call.body["input_file_id"], batch.id)
        world.lifecycle.bind_faults(batch)
        insert_batch(world.store, batch)
    call.request.app.state.wake.set()
    return reply(batch.wire)


def find_batch(call: Call, ident: str) -> Batch:
    """A batch of this account, brought up to date, or 404."""
    call.world.lifecycle.tick()
    row = call.world.store.row("SELECT * FROM batches WHERE id = ? AND account = ?", ident, call.account)
    if row is None:
        raise ApiError(404, f"No batch found with id '{ident}'.")
    return from_row(row)


async def retrieve_batch(call: Call) -> Response:
    """GET /v1/batches/{id}."""
    with call.world.lifecycle.lock:
        batch = find_batch(call, call.ident)
        return reply(call.world.lifecycle.visible(batch))


def _listed(call: Call, batch: Batch) -> bool:
    scene = Scene("", "/v1/batches", call.account, batch.id, "", batch.wire["metadata"] or {})
    vanished = call.world.faults.look("vanished_batch", scene)
    if vanished and "op" not in vanished.match:
        return False
    fault = call.world.faults.look("invisible_in_list", scene)
    # Without a number the batch stays hidden as long as the fault is on.
    age = call.world.clock.now() - batch.inner["created"]
    return fault is None or age > fault.number(1e12)


async def list_batches(call: Call) -> Response:
    """GET /v1/batches, newest first."""
    world, query = call.world, call.request.query_params
    limit = query_number(call, "limit", 20, 100)
    world.lifecycle.tick()
    where, values = "account = ?", [call.account]
    if query.get("after") and not world.faults.take("list", Scene("", "/v1/batches", call.account)):
        where += " AND number < (SELECT number FROM batches WHERE id = ?)"
        values.append(find_batch(call, query["after"]).id)
    sql = f"SELECT * FROM batches WHERE {where} ORDER BY number DESC LIMIT ?"  # noqa: S608
    # Hidden batches do not fill a page.
    hiding = any(fault.name in ("invisible_in_list", "vanished_batch") for fault in world.faults.active)
    with world.lifecycle.lock:
        batches = [from_row(row) for row in world.store.rows(sql, *values, -1 if hiding else limit + 1)]
        seen = [world.lifecycle.visible(batch) for batch in batches if _listed(call, batch)]
    return reply(page(seen[: limit + 1], limit))


async def cancel_batch(call: Call) -> Response:
    """POST /v1/batches/{id}/cancel: 200 also when repeated, 409 when it is over."""
    with call.world.lifecycle.lock:
        batch = find_batch(call, call.ident)
        if batch.status in ("completed", "failed", "expired"):
            raise ApiError(409, f"Cannot cancel a batch with status '{batch.status}'.")
        # Repeating a cancel is answered like the first, cancelling what is over is a conflict.
        if batch.status not in ("cancelling", "cancelled"):
            call.world.lifecycle.cancel(batch)
    call.request.app.state.wake.set()
    return reply(batch.wire)
