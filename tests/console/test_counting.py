"""The plan's page: every prompt counted on request, in the background, with its progress."""

import pytest
from django.urls import reverse

from generation import tasks
from generation.models import Run, TokenCount
from tests import factories
from tests.console.planning_site import operator, post, sandboxed  # noqa: F401 (fixtures)

# ruff: noqa: F811 (the fixtures are named as they are imported)


@pytest.fixture
def few(monkeypatch):
    """Samples of two, so that six prompts are more than a sample."""
    monkeypatch.setattr("generation.pipeline.estimate.SAMPLE", 2)
    monkeypatch.setattr("generation.pipeline.estimate.estimate.__kwdefaults__", {"sample": 2, "seed": 1})


def shown(answer):
    return answer.content.decode()


def look(client, *ids):
    return client.get(reverse("console_counts"), {"id": ids}).json()


def test_it_is_offered_where_the_estimate_stands_on_a_sample(operator, course, few):
    page = shown(post(operator, "plan"))
    assert 'value="count"' in page
    assert "counted on 2 of 6 prompts" in page


def test_it_is_not_offered_where_every_prompt_is_counted_already(operator, course):
    page = shown(post(operator, "plan"))
    assert 'value="count"' not in page
    assert "counted on 6 of 6 prompts" in page


def test_a_count_is_asked_for_watched_and_shown(operator, course, few):
    page = post(operator, "count")
    (count,) = TokenCount.objects.all()
    assert page.status_code == 200 and not Run.objects.exists()
    assert "0 of 6 prompts are counted." in shown(page)
    assert 'value="count"' not in shown(page)
    assert look(operator, count.pk) == {
        "done": 0, "total": 6, "open": True, "words": "0 of 6 prompts are counted.",
    }  # fmt: skip
    tasks.count_tokens(count.pk)
    assert look(operator, count.pk)["open"] is False
    exact = post(operator, "plan")
    count.refresh_from_db()
    assert exact.context["run"].estimate["input_tokens"] == count.tokens
    assert "counted on 6 of 6 prompts" in shown(exact)
    assert "±" not in shown(exact).partition("Input:")[2][:200]


def test_asked_twice_it_is_counted_once(operator, course, few):
    post(operator, "count")
    post(operator, "count")
    assert TokenCount.objects.count() == 1


def test_a_launch_stands_on_the_count(operator, course, few, provider):
    post(operator, "count")
    (count,) = TokenCount.objects.all()
    tasks.count_tokens(count.pk)
    post(operator, "launch", seen="6")
    assert Run.objects.get().estimate["input_tokens"] == TokenCount.objects.get().tokens


def test_the_rest_of_a_pilot_is_counted_on_its_page(operator, db, few, provider):
    factories.course(1, 8)
    post(operator, "pilot", pilot_items="2")
    pilot = Run.objects.get()
    page = operator.post(reverse("console_rest", args=[pilot.pk]), {"step": "count", "mode": "batch"})
    (count,) = TokenCount.objects.all()
    assert page.status_code == 200
    # The pilot's two are still under way.
    assert (count.total, page.context["counting"]["open"]) == (6, True)


@pytest.mark.parametrize("role", ["viewer", "editor", "reviewer", "publisher"])
def test_only_who_may_launch_sees_how_far_it_is(client, roles, role):
    client.force_login(roles[role])
    assert client.get(reverse("console_counts"), {"id": 1}).status_code == 403


@pytest.mark.parametrize("wrong", ["x", "-1", "9" * 40, "", "١"])
def test_ids_that_are_none_are_passed_over(operator, wrong):
    assert look(operator, wrong) == {
        "done": 0, "total": 0, "open": False, "words": "Counting is over: show the estimate again.",
    }  # fmt: skip
