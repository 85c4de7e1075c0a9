"""The routes of the sandbox and its clockwork."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sandbox import batches, control, files, model_calls
from sandbox.calls import endpoint, refusal
from sandbox.fault_wire import server_error
from sandbox.wire import ApiError
from sandbox.world import World

TICK = 0.05
ABOUT = """Sandbox: a local stand-in for OpenAI's Files, Batches, Chat Completions and Responses API.

Its answers are made up by a program, not by a model, and cost nothing.
Point a client at {base}v1 with any key but sk-wrong.

GET  /_sandbox/health    POST /_sandbox/faults    GET /_sandbox/log
POST /_sandbox/advance   POST /_sandbox/options   POST /_sandbox/reset
"""


async def about(request: Request) -> Response:
    """What a browser sees."""
    return PlainTextResponse(ABOUT.format(base=request.base_url))


async def not_served(request: Request, error: Exception) -> Response:
    """404 and 405 in the API's envelope."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    if status == 405:
        return refusal(ApiError(405, f"Not allowed to {request.method} on {request.url.path}."))
    return refusal(ApiError(status, f"Invalid URL ({request.method} {request.url.path})"))


async def broken(request: Request, error: Exception) -> Response:
    """A fault of the sandbox itself; it is printed by uvicorn."""
    return refusal(server_error())


async def _clockwork(app: Starlette) -> None:
    """Batches move on even when nobody asks, so that webhooks are sent."""
    world: World = app.state.world
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(app.state.wake.wait(), TICK)
        app.state.wake.clear()
        world.lifecycle.tick()


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    app.state.wake = asyncio.Event()
    task = asyncio.create_task(_clockwork(app))
    yield
    task.cancel()
    await asyncio.to_thread(app.state.world.jobs.close)


def _routes() -> list[Route]:
    api = [
        ("POST", "/v1/files", "files.create", files.create_file),
        ("GET", "/v1/files", "files.list", files.list_files),
        ("GET", "/v1/files/{id}", "files.retrieve", files.retrieve_file),
        ("DELETE", "/v1/files/{id}", "files.delete", files.delete_file),
        ("GET", "/v1/files/{id}/content", "files.content", files.file_content),
        ("POST", "/v1/batches", "batches.create", batches.create_batch),
        ("GET", "/v1/batches", "batches.list", batches.list_batches),
        ("GET", "/v1/batches/{id}", "batches.retrieve", batches.retrieve_batch),
        ("POST", "/v1/batches/{id}/cancel", "batches.cancel", batches.cancel_batch),
        ("POST", "/v1/chat/completions", "chat.completions", model_calls.chat_completions),
        ("POST", "/v1/responses", "responses", model_calls.responses),
        ("GET", "/v1/models", "models.list", model_calls.list_models),
        ("GET", "/v1/models/{id:path}", "models.retrieve", model_calls.retrieve_model),
    ]
    own = [
        ("GET", "health", control.health),
        ("GET", "log", control.show_log),
        ("GET", "faults", control.faults),
        ("POST", "faults", control.faults),
        ("POST", "options", control.options),
        ("POST", "reset", control.reset),
        ("POST", "advance", control.advance),
    ]
    return [
        Route("/", about),
        *(Route(path, endpoint(op, handler), methods=[method]) for method, path, op, handler in api),
        *(Route(f"/_sandbox/{name}", control.control(handler), methods=[method]) for method, name, handler in own),
    ]


def make_app(world: World) -> Starlette:
    """The ASGI application of one world."""
    handlers = {404: not_served, 405: not_served, 500: broken}
    app = Starlette(routes=_routes(), exception_handlers=handlers, lifespan=_lifespan)
    app.state.world = world
    return app
