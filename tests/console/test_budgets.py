"""Budgets in the admin: dollars for people, nano-dollars in the table; who sees them and who sets them."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse

from generation.models import Budget, Run
from generation.models.budgets import standings
from tests import factories
from tests.console.planning_site import operator  # noqa: F401 (fixture)
from tests.generation.scenes import launched

# ruff: noqa: F811 (the fixture is named as it is imported)
LIST = "admin:generation_budget_changelist"


def add(client, dollars, scope="month"):
    return client.post(reverse("admin:generation_budget_add"), {"scope": scope, "dollars": dollars})


def change(client, budget, dollars, **more):
    return client.post(reverse("admin:generation_budget_change", args=[budget.pk]), {"dollars": dollars, **more})


@pytest.mark.parametrize(("dollars", "nano"), [("25", 25 * 10**9), ("0.0001", 10**5), ("0", 0), ("1000000", 10**15)])
def test_dollars_are_stored_as_nano_dollars(operator, roles, dollars, nano):
    assert add(operator, dollars).status_code == 302
    budget = Budget.objects.get()
    assert (budget.amount_nano, budget.updated_by) == (nano, roles["operator"])
    form = operator.get(reverse("admin:generation_budget_change", args=[budget.pk])).context["adminform"].form
    assert float(form.initial["dollars"]) == float(dollars)


@pytest.mark.parametrize("dollars", ["", "-1", "x", "1000001", "0.00001", "NaN", "1e30"])
def test_what_is_no_amount_is_refused(operator, dollars):
    assert add(operator, dollars).context["adminform"].form.errors["dollars"]
    assert not Budget.objects.exists()


def test_each_covers_one_thing_and_keeps_it(operator):
    add(operator, "5")
    assert add(operator, "6").context["adminform"].form.errors["scope"]
    change(operator, Budget.objects.get(), "7", scope="run")
    assert list(Budget.objects.values_list("scope", "amount_nano")) == [("month", 7 * 10**9)]


def test_a_change_is_remembered_with_its_author(operator, roles):
    add(operator, "5")
    change(operator, Budget.objects.get(), "7")
    assert set(LogEntry.objects.values_list("user__username", flat=True)) == {"operator"}
    assert LogEntry.objects.count() == 2


def test_the_list_shows_spent_committed_and_left(operator, course, provider):
    Budget.objects.create(scope="month", amount_nano=10**9)
    Budget.objects.create(scope="run", amount_nano=2 * 10**9)
    spent = factories.finished(course, limit=2)
    run = launched(course)
    month, single = standings(Run())
    likely = run.estimate["cost_nano"]["batch"]["likely"]
    assert (month.spent, month.committed) == (spent.cost_nano, likely)
    assert (month.left, single.left) == (10**9 - spent.cost_nano - likely, 2 * 10**9)
    text = operator.get(reverse(LIST)).content.decode()
    assert "$1.00" in text and "$2.00" in text and f"${likely / 10**9:.4f}" in text


def test_nothing_left_is_not_less_than_nothing(db):
    Budget.objects.create(scope="month", amount_nano=1)
    Run.objects.create(status="running", mode="batch", estimate={"cost_nano": {"batch": {"likely": 10**9}}})
    (month,) = standings(Run())
    assert (month.left, month.bears(0), month.bears(1), month.bears(None)) == (0, True, False, False)


@pytest.mark.parametrize("role", ["viewer", "editor", "reviewer", "publisher"])
def test_others_neither_see_nor_set_them(client, roles, role):
    budget = Budget.objects.create(scope="month", amount_nano=1)
    client.force_login(roles[role])
    assert client.get(reverse(LIST)).status_code == 403
    assert add(client, "5", "run").status_code == change(client, budget, "5").status_code == 403
    assert list(Budget.objects.values_list("amount_nano", flat=True)) == [1]


def test_who_sees_costs_may_look_only(client, roles):
    budget = Budget.objects.create(scope="month", amount_nano=1)
    roles["viewer"].user_permissions.add(Permission.objects.get(codename="view_costs"))
    client.force_login(roles["viewer"])
    assert client.get(reverse(LIST)).status_code == 200
    assert change(client, budget, "5").status_code == 403


def test_only_a_superuser_takes_one_away(operator, client, roles):
    budget = Budget.objects.create(scope="month", amount_nano=1)
    address = reverse("admin:generation_budget_delete", args=[budget.pk])
    assert operator.post(address, {"post": "yes"}).status_code == 403
    client.force_login(roles["admin"])
    client.post(address, {"post": "yes"})
    assert not Budget.objects.exists()
