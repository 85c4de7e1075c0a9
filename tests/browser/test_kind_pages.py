"""axe-core on a kind's own pages outside the desk: import, a collection's publishing, the record, the ticked ones."""

import pytest
from django.urls import reverse

from generation import review
from tests.browser.signed_in import desk_browser, signed_in  # noqa: F401 (fixtures)
from tests.browser.test_desk_accessibility import scene  # noqa: F401 (fixture)
from tests.browser.test_desk_pages import troubles

# ruff: noqa: F811 (the fixtures are named as they are imported)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def ticked(page):
    """The page that asks before the ticked lessons are rejected."""
    page.goto(reverse("admin:lessons_lesson_changelist"))
    page.locator("input.action-select").first.wait_for(state="attached")
    page.evaluate("""() => {
        const form = document.querySelector("input.action-select").form;
        form.querySelectorAll("input.action-select").forEach(one => { one.checked = true; });
        form.querySelector("[name=action]").value = "reject";
        form.submit();
    }""")
    page.locator("input[name=reason], textarea[name=reason]").first.wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(signed_in, live_server, roles, scene, theme, width):
    one, two = scene
    course = one.item.collection
    review.approve(two, roles["publisher"], comment="good")
    page = signed_in(
        roles["admin"], viewport={"width": width, "height": 3000}, color_scheme=theme, reduced_motion="reduce",
        bypass_csp=True,
    )  # fmt: skip
    found = {}
    for place in (
        reverse("admin:lessons_lesson_change", args=[one.pk]), reverse("admin:lessons_course_import"),
        reverse("admin:lessons_course_publish", args=[course.pk]),
    ):  # fmt: skip
        page.goto(place)
        assert page.locator(".bs-page, #main").count(), place
        found[place] = troubles(page, theme)
    ticked(page)
    found["ticked"] = troubles(page, theme)
    assert {place: said for place, said in found.items() if said} == {}
