"""The batch's own usage is compared with that of its answers."""

import pytest
from django.core.management import call_command

from generation.models import Attempt, JobStatus
from generation.usage_check import usage_words
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(course, provider):
    """A batch that has come in whole."""
    return factories.finished(course).batch_jobs.get()


def test_a_batch_that_came_in_whole_agrees_with_its_answers(job):
    assert job.remote_usage["input_tokens"] > 0
    assert usage_words(job) == ""


def test_a_difference_is_shown_on_the_page_and_by_the_command(client, roles, job, capsys):
    Attempt.objects.filter(pk=job.attempts.first().pk).update(output_tokens=0)
    words = usage_words(job)
    assert f"{job.remote_usage['output_tokens']:,} out for this batch" in words
    call_command("batches", "status", str(job.pk))
    assert words in capsys.readouterr().out
    client.force_login(roles["viewer"])
    page = client.get(f"/admin/generation/batchjob/{job.pk}/change/").content.decode()
    assert "compare the provider&#x27;s bill" in page


def test_a_line_that_never_came_is_missed_in_the_count(course, provider):
    provider.faults("missing_lines", 2)
    job = factories.finished(course).batch_jobs.get()
    assert job.status == JobStatus.INGESTED and "the answers that came in count" in usage_words(job)


@pytest.mark.parametrize("usage", [{}, {"input_tokens": None, "output_tokens": 3}, {"total_tokens": 9}])
def test_where_the_provider_counts_nothing_nothing_is_compared(job, usage):
    job.remote_usage = usage
    assert usage_words(job) == ""


def test_before_the_answers_are_in_nothing_is_compared(job):
    job.status, job.remote_usage = JobStatus.COMPLETED, {"input_tokens": 1, "output_tokens": 1}
    assert usage_words(job) == ""
