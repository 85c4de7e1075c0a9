"""The desk by keys alone, in a real browser: decisions, focus, announcements, conflicts, undo, keys that are off."""

import pytest
from django.urls import reverse

from benchmarks.material import lesson_text
from generation import review
from generation.desk.keys import switch_off
from generation.models import ReviewEvent, Run
from lessons.models import Lesson
from tests import factories
from tests.browser.desk_page import announced, desk, focused, focused_in_editor, shown, write
from tests.browser.signed_in import desk_browser, signed_in  # noqa: F401 (fixtures)
from tests.desk import rows
from tests.generation.scenes import follow

# ruff: noqa: F811 (the fixture is named as it is imported)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_twenty_presses_approve_twenty_lessons(signed_in, live_server, roles):
    made = rows.lessons(factories.course(2, 12), 21)
    page = signed_in(roles["reviewer"])
    page.goto(desk())
    for number, lesson in enumerate(made[:20]):
        shown(page, lesson.title)
        if number:
            assert focused(page) == ["desk-heading", lesson.title]
            assert f"Approved: “{made[number - 1].title}”." in announced(page)
            assert f"{lesson.title}, 1 of {21 - number}." in announced(page)
        page.keyboard.press("a")
    shown(page, made[20].title)
    assert Lesson.objects.filter(status="approved").count() == 20
    assert ReviewEvent.objects.filter(action="approve", user=roles["reviewer"]).count() == 20
    page.keyboard.press("a")
    shown(page, "Nothing waits here")
    assert focused(page)[0] == "desk-heading"


def test_edit_save_and_approve(signed_in, live_server, roles, course):
    (one, two) = rows.lessons(course, 2)
    good = lesson_text(f"{one.item.key}: {one.title}", 1)
    page = signed_in(roles["reviewer"])
    page.goto(desk(one))
    write(page, good)
    page.keyboard.press("ControlOrMeta+s")
    page.wait_for_function("document.querySelector('#desk-said').textContent.includes('Saved')")
    one.refresh_from_db()
    assert one.current.text.strip() == good.strip()
    assert focused_in_editor(page)
    page.keyboard.insert_text("More.")
    page.keyboard.press("ControlOrMeta+Enter")
    shown(page, two.title)
    one.refresh_from_db()
    assert (one.status, one.approved_id) == ("approved", one.current_id)
    assert "More." in one.current.text


def test_letters_do_nothing_while_typing(signed_in, live_server, roles, course):
    (one,) = rows.lessons(course, 1)
    page = signed_in(roles["reviewer"])
    page.goto(desk(one))
    write(page, "")
    page.keyboard.type("ax")
    page.keyboard.press("Escape")
    assert focused(page)[0] == "desk-heading"
    one.refresh_from_db()
    assert one.status == "needs_review"


def test_a_reason_by_keys(signed_in, live_server, roles, course):
    (one, two) = rows.lessons(course, 2)
    page = signed_in(roles["reviewer"])
    page.goto(desk(one))
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#desk-alert').textContent.includes('say why')")
    assert focused(page)[0] == "reason-request"
    page.keyboard.type("Too short")
    page.keyboard.press("Enter")
    shown(page, two.title)
    page.keyboard.press("x")
    page.keyboard.type("Off the topic")
    page.keyboard.press("Enter")
    shown(page, "Nothing waits here")
    assert list(Lesson.objects.order_by("pk").values_list("status", flat=True)) == ["changes_requested", "rejected"]


def test_next_previous_skip_and_undo(signed_in, live_server, roles, course):
    made = rows.lessons(course, 3)
    page = signed_in(roles["reviewer"])
    page.goto(desk())
    for key, number in (("j", 1), ("s", 2), ("k", 1), ("k", 0)):
        page.keyboard.press(key)
        shown(page, made[number].title)
        assert focused(page) == ["desk-heading", made[number].title]
    assert not ReviewEvent.objects.exists()
    page.keyboard.press("a")
    shown(page, made[1].title)
    page.keyboard.press("u")
    shown(page, made[0].title)
    assert "Undone" in announced(page)
    made[0].refresh_from_db()
    assert (made[0].status, made[0].approved_id, made[0].touched) == ("needs_review", None, False)
    page.go_back()
    shown(page, made[1].title)


def test_two_browsers_in_conflict(signed_in, live_server, roles, course):
    (one,) = rows.lessons(course, 1)
    ann, bob = signed_in(roles["reviewer"]), signed_in(roles["editor"])
    for page in (ann, bob):
        page.goto(desk(one))
    assert "reviewer has it open" in bob.locator("#desk-others").inner_text()
    write(bob, "Of Bob.")
    bob.keyboard.press("ControlOrMeta+s")
    bob.wait_for_function("document.querySelector('#desk-said').textContent.includes('Saved')")
    write(ann, "Of Ann.")
    ann.keyboard.press("ControlOrMeta+s")
    shown(ann, "Somebody saved before you")
    assert ann.locator("#theirs").input_value() == "Of Bob."
    assert ann.locator("#yours").input_value() == "Of Ann."
    ann.get_by_role("button", name="Save mine on top").click()
    shown(ann, one.title)
    one.refresh_from_db()
    assert (one.current.text, one.current.parent.text) == ("Of Ann.", "Of Bob.")


def test_unsaved_text_survives_a_reload_and_a_logout(signed_in, live_server, roles, course):
    (one,) = rows.lessons(course, 1)
    page = signed_in(roles["editor"])
    page.goto(desk(one))
    write(page, "Typed for an hour.")
    page.reload()
    page.wait_for_selector("#draft-note:not([hidden])")
    assert page.evaluate("window.deskEditor.text()") == "Typed for an hour."
    kept = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("ControlOrMeta+s")
    page.wait_for_function("document.querySelector('#desk-alert').textContent.includes('signed out')")
    assert page.evaluate("window.deskEditor.text()") == "Typed for an hour."
    page.context.add_cookies(kept)
    page.keyboard.press("ControlOrMeta+s")
    page.wait_for_function("document.querySelector('#desk-said').textContent.includes('Saved')")
    one.refresh_from_db()
    assert one.current.text == "Typed for an hour."
    page.reload()
    assert page.locator("#draft-note").is_hidden()


def test_a_draft_on_an_older_revision_is_offered_and_ends_in_a_conflict(signed_in, live_server, roles, course):
    (one,) = rows.lessons(course, 1)
    page = signed_in(roles["editor"])
    page.goto(desk(one))
    write(page, "Mine.")
    page.wait_for_function("Object.keys(localStorage).some(key => key.startsWith('desk:'))")
    review.save_text(one, "Theirs.", roles["reviewer"], base_revision_id=one.current_id)
    page.reload()
    page.get_by_role("button", name="Put it in the editor").click()
    page.keyboard.press("ControlOrMeta+s")
    shown(page, "Somebody saved before you")
    assert page.locator("#yours").input_value() == "Mine."


def test_a_deleted_record_loses_no_text(signed_in, live_server, roles, course):
    (one,) = rows.lessons(course, 1)
    page = signed_in(roles["editor"])
    page.goto(desk(one))
    write(page, "Not lost.")
    one.delete()
    page.keyboard.press("ControlOrMeta+s")
    shown(page, "Not there any more")
    assert page.locator("#typed").input_value() == "Not lost."


def test_keys_that_are_switched_off_do_nothing_and_are_not_printed(signed_in, live_server, roles, course):
    one, two = rows.lessons(course, 2)
    switch_off(roles["reviewer"], ["approve"])
    page = signed_in(roles["reviewer"])
    page.goto(desk(one))
    page.keyboard.press("a")
    page.keyboard.press("j")
    shown(page, two.title)
    one.refresh_from_db()
    assert one.status == "needs_review"
    assert page.locator("button[value=approve] kbd").all_inner_texts() == ["Ctrl+Enter"]


def test_a_key_is_switched_off_and_on_again_by_its_page(signed_in, live_server, roles, course):
    one, two = rows.lessons(course, 2)
    page = signed_in(roles["reviewer"])
    page.goto(desk(one))
    for ticked, heading, status in ((False, two.title, "needs_review"), (True, two.title, "approved")):
        page.keyboard.press("?")
        page.get_by_role("link", name="Switch single keys off").click()
        page.locator("input[value=approve]").set_checked(ticked)
        page.get_by_role("button", name="Save").click()
        page.get_by_role("link", name="Back to the desk").click()
        shown(page, one.title)
        page.keyboard.press("a")
        page.keyboard.press("j") if not ticked else None
        shown(page, heading)
        one.refresh_from_db()
        assert one.status == status
        page.goto(desk(one))


def test_help_and_differences_open_by_key(signed_in, live_server, roles, course):
    (one,) = rows.lessons(course, 1)
    page = signed_in(roles["reviewer"])
    page.goto(desk(one))
    page.keyboard.press("?")
    assert page.get_by_text("undo your last decision").is_visible()
    page.keyboard.press("Escape")
    assert page.get_by_text("undo your last decision").is_hidden()
    page.keyboard.press("d")
    page.wait_for_selector("#differences-heading")
    page.keyboard.press("d")
    page.wait_for_selector("#desk-text:not([hidden])")
    assert page.locator("#differences-heading").is_hidden()


def test_changes_are_requested_made_by_another_and_approved(signed_in, live_server, roles, course):
    (one,) = rows.lessons(course, 1)
    reviewer, editor = signed_in(roles["reviewer"]), signed_in(roles["editor"])
    reviewer.goto(desk())
    reviewer.keyboard.press("r")
    reviewer.keyboard.type("Say more")
    reviewer.keyboard.press("Enter")
    shown(reviewer, "Nothing waits here")
    editor.goto(desk(query="?status=changes_requested"))
    shown(editor, one.title)
    write(editor, lesson_text(f"{one.item.key}: {one.title}", 1))
    editor.keyboard.press("ControlOrMeta+s")
    editor.wait_for_function("document.querySelector('#desk-said').textContent.includes('Saved')")
    editor.keyboard.press("Escape")
    editor.get_by_role("link", name="History").click()
    editor.get_by_text("Say more").wait_for()
    reviewer.goto(desk())
    shown(reviewer, "Others have open what is left")
    editor.goto(reverse("admin:index"))
    reviewer.goto(desk())
    shown(reviewer, one.title)
    reviewer.keyboard.press("a")
    shown(reviewer, "Nothing waits here")
    one.refresh_from_db()
    assert (one.status, one.approved.author) == ("approved", roles["editor"])


def test_reject_generate_again_compare_and_take_a_part(signed_in, live_server, roles, course, provider):
    (one, two) = rows.lessons(course, 2)
    page = signed_in(roles["reviewer"])
    page.goto(desk(one))
    page.keyboard.press("x")
    page.keyboard.type("Off the topic")
    page.keyboard.press("Enter")
    shown(page, two.title)
    page.goto(desk(one, "?status=rejected"))
    page.keyboard.press("g")
    page.keyboard.type("add an example")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#desk-said').textContent.includes('Asked for again')")
    follow(Run.objects.get())
    one.refresh_from_db()
    assert one.candidate_id
    page.reload()
    page.keyboard.press("d")
    page.locator("#candidate-form input[type=checkbox]").first.check()
    page.get_by_role("button", name="Take the ticked changes").click()
    page.wait_for_function("document.querySelector('#desk-said').textContent.includes('chosen changes')")
    before, one = one, Lesson.objects.select_related("current").get(pk=one.pk)
    assert one.current.text not in (before.current.text, before.candidate.text)
    assert (one.status, one.candidate_id) == ("needs_review", None)


def test_what_is_typed_is_previewed(signed_in, live_server, roles, course):
    (one,) = rows.lessons(course, 1)
    page = signed_in(roles["editor"])
    page.goto(desk(one))
    write(page, "# Typed\n\nOnly **now**.<script>parent.document.title = 'owned'</script>")
    page.frame_locator("#preview").locator("strong", has_text="now").wait_for()
    assert page.title() != "owned"


def test_a_finding_leads_to_its_line(signed_in, live_server, roles, course):
    (one,) = rows.lessons(course, 1)
    rows.with_finding(one, line=5)
    page = signed_in(roles["editor"])
    page.goto(desk(one))
    page.get_by_role("link", name="line 5").click()
    line = page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getCursor().line")
    assert line == 4
    assert focused_in_editor(page)


def test_a_candidate_is_taken_in_part(signed_in, live_server, roles, course):
    (one,) = rows.lessons(course, 1)
    new = one.current.text.replace("First", "1st").replace("Third", "3rd")
    one.candidate = type(one.current).objects.create(
        recipe=one.recipe, item_id=one.item_id, origin="generated", text=new
    )
    one.save()
    page = signed_in(roles["reviewer"])
    page.goto(desk(one, "?tab=differences"))
    page.get_by_label("Change 1, line 3").check()
    page.get_by_role("button", name="Take the ticked changes").click()
    page.wait_for_function("document.querySelector('#desk-said').textContent.includes('chosen changes')")
    one.refresh_from_db()
    assert "1st line." in one.current.text
    assert "Third line." in one.current.text


def test_a_phone_reads_and_decides(signed_in, live_server, roles, course):
    one, two = rows.lessons(course, 2)
    page = signed_in(roles["reviewer"], viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto(desk(one))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.frame_locator("#preview").get_by_text("First line.").is_visible()
    page.get_by_role("button", name="Editor", exact=True).tap()
    assert page.locator("#preview").is_hidden()
    approve = page.get_by_role("button", name="Approve", exact=True)
    assert approve.bounding_box()["y"] + approve.bounding_box()["height"] <= 844
    approve.tap()
    shown(page, two.title)


def test_without_a_script_it_is_read_and_decided(signed_in, live_server, roles, course):
    one, two = rows.lessons(course, 2)
    page = signed_in(roles["reviewer"], java_script_enabled=False)
    page.goto(desk(one))
    page.get_by_role("button", name="Approve", exact=False).first.click()
    assert page.locator("h1#desk-heading").inner_text() == two.title
    page.locator("summary", has_text="Request changes").click()
    page.locator("#reason-request").fill("Too short")
    page.get_by_role("button", name="Request changes", exact=True).click()
    assert page.locator("h1#desk-heading").inner_text() == "Nothing waits here"
    assert sorted(Lesson.objects.values_list("status", flat=True)) == ["approved", "changes_requested"]
