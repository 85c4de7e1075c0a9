"""Direct mode's share of what a sandbox allows, beside a bare loop of the SDK with as many requests at once."""

import asyncio
import time
from typing import Any

import openai
import orjson
from django.conf import settings
from django.core.files.storage import storages
from django.db import transaction

from benchmarks.local_sandbox import LocalSandbox, local_sandbox
from benchmarks.short_lessons import planned, prepare_site
from generation import advance
from generation.models import Attempt, Run
from generation.models.wakeups import without_wakeups
from generation.outcomes import OutcomeKind
from generation.pipeline import build

ASK = "chat.completions"
LATENCY = "0.1"
# Tokens are allowed without end: the requests are what is measured.
TOKENS = "2000000000"
SPARE = 1.2
# Seconds that the sending goes on after the window: it begins with the first call, not with the launch.
BEYOND = 2.0


def measure(per_minute: int, warm_up: float, seconds: float, *, bare: bool) -> dict[str, Any]:
    """Requests a minute that were answered in the window after `warm_up` seconds, and the 429s in it."""
    size = int(per_minute / 60 * (warm_up + seconds) * SPARE) + settings.DIRECT_MAX_CONCURRENCY
    prepare_site(size, "direct")
    found: dict[str, Any] = {"per_minute": per_minute, "seconds": seconds, "warm_up": warm_up}
    with without_wakeups():
        options = ("--requests-per-minute", str(per_minute), "--tokens-per-minute", TOKENS, "--latency", LATENCY)
        if bare:
            bodies = _bodies(size)
            with local_sandbox(*options) as sandbox:
                asyncio.run(_bare_loop(sandbox, bodies, warm_up + seconds + BEYOND))
                found["bare"] = _window(sandbox, warm_up, seconds)
        with local_sandbox(*options) as sandbox:
            cpu = time.process_time()
            run = _sent(size, warm_up + seconds + BEYOND)
            found["cpu"] = round(time.process_time() - cpu, 1)
            found["ours"] = _window(sandbox, warm_up, seconds)
            _all_committed(run, sandbox)
    return found


def _sent(size: int, seconds: float) -> Run:
    """Follow a run as its command does, slice by slice, until the time is over; it could go on."""
    run = planned(size, "direct", mode="direct")
    advance.launch(run, "bench")
    ends = time.monotonic() + seconds
    for _ in advance.follow(run, lambda: time.monotonic() >= ends, interval=1):
        pass
    return run


def _all_committed(run: Run, sandbox: LocalSandbox) -> None:
    """Every answer that the sandbox gave is in the database."""
    given = sum(call["status"] == 200 for call in sandbox.calls(ASK))
    kept = Attempt.objects.filter(run=run, outcome=OutcomeKind.SUCCEEDED).count()
    if given != kept:
        raise AssertionError(f"{given} answers were given and {kept} are committed")


def _window(sandbox: LocalSandbox, warm_up: float, seconds: float) -> dict[str, Any]:
    calls = sandbox.calls(ASK)
    begins = calls[0]["at"] + warm_up
    late = [call["status"] for call in calls if begins <= call["at"] < begins + seconds]
    return {"per_minute": round(late.count(200) * 60 / seconds, 1), "refused": late.count(429), "all": len(calls)}


def _bodies(size: int) -> list[dict[str, Any]]:
    """The same requests for the bare loop, as a batch would hold them."""
    bodies = []
    # Rolled back: what another run is about to ask for would not be planned again.
    with transaction.atomic():
        for job in build.build(planned(size, "direct")):
            with storages["batchfiles"].open(job.input_path) as handle:
                bodies += [orjson.loads(line)["body"] for line in handle]
        transaction.set_rollback(True)
    return bodies


async def _bare_loop(sandbox: LocalSandbox, bodies: list[dict[str, Any]], seconds: float) -> None:
    """What a short script would do: so many tasks that take the next body, and keep nothing."""
    ends, left = time.monotonic() + seconds, iter(bodies)
    async with openai.AsyncOpenAI(api_key="sk-bench", base_url=sandbox.url, max_retries=0) as client:

        async def work() -> None:
            for body in left:
                if time.monotonic() >= ends:
                    return
                await client.chat.completions.create(**body)

        await asyncio.gather(*(work() for _ in range(settings.DIRECT_MAX_CONCURRENCY)))
