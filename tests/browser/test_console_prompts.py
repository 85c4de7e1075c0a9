"""Prompts in a real browser: two versions side by side, a vote, the better one in force; saved views; Ctrl+K."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import expect

from generation import advance, trials
from generation.models import Prompt, PromptTrial, PromptVote, SavedView
from tests import factories
from tests.browser.signed_in import desk_browser, signed_in  # noqa: F401 (fixtures)
from tests.desk import rows

# ruff: noqa: F811 (the fixture is named as it is imported)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def versions(course):
    """The one in force, and another."""
    return (
        Prompt(recipe="lessons.lesson", user="Write about {{ title }}.").add(),
        Prompt(recipe="lessons.lesson", user="Write about {{ title }} for {{ level_word }}s.").add(activate=False),
    )


def finish(trial):
    for run in trials.runs_of(trial):
        run.refresh_from_db()
        for _ in advance.follow(run, interval=0.05):
            pass


def test_compare_vote_and_activate(signed_in, live_server, provider, roles, versions):
    page = signed_in(roles["operator"])
    page.goto(reverse("admin:generation_prompt_change", args=[versions[1].pk]))
    page.get_by_role("link", name="Try on some items …").click()
    expect(page.get_by_text("6 requests would be sent")).to_be_visible()
    expect(page.get_by_role("cell", name=re.compile(r"^\$")).first).to_be_visible()
    page.get_by_role("button", name="Launch the trial").click()
    expect(page.get_by_role("status").filter(has_text="0 of 6 requests")).to_be_visible()
    finish(PromptTrial.objects.get())
    # The page asks by itself, and shows the texts at the end.
    first = page.locator("main section").first
    expect(first.locator("pre")).to_have_count(2)
    first.get_by_role("button", name="Left is better").click()
    expect(page.locator("main section").first.get_by_role("button", name="Left is better")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.get_by_role("row", name="operator")).to_contain_text("1")
    assert PromptVote.objects.get().choice == "left"
    page.get_by_role("link", name="Version 3").first.click()
    page.get_by_role("button", name="Put in force").click()
    expect(page.get_by_text("is in force for every new run")).to_be_visible()
    assert Prompt.objects.active_for("lessons.lesson") == versions[1]


def test_a_view_is_saved_opened_first_and_deleted(signed_in, live_server, roles, course):
    page = signed_in(roles["editor"])
    page.goto(reverse("admin:lessons_lessonplan_changelist") + "?q=Topic+0.1")
    views = page.get_by_role("navigation", name="Saved views")
    views.get_by_text("Views …").click()
    views.get_by_label("Name of the present filter, order and search").fill("First topic")
    views.get_by_role("button", name="Save this view").click()
    expect(views.get_by_role("link", name="First topic")).to_have_attribute("aria-current", "page")
    views.get_by_text("Views …").click()
    views.get_by_role("button", name="Open with it", exact=True).click()
    expect(page.get_by_text("opens with “First topic” from now on")).to_be_visible()
    page.goto(reverse("admin:lessons_lessonplan_changelist"))
    expect(page.locator("#searchbar")).to_have_value("Topic 0.1")
    views.get_by_role("link", name="Everything").click()
    expect(page.locator("#searchbar")).to_have_value("")
    views.get_by_text("Views …").click()
    views.get_by_role("button", name=re.compile("Delete")).click()
    expect(page.get_by_text("is deleted")).to_be_visible()
    assert not SavedView.objects.exists()


def test_the_keyboard_finds_and_opens(signed_in, live_server, roles, course):
    cache.clear()
    lesson = rows.lessons(course, 1)[0]
    page = signed_in(roles["editor"])
    page.goto(reverse("admin:index"))
    page.keyboard.press("Control+k")
    box = page.locator("#search-input-command")
    expect(box).to_be_focused()
    box.press_sequentially("Topic 0.1")
    found = page.locator("#command-results-list")
    expect(found).to_contain_text("Topic 0.1")
    found.get_by_role("link", name=re.compile("needs review")).click()
    expect(page).to_have_url(re.compile(f"/lessons/lesson/{lesson.pk}/"))


def test_a_run_is_found_by_its_number(signed_in, live_server, roles, course):
    cache.clear()
    run = factories.run(course)
    page = signed_in(roles["operator"])
    page.goto(reverse("admin:index"))
    page.keyboard.press("Control+k")
    page.locator("#search-input-command").press_sequentially(f"run {run.pk}")
    expect(page.locator("#command-results-list")).to_contain_text(f"Run {run.pk}")
