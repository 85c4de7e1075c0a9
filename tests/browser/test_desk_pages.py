"""axe-core on whole pages beside the desk's own, light and dark, wide and narrow; and what the keyboard reaches."""

import pytest
from django.urls import reverse

from generation import review
from generation.models import BulkJob, Revision
from generation.review.commenting import add_comment
from lessons.models import Lesson
from tests.browser.desk_page import desk, shown
from tests.browser.frame import FRAME
from tests.browser.signed_in import desk_browser, signed_in  # noqa: F401 (fixtures)
from tests.browser.test_desk_accessibility import AXE, SMALL, scene  # noqa: F401 (fixture)
from tests.desk import rows

# ruff: noqa: F811 (the fixtures are named as they are imported)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RUN = """async frame => {
    const found = await axe.run({exclude: frame.map(one => [one])}, {iframes: false, runOnly: {type: "tag",
        values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}});
    return found.violations.map(one => one.id + ": " + one.nodes.map(node => node.html.slice(0, 160)).join(" | "));
}"""
ACTIONS = ("approve", "request_changes", "reject", "publish", "again", "assign")


def address(name, *numbers, query="?status=any"):
    return reverse(f"admin:lessons_lesson_{name}", args=numbers) + query


def troubles(page, theme="light"):
    page.evaluate("theme => document.documentElement.classList.toggle('dark', theme === 'dark')", theme)
    page.evaluate("document.querySelectorAll('main details:not(.bs-popup)').forEach(one => { one.open = true })")
    page.wait_for_function("document.getAnimations().every(one => one.playState !== 'running')")
    page.evaluate(AXE.read_text()) if not page.evaluate("Boolean(window.axe)") else None
    return page.evaluate(RUN, list(FRAME)) + [f"small: {one}" for one in page.evaluate(SMALL)]


@pytest.fixture
def pages(roles, scene):
    """Addresses of pages that all hold something."""
    one, two = scene
    words = " ".join(f"w{number}" for number in range(60))
    for lesson in (one, two):
        Revision.objects.filter(pk=lesson.current_id).update(text=f"# Title\n\n{words}\n\nLine of {lesson.pk}.")
    add_comment(one, roles["editor"], "A remark.")
    review.bulk(Lesson.objects.filter(pk=one.pk), "assign", roles["reviewer"], assignee=roles["editor"])
    review.request_changes(one, roles["publisher"], "Say more")
    jobs = [
        BulkJob.objects.create(
            model="lessons.lesson", action="approve", user=roles["admin"], ids=[two.pk], total=2, **state
        )
        for state in ({}, {"status": "finished", "position": 2, "done": 1, "skipped": {"it has no text": 1}})
    ]
    return [
        *(address("desk_whole", action) for action in ACTIONS),
        *(address("desk_job", job.pk, query="") for job in jobs),
        address("desk_search"), address("desk_search", query="?status=any&find=Line"),
        address("desk_search", query="?status=any&find="), address("desk_similar"), address("desk_people"),
        address("desk_beside", one.pk, two.pk, query=""), desk(one, "?status=any&tab=comments"), desk(two),
        desk(query="?q=nothing"), reverse("admin:lessons_lesson_desk", args=[999]),
        reverse("admin:lessons_lesson_desk_keys"),
    ]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_on_the_whole_page(signed_in, live_server, roles, pages, theme, width):
    page = signed_in(
        roles["admin"], viewport={"width": width, "height": 3000}, color_scheme=theme, reduced_motion="reduce",
        bypass_csp=True,
    )  # fmt: skip
    found = {}
    for place in pages:
        page.goto(place)
        assert page.locator("main h1").count() == 1, place
        found[place] = troubles(page, theme)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found[place].append("wider than the screen")
    assert {place: said for place, said in found.items() if said} == {}


def test_what_the_frame_brings_is_there(signed_in, live_server, roles):
    page = signed_in(roles["admin"])
    page.goto(address("desk_people"))
    assert [selector for selector in FRAME if not page.locator(selector).count()] == []


def test_axe_finds_nothing_after_a_decision_with_the_help_open(signed_in, live_server, roles, course):
    _, two = rows.lessons(course, 2)
    page = signed_in(roles["reviewer"], bypass_csp=True, reduced_motion="reduce")
    page.goto(desk())
    page.keyboard.press("a")
    shown(page, two.title)
    assert page.locator("button[value=undo]").is_visible()
    for theme in ("light", "dark"):
        page.keyboard.press("?")
        assert page.locator("#desk-help").evaluate("popup => popup.open")
        assert troubles(page, theme) == []
        page.keyboard.press("Escape")


def test_a_lesson_is_found_decided_and_left_by_tab_alone(signed_in, live_server, roles, course):
    """From the top of a page: what has the focus is always seen, and all of it is reached without a pointer."""
    one, two = rows.lessons(course, 2)
    page = signed_in(roles["reviewer"])
    page.goto(address("changelist", query=""))
    follow(page, "Open in the desk")
    shown(page, one.title)
    follow(page, "Skip")
    shown(page, two.title)
    follow(page, "Approve a")
    shown(page, one.title)
    assert Lesson.objects.get(pk=two.pk).status == "approved"
    follow(page, "Undo")
    shown(page, two.title)
    follow(page, "Comments and similar")
    page.wait_for_selector("#comments-heading")


def follow(page, words):
    """Press Tab until what is named so has the focus, and Enter there."""
    label = "document.activeElement.textContent.replace(/\\s+/g, ' ').trim()"
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate(label).startswith(words):
            assert page.evaluate(SEEN), words
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab does not reach {words}")


# The focus is on the screen, and has an outline or a ring.
SEEN = """() => {
    const box = document.activeElement.getBoundingClientRect();
    const style = getComputedStyle(document.activeElement);
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none";
    return ring && box.top >= 0 && box.bottom <= window.innerHeight;
}"""


@pytest.mark.parametrize("place", ["find=Line", "assign/?status=any", "keys/"])
def test_the_keyboard_reaches_all_of_a_page(signed_in, live_server, roles, pages, place):
    page = signed_in(roles["admin"])
    page.goto(next(one for one in pages if one.endswith(place)))
    page.evaluate("window.reached = new Set()")
    page.evaluate("document.addEventListener('focusin', event => window.reached.add(event.target))")
    for _ in range(page.locator("a, button, input, select, textarea, summary").count() + 5):
        page.keyboard.press("Tab")
    missed = f"{WANTED}.filter(one => !window.reached.has(one)).map(one => one.outerHTML)"
    assert page.evaluate(f"{WANTED}.length") > 0
    assert page.evaluate(missed) == []


WANTED = """Array.from(document.querySelectorAll("main :is(a, button, summary, input, select, textarea)"))
    .filter(one => one.checkVisibility() && one.type !== "hidden" && one.tabIndex >= 0)"""
