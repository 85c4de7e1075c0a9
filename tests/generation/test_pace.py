"""Paced runs: so many requests, then a pause that outlives every interruption."""

import time

import pytest
from django.utils import timezone

from generation import advance
from generation.models import Attempt, Run
from generation.models.wakeups import without_wakeups
from generation.pipeline import direct
from tests.generation.scenes import launched
from tests.generation.shell import refused, said


@pytest.fixture(autouse=True)
def silent():
    with without_wakeups():
        yield


@pytest.fixture
def run(course, provider) -> Run:
    return launched(course, mode="direct", pace={"batch_size": 2, "wait_time": 300})


def again(run: Run, seconds: float) -> int:
    """Look at the run as if so many seconds of its pause were over."""
    run.refresh_from_db()
    if "until" in run.pace:
        run.pace["until"] -= seconds
        run.save(update_fields=["pace"])
    Run.objects.filter(pk=run.pk).update(next_due=None, lease_until=None)
    advance.advance_run(run.pk)
    return Attempt.objects.count()


def test_each_batch_is_followed_by_its_pause(run):
    assert [again(run, 0), again(run, 299), again(run, 2), again(run, 301)] == [2, 2, 4, 6]
    run.refresh_from_db()
    assert run.status == "completed"


def test_an_interrupt_lets_what_is_in_flight_land_and_keeps_the_pause(run):
    asked = iter([False] * 3)
    assert advance.advance_run(run.pk, lambda: next(asked, True))
    run.refresh_from_db()
    landed = Attempt.objects.count()
    assert set(Attempt.objects.values_list("outcome", flat=True)) <= {"succeeded"}
    assert again(run, 0) == landed


def test_a_resumed_wait_waits_only_for_the_rest(run):
    again(run, 0)
    again(run, 200)
    run.refresh_from_db()
    assert Attempt.objects.count() == 2
    assert 90 < run.pace["until"] - time.time() < 100


def test_a_retry_that_is_due_does_not_shorten_the_pause(run):
    again(run, 0)
    run.requests.planned().update(next_due=timezone.now())
    assert again(run, 10) == 2


def test_without_a_pace_there_is_no_pause(course, provider):
    run = launched(course, mode="direct")
    assert direct.send_slice(run) == 6
    assert run.pace == {}


def test_the_command_sets_the_pace(course, provider):
    pace = ("--batch-size", 4, "--wait-time", "0.05")
    said("generate", "lessons", "--collection", "course", "--mode", "direct", "--yes", "--wait", *pace)
    run = Run.objects.get()
    assert (run.pace["batch_size"], run.pace["wait_time"], run.counts) == (4, 0.05, {"succeeded": 6})


def test_a_batch_has_no_pace(course, provider):
    status, sentence = refused("generate", "lessons", "--collection", "course", "--yes", "--wait-time", 5)
    assert (status, "--mode direct" in sentence, Run.objects.count()) == (2, True, 0)
