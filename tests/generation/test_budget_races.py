"""Budgets and room are claimed by one at a time, however many ask at the same moment."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from generation import advance
from generation.models import BatchJob, Budget, EnqueuedLimit, Run
from generation.models.limits import no_room
from generation.models.wakeups import without_wakeups
from generation.pipeline import submit
from generation.run_report import job_line
from tests import factories
from tests.generation.scenes import prepared

LAUNCHES = 4


def launch_together(runs: list[Run]) -> list[str]:
    """The refusals. SQLite's test database lives in memory: there one after the other."""
    refused: list[str] = []
    truly = connection.features.has_select_for_update
    barrier = Barrier(len(runs) if truly else 1)

    def go(run: Run) -> None:
        barrier.wait()
        try:
            with without_wakeups():
                advance.launch(run, "test")
        except advance.LaunchRefused as error:
            refused.append(str(error))
        if truly:
            connection.close()

    threads = [Thread(target=go, args=(run,)) for run in runs]
    for thread in threads:
        thread.start() if truly else thread.run()
    for thread in threads if truly else ():
        thread.join()
    return refused


@pytest.mark.django_db(transaction=True)
def test_a_month_with_money_for_one_run_lets_one_pass(provider):
    runs = [factories.run(factories.course(slug=f"c{number}")) for number in range(LAUNCHES)]
    likely = runs[0].estimate["cost_nano"]["batch"]["likely"]
    Budget.objects.create(scope="month", amount_nano=likely * 3 // 2)
    refused = launch_together(runs)
    assert len(refused) == LAUNCHES - 1
    assert Run.objects.running().count() == 1
    assert all("of this month's" in words for words in refused)


@pytest.fixture
def two_jobs(course, provider) -> list[BatchJob]:
    """Two jobs of one model, with room for one."""
    jobs = [prepared(course), prepared(factories.course(slug="second"))]
    EnqueuedLimit.objects.create(provider="default", model=jobs[0].model, tokens=jobs[0].input_tokens * 3 // 2)
    return jobs


def test_a_job_without_room_waits_and_shows_its_place(two_jobs):
    first, second = two_jobs
    with without_wakeups():
        submit.upload(first)
        submit.upload(second)
    assert (first.status, first.reserved_tokens) == ("uploaded", first.input_tokens)
    assert (second.status, second.place()) == ("prepared", 1)
    assert "place 1" in job_line(second)
    assert "place" not in job_line(first)


def test_room_comes_back_when_a_job_ends(two_jobs):
    first, second = two_jobs
    with without_wakeups():
        submit.upload(first)
        BatchJob.objects.filter(pk=first.pk).update(status="ingested", reserved_tokens=0)
        submit.upload(second)
    assert (second.status, second.place()) == ("uploaded", None)


@pytest.mark.parametrize(
    ("error", "room"),
    [
        ({"code": "token_limit_exceeded", "message": "x"}, False),
        ({"code": None, "message": "Enqueued request limit reached for m in organization o."}, False),
        ({"code": "mismatched_model", "message": None}, True),
        ({}, True),
    ],
)
def test_a_refusal_for_room_is_known_by_code_or_words(error, room):
    assert no_room([error]) is not room
