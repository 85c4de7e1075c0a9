"""A run in a real browser: a wrong prompt refused and mended, then rehearsed, piloted, refused for money, launched."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from generation import tasks
from generation.models import Budget, Prompt, Revision, Run, TokenCount
from lessons.models import Lesson
from tests.browser.signed_in import desk_browser, signed_in  # noqa: F401 (fixtures)
from tests.console.planning_site import sandboxed  # noqa: F401 (fixture)
from tests.generation.scenes import follow

# ruff: noqa: F811 (the fixtures are named as they are imported)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(signed_in: Any, live_server: Any, roles: Any, course: Any, sandboxed: Any) -> Page:
    """The operator's, on the start of a plan."""
    opened: Page = signed_in(roles["operator"])
    opened.goto(reverse("console_plan"))
    return opened


def to_the_plan(page: Page) -> None:
    """From the list of collections to the second page."""
    page.goto(reverse("console_plan"))
    page.get_by_role("link", name="Plan a run of Course").click()
    expect(page.get_by_role("heading", name="Generate")).to_be_visible()
    page.get_by_role("button", name="See the plan").click()


def run_to_its_end(**chosen: Any) -> Run:
    """The site has no worker here: the test takes the run's steps."""
    return follow(Run.objects.get(**chosen))


def mend(page: Page) -> None:
    """Follow the link to the prompt and save the next version without the wrong variable."""
    page.get_by_role("link", name="Mend the prompt").click()
    page.get_by_role("link", name="Edit as a new version").click()
    page.locator("[name=user]").fill("Write a lesson on {{ title }}.")
    page.locator("[name=activate]").check()
    page.locator("[name=_save]").click()
    expect(page.locator("#main")).to_contain_text("version 3")


def test_from_a_wrong_prompt_to_the_launch(page):
    wrong = Prompt(recipe="lessons.lesson", user="Write on {{ titel }}.").add()
    to_the_plan(page)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(f"prompt version {wrong.version}: it uses {{{{ titel }}}}")
    expect(page.get_by_role("button", name="Launch")).to_have_count(0)
    mend(page)

    to_the_plan(page)
    expect(page.locator("main")).to_contain_text("6 requests")
    page.get_by_label("Number or name of an item").fill("Topic 1.3")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Write a lesson on Topic 1.3.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("request 6 of 6")

    page.get_by_role("button", name="Rehearse").click()
    expect(page.get_by_role("heading", name="rehearsal")).to_be_visible()
    run_to_its_end(purpose="rehearsal")
    # The page looks again by itself.
    page.get_by_role("button", name="Throw 6 texts away").click()
    expect(page.locator("#main")).to_contain_text("6 rehearsed texts are thrown away")
    assert not Revision.objects.exists()

    to_the_plan(page)
    page.get_by_label("with", exact=True).fill("2")
    page.get_by_role("button", name="Pilot").click()
    expect(page.get_by_role("heading", name="pilot")).to_be_visible()
    run_to_its_end(purpose="pilot")
    page.get_by_role("link", name="Launch the rest").click()
    expect(page.locator("main")).to_contain_text("measured on the 2 answers of the pilot")
    expect(page.locator("main")).to_contain_text("4 requests")

    budget = Budget.objects.create(scope="month", amount_nano=0)
    page.get_by_role("button", name="Launch").click()
    expect(page.get_by_role("alert")).to_contain_text("This run is likely to cost")
    page.get_by_role("link", name="See and change the budgets").click()
    page.get_by_role("link", name="all runs of a calendar month").click()
    page.locator("[name=dollars]").fill("12.50")
    page.locator("[name=_save]").click()
    expect(page.locator("#result_list")).to_contain_text("$12.50")
    budget.refresh_from_db()
    assert budget.amount_nano == 12_500_000_000 and budget.updated_by.username == "operator"

    page.goto(reverse("console_rest", args=[Run.objects.get(purpose="pilot").pk]))
    page.get_by_role("button", name="Launch").click()
    expect(page.locator("#main")).to_contain_text("is on its way: 4 requests")
    run_to_its_end(purpose="launch")
    assert Lesson.objects.count() == 6


def test_every_prompt_is_counted_while_the_page_is_watched(page, monkeypatch):
    monkeypatch.setattr("generation.pipeline.estimate.estimate.__kwdefaults__", {"sample": 2, "seed": 1})
    to_the_plan(page)
    expect(page.locator("main")).to_contain_text("counted on 2 of 6 prompts")
    page.get_by_role("button", name="Count every prompt").click()
    bar = page.get_by_role("progressbar", name="Prompts that are counted")
    expect(bar).to_have_js_property("value", 0)
    tasks.count_tokens(TokenCount.objects.get().pk)
    # The page looks by itself, and says when it is over.
    expect(page.get_by_text("Counting is over")).to_be_visible()
    expect(bar).to_have_js_property("value", 6)
    page.get_by_role("button", name="Show the estimate again").click()
    expect(page.locator("main")).to_contain_text("counted on 6 of 6 prompts")
    expect(page.get_by_role("button", name="Count every prompt")).to_have_count(0)


def test_a_text_that_is_being_read_is_not_taken_away(page):
    to_the_plan(page)
    page.get_by_role("button", name="Pilot").click()
    expect(page.locator("#results")).to_have_attribute("data-live", "1")
    run_to_its_end(purpose="pilot")
    expect(page.locator("#results")).to_have_attribute("data-live", "0")
    summary = page.get_by_text("The text of").first
    summary.click()
    expect(page.locator("details[open] pre").first).to_be_visible()


def test_a_waiting_run_is_approved_by_another_person(page, signed_in, roles, settings):
    settings.APPROVAL_ABOVE = 0.0
    to_the_plan(page)
    expect(page.locator("main")).to_contain_text("waits for a second operator")
    page.get_by_role("button", name="Launch").click()
    expect(page.get_by_role("heading", name="Waiting for approval")).to_be_visible()
    expect(page.get_by_role("button", name="Approve and launch")).to_have_count(0)
    other = signed_in(roles["admin"])
    other.goto(reverse("admin:generation_run_change", args=[Run.objects.get().pk]))
    other.get_by_role("button", name="Approve and launch").click()
    expect(other.locator("#main")).to_contain_text("You have approved it")
    assert Run.objects.get().approved_by == roles["admin"]
