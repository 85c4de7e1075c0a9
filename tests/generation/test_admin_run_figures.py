"""The figures on the page of a run, for every kind, and what a kind offers beside them."""

import pytest
from django.contrib import admin
from django.urls import reverse

from generation.models import Run
from lessons.models import Course
from tests import factories


@pytest.fixture
def viewer(client, roles):
    client.force_login(roles["viewer"])
    return client


def page(run, name="change"):
    return reverse(f"admin:generation_run_{name}", args=[run.pk])


def test_a_run_shows_pace_and_success_by_recipe(viewer, course, provider):
    run = factories.finished(course)
    shown = viewer.get(page(run))
    ((title, line),) = shown.context["report"]["recipes"]
    assert (title, line.done, line.total, line.made, line.failed) == ("Lesson", 6, 6, 6, 0)
    facts = dict(shown.context["report"]["facts"])
    assert facts["Success rate"] == "100.0 %" and facts["Time left"] == "nothing left to send"
    assert facts["Items"].startswith("6 of 6, ")
    assert "6 of 6 (100.0 %)" in shown.content.decode()


def test_before_the_first_answer_nothing_is_claimed(viewer, course):
    facts = dict(viewer.get(page(factories.run(course))).context["report"]["facts"])
    assert (facts["Success rate"], facts["Time left"], facts["Elapsed"]) == ("–", "not known yet", "0:00")


def test_the_fragment_that_is_fetched_again_has_them_too(viewer, course):
    assert "How it goes" in viewer.get(page(factories.run(course), "progress")).content.decode()


def test_a_run_of_a_kind_that_is_gone_has_a_page_without_them(viewer, course):
    run = factories.run(course)
    run.requests.update(recipe="gone.thing")
    Run.objects.update(recipes=["gone.thing"])
    shown = viewer.get(page(run))
    assert shown.status_code == 200 and "How it goes" not in shown.content.decode()


def test_what_a_kind_offers_for_a_run_is_a_button(viewer, course, monkeypatch):
    offered = [("Look <here>", "/somewhere/?run=1")]
    monkeypatch.setattr(type(admin.site._registry[Course]), "run_links", lambda self, run: offered)
    shown = viewer.get(page(factories.run(course))).content.decode()
    assert '<a class="bs-button" href="/somewhere/?run=1">Look &lt;here&gt;</a>' in shown
