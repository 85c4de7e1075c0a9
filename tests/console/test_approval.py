"""Above a sum a second operator decides: nobody on their own run, nobody twice, no command by itself."""

from threading import Barrier, Thread

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from generation import advance, launching
from generation.models import Budget, Run
from generation.models.wakeups import without_wakeups
from tests import factories
from tests.console.planning_site import operator, post  # noqa: F401 (fixtures)
from tests.generation.scenes import follow

# ruff: noqa: F811 (the fixtures are named as they are imported)


@pytest.fixture(autouse=True)
def threshold(settings):
    """Every run with a cost needs a second person."""
    settings.APPROVAL_ABOVE = 0.0


@pytest.fixture
def second(roles):
    """Another operator."""
    return another("second")


def another(name):
    user = User.objects.create_user(name, password="x", is_staff=True)
    user.groups.add(Group.objects.get(name="Operator"))
    return user


@pytest.fixture
def waiting(operator, course, provider):
    """A run that the operator has asked for."""
    post(operator, "launch", seen="6")
    return Run.objects.get()


def press(client, run, deed, **data):
    answer = client.post(reverse("admin:generation_run_change", args=[run.pk]), {"deed": deed, **data}, follow=True)
    run.refresh_from_db()
    return " ".join(str(message) for message in answer.context["messages"])


def steps(run):
    return list(run.transitions.order_by("pk").values_list("to_status", "actor", "detail"))


def test_a_launch_waits_and_sends_nothing(waiting, provider):
    assert (waiting.status, waiting.started_at, waiting.approved_by) == ("awaiting_approval", None, None)
    assert not waiting.batch_jobs.exists() and not provider.calls("files.create")
    assert not advance.advance_run(waiting.pk)
    (step,) = steps(waiting)
    assert step[:2] == ("awaiting_approval", "operator") and "second operator" in step[2]


def test_the_list_and_the_page_say_so(operator, waiting):
    text = operator.get(reverse("admin:generation_run_changelist")).content.decode()
    assert "awaiting approval" in text
    page = operator.get(reverse("admin:generation_run_change", args=[waiting.pk])).content.decode()
    assert "Waiting for approval" in page and "above $0.00 somebody else decides" in page
    assert 'value="withdraw"' in page and 'value="approve"' not in page


def test_a_second_operator_approves_and_it_runs_to_its_end(client, waiting, second):
    client.force_login(second)
    assert "You have approved it" in press(client, waiting, "approve")
    assert (waiting.status, waiting.approved_by) == ("running", second)
    assert steps(waiting)[-1] == ("running", "second", "approved by second")
    assert follow(waiting).ledger() == {"succeeded": 6}
    assert waiting.actor == "operator"


def test_nobody_approves_or_refuses_their_own(operator, waiting):
    for deed in ("approve", "refuse"):
        assert "asked for this run yourself" in press(operator, waiting, deed)
        assert waiting.status == "awaiting_approval"


def test_who_pressed_launch_has_asked_too(client, course, provider, roles, second):
    run = factories.run(course, created_by=roles["operator"], actor="operator")
    client.force_login(second)
    press(client, run, "launch")
    assert run.status == "awaiting_approval"
    assert "yourself" in press(client, run, "approve")
    client.force_login(roles["operator"])
    assert "yourself" in press(client, run, "approve")


def test_a_refusal_ends_it_with_the_reason(client, waiting, second):
    client.force_login(second)
    press(client, waiting, "refuse", reason="Wrong model.")
    assert (waiting.status, waiting.ledger(), waiting.cost_nano) == ("cancelled", {"cancelled": 6}, 0)
    assert steps(waiting)[-1] == ("cancelled", "second", "refused by second: Wrong model.")
    assert "Wrong model." in client.get(reverse("admin:generation_run_change", args=[waiting.pk])).content.decode()


def test_who_asked_can_withdraw(operator, waiting):
    assert "withdrawn" in press(operator, waiting, "withdraw")
    assert waiting.status == "cancelled"
    assert "meanwhile" in press(operator, waiting, "withdraw")


@pytest.mark.parametrize("deed", ["approve", "refuse"])
@pytest.mark.parametrize("status", ["planned", "running", "completed", "cancelled"])
def test_only_a_waiting_run_is_decided_on(client, waiting, second, deed, status):
    Run.objects.filter(pk=waiting.pk).update(status=status)
    client.force_login(second)
    assert "meanwhile" in press(client, waiting, deed)
    assert waiting.status == status


@pytest.mark.parametrize("role", ["viewer", "editor", "reviewer", "publisher"])
@pytest.mark.parametrize("deed", ["approve", "refuse", "withdraw"])
def test_only_operators_decide(client, waiting, roles, role, deed):
    client.force_login(roles[role])
    address = reverse("admin:generation_run_change", args=[waiting.pk])
    assert client.post(address, {"deed": deed}).status_code == 403
    assert 'value="approve"' not in client.get(address).content.decode()
    waiting.refresh_from_db()
    assert waiting.status == "awaiting_approval"


def test_budgets_and_keys_are_looked_at_again(client, waiting, second, settings):
    client.force_login(second)
    Budget.objects.create(scope="run", amount_nano=1)
    assert "one run may cost" in press(client, waiting, "approve")
    Budget.objects.all().delete()
    settings.PROVIDERS = {"default": {"base_url": None, "api_key": "", "batch": True}}
    assert "OPENAI_API_KEY" in press(client, waiting, "approve")
    assert waiting.status == "awaiting_approval"


@pytest.mark.parametrize(("share", "status"), [(0.99, "awaiting_approval"), (1.01, "running")])
def test_the_threshold_is_the_likely_cost(course, provider, settings, share, status):
    run = factories.run(course)
    settings.APPROVAL_ABOVE = run.estimate["cost_nano"]["batch"]["likely"] * share / 10**9
    advance.launch(run, "test")
    assert run.status == status


def test_without_a_threshold_nobody_is_asked(course, provider, settings):
    settings.APPROVAL_ABOVE = None
    run = factories.run(course)
    advance.launch(run, "test")
    assert run.status == "running"


def test_an_unknown_price_needs_a_second_person(course, provider, settings):
    settings.APPROVAL_ABOVE = 1000.0
    run = factories.run(course, model="nobody-knows-1")
    advance.launch(run, "test")
    assert run.status == "awaiting_approval"


def test_what_waits_is_not_planned_twice(operator, waiting):
    assert "under way in another run" in post(operator, "plan").context["refusal"]


def test_yes_does_not_pass_it(course, provider, capsys):
    with pytest.raises(CommandError, match=r"waits for a second operator.*runs approve"):
        call_command("generate", "lessons", "--yes", "--wait")
    assert Run.objects.get().status == "awaiting_approval"
    with pytest.raises(CommandError, match="not launched yet"):
        call_command("generate", "--resume", str(Run.objects.get().pk))


def test_the_command_approves_as_a_named_account(waiting, second, capsys):
    call_command("runs", "approve", str(waiting.pk), "--as", "second")
    waiting.refresh_from_db()
    assert (waiting.status, waiting.approved_by) == ("running", second)


def test_the_command_refuses_with_a_reason(waiting, second):
    call_command("runs", "refuse", str(waiting.pk), "--as", "second", "--reason", "Too dear.")
    waiting.refresh_from_db()
    assert (waiting.status, waiting.error) == ("cancelled", "refused by second: Too dear.")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((), "has to be named"), (("--as", "operator"), "yourself"), (("--as", "viewer"), "permission 'launch_run'")],
)
@pytest.mark.parametrize("action", ["approve", "refuse"])
def test_the_command_takes_nobody_else(waiting, action, arguments, words):
    with pytest.raises((CommandError, launching.LaunchRefused), match=words):
        call_command("runs", action, str(waiting.pk), *arguments)
    waiting.refresh_from_db()
    assert waiting.status == "awaiting_approval"


def together(run, deeds):
    """What each of the deeds gave. On SQLite one after the other: there every transaction has the database alone."""
    truly, given = connection.features.has_select_for_update, []
    barrier = Barrier(len(deeds) if truly else 1)

    def go(deed, user):
        barrier.wait()
        with without_wakeups():
            given.append(deed(Run.objects.get(pk=run.pk), user, user.username))
        if truly:
            connection.close()

    threads = [Thread(target=go, args=pair) for pair in deeds]
    for thread in threads:
        thread.start() if truly else thread.run()
    for thread in threads if truly else ():
        thread.join()
    return given


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deeds", [(launching.approve,) * 4, (launching.approve, launching.refuse) * 2])
def test_of_several_decisions_at_once_one_counts(course, provider, roles, deeds):
    run = factories.run(course, created_by=roles["operator"])
    with without_wakeups():
        advance.launch(run, "operator")
    assert sorted(together(run, [(deed, another(f"o{n}")) for n, deed in enumerate(deeds)])) == [False] * 3 + [True]
    run.refresh_from_db()
    assert [step[0] for step in steps(run)][1:] == [run.status]
    assert bool(run.approved_by) == (run.status == "running")
    assert run.requests.filter(status="planned").count() == (6 if run.status == "running" else 0)


@pytest.mark.django_db(transaction=True)
def test_money_for_one_run_is_not_approved_twice(provider, roles):
    runs = [factories.run(factories.course(slug=f"c{n}")) for n in range(3)]
    for run in runs:
        with without_wakeups():
            advance.launch(run, "operator")
    likely = runs[0].estimate["cost_nano"]["batch"]["likely"]
    Budget.objects.create(scope="month", amount_nano=likely * 3 // 2)
    approved = []
    for number, run in enumerate(runs):
        try:
            approved.append(launching.approve(run, another(f"o{number}"), f"o{number}"))
        except launching.OverBudget:
            approved.append(False)
    assert approved == [True, False, False]
