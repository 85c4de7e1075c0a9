"""What a long step tells whoever watches it, such as a command with a bar; nothing happens when nobody listens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, int], None]
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def tell(step: str, done: int) -> None:
    """Say how many of a step's pieces are done by now."""
    listener = _listener.get()
    if listener:
        listener(step, done)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Inside this block `listener(step, done)` is called for everything that is told."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
