"""What must hold of the materials run, and how it is printed."""

from collections.abc import Iterator
from typing import Any

from benchmarks.report import PEAK_MB, Figure

SUCCESS = 95.0
PER_HOUR = 200.0
TOKENS_PER_SECOND = 50.0


def materials_figures(result: dict[str, Any]) -> Iterator[Figure]:
    """Of a run that nobody touched."""
    floor = 3600 * result["materials"] / result["floor_seconds"]
    states = ", ".join(f"{number} {state}" for state, number in sorted(result["states"].items()))
    note = f"{states}; {result['calls']} calls, {result['faults']} faults"
    yield Figure("ended by itself", float(result["status"] == "completed"), 1, "", result["status"], at_least=True)
    yield Figure("succeeded", result["success"], SUCCESS, " %", note, at_least=True)
    yield Figure("failures without a reason", result["unnamed"], 0)
    note = f"floor {floor:.0f}, the allowed rate and nothing else; {result['wall']} s, compressed"
    yield Figure("materials an hour", result["per_hour"], PER_HOUR, "", note, at_least=True)
    yield Figure("tokens a second", result["tokens_per_second"], TOKENS_PER_SECOND, "", at_least=True)
    yield Figure("peak memory", result["peak_mb"], PEAK_MB, " MB")
