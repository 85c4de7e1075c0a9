"""Requests and tokens a minute for each account, and the headers that tell of them."""

import time
from dataclasses import dataclass, field

from sandbox.wire import ApiError

# What the headers say where nothing is enforced.
REQUESTS, TOKENS = 10_000, 30_000_000


def duration(seconds: float) -> str:
    """Go's way to write a duration: `6m0s`, `1s`, `120ms`."""
    if seconds < 1:
        return f"{int(seconds * 1000)}ms"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"


@dataclass
class Bucket:
    """Refills evenly over a minute."""

    size: float
    left: float = 0
    at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.left = self.size

    def refill(self) -> None:
        """Add what the time since the last look has brought."""
        now = time.monotonic()
        self.left = min(self.size, self.left + (now - self.at) * self.size / 60)
        self.at = now

    def wait(self, amount: float) -> float:
        """Seconds until `amount` could be taken."""
        return max(0.0, (min(amount, self.size) - self.left) * 60 / self.size)


class Limits:
    """Enforced only where the operator gave a number; the headers are always sent."""

    def __init__(self, requests: int | None, tokens: int | None) -> None:
        self.enforced = requests is not None or tokens is not None
        self.sizes = {"requests": requests or REQUESTS, "tokens": tokens or TOKENS}
        self.accounts: dict[tuple[str, str], dict[str, Bucket]] = {}

    def take(self, account: str, model: str, tokens: int) -> dict[str, str]:
        """Count one call; the headers of its answer, or the 429."""
        buckets = self.accounts.setdefault((account, model), {name: Bucket(size) for name, size in self.sizes.items()})
        for bucket in buckets.values():
            bucket.refill()
        # Nothing is taken from either bucket unless both allow it.
        for name, amount in (("requests", 1), ("tokens", tokens)):
            wait = buckets[name].wait(amount)
            if self.enforced and wait > 0:
                raise self._refusal(model, name, wait, headers_of(buckets))
        buckets["requests"].left -= 1
        buckets["tokens"].left = max(0.0, buckets["tokens"].left - tokens)
        return headers_of(buckets)

    def _refusal(self, model: str, name: str, wait: float, headers: dict[str, str]) -> ApiError:
        short = {"requests": "RPM", "tokens": "TPM"}[name]
        message = (
            f"Rate limit reached for {model} in organization org-sandbox on {name} per min ({short}): "
            f"Limit {int(self.sizes[name])}. Please try again in {duration(wait)}."
        )
        after = {"retry-after-ms": str(int(wait * 1000) + 1), "retry-after": str(int(wait) + 1)}
        return ApiError(429, message, None, "rate_limit_exceeded", kind=name, headers={**headers, **after})


def headers_of(buckets: dict[str, Bucket]) -> dict[str, str]:
    """The six x-ratelimit headers."""
    headers = {}
    for name, bucket in buckets.items():
        headers[f"x-ratelimit-limit-{name}"] = str(int(bucket.size))
        headers[f"x-ratelimit-remaining-{name}"] = str(max(0, int(bucket.left)))
        headers[f"x-ratelimit-reset-{name}"] = duration((bucket.size - bucket.left) * 60 / bucket.size)
    return headers
