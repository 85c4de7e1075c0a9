"""What must hold of resolution, near duplicates and evaluation. The limits are of the largest sizes, in processor time.

They were promised by the clock of a machine with two cores: whoever takes no more processor time keeps them anywhere.
"""

from collections.abc import Iterator
from typing import Any

from benchmarks.report import Figure

# Size -> seconds of processor time. Comparing all with all takes four times as long for twice as many.
RESOLUTION_SIZE, RESOLUTION_SECONDS, RESOLUTION_MB = 50_000, 60.0, 300.0
RESPONSES, RESPONSES_SECONDS = 10_000, 30.0
QUESTIONS = 10_000
# Answers of each question -> seconds.
EVALUATION_SECONDS = {8: 10.0, 30: 40.0}
# Below so many seconds a start is most of it.
LEAST = 3.0


def resolution_figures(results: list[dict[str, Any]]) -> Iterator[Figure]:
    """Time and memory at each size, and mentions that a plain loop resolves otherwise."""
    for one in results:
        limit = max(RESOLUTION_SECONDS * (one["size"] / RESOLUTION_SIZE) ** 2, LEAST)
        note = f"{one['clock']} s by the clock; {one['resolved']:,} resolved"
        yield Figure(f"resolution, {one['size']:,} mentions", one["cpu"], limit, " s", note)
        yield Figure("  its peak memory", one["peak"], RESOLUTION_MB, " MB")
        yield Figure("  otherwise than one by one", one["different"], 0)


def near_duplicate_figures(results: list[dict[str, Any]]) -> Iterator[Figure]:
    """Time at each size, and repeats that a plain loop finds otherwise."""
    for one in results:
        limit = max(RESPONSES_SECONDS * (one["size"] / RESPONSES) ** 2, LEAST)
        note = f"{one['clock']} s by the clock; {one['found']:,} repeats found, {one['peak']:.0f} MB"
        yield Figure(f"near duplicates, {one['size']:,} texts", one["cpu"], limit, " s", note)
        yield Figure("  otherwise than one by one", one["different"], 0)


def evaluation_figures(results: list[dict[str, Any]]) -> Iterator[Figure]:
    """Time at each size, and questions that the plain rule scores otherwise."""
    for one in results:
        limit = max(EVALUATION_SECONDS[one["answers"]] * one["questions"] / QUESTIONS, LEAST)
        note = f"{one['correct']:,} of {one['made']:,} answers right, {one['peak']:.0f} MB"
        name = f"evaluation, {one['questions']:,} x {one['answers']} answers"
        yield Figure(name, one["cpu"], limit, " s", note)
        yield Figure("  otherwise than by plain difflib", one["different"], 0)
