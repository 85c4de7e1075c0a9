"""The page of a run: figures, fragment, launch, discard, cancel, retry; and who may press what."""

import pytest
from django.urls import reverse

from generation.models import Attempt, RequestStatus, Run, RunStatus
from tests import factories


@pytest.fixture
def operator(client, roles):
    client.force_login(roles["operator"])
    return client


def page(run):
    return reverse("admin:generation_run_change", args=[run.pk])


def press(client, run, deed, **fields):
    return client.post(page(run), {"deed": deed, **fields}, follow=True)


def fail(run, count=2, code="http_500", message="the service failed"):
    chosen = list(run.requests.values_list("pk", flat=True)[:count])
    run.requests.filter(pk__in=chosen).update(status="failed", error_code=code, error_message=message)
    run.refresh_summary()


def test_a_planned_run_can_be_launched(operator, course, provider):
    run = factories.run(course)
    shown = operator.get(page(run)).content.decode()
    assert 'value="launch"' in shown and 'value="discard"' in shown and 'value="cancel"' not in shown
    press(operator, run, "launch")
    run.refresh_from_db()
    assert (run.status, run.actor) == (RunStatus.RUNNING, "operator")


def test_without_a_key_a_launch_is_one_sentence(operator, course):
    run = factories.run(course)
    assert "key" in press(operator, run, "launch").content.decode()
    run.refresh_from_db()
    assert run.status == RunStatus.PLANNED


def test_a_planned_run_can_be_discarded(operator, course):
    press(operator, factories.run(course), "discard")
    assert not Run.objects.exists()


def test_a_running_run_can_be_cancelled_but_not_discarded(operator, course, provider):
    run = factories.run(course)
    press(operator, run, "launch")
    assert "cancel it instead" in press(operator, run, "discard").content.decode()
    press(operator, run, "cancel")
    run.refresh_from_db()
    assert run.cancel_requested


def test_the_page_shows_ledger_cost_estimate_jobs_and_timeline(operator, course, provider):
    run = factories.finished(course)
    answer = operator.get(page(run))
    assert answer.context["progress"]["counts"] == [("succeeded", "succeeded", 6)]
    shown = answer.content.decode()
    for words in ("6 of 6 done (100 %)", "Estimate before the launch", "batch_", "planned → running", "So far"):
        assert words in shown


def test_errors_are_grouped_by_cause_and_retried_by_group(operator, course, provider):
    run = factories.finished(course)
    fail(run, 3)
    fail(run, 1, code="refused", message="the model refused")
    answer = operator.get(page(run))
    assert [(row.code, row.count) for row in answer.context["errors"]] == [("http_500", 2), ("refused", 1)]
    press(operator, run, "retry", code="http_500", status="failed")
    assert run.ledger() == {RequestStatus.PLANNED: 2, RequestStatus.SUCCEEDED: 3, RequestStatus.FAILED: 1}
    run.refresh_from_db()
    assert run.status == RunStatus.RUNNING


def test_retrying_all_sends_all_that_failed(operator, course, provider):
    run = factories.finished(course)
    fail(run, 2)
    assert "2 requests are sent again" in press(operator, run, "retry").content.decode()
    assert "Nothing is left to retry" in press(operator, factories.run(course, only="all"), "retry").content.decode()


def test_a_retry_without_a_key_changes_nothing(operator, course, provider, settings):
    run = factories.finished(course)
    fail(run, 2)
    settings.PROVIDERS = {"default": {"base_url": provider.url, "api_key": "", "batch": True}}
    assert "key" in press(operator, run, "retry").content.decode()
    assert run.ledger()["failed"] == 2


def test_the_fragment_says_when_to_stop(operator, course, provider):
    run = factories.run(course)
    press(operator, run, "launch")
    address = reverse("admin:generation_run_progress", args=[run.pk])
    assert 'data-live="1"' in operator.get(address).content.decode()
    Run.objects.update(status=RunStatus.COMPLETED)
    fragment = operator.get(address).content.decode()
    assert 'data-live="0"' in fragment and "<html" not in fragment


def test_costs_are_for_those_who_may_see_them(client, roles, course, provider):
    run = factories.finished(course)
    attempt = Attempt.objects.first()
    places = [page(run), reverse("admin:generation_run_changelist"), reverse("admin:generation_attempt_changelist")]
    places += [
        reverse("admin:generation_attempt_change", args=[attempt.pk]),
        reverse("admin:generation_request_change", args=[attempt.request_id]),
    ]
    for role, sees in (("operator", True), ("publisher", False)):
        client.force_login(roles[role])
        assert [("$0.0" in client.get(place).content.decode()) for place in places] == [sees] * 5


@pytest.mark.parametrize("role", ["viewer", "editor", "reviewer", "publisher"])
@pytest.mark.parametrize("deed", ["launch", "discard", "cancel", "retry", "finish", "without"])
def test_only_operators_press(client, roles, course, role, deed):
    run = factories.run(course)
    client.force_login(roles[role])
    assert press(client, run, deed).status_code == 403
    assert 'name="deed"' not in client.get(page(run)).content.decode()
    run.refresh_from_db()
    assert run.status == RunStatus.PLANNED


def test_an_unknown_button_is_a_bad_request(operator, course):
    assert press(operator, factories.run(course), "explode").status_code == 400


def test_runs_and_ledger_of_a_hidden_course_are_hidden(client, roles, course, provider):
    run = factories.finished(course)
    course.groups.add(roles["viewer"].groups.get())
    client.force_login(roles["operator"])
    for name in ("run", "batchjob", "request", "attempt"):
        listing = client.get(reverse(f"admin:generation_{name}_changelist"))
        assert listing.context["cl"].result_count == 0, name
    for address in (page(run), reverse("admin:generation_run_progress", args=[run.pk])):
        assert client.get(address).status_code == 302
    assert press(client, run, "retry").redirect_chain
    client.force_login(roles["viewer"])
    assert client.get(reverse("admin:generation_request_changelist")).context["cl"].result_count == 6


def test_requests_are_filtered_by_run_and_state(operator, course, provider):
    run = factories.finished(course)
    fail(run, 2)
    address = reverse("admin:generation_request_changelist")
    assert operator.get(f"{address}?run={run.pk}&status=failed").context["cl"].result_count == 2
    assert operator.get(f"{address}?run={run.pk + 1}").context["cl"].result_count == 0
    assert operator.get(f"{address}?run=x").context["cl"].result_count == 0


def test_single_texts_made_again_are_apart_from_the_launches(client, roles, course):
    launch = factories.run(course)
    single = Run.objects.create(mode="direct", purpose="regeneration", total=1)
    several = Run.objects.create(mode="direct", purpose="regeneration", total=2)
    client.force_login(roles["operator"])
    address = reverse("admin:generation_run_changelist")
    shown = [
        {run.pk for run in client.get(address + query).context["cl"].result_list}
        for query in ("", "?purpose=regeneration")
    ]
    assert shown == [{launch.pk, several.pk}, {single.pk, several.pk}]
