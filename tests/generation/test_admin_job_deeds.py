"""The buttons of a batch job and of a run that costs money: who may press them, and what they do."""

import pytest
from django.urls import reverse

from generation.models import BatchJob, JobStatus, Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost():
    """A job that needs a person: its create call was doubtful and the provider's list proves nothing."""
    levels = dict.fromkeys(("low", "likely", "high"), 5 * 10**9)
    estimate = {"cost_nano": dict.fromkeys(("batch", "flex", "direct"), levels)}
    run = Run.objects.create(status="running", total=10, estimate=estimate)
    return BatchJob.objects.create(
        run=run, status=JobStatus.NEEDS_ATTENTION, provider="default", model="m", request_count=10,
        error="a person must look",
    )  # fmt: skip


def address(job: BatchJob) -> str:
    return f"/admin/generation/batchjob/{job.pk}/change/"


def press(client, user, job, **fields):
    client.force_login(user)
    answer = client.post(address(job), fields)
    job.refresh_from_db()
    return answer


def test_the_page_states_the_cost_and_what_to_type(client, roles, lost):
    client.force_login(roles["operator"])
    page = client.get(address(lost)).content.decode()
    assert f"submit job {lost.pk} again" in page
    assert "$5.00" in page
    assert lost.key in page
    assert reverse("console_remote_batches") + "?provider=default" in page


@pytest.mark.parametrize("typed", ["", "yes", "submit job again"])
def test_without_the_phrase_nothing_is_sent(client, roles, lost, typed):
    press(client, roles["operator"], lost, deed="submit", typed=typed)
    assert lost.status == JobStatus.NEEDS_ATTENTION


def test_with_the_phrase_it_goes_back_to_the_create_call(client, roles, lost):
    press(client, roles["operator"], lost, deed="submit", typed=f"submit job {lost.pk} again")
    assert lost.status == JobStatus.UPLOADED
    assert "operator" in lost.transitions.last().detail


def test_a_job_that_has_its_batch_is_never_submitted_again(client, roles, lost):
    BatchJob.objects.update(remote_batch_id="batch_1")
    press(client, roles["operator"], lost, deed="submit", typed=f"submit job {lost.pk} again")
    assert lost.status == JobStatus.NEEDS_ATTENTION


@pytest.mark.parametrize("role", ["viewer", "editor", "reviewer", "publisher"])
def test_only_operators_press_it(client, roles, lost, role):
    answer = press(client, roles[role], lost, deed="submit", typed=f"submit job {lost.pk} again")
    assert answer.status_code == 403
    assert lost.status == JobStatus.NEEDS_ATTENTION
    assert "submit again" not in client.get(address(lost)).content.decode()


def test_a_batch_whose_files_do_not_come_is_fetched_again(client, roles, lost):
    BatchJob.objects.update(remote_batch_id="batch_1", remote_status="completed", failures=9)
    client.force_login(roles["operator"])
    assert "Fetch its results again" in client.get(address(lost)).content.decode()
    press(client, roles["operator"], lost, deed="fetch")
    assert (lost.status, lost.failures, lost.error) == (JobStatus.COMPLETED, 0, "")
    assert press(client, roles["viewer"], lost, deed="fetch").status_code == 403


def test_a_running_job_is_cancelled(client, roles, lost):
    BatchJob.objects.update(status=JobStatus.IN_PROGRESS, remote_batch_id="batch_1")
    press(client, roles["operator"], lost, deed="cancel")
    assert lost.cancel_requested


def test_an_unknown_button_is_a_bad_request(client, roles, lost):
    assert press(client, roles["operator"], lost, deed="explode").status_code == 400


def test_a_run_is_finished_directly_by_its_button(client, roles, lost):
    BatchJob.objects.update(status=JobStatus.IN_PROGRESS, remote_batch_id="batch_1")
    client.force_login(roles["operator"])
    page = f"/admin/generation/run/{lost.run_id}/change/"
    assert "Finish in direct mode" in client.get(page).content.decode()
    client.post(page, {"deed": "finish"})
    lost.refresh_from_db()
    assert lost.cancel_requested
    assert Run.objects.get().finish_direct
    client.force_login(roles["viewer"])
    assert client.post(page, {"deed": "finish"}).status_code == 403


def test_a_silent_worker_is_told_on_the_runs_page(client, roles, lost):
    client.force_login(roles["viewer"])
    assert "No worker has answered" in client.get(f"/admin/generation/run/{lost.run_id}/change/").content.decode()
