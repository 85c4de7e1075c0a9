"""The queue only wakes: with the ORM broker in the caller's transaction, with another one after the commit."""

import pytest
from django.db import transaction
from django_q.models import OrmQ

from generation.models import Run
from generation.models.wakeups import wake, without_wakeups

pytestmark = pytest.mark.django_db


def test_a_wake_up_is_a_task_with_ids():
    wake("advance_job", 7)
    task = OrmQ.objects.get().task
    assert (task["func"], task["args"]) == ("generation.tasks.advance_job", (7,))


def test_an_acknowledged_failure_is_stamped_when_it_is_enqueued():
    wake("advance_job", 7)
    assert OrmQ.objects.get().task["ack_failure"] is True


def test_nobody_is_woken_inside_the_block_and_again_after_it():
    with without_wakeups():
        wake("advance_run", 1)
        with without_wakeups():
            pass
        wake("advance_run", 1)
    assert OrmQ.objects.count() == 0
    wake("advance_run", 1)
    assert OrmQ.objects.count() == 1


def test_the_block_ends_with_an_error_too():
    with pytest.raises(ZeroDivisionError), without_wakeups():
        raise ZeroDivisionError
    wake("advance_run", 1)
    assert OrmQ.objects.count() == 1


@pytest.fixture
def told(monkeypatch):
    """What another broker was told."""
    calls: list[tuple[object, ...]] = []
    monkeypatch.setattr("generation.models.wakeups.async_task", lambda *args, **options: calls.append(args))
    return calls


def test_another_broker_is_told_after_the_commit(settings, told, django_capture_on_commit_callbacks):
    settings.Q_CLUSTER = {"redis": "redis://nowhere"}
    with django_capture_on_commit_callbacks(execute=True):
        wake("advance_run", 1)
        assert told == []
    assert told == [("generation.tasks.advance_run", 1)]


def test_another_broker_is_not_told_of_what_was_rolled_back(settings, told, django_capture_on_commit_callbacks):
    settings.Q_CLUSTER = {"redis": "redis://nowhere"}
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError), transaction.atomic():
        wake("advance_run", 1)
        raise ZeroDivisionError
    assert told == []


def test_a_silent_worker_does_not_make_the_queue_grow():
    run = Run.objects.create(status="running")
    for _ in range(5):
        for due in Run.objects.running().due():
            due.wake_up()
    assert OrmQ.objects.count() == 1
    assert run.pk
