"""Chat completions, responses and models, answered at once."""

import asyncio
import random

from starlette.responses import Response

from sandbox.answers import answer, max_output, prompt_tokens
from sandbox.calls import Call, reply
from sandbox.catalog import describe
from sandbox.request_checks import CHAT, RESPONSES, check_request


async def _answer(call: Call, path: str) -> Response:
    world, body = call.world, call.body
    check_request(path, body, world.catalog)
    # The service counts what an answer may become, not what it was.
    tokens = prompt_tokens(path, body) + (max_output(body) or 0)
    call.headers.update(world.limits.take(call.account, body["model"], tokens))
    scene = call.scene()
    trick, cached = world.faults.take("content", scene), world.faults.take("usage", scene)
    name = trick.name if trick else None
    share = int(cached.number(0)) if cached else 0
    options = world.options
    made = answer(path, body, options.seed, trick=name, cached=share, now=world.clock.now(), known=options.known)
    call.fault, call.executed = name, 1
    # After the answer is made, so that a call in flight is one that costs.
    if options.latency or options.latency_most:
        await asyncio.sleep(random.uniform(options.latency, max(options.latency, options.latency_most)))
    return reply(made.body)


async def chat_completions(call: Call) -> Response:
    """POST /v1/chat/completions."""
    return await _answer(call, CHAT)


async def responses(call: Call) -> Response:
    """POST /v1/responses."""
    return await _answer(call, RESPONSES)


async def list_models(call: Call) -> Response:
    """GET /v1/models."""
    return reply({"object": "list", "data": call.world.catalog.listing()})


async def retrieve_model(call: Call) -> Response:
    """GET /v1/models/{id}."""
    call.world.catalog.require(call.ident)
    return reply(describe(call.ident))
