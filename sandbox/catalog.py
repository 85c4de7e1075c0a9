"""Which models exist here, which are retired, which reason, and what their dated snapshots are called."""

import re
from dataclasses import dataclass
from datetime import date

from sandbox.wire import ApiError

# The shutdown dates that OpenAI has announced for its models.
SHUTDOWN = {
    "gpt-4.1-nano": date(2026, 10, 23),
    "o4-mini": date(2026, 10, 23),
    "o3-mini": date(2026, 10, 23),
    "o1": date(2026, 10, 23),
    "gpt-4o-2024-05-13": date(2026, 10, 23),
    "gpt-4-turbo": date(2026, 10, 23),
    "gpt-4": date(2026, 10, 23),
    "gpt-3.5-turbo": date(2026, 10, 23),
    "gpt-5": date(2026, 12, 11),
    "gpt-5-mini": date(2026, 12, 11),
    "gpt-5-nano": date(2026, 12, 11),
    "o3": date(2026, 12, 11),
    "gpt-4o": date(2027, 1, 14),
    "gpt-4o-mini": date(2027, 1, 14),
    "gpt-4.1": date(2027, 1, 14),
    "gpt-4.1-mini": date(2027, 1, 14),
    "gpt-5.4-nano": date(2027, 4, 1),
    "gpt-5.1": date(2027, 4, 1),
}
# Listed by OpenAI without a shutdown date.
UNDATED = (
    "gpt-5.4",
    "gpt-5.4-mini",
    "gpt-5.5",
    "gpt-5.6-luna",
    "gpt-5.6-terra",
    "gpt-5.6-sol",
    "gpt-6-luna",
    "gpt-6-sol",
    "gpt-6-astra",
    "gpt-6.1-terra",
    "gpt-6.1-sol",
)
# Only names that are known to be so; other models answer with the name that was asked for.
SNAPSHOTS = {
    "gpt-4o": "gpt-4o-2024-08-06",
    "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
    "gpt-4.1": "gpt-4.1-2025-04-14",
    "gpt-4.1-mini": "gpt-4.1-mini-2025-04-14",
    "gpt-5": "gpt-5-2025-08-07",
    "gpt-5-mini": "gpt-5-mini-2025-08-07",
    "gpt-5-nano": "gpt-5-nano-2025-08-07",
    "o3": "o3-2025-04-16",
}
# By name, since the API does not tell.
REASONING = re.compile(r"o\d|gpt-[56]")
CREATED = 1715367049


@dataclass(frozen=True)
class Catalog:
    """`only` limits the models to a list; `as_of` is the day on which shutdowns are judged.

    The day is fixed unless asked otherwise, so that tests do not begin to fail when a model is shut down.
    """

    only: tuple[str, ...] = ()
    as_of: date = date(2026, 11, 20)

    def has(self, model: str) -> bool:
        """Whether a request for this model would be served."""
        if self.only:
            return model in self.only
        shutdown = SHUTDOWN.get(model)
        return not model.startswith("no-such-") and (shutdown is None or shutdown > self.as_of)

    def require(self, model: str) -> None:
        """The 404 of an unknown or retired model."""
        if not self.has(model):
            message = f"The model `{model}` does not exist or you do not have access to it."
            raise ApiError(404, message, None, "model_not_found")

    def listing(self) -> list[dict[str, object]]:
        """The data of GET /v1/models."""
        names = self.only or tuple(name for name in (*SHUTDOWN, *UNDATED) if self.has(name))
        return [describe(name) for name in names]


def describe(model: str) -> dict[str, object]:
    """One model object."""
    return {"id": model, "object": "model", "created": CREATED, "owned_by": "system"}


def reasons(model: str) -> bool:
    """Whether the model thinks before it answers (and so refuses max_tokens and temperature)."""
    return REASONING.match(model) is not None


def snapshot(model: str) -> str:
    """The name that an answer carries instead of the alias."""
    return SNAPSHOTS.get(model, model)
