"""Signs of life."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_q.models import OrmQ

from generation import tasks
from generation.health import worker_silent
from generation.models import Heartbeat, Run

pytestmark = pytest.mark.django_db


def aged(seconds: float) -> None:
    Heartbeat.objects.update_or_create(
        name="queue", defaults={"answered_at": timezone.now() - timedelta(seconds=seconds)}
    )


def test_the_web_process_and_the_database_answer(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    tasks.heartbeat()
    assert client.get("/readyz").json()["worker_seconds"] < 5


def test_a_beat_goes_through_the_queue_and_not_twice_at_once():
    assert Heartbeat.ask() is True
    assert Heartbeat.ask() is False
    assert OrmQ.objects.count() == 1


def test_the_worker_answers_with_its_memory():
    tasks.heartbeat()
    beat = Heartbeat.objects.get()
    assert beat.memory_kib > 1000
    assert beat.answered_at > timezone.now() - timedelta(seconds=5)


@pytest.mark.parametrize(("age", "status"), [(10, 0), (600, 1), (None, 1)])
def test_the_command_tells_by_its_exit_status(age, status, capsys):
    if age is not None:
        aged(age)
    try:
        call_command("healthcheck_worker", "--max-age", "60")
        found = 0
    except SystemExit as error:
        found = int(error.code or 0)
    assert found == status


def test_the_banner_shows_only_while_work_waits_for_a_silent_worker():
    assert worker_silent() == ""
    run = Run.objects.create(status="running")
    assert "No worker has answered yet" in worker_silent()
    aged(5)
    assert worker_silent() == ""
    aged(1000)
    assert "nothing is lost" in worker_silent()
    run.move("completed", "running")
    assert worker_silent() == ""
