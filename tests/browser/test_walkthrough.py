"""The whole way in a real browser: sign in, import, generate, watch, edit, approve, publish; and how pages behave."""

import pytest
from playwright.sync_api import expect

from tests.browser.running_site import PASSWORD, chromium, site

__all__ = ["chromium", "site"]

pytestmark = [pytest.mark.browser, pytest.mark.both_databases]

OUTLINE = "# M0: Basics — Lesson Map\n\n## L001: First steps [F]\n## L002: Second steps [F]\n"
ADDED = "An editor *wrote* this."


def import_outline(site, page, folder):
    file = folder / "walk.md"
    file.write_text(OUTLINE)
    page.goto(f"{site.url}/admin/lessons/course/")
    page.click("text=Import …")
    page.set_input_files("[name=file]", str(file))
    page.fill("[name=name]", "Walk")
    page.click("button[value=preview]")
    expect(page.locator("main, .bs-page")).to_contain_text("2 lessons in 1 module")
    page.click("button[value=confirm]")
    expect(page.locator("#result_list")).to_contain_text("Second steps")


def generate(page):
    page.check("thead input[type=checkbox]")
    page.select_option("select[name=action]", "generate")
    page.click("button[name=index]")
    expect(page.get_by_role("main")).to_contain_text("it would be 2 requests")
    page.click("button[value=plan]")
    expect(page.get_by_role("main")).to_contain_text("Nothing has been sent yet")
    page.click("button[value=launch]")


def edit(site, page):
    page.goto(f"{site.url}/admin/lessons/lesson/?q=M0-L001")
    page.click("#result_list tbody th a, #result_list tbody td a")
    page.click(".CodeMirror-lines")
    page.keyboard.press("Control+End")
    page.keyboard.type(f"\n\n{ADDED}")
    expect(page.frame_locator("#preview").locator("em")).to_contain_text("wrote")
    page.click("button[value=save]")
    expect(page.locator("#main")).to_contain_text("Saved as a new revision.")
    return page.locator("textarea[name=text]").evaluate("area => area.value")


@pytest.fixture(scope="module")
def walked(site, chromium, tmp_path_factory):
    """The way up to the published file: its address at the site, the text that was approved, what the file holds."""
    operator = site.sign_in(chromium.new_context(), "operator")
    import_outline(site, operator, tmp_path_factory.mktemp("outline"))
    generate(operator)
    # The page follows the run by itself: nothing here loads it again.
    expect(operator.locator(".bs-state .bs-completed")).to_be_visible(timeout=60_000)
    expect(operator.locator("#run-progress")).to_contain_text("2 of 2 done")
    text = edit(site, site.sign_in(chromium.new_context(), "editor"))
    publisher = site.sign_in(chromium.new_context(), "publisher")
    publisher.goto(f"{site.url}/admin/lessons/lesson/?q=M0-L001")
    publisher.click("#result_list tbody th a, #result_list tbody td a")
    publisher.click("button[value=approve]")
    expect(publisher.locator(".bs-state .bs-approved")).to_be_visible()
    publisher.get_by_role("link", name="Publish …").click()
    expect(publisher.locator("#files")).to_contain_text("M0-L001.md")
    publisher.get_by_role("button", name="Publish", exact=True).click()
    expect(publisher.locator(".bs-state .bs-published")).to_be_visible()
    [file] = site.folder.rglob("M0-L001.md")
    return publisher.url, text, file.read_text(encoding="utf-8")


def test_the_published_file_holds_exactly_the_approved_text(walked):
    _, text, published = walked
    assert text.rstrip().endswith(ADDED)
    assert published.rstrip("\n") == text.rstrip("\n")


def test_nothing_is_fetched_from_elsewhere_and_nothing_breaks_the_policy(walked, site):
    assert site.foreign == []
    assert site.complaints == []


def test_the_lesson_can_be_edited_without_scripts(walked, site, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = site.sign_in(context, "editor")
    page.goto(walked[0])
    area = page.locator("textarea[name=text]")
    expect(area).to_be_visible()
    area.fill(f"{walked[1]}\n\nWithout scripts.")
    page.click("button[value=save]")
    expect(page.locator("textarea[name=text]")).to_have_value(f"{walked[1]}\n\nWithout scripts.")


def test_what_was_typed_is_not_left_without_a_question(walked, site, chromium):
    page = site.sign_in(chromium.new_context(), "editor")
    page.goto(walked[0])
    page.click(".CodeMirror-lines")
    page.keyboard.type("x")
    asked = []

    def leave(dialog):
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.goto(f"{site.url}/admin/lessons/lesson/")
    assert asked == ["beforeunload"]


PAGES = (
    "lessons/course/", "lessons/course/import/", "lessons/lessonplan/", "lessons/lesson/", "lessons/lesson/1/change/",
    "generation/run/", "generation/run/1/change/", "generation/batchjob/1/change/", "generation/request/1/change/",
    "generation/prompt/1/change/", "generation/prompt/add/", "lessons/course/1/delete/",
)  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_is_wider_than_the_screen(walked, site, chromium, width, scheme):
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = site.sign_in(context, "admin")
    wide = []
    for address in PAGES:
        assert page.goto(f"{site.url}/admin/{address}").ok, address
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(address)
    assert wide == []
    assert site.complaints == []


def test_signing_in_needs_the_password(site, chromium):
    page = chromium.new_context().new_page()
    page.goto(f"{site.url}/admin/")
    page.fill("[name=username]", "editor")
    page.fill("[name=password]", PASSWORD + "x")
    page.click("button[type=submit]")
    expect(page.locator("body")).to_contain_text("Please enter the correct username and password")
