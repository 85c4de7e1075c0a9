"""Waking the worker: the database is the queue of record, django-q2 only makes the next step come soon."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import transaction
from django_q.tasks import async_task

_silent: ContextVar[bool] = ContextVar("silent", default=False)


@contextmanager
def without_wakeups() -> Iterator[None]:
    """Inside this block nobody is woken: the caller takes every step itself (a command that waits, a test)."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def wake(task: str, *args: object) -> None:
    """Enqueue `generation.tasks.<task>`. The ORM broker joins our transaction; another one is told after the commit."""
    if _silent.get():
        return

    def enqueue() -> None:
        async_task(f"generation.tasks.{task}", *args, save=False)

    if "orm" in settings.Q_CLUSTER:
        enqueue()
    else:
        transaction.on_commit(enqueue)
