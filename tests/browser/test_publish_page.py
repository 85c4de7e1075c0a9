"""Publishing one record in a real browser: the files and their lines first, then the deed, then back to the desk."""

import pytest
from django.urls import reverse

from generation import review
from lessons.models import Lesson
from tests.browser.signed_in import desk_browser, signed_in  # noqa: F401 (fixtures)
from tests.browser.test_desk_accessibility import SMALL, violations
from tests.desk import rows

# ruff: noqa: F811 (the fixture is named as it is imported)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lesson(course, roles):
    """Published once; a later text of it is approved."""
    (made,) = rows.lessons(course, 1)
    review.approve(made, roles["publisher"], comment="good")
    review.publish_artefacts(Lesson.objects.all(), roles["publisher"])
    text = made.current.text.replace("Second line.", "Another line.\n\nSecond row.")
    review.save_text(made, text, roles["publisher"], base_revision_id=made.current_id)
    review.approve(Lesson.objects.get(pk=made.pk), roles["publisher"], comment="good")
    return made


def address(lesson, name="desk"):
    return reverse(f"admin:lessons_lesson_{name}", args=[lesson.pk])


@pytest.mark.parametrize("name", ["desk", "change"])
def test_it_is_looked_at_and_published(signed_in, live_server, roles, lesson, settings, name):
    page = signed_in(roles["publisher"])
    page.goto(address(lesson, name))
    page.get_by_role("link", name="Publish …").click()
    page.wait_for_selector("#files")
    assert page.locator(".bs-added ins").all_inner_texts() and "Second row." in page.inner_text("#files")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.wait_for_url("**" + address(lesson, name) + "*")
    assert "Published 1" in page.inner_text("body")
    (file,) = settings.PUBLISH_ROOT.rglob("*.md")
    assert "Second row." in file.read_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_on_the_page(signed_in, live_server, roles, lesson, width, theme):
    page = signed_in(
        roles["publisher"], viewport={"width": width, "height": 1200}, color_scheme=theme, bypass_csp=True
    )  # fmt: skip
    page.goto(address(lesson, "desk_publish"))
    page.evaluate("theme => document.documentElement.classList.toggle('dark', theme === 'dark')", theme)
    assert violations(page) + page.evaluate(SMALL) == []
    assert page.evaluate("document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth")
