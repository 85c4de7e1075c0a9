"""How fast direct requests may go: requests and tokens a minute, and as many at once as the service bears.

Concurrency grows by one for each good answer up to a remembered ceiling, then slowly (additive increase); a burst of
429s cuts it once by half (multiplicative decrease). Times are seconds of any steady clock that the caller keeps to.
"""

from collections.abc import Mapping
from typing import Any

# Unused time that a late caller may catch up with, in seconds: timers are never exact, and commits take their time.
CREDIT = 2.0
# Requests that become due within so many seconds start together: each start is a commit.
GATHER = 0.05
SERVER_PAUSE = 1.0


class Rate:
    """At most `per_minute` units a minute, evenly spread; 0 means no limit."""

    def __init__(self, per_minute: float = 0) -> None:
        self.per_minute = per_minute
        self.next_at = 0.0

    def wait(self, now: float) -> float:
        """Seconds until the next unit may be used."""
        return max(0.0, self.next_at - CREDIT - now) if self.per_minute else 0.0

    def due(self, now: float) -> int:
        """How many units may be used now, at least one; call it when there is nothing to wait for."""
        return max(1, int(min(CREDIT, now + CREDIT - self.next_at) * self.per_minute / 60))

    def used(self, units: float, now: float) -> None:
        """Count units that are used now."""
        if self.per_minute:
            self.next_at = max(self.next_at, now) + units * 60 / self.per_minute


class Throttle:
    """The pace of one (provider, model)."""

    def __init__(self, start: int = 8, most: int = 256, requests: int = 0, tokens: int = 0) -> None:
        self.most = max(1, most)
        self.concurrency = float(min(max(1, start), self.most))
        self.ceiling = float(self.most)
        self.requests = Rate(requests)
        self.tokens = Rate(tokens)
        self.stated_requests = bool(requests)
        self.cut_at = float("-inf")
        self.paused_until = 0.0

    def room(self, in_flight: int, now: float) -> int:
        """How many requests may start now."""
        if now < self.paused_until or self.requests.wait(now) or self.tokens.wait(now):
            return 0
        free = int(self.concurrency) - in_flight
        if self.requests.per_minute:
            due = self.requests.due(now)
            if due < min(free, int(self.requests.per_minute / 60 * GATHER)):
                return 0
            free = min(free, due)
        return max(0, free)

    def wait(self, now: float) -> float:
        """Seconds until a request may start as far as rates and pauses go."""
        return max(0.0, self.paused_until - now, self.requests.wait(now), self.tokens.wait(now))

    def started(self, tokens: int, now: float) -> None:
        """Count one request of so many tokens that starts now."""
        self.requests.used(1, now)
        self.tokens.used(tokens, now)

    def succeeded(self) -> None:
        """A good answer: room for one more, quickly below the ceiling, slowly above it."""
        step = 1.0 if self.concurrency < self.ceiling else 1.0 / self.concurrency
        self.concurrency = min(float(self.most), self.concurrency + step)

    def limited(self, started_at: float, now: float, retry_after: float | None = None) -> None:
        """A 429. Those that started before the last cut belong to its burst and cut nothing more."""
        if started_at > self.cut_at:
            self.ceiling = max(1.0, self.concurrency * 0.9)
            self.concurrency = max(1.0, self.concurrency / 2)
            self.cut_at = now
        self.paused_until = max(self.paused_until, now + (retry_after or SERVER_PAUSE))

    def failed(self, now: float, retry_after: float | None = None) -> None:
        """A failing service (5xx): a pause, but it says nothing about our rate."""
        self.paused_until = max(self.paused_until, now + (retry_after or SERVER_PAUSE))

    def learn(self, headers: Mapping[str, str]) -> None:
        """Take the limits that the service states in its rate-limit headers, unless an operator has set them."""
        stated = headers.get("x-ratelimit-limit-requests", "")
        if stated.isdigit() and not self.stated_requests:
            self.requests.per_minute = float(stated)
        stated = headers.get("x-ratelimit-limit-tokens", "")
        if stated.isdigit():
            self.tokens.per_minute = float(stated)

    def state(self, now: float) -> dict[str, Any]:
        """What the next holder of the lane goes on with; times as seconds from now."""
        return {
            "concurrency": self.concurrency,
            "ceiling": self.ceiling,
            "requests": [self.requests.per_minute, self.requests.next_at - now],
            "tokens": [self.tokens.per_minute, self.tokens.next_at - now],
            "paused": self.paused_until - now,
        }

    def restore(self, state: Mapping[str, Any], now: float, age: float) -> None:
        """Go on where another holder stopped `age` seconds ago."""
        if not state:
            return
        self.concurrency = min(float(self.most), state["concurrency"])
        self.ceiling = min(float(self.most), state["ceiling"])
        for rate, (per_minute, ahead) in ((self.requests, state["requests"]), (self.tokens, state["tokens"])):
            rate.per_minute = rate.per_minute or per_minute
            rate.next_at = now + ahead - age
        self.paused_until = now + state["paused"] - age
