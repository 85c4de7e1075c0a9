"""What must hold, and how it is printed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# How many times as long as its plain loop a step may take.
TIMES = {"plan and build": 5.0, "ingest": 4.0, "accept": 2.5}
CHECK_MS = 0.5
PEAK_MB = 200.0
# Server time of one refresh of a run's page, at the median, whatever its size.
REFRESH_MS = 50.0
# Milliseconds of the server for one decision at the desk, and for a preview that was not rendered before.
PRESS_MS, PREVIEW_MS = 50.0, 100.0
# Times as long as the growth of the texts: all with all would be as many times as they have grown.
GROWTH = 1.5
# Seconds of a run of so many requests end to end, without the sandbox's.
FULL_SIZE, FULL_SECONDS = 50_000, 30.0
WAITED_FOR = "wait"
SHARE = 99.0
BARE_SHARE = 85.0
APART_MB = 15.0


@dataclass(frozen=True)
class Figure:
    """One line of the report: a measured value, its limit, and what it is held against."""

    name: str
    value: float
    limit: float
    unit: str = ""
    note: str = ""
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """Whether the value is within its limit."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        verdict = "ok" if self.holds else "TOO LITTLE" if self.at_least else "TOO MUCH"
        side = "least" if self.at_least else "most"
        figure = f"{self.value:>9.2f}{self.unit:<3} at {side}{self.limit:>7.2f}"
        return f"  {self.name:<34}{figure}  {verdict:<11}{self.note}"


def speed_figures(result: dict[str, Any]) -> Iterator[Figure]:
    """Each step beside its plain loop, then the checks alone."""
    for name, step in result["steps"].items():
        rounds = ", ".join(str(ratio) for ratio in step["ratios"])
        note = f"{step['seconds']} s, plain loop {step['floor']} s (rounds: {rounds})"
        yield Figure(f"{name}, times its plain loop", step["ratio"], TIMES[name], "", note)
    yield Figure("checks of one lesson", result["check_ms"], CHECK_MS, " ms")


def memory_figures(results: list[dict[str, Any]]) -> Iterator[Figure]:
    """The peak at each size, and how far they lie apart."""
    tops = [max(result["peaks"].values()) for result in results]
    for result, top in zip(results, tops, strict=True):
        note = ", ".join(f"{step} {peak:.0f}" for step, peak in result["peaks"].items())
        yield Figure(f"peak memory, {result['size']:,} requests", top, PEAK_MB, " MB", note)
    yield Figure("peaks apart", max(tops) - min(tops), APART_MB, " MB")


def page_figures(result: dict[str, Any]) -> Iterator[Figure]:
    """Queries of the list at each size: as many as at the smallest; texts must not be read."""
    fewest = result["pages"][0]["queries"]
    for page in result["pages"]:
        note = f"{page['ms']} ms at the server"
        yield Figure(f"queries, list of {page['lessons']:,} lessons", page["queries"], fewest, "", note)
        yield Figure("  lists that read texts", float(page["reads_texts"]), 0)


def desk_figures(results: list[dict[str, Any]]) -> Iterator[Figure]:
    """A press and its queries at each number of lessons, which must not grow; previews of a text of 16 KB."""
    for result in results:
        note = (
            f"{result['ms']} ms by the clock, worst {result['worst_ms']}; the whole page {result['page_ms']} ms, "
            f"a short page of the site {result['floor_ms']} ms"
        )
        yield Figure(f"approve and next, {result['lessons']:,} lessons", result["cpu_ms"], PRESS_MS, " ms", note)
        yield Figure("  its queries", result["queries"], results[0]["queries"])
        kept = f"{result['preview_kept_ms']} ms when it was rendered before"
        yield Figure("  preview of 16 KB", result["preview_ms"], PREVIEW_MS, " ms", kept)


def run_page_figures(results: list[dict[str, Any]]) -> Iterator[Figure]:
    """One refresh of the live page at each number of requests: its time and its queries, which must not grow."""
    for result in results:
        note = f"{result['clock_ms']} ms by the clock, worst {result['worst_ms']}; bare sums {result['floor_ms']} ms"
        yield Figure(f"run page, {result['requests']:,} requests", result["ms"], REFRESH_MS, " ms", note)
        yield Figure("  its queries", result["queries"], results[0]["queries"])


def similar_figures(results: list[dict[str, Any]]) -> Iterator[Figure]:
    """Each step's time at each size beside the smallest's, and the peak."""
    for result in results:
        words = ", ".join(f"{step} {spent} s" for step, spent in result["seconds"].items())
        note = f"{words}; {result['pairs']} pairs, {result['shown']} on the page"
        yield Figure(f"similar, {result['size']:,} texts: peak", max(result["peaks"].values()), PEAK_MB, " MB", note)
    few, many = results[0], results[-1]
    more = many["size"] / few["size"]
    for step, spent in many["seconds"].items():
        # Below this a clock says nothing of how it grows.
        times = spent / max(few["seconds"][step], 0.1)
        yield Figure(f"  {step}, times that of {few['size']:,}", times, GROWTH * more)


def endtoend_figures(results: list[dict[str, Any]]) -> Iterator[Figure]:
    """Our own seconds at each size against its part of the limit, then the peaks."""
    for result in results:
        steps = {name: spent for name, spent in result["cpu"].items() if name != WAITED_FOR}
        by_clock = sum(spent for name, spent in result["clock"].items() if name != WAITED_FOR)
        words = ", ".join(f"{name} {spent:.2f}" for name, spent in steps.items())
        waited = f"{by_clock:.1f} s by the clock, {result['clock'][WAITED_FOR]:.1f} s more for the batch"
        # Starting costs the same at any size.
        limit = max(FULL_SECONDS * result["size"] / FULL_SIZE, 3.0)
        yield Figure(
            f"end to end, {result['size']:,} requests", sum(steps.values()), limit, " s", f"{words} ({waited})"
        )
    peaks = [{**result["peaks"], "children": result["child_mb"]} for result in results]
    yield from memory_figures([{**result, "peaks": peak} for result, peak in zip(results, peaks, strict=True)])


def direct_figures(results: list[dict[str, Any]]) -> Iterator[Figure]:
    """The share of the allowed rate, or of a bare loop's where there is one; no 429s once the pace is found."""
    for result in results:
        allowed, ours, bare = result["per_minute"], result["ours"], result.get("bare")
        base = min(allowed, bare["per_minute"]) if bare else allowed
        note = f"{ours['per_minute']:,.0f} a minute over {result['seconds']:.0f} s, {result['cpu']} s of processor time"
        name = f"direct, {allowed:,} a minute allowed"
        if bare:
            name, note = f"{name}, of a bare loop", f"{note}; a bare loop {bare['per_minute']:,.0f}"
        limit = BARE_SHARE if bare else SHARE
        yield Figure(name, 100 * ours["per_minute"] / base, limit, " %", note, at_least=True)
        yield Figure("  429s after the warm-up", ours["refused"], 0)


def ingest_figures(result: dict[str, Any]) -> Iterator[Figure]:
    """One large output file beside the plain loop, and the peak."""
    note = f"{result['requests']:,} answers in {result['seconds']} s, {result['mb_per_second']} MB/s of our time"
    name = f"ingest of {result['mib']:.0f} MiB, times its loop"
    yield Figure(name, result["ratio"], TIMES["ingest"], "", f"{note}, plain loop {result['floor']} s")
    yield Figure("  its peak memory", max(result["peaks"].values()), PEAK_MB, " MB")
