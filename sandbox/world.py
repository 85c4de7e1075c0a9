"""Everything that one running sandbox consists of."""

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from sandbox.batch_jobs import Jobs
from sandbox.catalog import Catalog
from sandbox.clock import Clock
from sandbox.faults import Fault, Faults
from sandbox.known import Known
from sandbox.lifecycle import Lifecycle
from sandbox.limits import Limits
from sandbox.store import Store
from sandbox.webhooks import Webhooks


@dataclass(frozen=True)
class Options:
    """What the command line can say; see `--help` for the meaning."""

    state: Path
    speed: float = 1.0
    seed: int = 0
    faults: list[Fault] = field(default_factory=list)
    models: tuple[str, ...] = ()
    models_as_of: date = date(2026, 11, 20)
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    latency: float = 0.0
    # Above `latency`, each answer takes a time by chance between the two.
    latency_most: float = 0.0
    webhook_url: str | None = None
    webhook_secret: str = "whsec_c2FuZGJveC1zZWNyZXQ="  # noqa: S105 - known to everybody
    known: Known = field(default_factory=Known)


CHANGEABLE = frozenset(
    ("speed", "latency", "latency_most", "requests_per_minute", "tokens_per_minute", "webhook_url", "webhook_secret")
)


class World:
    """The parts, put together."""

    def __init__(self, options: Options) -> None:
        self.first = options
        self.store = Store(options.state)
        offset = self.store.row("SELECT value FROM meta WHERE name = 'offset'")
        self.clock = Clock(options.speed, offset["value"] if offset else 0.0)
        self.catalog = Catalog(options.models, options.models_as_of)
        self.faults = Faults(options.faults, options.seed)
        self.jobs = Jobs(self.store, self.clock, self.catalog, options.seed, options.known)
        self.lifecycle = Lifecycle(self.store, self.clock, self.faults, self.jobs)
        self.webhooks = Webhooks(self.clock)
        self.lifecycle.ended = self.webhooks.batch_ended
        self._take(options)

    def _take(self, options: Options) -> None:
        self.options = options
        self.clock.speed = options.speed
        # One bucket for each key and model, full at the start.
        self.limits = Limits(options.requests_per_minute, options.tokens_per_minute)
        self.webhooks.url = options.webhook_url
        self.webhooks.secret = options.webhook_secret

    def change(self, changes: dict[str, Any]) -> None:
        """Other options while it runs, until the next reset or start; ValueError for those that are fixed."""
        fixed = changes.keys() - CHANGEABLE
        if fixed:
            raise ValueError(f"Fixed or unknown: {', '.join(sorted(fixed))}")
        self._take(replace(self.options, **changes))

    def set_offset(self, seconds: float) -> None:
        """Move the clock, also for the next start."""
        self.clock.offset = seconds
        self.store.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('offset', ?)", seconds)

    def reset(self) -> None:
        """As after a first start: no files, batches, log or offset, only the faults of the command line."""
        with self.lifecycle.lock:
            for batch_id in list(self.jobs.running):
                self.jobs.drop(batch_id)
            self.store.reset()
            self.clock.offset = 0.0
            self.faults.reset()
            self._take(self.first)
            self.webhooks.clear()
