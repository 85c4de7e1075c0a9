"""When to ask again: back-off for polling and retries, and the pace of direct requests."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime

MAX_RETRY_AFTER = 86_400.0


def poll_delay(polls: int, minimum: float, maximum: float) -> float:
    """Seconds until the next poll after `polls` polls without a change: grows by half each time, up to the maximum."""
    return min(maximum, minimum * 1.5 ** min(polls, 40))


def asked_delay(headers: Mapping[str, str]) -> float | None:
    """Seconds from a server's `retry-after-ms` or `retry-after` (seconds or an HTTP date), at most a day."""
    milliseconds, value = headers.get("retry-after-ms"), headers.get("retry-after") or ""
    with suppress(ValueError):
        seconds = float(milliseconds) / 1000 if milliseconds else float(value)
        return min(seconds, MAX_RETRY_AFTER) if seconds >= 0 else None
    with suppress(ValueError):
        seconds = parsedate_to_datetime(value).timestamp() - time.time()
        return min(max(seconds, 0.0), MAX_RETRY_AFTER)
    return None


def retry_delay(tries: int, retry_after: float | None = None, maximum: float = 300) -> float:
    """Seconds to wait after the `tries`-th failure; a server's own Retry-After is honoured in full."""
    if retry_after and retry_after > 0:
        return retry_after
    return min(maximum, 2.0 ** min(tries, 12))


def nap(seconds: float, stop: Callable[[], bool]) -> None:
    """Sleep, at most a fifth of a second longer than until `stop` says so: a sleep itself is not ended by a signal."""
    ends = time.monotonic() + seconds
    while not stop() and (left := ends - time.monotonic()) > 0:
        time.sleep(min(left, 0.2))
