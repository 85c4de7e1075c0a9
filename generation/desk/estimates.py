"""A run's estimate in rows for people."""

from typing import Any

from generation.models import Mode, Run


def estimate_rows(run: Run) -> list[dict[str, Any]]:
    """For each mode its cost low, likely, high in nano-dollars; the run's own mode is marked."""
    costs = (run.estimate or {}).get("cost_nano", {})
    return [{"mode": label, "own": mode == run.mode, **costs[mode]} for mode, label in Mode.choices if mode in costs]
