"""A materials run without anybody beside it: 109 materials x 11 components at the pace of a modest account.

The sandbox allows 30 requests a minute, takes 3 to 8 s for each and fails 5 % of them for once, by chance. Time is
compressed: everything that is said in seconds or minutes goes COMPRESSION times as fast, except what our own steps
take and the pause that a failing service gets, which count in full: they weigh that much more.
"""

import time
from typing import Any

from django.core.management import call_command
from django.db.models import Count, Sum

from benchmarks.local_sandbox import LocalSandbox, local_sandbox
from benchmarks.memory import aside, peak_mb
from generation import advance
from generation.models import Attempt, RecipeSettings, Run
from generation.models.wakeups import without_wakeups
from generation.pipeline.plan import Selection
from generation.recipes import recipes_named
from materials.models import Catalogue, Material

CATEGORIES = ("metal", "wood", "ceramic", "stone", "glass", "polymer", "textile", "paper", "composite")
COMPRESSION = 10.0
PER_MINUTE = 30
SECONDS = (3.0, 8.0)
READ_TIMEOUT, RETRY_WINDOW = 30.0, 300.0
# Together 5 %: a failing service, a gateway's page, a broken connection before and in the answer, a busy moment.
FAULTS = ("error_503~0.01", "html_502~0.01", "drop_before~0.01", "drop_in_answer~0.01", "rate_limited~0.01=100ms")
CALLS = ("chat.completions", "responses")
# What is not good at the end must say one of these states and why.
ENDED_BADLY = ("failed", "invalid", "missing", "blocked", "expired", "cancelled")


def prepare(materials: int, compression: float) -> None:
    """A catalogue, and recipe settings at the compressed pace."""
    call_command("setup", verbosity=0)
    catalogue = Catalogue.objects.create(slug="bench", name="Bench", subject="laser cleaning")
    rows = []
    for number in range(materials):
        row = Material(
            collection=catalogue, key=f"m{number:03}", position=number, name=f"Material {number:03}", formula="Xx",
            category=CATEGORIES[number % len(CATEGORIES)], article_type="material", data={"density": str(number)},
        )  # fmt: skip
        row.source_hash = row.compute_hash()
        rows.append(row)
    Material.objects.bulk_create(rows)
    for recipe in recipes_named(["materials"]):
        RecipeSettings.objects.create(
            recipe=recipe.key, enabled=True, requests_per_minute=int(PER_MINUTE * compression), concurrency=3,
            attempts=3, read_timeout=READ_TIMEOUT / compression, retry_window=RETRY_WINDOW / compression,
        )  # fmt: skip


def measure(materials: int, compression: float = COMPRESSION) -> dict[str, Any]:
    """What the run came to, in uncompressed time; it is followed as its command does, and nobody does anything."""
    aside(lambda: prepare(materials, compression))
    low, most = (str(seconds / compression) for seconds in SECONDS)
    options = ["--requests-per-minute", str(int(PER_MINUTE * compression)), "--latency", low, "--latency-most", most]
    for fault in FAULTS:
        for operation in CALLS:
            options += ["--fault", f"{fault}@{operation}"]
    with local_sandbox(*options) as sandbox, without_wakeups():
        recipes = recipes_named(["materials"])
        run = advance.prepare(recipes, list(Catalogue.objects.all()), Selection(), mode="direct")
        began = time.monotonic()
        advance.launch(run, "bench")
        for _ in advance.follow(run, interval=1):
            pass
        seconds = (time.monotonic() - began) * compression
        return _figures(run, sandbox, seconds) | {"compression": compression, "wall": round(seconds / compression, 1)}


def _figures(run: Run, sandbox: LocalSandbox, seconds: float) -> dict[str, Any]:
    run.refresh_from_db()
    states = dict(run.requests.order_by().values_list("status").annotate(n=Count("pk")))
    unnamed = run.requests.filter(status__in=ENDED_BADLY, error_message="").count()
    attempts = Attempt.objects.filter(run=run)
    tokens = attempts.aggregate(spent=Sum("input_tokens"), made=Sum("output_tokens"))
    calls = [call for name in CALLS for call in sandbox.calls(name)]
    local = [recipe.key for recipe in recipes_named(["materials"]) if recipe.local]
    asked = run.requests.exclude(recipe__in=local).count()
    materials = Material.objects.count()
    return {
        "materials": materials,
        "status": run.status,
        "states": states,
        "unnamed": unnamed,
        "success": 100 * states.get("succeeded", 0) / run.total,
        "seconds": round(seconds, 1),
        "per_hour": 3600 * materials / seconds,
        "tokens_per_second": ((tokens["spent"] or 0) + (tokens["made"] or 0)) / seconds,
        "calls": len(calls),
        "faults": sum(bool(call["fault"]) for call in calls),
        "asked": asked,
        # No client could be faster: so many requests at the allowed rate, and nothing in between.
        "floor_seconds": 60 * asked / PER_MINUTE,
        "peak_mb": peak_mb(),
    }
