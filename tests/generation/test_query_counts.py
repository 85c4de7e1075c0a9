"""From plan to artefact the queries grow with the chunks, never with the rows."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generation import waves
from generation.models import BatchJob, Request, Run
from generation.models.wakeups import without_wakeups
from generation.pipeline import accept, build, estimate, ingest, plan
from generation.recipes import recipes_named
from lessons.models import Lesson
from tests import factories
from tests.generation.stored import body, line, put

CHUNK = 5
# Queries that one more chunk costs, with those that begin and end its savepoint: of texts that are new, then again.
FIRST = {"plan": 5, "estimate": 0, "build": 6, "ingest": 9, "accept": 17}
AGAIN = {"plan": 4, "estimate": 0, "build": 4, "ingest": 9, "accept": 16}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    for module in (plan, ingest, accept):
        monkeypatch.setattr(module, "CHUNK", CHUNK)
    monkeypatch.setattr(waves.ready_chunks, "__defaults__", (CHUNK,))


def answered(run: Run) -> BatchJob:
    """The run's job with a good answer to each request, no two alike, as if it had been collected."""
    BatchJob.objects.filter(run=run).update(status="completed", remote_batch_id=f"batch_{run.pk}")
    rows = run.requests.values_list("custom_id", flat=True)
    return put(run.batch_jobs.get(), [line(one, answer=body(f"# Title\n\nText of {one}.")) for one in rows])


def counts(collection: Any, only: str) -> dict[str, int]:
    """Queries of each step of one run over the collection."""
    found: dict[str, int] = {}

    def count(step: Any, *args: Any) -> Any:
        with CaptureQueriesContext(connection) as queries:
            result = step(*args)
        found[step.__name__] = len(queries)
        return result

    with without_wakeups():
        run = count(plan.plan, Run(), recipes_named(["lessons"]), [collection], plan.Selection(only=only))
        count(estimate.estimate, run)
        run.move("running", "planned")
        count(build.build, run)
        count(ingest.ingest, answered(run))
        count(accept.accept, run)
    return found


@pytest.fixture
def history(course: Any) -> None:
    """The prompt is known and answers were measured: the first run of all asks more."""
    counts(course, "new")


@pytest.mark.parametrize("only", ["new", "all"])
def test_rows_within_the_chunks_cost_nothing(history, only):
    some, full = (factories.course(1, size, slug=f"course-{size}") for size in (CHUNK + 1, 2 * CHUNK))
    assert counts(some, only) == counts(full, only)


def test_each_further_chunk_costs_the_same(history):
    small, large = (factories.course(1, size, slug=f"course-{size}") for size in (2 * CHUNK, 6 * CHUNK))
    for only, expected in (("new", FIRST), ("all", AGAIN)):
        two, six = counts(small, only), counts(large, only)
        assert {name: (six[name] - two[name]) / 4 for name in two} == expected


def test_the_runs_that_are_counted_do_the_work(history, course):
    counts(course, "all")
    assert Lesson.objects.filter(current__attempt__isnull=False).count() == 6
    assert Request.objects.exclude(accepted_at=None).count() == 12
