"""axe-core on the console's pages, light and dark, wide and narrow; targets of at least 24 px; nothing runs over."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from generation import advance, trials
from generation.models import Prompt, PromptVote, RecipeSettings, SavedView
from lessons.models import LessonPlan
from tests.browser.console_scenes import at_the_provider, empty, home, notices, running_and_ended
from tests.browser.planning_scenes import planning
from tests.browser.signed_in import desk_browser, signed_in  # noqa: F401 (fixtures)
from tests.browser.test_desk_accessibility import AXE, SMALL, violations

# ruff: noqa: F811 (the fixture is named as it is imported)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROWER = "document.documentElement.scrollWidth <= window.innerWidth"


def prompts(course: Any, roles: Any) -> list[str]:
    """A version with its differences, filled in, tried; a trial with a vote; the settings of a recipe."""
    one = Prompt(recipe="lessons.lesson", user="Write about {{ title }}.").add()
    two = Prompt(recipe="lessons.lesson", user="Write on {{ title }}.", created_by=roles["operator"]).add()
    ids = trials.spread(LessonPlan.objects.all(), 2)
    trial = trials.start(trials.Asked(one, two, course, ids), roles["operator"], "operator")
    for run in trials.runs_of(trial):
        for _ in advance.follow(run, interval=0.05):
            pass
    PromptVote.objects.cast(trial, ids[0], roles["operator"], "left")
    return [
        reverse("admin:generation_prompt_change", args=[two.pk]),
        reverse("console_prompt_preview", args=[two.pk]),
        reverse("console_prompt_try", args=[two.pk]),
        reverse("console_trial", args=[trial.pk]) + f"?differences={ids[0]}",
        reverse("console_trials"),
    ]


def saved_views(course: Any, roles: Any) -> list[str]:
    """A list with views of its own; the settings of a recipe with its table."""
    for name in ("Mine", "Other"):
        SavedView.objects.create(user=roles["operator"], table="lessons.lessonplan", name=name, query="q=Topic")
    row = RecipeSettings.objects.create(recipe="lessons.lesson", model="nobody-knows")
    plans = reverse("admin:lessons_lessonplan_changelist") + "?q=Topic"
    return [plans, reverse("admin:generation_recipesettings_change", args=[row.pk])]


# Each makes its rows and returns the addresses of the pages. Keep them sorted.
SCENES: dict[str, Callable[[Any, Any], list[str]]] = {
    "at the provider": at_the_provider,
    "empty": empty,
    "home": home,
    "notices": notices,
    "planning": planning,
    "prompts": prompts,
    "runs": running_and_ended,
}
# Parts of ours on pages of the frame: where they stand.
PARTS: dict[str, tuple[Callable[[Any, Any], list[str]], str]] = {"saved views": (saved_views, ".bs-views, .bs-page")}
PART = """async selector => {
    const parts = selector.split(", ").map(one => [one]);
    const found = await axe.run({include: parts}, {iframes: false, runOnly: {type: "tag",
        values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}});
    return found.violations.map(one => one.id + ": " + one.nodes.map(node => node.html.slice(0, 160)).join(" | "));
}"""
LOOKS = [(width, theme) for width in (1440, 390) for theme in ("light", "dark")]


def opened(signed_in: Any, person: Any, width: int, theme: str) -> Any:
    return signed_in(
        person, viewport={"width": width, "height": 4000}, color_scheme=theme, reduced_motion="reduce", bypass_csp=True
    )


def show(page: Any, address: str, theme: str) -> None:
    page.goto(address)
    page.evaluate("theme => document.documentElement.classList.toggle('dark', theme === 'dark')", theme)
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")


@pytest.mark.parametrize("scene", SCENES)
def test_axe_finds_nothing(signed_in, live_server, provider, roles, course, scene):
    addresses, found = SCENES[scene](course, roles), {}
    for width, theme in LOOKS:
        page = opened(signed_in, roles["operator"], width, theme)
        for address in addresses:
            show(page, address, theme)
            assert page.locator("main h1").count() == 1, address
            troubles = violations(page) + [f"small: {one}" for one in page.evaluate(SMALL)]
            troubles += [] if page.evaluate(NARROWER) else ["wider than the window"]
            found[address, width, theme] = troubles
    assert {place: troubles for place, troubles in found.items() if troubles} == {}


@pytest.mark.parametrize("part", PARTS)
def test_axe_finds_nothing_in_our_parts_of_the_frames_pages(signed_in, live_server, roles, course, part):
    make, selector = PARTS[part]
    addresses, found = make(course, roles), {}
    for width, theme in LOOKS:
        page = opened(signed_in, roles["operator"], width, theme)
        for address in addresses:
            show(page, address, theme)
            page.evaluate("document.querySelectorAll('.bs-views details').forEach(one => { one.open = true })")
            page.add_script_tag(content=AXE.read_text())
            found[address, width, theme] = page.evaluate(PART, selector)
    assert {place: troubles for place, troubles in found.items() if troubles} == {}
