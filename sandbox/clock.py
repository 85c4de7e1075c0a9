"""Time as the sandbox sees it: the machine's clock with an offset, and delays that can be compressed."""

import time
from dataclasses import dataclass


@dataclass
class Clock:
    """`speed` divides every simulated delay; 0 means no delay at all. `offset` is in seconds."""

    speed: float = 1.0
    offset: float = 0.0

    def now(self) -> float:
        """Unix seconds, offset included."""
        return time.time() + self.offset

    def scaled(self, seconds: float) -> float:
        """A simulated delay in real seconds."""
        return seconds / self.speed if self.speed else 0.0
