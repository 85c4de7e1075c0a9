"""Ctrl-C for commands that run in the process of the test."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any


@contextmanager
def ctrl_c_when(ready: Callable[[], bool], pause: float = 0.0) -> Iterator[None]:
    """Ctrl-C for this process so many seconds after something is so; none any more once the block has ended."""
    ended = Event()

    def wait() -> None:
        while not ready():
            if ended.wait(0.02):
                return
        if not ended.wait(pause):
            os.kill(os.getpid(), signal.SIGINT)

    thread = Thread(target=wait)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def ctrl_c_after(sandbox: Any, answers: int) -> Any:
    """Ctrl-C a moment after the sandbox has given so many answers."""
    return ctrl_c_when(lambda: sandbox.log()["executed"]["direct"] >= answers, 0.5)
