"""What is added to a launched run, by a retry or in direct mode, passes the same budgets and the same second person."""

from threading import Barrier, Thread

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from generation import advance, launching
from generation.models import Budget, Run
from generation.models.budgets import likely_share
from generation.models.wakeups import without_wakeups
from tests import factories
from tests.console.planning_site import operator  # noqa: F401 (fixture)
from tests.generation.scenes import follow, submitted

# ruff: noqa: F811 (the fixture is named as it is imported)


@pytest.fixture
def second(roles):
    """Another operator."""
    user = User.objects.create_user("second", password="x", is_staff=True)
    user.groups.add(Group.objects.get(name="Operator"))
    return user


def failed(course, user=None, count=2):
    """A run of `user` that has ended, and of which so many requests failed."""
    run = factories.finished(course, created_by=user)
    chosen = list(run.requests.values_list("pk", flat=True)[:count])
    run.requests.filter(pk__in=chosen).update(status="failed", error_code="http_500")
    run.refresh_summary()
    return run


def press(client, run, deed):
    answer = client.post(reverse("admin:generation_run_change", args=[run.pk]), {"deed": deed}, follow=True)
    run.refresh_from_db()
    return " ".join(str(message) for message in answer.context["messages"])


def test_who_asked_for_the_run_does_not_retry_above_the_sum(operator, course, provider, roles, second, settings):
    run = failed(course, roles["operator"])
    settings.APPROVAL_ABOVE = 0.0
    assert "second operator" in press(operator, run, "retry")
    assert (run.status, run.ledger()) == ("completed", {"failed": 2, "succeeded": 4})
    operator.force_login(second)
    assert "2 requests are sent again" in press(operator, run, "retry")
    assert (run.status, run.ledger()) == ("running", {"planned": 2, "succeeded": 4})


@pytest.mark.parametrize(("share", "status"), [(0.99, "completed"), (1.01, "running")])
def test_the_threshold_is_what_the_retry_adds(operator, course, provider, roles, settings, share, status):
    run = failed(course, roles["operator"])
    settings.APPROVAL_ABOVE = likely_share(run, 2) * share / 10**9
    press(operator, run, "retry")
    assert run.status == status


def test_a_rehearsal_is_retried_without_a_second_person(course, provider, roles, settings):
    run = failed(course, roles["operator"])
    settings.APPROVAL_ABOVE = 0.0
    settings.PROVIDERS = {**settings.PROVIDERS, "sandbox": settings.PROVIDERS["default"]}
    Run.objects.filter(pk=run.pk).update(purpose="rehearsal")
    assert advance.retry(Run.objects.get(), run.requests.retryable(), "operator", roles["operator"]) == 2


def test_yes_does_not_retry_above_the_sum_and_a_named_second_account_does(course, provider, roles, second, settings):
    run = failed(course, roles["operator"])
    settings.APPROVAL_ABOVE = 0.0
    for arguments in ((), ("--as", "operator")):
        with pytest.raises(CommandError, match="second operator"):
            call_command("retry", str(run.pk), "--yes", *arguments)
        assert run.ledger()["failed"] == 2
    call_command("retry", str(run.pk), "--yes", "--wait", "--as", "second")
    # They are taken up again, and found to have their texts already: nothing is paid for those.
    assert run.ledger() == {"succeeded": 4, "unchanged": 2}


def test_a_refused_run_is_not_sent_by_a_retry(operator, course, provider, roles, second, settings):
    settings.APPROVAL_ABOVE = 0.0
    run = factories.run(course, created_by=roles["operator"])
    press(operator, run, "launch")
    assert launching.refuse(run, second, "second", "Too dear.")
    assert "second operator" in press(operator, run, "retry")
    assert (run.status, run.ledger()) == ("cancelled", {"cancelled": 6})


def test_the_rest_in_direct_mode_needs_the_second_person_at_its_own_price(course, provider, roles, second, settings):
    run = submitted(course, created_by=roles["operator"]).run
    settings.APPROVAL_ABOVE = run.estimate["cost_nano"]["direct"]["likely"] * 0.99 / 10**9
    assert not launching.needs_approval(run)
    with pytest.raises(launching.LaunchRefused, match=r"second operator.*Nothing was changed"):
        advance.finish_in_direct(run, "operator", roles["operator"])
    with pytest.raises(CommandError, match="--as USER"):
        call_command("runs", "finish", str(run.pk))
    assert not Run.objects.get().finish_direct and not run.batch_jobs.filter(cancel_requested=True).exists()
    assert advance.finish_in_direct(run, "second", second)
    assert follow(run).ledger() == {"succeeded": 6}


def test_the_rest_in_direct_mode_is_kept_within_the_budget(operator, course, provider):
    run = submitted(course).run
    likely = run.estimate["cost_nano"]
    budget = Budget.objects.create(scope="run", amount_nano=likely["batch"]["likely"])
    assert "one run may cost" in press(operator, run, "finish")
    assert not run.finish_direct
    Budget.objects.filter(pk=budget.pk).update(amount_nano=likely["direct"]["likely"])
    assert "being cancelled" in press(operator, run, "finish")
    assert run.finish_direct


def retry_together(runs):
    """The refusals. SQLite's test database lives in memory: there one after the other."""
    truly, refused = connection.features.has_select_for_update, []
    barrier = Barrier(len(runs) if truly else 1)

    def go(run):
        barrier.wait()
        try:
            with without_wakeups():
                advance.retry(run, run.requests.retryable(), "test")
        except launching.OverBudget as error:
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
def test_of_several_retries_at_once_only_what_the_month_bears_goes(provider):
    runs = [failed(factories.course(slug=f"c{number}"), count=6) for number in range(4)]
    spent = sum(Run.objects.values_list("cost_nano", flat=True))
    Budget.objects.create(scope="month", amount_nano=spent + likely_share(runs[0], 6) * 3 // 2)
    refused = retry_together(runs)
    assert len(refused) == 3 and all("of this month's" in words for words in refused)
    assert Run.objects.running().count() == 1
