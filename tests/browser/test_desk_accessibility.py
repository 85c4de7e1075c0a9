"""axe-core on the desk's pages, light and dark, wide and narrow; the size of what is pressed; nothing foreign."""

from pathlib import Path

import pytest
from django.urls import reverse

from lessons.models import Lesson
from tests.browser.signed_in import desk_browser, signed_in  # noqa: F401 (fixtures)
from tests.desk import rows

# ruff: noqa: F811 (the fixture is named as it is imported)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
TABS = ("text", "differences", "checks", "history")
RUN = """async () => {
    const found = await axe.run(document.querySelector("main"), {iframes: false, runOnly: {type: "tag",
        values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}});
    return found.violations.map(one => one.id + ": " + one.nodes.map(node => node.html.slice(0, 160)).join(" | "));
}"""
PRESSED = "main a, main button, main summary, main input:not([type=hidden])"
SMALL = (
    f"() => Array.from(document.querySelectorAll('{PRESSED}'))"
    + """
    .filter(one => one.checkVisibility() && !one.closest(".editor-toolbar, p, li, td, dd, th, .CodeMirror"))
    .map(one => [one.outerHTML.slice(0, 120), one.getBoundingClientRect()])
    .filter(([, box]) => box.height < 24).map(([html, box]) => html + box.height)"""
)

WANTED = """Array.from(document.querySelectorAll("main a, main button, main summary, main input"))
    .filter(one => one.checkVisibility() && one.type !== "hidden" && one.tabIndex >= 0)"""


@pytest.fixture
def scene(course):
    """A lesson with findings, one dismissed, a candidate, a published text and events; and a clean one."""
    one, two = rows.lessons(course, 2)
    for severity, line in (("error", 3), ("warning", 5), ("note", 0)):
        rows.with_finding(one, severity, line, check=f"check_{severity}")
    newer = {"recipe": one.recipe, "item_id": one.item_id, "text": one.current.text + "\n\nMore."}
    one.published = type(one.current).objects.create(origin="edited", author_label="Ann", **newer)
    one.candidate = type(one.current).objects.create(origin="generated", **newer)
    one.save()
    return one, two


def violations(page):
    page.add_script_tag(content=AXE.read_text()) if not page.evaluate("Boolean(window.axe)") else None
    return page.evaluate(RUN)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(signed_in, live_server, roles, scene, theme, width):
    one, two = scene
    page = signed_in(
        roles["publisher"], viewport={"width": width, "height": 6000}, color_scheme=theme, reduced_motion="reduce",
        bypass_csp=True,
    )  # fmt: skip
    addresses = [reverse("admin:lessons_lesson_desk", args=[one.pk]) + f"?tab={tab}" for tab in TABS]
    addresses += [reverse("admin:lessons_lesson_desk", args=[two.pk]), reverse("admin:lessons_lesson_desk_keys")]
    addresses.append(reverse("admin:lessons_lesson_queue") + "?collection=none")
    found = {}
    for address in addresses:
        page.goto(address)
        page.evaluate("theme => document.documentElement.classList.toggle('dark', theme === 'dark')", theme)
        page.evaluate(
            "document.querySelectorAll('main details')"
            ".forEach(one => { one.open = !one.closest('.desk-bar, .desk-queue') })"
        )
        page.wait_for_function("document.getAnimations().every(one => one.playState !== 'running')")
        found[address] = violations(page) + [f"small: {one}" for one in page.evaluate(SMALL)]
    assert {address: troubles for address, troubles in found.items() if troubles} == {}


def test_open_popups_and_the_conflict_page(signed_in, live_server, roles, scene):
    _, two = scene
    page = signed_in(roles["publisher"], bypass_csp=True)
    page.goto(reverse("admin:lessons_lesson_desk", args=[two.pk]))
    for summary in page.locator("main .bs-popup summary").all():
        summary.click()
        assert violations(page) == []
        summary.click()
    Lesson.objects.filter(pk=two.pk).update(current=scene[0].current_id)
    page.evaluate("window.deskEditor.fill('Mine.')")
    page.locator("button[value=save]").click()
    page.wait_for_selector("#conflict-form")
    assert violations(page) == []


def test_the_keyboard_reaches_everything_in_the_desk(signed_in, live_server, roles, scene):
    page = signed_in(roles["publisher"])
    page.goto(reverse("admin:lessons_lesson_desk", args=[scene[0].pk]))
    page.wait_for_selector(".CodeMirror")
    page.locator(".desk-queue a").first.focus()
    count = page.evaluate(f"({WANTED}).length")
    assert count > 20
    page.evaluate("window.reached = new Set([document.activeElement])")
    page.evaluate("document.addEventListener('focusin', event => window.reached.add(event.target))")
    for _ in range(count + 20):
        page.keyboard.press("Tab")
    missed = f"({WANTED}).filter(one => !window.reached.has(one)).map(one => one.outerHTML.slice(0, 100))"
    assert page.evaluate(missed) == []
