"""Batches and files at the provider: whose each is, adopt, cancel, upload, delete; and a provider that fails."""

from datetime import timedelta

import pytest
from django.utils import timezone

from generation import advance
from generation.models import BatchJob, JobStatus, Request, Run
from generation.models.wakeups import without_wakeups
from generation.provider import ProviderError, get_provider, patience
from generation.pruning import prune
from lessons.models import Lesson
from tests import factories
from tests.generation.scenes import follow, submitted

BATCHES, FILES = "/admin/console/remote-batches/", "/admin/console/remote-files/"


@pytest.fixture
def operator(client, roles):
    client.force_login(roles["operator"])
    return client


def orphaned(course):
    """A job whose batch was created, and whose answer never reached us."""
    job = submitted(course)
    remote = job.remote_batch_id
    lost = {"status": JobStatus.NEEDS_ATTENTION, "remote_batch_id": None, "remote_status": ""}
    BatchJob.objects.filter(pk=job.pk).update(**lost)
    job.refresh_from_db()
    return job, remote


def press(client, address=BATCHES, **fields):
    answer = client.post(address, fields, follow=True)
    return " ".join(str(message) for message in answer.context["messages"])


def finished_jobs(course, days=0):
    """The job of a finished run, made so many days ago."""
    job = factories.finished(course).batch_jobs.get()
    BatchJob.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(days=days))
    job.refresh_from_db()
    return job


def test_ours_orphaned_and_foreign(operator, course, provider):
    job, remote = orphaned(course)
    (row,) = operator.get(BATCHES).context["rows"]
    assert (row["owner"], row["remote"].id, row["job"], row["may_adopt"]) == ("orphaned", remote, job, True)
    BatchJob.objects.update(remote_batch_id=remote, status="in_progress")
    (row,) = operator.get(BATCHES).context["rows"]
    assert (row["owner"], row["may_adopt"], row["may_cancel"]) == ("ours", False, True)
    BatchJob.objects.update(remote_batch_id=None, key="0" * 32)
    Run.objects.update(key="of-others")
    (row,) = operator.get(BATCHES).context["rows"]
    assert (row["owner"], row["job"], row["may_adopt"]) == ("foreign", None, False)


def test_an_empty_account_says_what_comes_here(operator, provider):
    assert "The account has no batches." in operator.get(BATCHES).content.decode()
    assert "The account has no files." in operator.get(FILES).content.decode()


def test_long_lists_come_in_pages_of_one_call_each(operator, course, provider, monkeypatch):
    job = submitted(course)
    for _ in range(4):
        get_provider().create_batch(job.input_file_id, job.endpoint, {})
    monkeypatch.setattr("generation.console.remote_batches.PAGE", 2)
    seen, after = [], ""
    while after is not None:
        before = len(provider.calls("batches.list"))
        answer = operator.get(BATCHES, {"after": after})
        assert len(provider.calls("batches.list")) == before + 1
        seen += [row["remote"].id for row in answer.context["rows"]]
        after = answer.context["more"] or None
    assert len(seen) == len(set(seen)) == 5


def test_queries_don_t_grow_with_the_batches(operator, course, provider, django_assert_max_num_queries):
    job = submitted(course)
    for _ in range(15):
        get_provider().create_batch(job.input_file_id, job.endpoint, {})
    with django_assert_max_num_queries(30):
        assert len(operator.get(BATCHES).context["rows"]) == 16


def test_an_orphan_is_adopted_and_finished(operator, course, provider):
    job, remote = orphaned(course)
    assert f"{remote} is batch job {job.pk}" in press(operator, deed="adopt", batch=remote)
    follow(job.run)
    assert Lesson.objects.count() == 6
    assert set(provider.creates("batchsite_key").values()) == {1}
    assert "is ours already" in press(operator, deed="adopt", batch=remote)


def test_the_worker_is_woken_for_an_adopted_batch(operator, course, provider):
    job, remote = orphaned(course)
    BatchJob.objects.update(woken_at=None)
    press(operator, deed="adopt", batch=remote)
    job.refresh_from_db()
    assert job.woken_at is not None
    assert "adopted by operator" in job.transitions.last().detail


@pytest.mark.parametrize(("batch", "why"), [("", "Enter its id"), ("batch_nobody", "404"), ("x" * 300, "404")])
def test_what_can_t_be_adopted_is_one_sentence(operator, course, provider, batch, why):
    said = press(operator, deed="adopt", batch=batch)
    assert why in said and "Nothing was changed." in said
    assert not BatchJob.objects.exists()


def test_a_foreign_batch_is_not_adopted(operator, course, provider):
    job = submitted(course)
    foreign = get_provider().create_batch(job.input_file_id, job.endpoint, {"batchsite_key": "of another site"})
    Request.objects.update(status="succeeded", accepted_at=timezone.now())
    assert "is not ours" in press(operator, deed="adopt", batch=foreign.id)


def test_a_batch_of_a_hidden_course_is_neither_shown_nor_adopted(operator, course, provider, roles):
    job, remote = orphaned(course)
    course.groups.add(roles["viewer"].groups.get())
    answer = operator.get(BATCHES)
    (row,) = answer.context["rows"]
    assert (row["job"], row["hidden"], row["may_adopt"], row["description"]) == (None, True, False, "")
    assert "may not see" in press(operator, deed="adopt", batch=remote)
    BatchJob.objects.filter(pk=job.pk).update(key="0" * 32)
    Request.objects.update(batch_job=None)
    assert "may not see" in press(operator, deed="adopt", batch=remote)
    job.refresh_from_db()
    assert job.remote_batch_id is None


def test_one_of_ours_is_cancelled(operator, course, provider):
    provider.faults("stuck_in_progress")
    job = submitted(course)
    assert "Cancel asked" in press(operator, deed="cancel", batch=job.remote_batch_id)
    job.refresh_from_db()
    assert job.cancel_requested
    provider.clear_faults()
    assert follow(job.run).ledger().get("queued") is None


def test_others_and_ended_ones_are_not_cancelled(operator, course, provider):
    job = finished_jobs(course)
    assert "nothing to cancel" in press(operator, deed="cancel", batch=job.remote_batch_id)
    assert "nothing to cancel" in press(operator, deed="cancel", batch="batch_nobody")
    assert not provider.calls("batches.cancel")


def test_without_a_key_the_page_says_so(operator, settings):
    settings.PROVIDERS = {"default": {"base_url": None, "api_key": "", "batch": True}}
    for address in (BATCHES, FILES):
        assert "No key for the provider" in operator.get(address).content.decode()
    assert "No key" in press(operator, deed="adopt", batch="batch_1")


@pytest.mark.parametrize("fault", ["timeout_before", "latency", "slow_stream"])
def test_a_provider_that_hangs_does_not_hold_the_page(operator, provider, settings, fault):
    settings.PROVIDER_PAGE_SECONDS = 0.3
    provider.faults(fault, 30, match="batches.list")
    answer = operator.get(BATCHES)
    assert "in time" in answer.context["trouble"]
    assert "Nothing was changed" in answer.content.decode()


def test_an_unknown_provider_or_button_is_a_bad_request(operator, provider):
    assert operator.get(BATCHES, {"provider": "nobody"}).status_code == 400
    assert operator.post(BATCHES, {"deed": "explode"}).status_code == 400
    assert operator.post(FILES, {"deed": "explode"}).status_code == 400


def test_another_provider_is_chosen(operator, course, provider, settings):
    submitted(course)
    gone = {"base_url": None, "api_key": "", "batch": True}
    settings.PROVIDERS = {"default": settings.PROVIDERS["default"], "gone": gone}
    assert len(operator.get(BATCHES).context["rows"]) == 1
    assert operator.get(BATCHES, {"provider": "gone"}).context["trouble"].startswith("No key")


@pytest.mark.parametrize("role", ["viewer", "editor", "reviewer", "publisher"])
def test_only_operators_see_the_account(client, roles, provider, role):
    client.force_login(roles[role])
    for address in (BATCHES, FILES):
        assert client.get(address).status_code == client.post(address, {"deed": "adopt"}).status_code == 403
    assert not provider.log()["calls"]


def test_files_tell_their_job_and_what_may_be_deleted(operator, course, provider):
    job = finished_jobs(course)
    rows = operator.get(FILES).context["rows"]
    assert {row["file"].id: (row["role"], row["job"], row["may_delete"]) for row in rows} == {
        job.input_file_id: ("input", job, True), job.output_file_id: ("output", job, False),
    }  # fmt: skip


def test_an_input_file_is_deleted_once(operator, course, provider):
    job = finished_jobs(course)
    assert "was deleted" in press(operator, FILES, deed="delete", file=job.input_file_id)
    job.refresh_from_db()
    assert job.input_deleted_at and get_provider().find_file(job.input_file_id) is None
    assert "nothing was deleted" in press(operator, FILES, deed="delete", file=job.input_file_id)


def test_what_is_needed_or_not_ours_is_not_deleted(operator, course, provider):
    job = submitted(course)
    for file in (job.input_file_id, "file-of-others", ""):
        assert "nothing was deleted" in press(operator, FILES, deed="delete", file=file)
    follow(job.run)
    job.refresh_from_db()
    assert "nothing was deleted" in press(operator, FILES, deed="delete", file=job.output_file_id)
    assert not provider.calls("files.delete")


def test_a_file_that_a_second_job_needs_stays(operator, course, provider):
    job = finished_jobs(course, days=99)
    with without_wakeups():
        other = submitted(factories.course(slug="other"))
    BatchJob.objects.filter(pk=other.pk).update(input_file_id=job.input_file_id)
    assert "nothing was deleted" in press(operator, FILES, deed="delete", file=job.input_file_id)
    assert prune()["input files at providers"] == 0


@pytest.mark.parametrize(("age", "limit", "deleted"), [(31, 30, 1), (29, 30, 0), (99, 0, 0)])
def test_old_input_files_are_pruned_at_the_provider(course, provider, settings, age, limit, deleted):
    settings.REMOTE_INPUT_DAYS = limit
    job = finished_jobs(course, days=age)
    assert prune(dry_run=True)["input files at providers"] == deleted
    assert get_provider().find_file(job.input_file_id) is not None
    assert prune()["input files at providers"] == deleted
    assert (get_provider().find_file(job.input_file_id) is None) is bool(deleted)
    assert prune()["input files at providers"] == 0


def test_a_file_that_is_gone_already_counts_as_deleted(course, provider):
    job = finished_jobs(course, days=99)
    get_provider().delete_file(job.input_file_id)
    assert prune()["input files at providers"] == 1
    job.refresh_from_db()
    assert job.input_deleted_at


def test_a_provider_that_fails_leaves_the_files_for_the_next_time(course, provider, settings):
    job = finished_jobs(course, days=99)
    settings.PROVIDERS = {"default": {"base_url": provider.url, "api_key": "", "batch": True}}
    assert prune()["input files at providers"] == 0
    job.refresh_from_db()
    assert job.input_deleted_at is None


def test_patience_ends_for_all_calls_together(course, provider):
    with patience(0.0), pytest.raises(ProviderError, match="in time"):
        get_provider().batch_page(2)
    assert get_provider().batch_page(2) == ([], False)


def test_a_running_run_goes_on_while_its_page_of_batches_is_looked_at(operator, course, provider):
    run = factories.run(course)
    advance.launch(run, "test")
    for _ in advance.follow(run, interval=0.05):
        assert operator.get(BATCHES).status_code == 200
    assert run.ledger() == {"succeeded": 6}
