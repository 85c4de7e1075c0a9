"""Bad luck at the desk in a real browser: sessions end, records change hands, filters run dry, texts are strange."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from playwright.sync_api import expect

from generation import review
from generation.models import Revision
from lessons.models import Lesson
from tests.browser.desk_page import desk, focused, fresh, save, shown, told, write
from tests.browser.signed_in import desk_browser, signed_in  # noqa: F401 (fixtures)
from tests.desk import rows

# ruff: noqa: F811 (the fixture is named as it is imported)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Whether the letters of a short line begin in the right half of their block.
FROM_THE_RIGHT = """block => {
    const letters = document.createRange();
    letters.selectNodeContents(block);
    return letters.getBoundingClientRect().left > block.getBoundingClientRect().left + block.clientWidth / 2;
}"""
SCRIPTS = "# שלום עולם\n\nمرحبا بالعالم، هذا نص.\n\n漢字とかな。中文没有空格。\n\n👩‍🏫 🇪🇺 e\u0301 family: 👨‍👩‍👧‍👦"


def test_a_session_that_ends_in_mid_edit_and_a_new_one_in_another_tab(signed_in, live_server, roles, course):
    one, _ = rows.lessons(course, 2)
    editor = roles["editor"]
    page = signed_in(editor)
    page.goto(desk(one))
    write(page, "Typed for an hour.")
    page.context.clear_cookies()
    page.keyboard.press("ControlOrMeta+s")
    told(page, "sign in again in another tab", "#desk-alert")
    tab = page.context.new_page()
    tab.goto(reverse("admin:login"))
    tab.fill("[name=username]", editor.username)
    tab.fill("[name=password]", "x")
    tab.click("button[type=submit]")
    tab.wait_for_url(f"{live_server.url}/admin/")
    save(page)
    assert fresh(one).current.text == "Typed for an hour."
    page.reload()
    expect(page.locator("#draft-note")).to_be_hidden()


def test_a_draft_of_one_person_is_not_shown_to_the_next_at_the_same_browser(signed_in, live_server, roles, course):
    (one,) = rows.lessons(course, 1)
    page = signed_in(roles["editor"])
    page.goto(desk(one))
    write(page, "Of the editor.")
    page.wait_for_function("Object.keys(localStorage).some(key => key.startsWith('desk:'))")
    other = signed_in(roles["reviewer"])
    page.context.add_cookies(other.context.cookies())
    page.reload()
    expect(page.locator("#draft-note")).to_be_hidden()
    assert page.evaluate("window.deskEditor.text()") == one.current.text


def test_a_draft_that_is_generated_again_while_somebody_types(signed_in, live_server, roles, course):
    (one,) = rows.lessons(course, 1)
    page = signed_in(roles["editor"])
    page.goto(desk(one))
    write(page, "Mine.")
    newer = Revision.objects.create(recipe=one.recipe, item_id=one.item_id, origin="generated", text="Newer.")
    Lesson.objects.filter(pk=one.pk).update(current=newer)
    page.keyboard.press("ControlOrMeta+s")
    shown(page, "It was generated again while you had it open")
    assert focused(page)[0] == "desk-heading"
    assert page.locator("#theirs").input_value() == "Newer."
    page.get_by_role("button", name="Save mine on top").click()
    shown(page, one.title)
    assert (fresh(one).current.text, fresh(one).current.parent_id) == ("Mine.", newer.pk)


def test_nobody_approves_a_text_that_was_generated_meanwhile(signed_in, live_server, roles, course):
    (one,) = rows.lessons(course, 1)
    page = signed_in(roles["reviewer"])
    page.goto(desk(one))
    newer = Revision.objects.create(recipe=one.recipe, item_id=one.item_id, origin="generated", text="Newer.")
    Lesson.objects.filter(pk=one.pk).update(current=newer)
    page.keyboard.press("a")
    shown(page, "It was generated again while you had it open")
    assert fresh(one).status == "needs_review"
    page.get_by_role("link", name="Go on with the new text").click()
    shown(page, one.title)
    page.keyboard.press("a")
    shown(page, "Nothing waits here")
    assert fresh(one).approved_id == newer.pk


def test_a_decision_that_another_has_taken_first(signed_in, live_server, roles, course):
    one, two = rows.lessons(course, 2)
    page = signed_in(roles["reviewer"])
    page.goto(desk(one))
    review.reject(fresh(one), roles["publisher"], "Off the topic")
    page.keyboard.press("a")
    told(page, "rejected", "#desk-alert")
    assert fresh(one).status == "rejected"
    page.keyboard.press("j")
    shown(page, two.title)


def test_a_filter_that_matches_nothing_any_more(signed_in, live_server, roles, course):
    one, two = rows.lessons(course, 2)
    page = signed_in(roles["reviewer"])
    page.goto(desk(one, f"?q={one.item.key}"))
    review.approve(fresh(one), roles["publisher"])
    page.keyboard.press("j")
    told(page, "last of the queue")
    page.goto(desk(query=f"?q={one.item.key}"))
    shown(page, "Nothing waits here")
    assert "none needs review any more" in page.inner_text("#desk-main")
    Lesson.objects.filter(pk=two.pk).delete()
    page.goto(desk(query=f"?q={two.item.key}"))
    assert "matches nothing any more" in page.inner_text("#desk-main")
    page.get_by_role("link", name="Change the filter in the list").click()
    page.wait_for_url("**/admin/lessons/lesson/?q=*")


def test_a_lesson_of_a_megabyte_is_read_edited_and_found(signed_in, live_server, roles, course):
    (one,) = rows.lessons(course, 1)
    Revision.objects.filter(pk=one.current_id).update(text="word word word word word\n" * 40_000)
    page = signed_in(roles["editor"])
    page.set_default_timeout(30_000)
    page.goto(desk(one))
    assert page.locator(".CodeMirror").count() == 0
    assert "shown as it is" in page.frame_locator("#preview").locator(".notice").inner_text()
    page.locator("#text").evaluate("area => { area.value = area.value.replace('word', 'Sword'); }")
    page.locator("button[value=save]").click()
    told(page, "Saved")
    assert len(fresh(one).current.text) > 999_000
    page.goto(reverse("admin:lessons_lesson_desk_search") + "?status=any&find=Sword")
    assert "1 place in 1 lesson" in page.inner_text(".bs-page")
    page.goto(desk(one, "?tab=differences"))
    assert "too long to be compared" in page.inner_text("#desk-tab")


def test_letters_of_other_scripts_stay_and_run_their_own_way(signed_in, live_server, roles, course):
    (one,) = rows.lessons(course, 1)
    page = signed_in(roles["editor"])
    page.goto(desk(one))
    write(page, SCRIPTS)
    save(page)
    assert fresh(one).current.text == SCRIPTS
    preview = page.frame_locator("#preview")
    for words in ("שלום", "مرحبا"):
        line = preview.get_by_text(words)
        expect(line).to_be_visible()
        assert line.evaluate(FROM_THE_RIGHT)
    assert not preview.get_by_text("中文").evaluate(FROM_THE_RIGHT)
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    page.wait_for_selector("#differences-heading")
    assert "مرحبا بالعالم" in page.inner_text("#desk-tab") and "👨‍👩‍👧‍👦" in page.inner_text("#desk-tab")
    page.goto(reverse("admin:lessons_lesson_desk_search") + "?status=any&find=中文")
    assert page.locator("mark").inner_text() == "中文"


def test_somebody_whose_rights_are_taken_away_in_mid_edit(signed_in, live_server, roles, course):
    (one,) = rows.lessons(course, 1)
    page = signed_in(roles["editor"])
    page.goto(desk(one))
    write(page, "Mine.")
    get_user_model().objects.get(pk=roles["editor"].pk).groups.clear()
    page.keyboard.press("ControlOrMeta+s")
    page.wait_for_function("document.querySelector('#desk-alert').textContent !== ''")
    assert page.evaluate("window.deskEditor.text()") == "Mine."
    assert fresh(one).current.text != "Mine."


@pytest.mark.parametrize("times", [1, 12], ids=["all lines in view", "most lines out of view"])
def test_what_replaces_the_whole_text_is_kept(signed_in, live_server, roles, course, times):
    (one,) = rows.lessons(course, 1)
    text = "\n\n".join(["A line as dictation or a phone's keyboard puts it in."] * 30 * times)
    page = signed_in(roles["editor"])
    for title in ("# First", "# Second"):
        page.goto(desk(one))
        write(page, f"{title}\n\n{text}")
        save(page)
        one.refresh_from_db()
        assert one.current.text.strip() == f"{title}\n\n{text}"
