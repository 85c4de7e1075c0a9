"""The sandbox's own endpoints: faults, log, reset, advance. Only for this machine."""

import asyncio
import ipaddress
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.batch_rows import TERMINAL, load_batch
from sandbox.calls import reply
from sandbox.fault_kinds import KINDS
from sandbox.faults import UnknownFault, make_fault
from sandbox.wire import loads
from sandbox.world import World

PATIENCE = 60.0
Control = Callable[[World, dict[str, Any]], Awaitable[Response]]


def control(handler: Control) -> Callable[[Request], Awaitable[Response]]:
    """A route of ours: a JSON object or the query in, loopback clients only."""

    async def serve(request: Request) -> Response:
        # Also behind a port that is open to others nobody else shall switch faults.
        host = request.client.host if request.client else ""
        if not ipaddress.ip_address(host).is_loopback:
            return reply({"error": "Only clients on this machine may control the sandbox."}, 403)
        try:
            asked = loads(await request.body() or b"{}") if request.method == "POST" else dict(request.query_params)
            return await handler(request.app.state.world, asked)
        except TimeoutError:
            return reply({"error": f"Not reached within {PATIENCE} s"}, 409)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return reply({"error": str(error)}, 400)

    return serve


async def health(world: World, asked: dict[str, Any]) -> Response:
    """That it is there, and how it is set."""
    options = world.options
    return reply({"ok": True, "speed": options.speed, "seed": options.seed, "offset": world.clock.offset})


async def faults(world: World, asked: dict[str, Any]) -> Response:
    """`{"set": NAME, "value", "count", "match", "share"}` or `{"clear": NAME or true}`; answers with what is on."""
    if "set" in asked:
        value, count, match, share = (asked.get(name) for name in ("value", "count", "match", "share"))
        world.faults.set(make_fault(asked["set"], value, count, match, 1.0 if share is None else share))
    if "clear" in asked:
        name = asked["clear"]
        if name is not True and name not in KINDS:
            raise UnknownFault(f"Unknown fault: {name}")
        world.faults.clear(None if name is True else name)
    return reply({"faults": [fault.as_dict() for fault in world.faults.active]})


async def show_log(world: World, asked: dict[str, Any]) -> Response:
    """Every call, every batch ever created with its metadata, and how many requests were executed."""
    calls = world.store.rows("SELECT * FROM calls WHERE number > ? ORDER BY number", int(asked.get("after", 0)))
    creates = world.store.rows("SELECT * FROM creates ORDER BY number")
    for row in creates:
        row["metadata"] = json.loads(row["metadata"])
    executed = world.store.row("SELECT COALESCE(SUM(executed), 0) AS n FROM calls") or {"n": 0}
    return reply(
        {
            "calls": calls,
            "creates": creates,
            "executed": {"batch": sum(row["executed"] for row in creates), "direct": executed["n"]},
            "webhooks": world.webhooks.log,
        }
    )


async def options(world: World, asked: dict[str, Any]) -> Response:
    """Change speed, latency, limits or the webhook while it runs."""
    world.change(asked)
    return reply({"ok": True})


async def reset(world: World, asked: dict[str, Any]) -> Response:
    """Forget everything but the command line."""
    world.reset()
    return reply({"ok": True})


async def advance(world: World, asked: dict[str, Any]) -> Response:
    """`{"batch": ID or absent for all open ones, "to": STATUS, "done": K}`, or `{"clock_offset": SECONDS}`.

    Without `to` the batch is finished. A status that is not terminal is held until the next advance.
    """
    if "clock_offset" in asked:
        world.set_offset(float(asked["clock_offset"]))
        world.lifecycle.tick()
        return reply({"offset": world.clock.offset})
    idents = (
        [asked["batch"]]
        if asked.get("batch")
        else [row["id"] for row in world.store.rows("SELECT id FROM batches WHERE open = 1 ORDER BY number")]
    )
    # Without a target everything is finished.
    target = asked.get("to") or "completed"
    statuses = {}
    for ident in idents:
        statuses[ident] = await _advance(world, ident, target, asked.get("done"))
    return reply({"statuses": statuses})


async def _advance(world: World, ident: str, target: str, done: int | None) -> str:
    with world.lifecycle.lock:
        batch = load_batch(world.store, ident)
        if batch is None:
            raise KeyError(f"No batch {ident}")
        if batch.status not in TERMINAL:
            world.lifecycle.advance(batch, target, done)
    # A batch of 50,000 requests takes its time; a test that waits for a status that never comes should fail.
    async with asyncio.timeout(PATIENCE):
        while True:
            world.lifecycle.tick()
            batch = load_batch(world.store, ident)
            if batch is None or batch.status in TERMINAL or batch.status == target:
                return batch.status if batch else "gone"
            await asyncio.sleep(0.01)
