"""Whoever watches a run that does not move is told why."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone

from generation.console_output import Console
from generation.management.commands import progress
from generation.models import BatchJob, Heartbeat, Request, Run
from generation.standstill import Teller, standstill
from tests import factories
from tests.generation.scenes import launched
from tests.generation.shell import said

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=5)


@pytest.fixture
def run(course, provider) -> Run:
    """A running run whose worker has just answered."""
    Heartbeat.objects.update_or_create(name="queue", defaults={"answered_at": timezone.now()})
    return launched(course)


def job_of(run: Run, **fields) -> BatchJob:
    common = {"provider": "default", "model": "m", "next_due": timezone.now() + LATER}
    return BatchJob.objects.create(run=run, **common | fields)


def cause(run: Run, **options) -> str:
    found = standstill(run, **options)
    return found.cause if found else ""


def test_a_run_that_moves_has_no_reason_to_stand(run):
    assert standstill(run) is None


def test_a_run_that_has_ended_waits_for_nothing(run):
    Heartbeat.objects.all().delete()
    run.move("completed")
    assert standstill(run) is None


def test_no_worker_is_the_first_reason(run):
    job_of(run, status="needs_attention")
    Heartbeat.objects.all().delete()
    assert "qcluster" in standstill(run).text
    assert cause(run, here=True) == "attention"


@pytest.mark.parametrize(
    ("fields", "expected", "words"),
    [
        ({"status": "needs_attention"}, "attention", "batches status"),
        ({"status": "prepared", "failures": 2, "error": "No connection."}, "failing", "No connection. It is tried"),
        ({"status": "prepared"}, "room", "waits for room among the tokens of m"),
        ({"status": "in_progress", "remote_status": "in_progress"}, "provider", "is in progress at the provider"),
    ],
)
def test_a_job_says_what_it_waits_for(run, fields, expected, words):
    job_of(run, **fields)
    assert cause(run) == expected
    assert words in standstill(run).text


def test_the_gravest_of_several_reasons_is_told(run):
    for status in ("in_progress", "prepared", "needs_attention", "prepared"):
        job_of(run, status=status)
    assert cause(run) == "attention"


def test_a_job_that_is_due_or_done_waits_for_nothing(run):
    job_of(run, status="in_progress", next_due=None)
    job_of(run, status="ingested")
    assert standstill(run) is None


def test_how_many_wait_before_it_is_told(run):
    job_of(run, status="prepared")
    second = job_of(launched(factories.course(slug="other")), status="prepared")
    assert "1 before it" in standstill(second.run).text


def test_requests_that_are_tried_again_later_are_waited_for(run):
    run.due_at(timezone.now() + LATER)
    assert standstill(run) is None
    Request.objects.update(next_due=timezone.now() + LATER)
    assert cause(run) == "retry"


def test_a_pause_between_two_batches_is_told(run):
    run.due_at(timezone.now() + LATER)
    run.pace = {"until": (timezone.now() + LATER).timestamp()}
    assert cause(run) == "pause"


def test_a_teller_says_each_cause_once(run):
    out = io.StringIO()
    teller = Teller(Console(out, out))
    job = job_of(run, status="in_progress")
    for fields in ({}, {"next_due": timezone.now() + 2 * LATER}, {"status": "needs_attention"}):
        BatchJob.objects.filter(pk=job.pk).update(**fields)
        teller.tell(run)
    assert out.getvalue().count(f"Run {run.pk} waits: ") == 2


def test_who_watches_is_told_that_there_is_no_worker(run, monkeypatch):
    Heartbeat.objects.all().delete()
    monkeypatch.setattr(progress, "nap", lambda seconds, stop: run.move("completed"))
    assert said("progress", "--run", run.pk, "--watch").count("No worker has answered") == 1


def test_who_waits_for_a_run_is_told_of_a_failing_call(course, provider):
    provider.faults("error_500", count=3, match="batches.retrieve")
    told = said("generate", "lessons", "--collection", "course", "--yes", "--wait", "--poll-interval", "0.1")
    assert "waits: Batch job" in told
    assert "It is tried again at" in told


def test_the_page_of_a_run_says_what_it_waits_for(client, roles, run):
    job_of(run, status="needs_attention")
    client.force_login(roles["operator"])
    page = client.get(f"/admin/generation/run/{run.pk}/progress/").content.decode()
    assert "It waits: Batch job" in page


def sent(run: Run, hours: float, **fields) -> BatchJob:
    """A job whose batch was created so many hours ago."""
    fields = {"status": "in_progress", "remote_batch_id": f"batch_{hours}", "next_due": None} | fields
    return job_of(run, submitting_at=timezone.now() - timedelta(hours=hours), **fields)


def test_a_batch_that_takes_too_long_is_flagged(run, settings, client, roles):
    settings.STUCK_HOURS = 10
    late = sent(run, 11)
    sent(run, 9)
    sent(run, 12, status="completed")
    sent(run, 13, status="ingested")
    assert list(BatchJob.objects.stuck()) == [late]
    assert "for 11 hours" in standstill(run).text
    client.force_login(roles["operator"])
    assert "for 11 hours" in client.get(f"/admin/generation/batchjob/{late.pk}/change/").content.decode()


def test_an_adopted_batch_is_late_by_its_own_age(run, settings):
    settings.STUCK_HOURS = 10
    late = sent(run, 0)
    BatchJob.objects.update(submitting_at=None, created_at=timezone.now() - timedelta(hours=30))
    assert list(BatchJob.objects.stuck()) == [late]
