"""Decisions at the desk: what is pinned, what is refused and how, and that no text is ever lost."""

import pytest

from generation import review
from generation.models import ReviewEvent, Revision
from lessons.models import Lesson
from tests.desk import rows
from tests.desk.conftest import DESK, SCRIPT


def fresh(lesson):
    return Lesson.objects.select_related("current").get(pk=lesson.pk)


def test_approving_pins_the_revision_and_brings_the_next(press, pair):
    answer = press("reviewer", pair[0], deed="approve")
    assert answer.json()["url"] == f"{DESK}{pair[1].pk}/"
    assert answer.json()["said"] == f"Approved: “{pair[0].title}”."
    assert f'id="desk-heading" tabindex="-1">{pair[1].title}' in answer.json()["html"]
    row = fresh(pair[0])
    assert (row.status, row.approved_id) == ("approved", pair[0].current_id)


def test_one_of_two_needed_approvals_is_said_to_be_one(press, client, roles, pair, settings):
    settings.REQUIRED_APPROVALS = 2
    said = press("reviewer", pair[0], deed="approve").json()["said"]
    assert said == f"Approval 1 of 2 is noted; it waits for another person: “{pair[0].title}”."
    assert fresh(pair[0]).status == "needs_review"
    client.force_login(roles["publisher"])
    assert "1 of 2 approvals" in client.get(f"{DESK}{pair[0].pk}/").content.decode()
    assert "of 2 approvals" not in client.get(f"{DESK}{pair[1].pk}/").content.decode()
    assert press("publisher", pair[0], deed="approve").json()["said"] == f"Approved: “{pair[0].title}”."


def test_the_filter_stays_in_the_address(press, pair):
    answer = press("reviewer", pair[0], deed="approve", query="?module=M0&order=source")
    assert answer.json()["url"] == f"{DESK}{pair[1].pk}/?module=M0&order=source"


def test_without_a_script_it_leads_to_the_next_page(press, client, pair):
    answer = press("reviewer", pair[0], deed="approve", script=False)
    assert answer["Location"] == f"{DESK}{pair[1].pk}/"
    assert "Approved: “" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("deed", ["request_changes", "reject"])
def test_a_reason_is_needed_and_kept(press, lesson, deed):
    refused = press("reviewer", lesson, deed=deed, **{f"reason_{deed}": "  "})
    assert refused.status_code == 422
    assert refused.json() == {"said": "Please say why: the editors need a reason.", "deed": deed}
    press("reviewer", lesson, deed=deed, **{f"reason_{deed}": "Too short"})
    assert ReviewEvent.objects.get().reason == "Too short"


def test_the_reason_of_another_button_is_not_taken(press, lesson):
    assert press("reviewer", lesson, deed="reject", reason_request_changes="Mend it").status_code == 422
    assert fresh(lesson).status == "needs_review"


def test_a_refused_page_still_holds_what_was_typed(press, lesson):
    answer = press("reviewer", lesson, deed="reject", script=False, text=lesson.current.text, reason_reject="")
    assert answer.status_code == 422
    assert "Please say why" in answer.content.decode()
    long = press("editor", lesson, deed="again", script=False, remark="x" * 3000)
    assert long.status_code == 422
    assert "x" * 3000 in long.content.decode()


def test_what_was_typed_is_saved_before_the_decision(press, lesson):
    press("reviewer", lesson, deed="request_changes", text="Mine.", reason_request_changes="More")
    row = fresh(lesson)
    assert (row.current.text, row.status) == ("Mine.", "changes_requested")


def test_saving_stays_at_the_record(press, pair):
    answer = press("editor", pair[0], deed="save", text="Mine.")
    assert answer.json()["url"] == f"{DESK}{pair[0].pk}/"
    assert answer.json()["said"] == "Saved as a new revision."
    assert fresh(pair[0]).current.text == "Mine."


def test_a_text_saved_before_a_refused_decision_says_so_and_goes_on_from_there(press, lesson):
    answer = press("reviewer", lesson, deed="approve", text="Far too short.")
    assert answer.status_code == 422
    assert "Your text was saved." in answer.json()["said"]
    assert f'name="base" value="{fresh(lesson).current_id}"' in answer.json()["html"]


def test_errors_block_and_may_be_overridden_with_a_comment(press, lesson):
    rows.with_finding(lesson, "error")
    assert "Mend the text first" in press("reviewer", lesson, deed="approve").json()["said"]
    assert "Say in a comment" in press("publisher", lesson, deed="approve").json()["said"]
    assert press("publisher", lesson, deed="approve", reason_approve="Meant so").status_code == 200
    assert ReviewEvent.objects.get(action="approve").reason == "Meant so"


def test_the_page_says_who_is_blocked_and_who_may_override(client, roles, lesson):
    rows.with_finding(lesson, "error")
    for role, words in (("reviewer", "Its errors block the approval"), ("publisher", "Approve in spite of errors")):
        client.force_login(roles[role])
        assert words in client.get(f"{DESK}{lesson.pk}/").content.decode()


def test_two_saves_give_a_conflict_with_both_texts(press, lesson, roles):
    review.save_text(lesson, "Theirs.", roles["editor"], base_revision_id=lesson.current_id)
    old = lesson.current.parent_id
    answer = press("reviewer", lesson, deed="save", text="Mine.", base=old)
    assert answer.status_code == 409
    assert "Theirs." in answer.json()["html"]
    assert "Mine." in answer.json()["html"]
    page = press("reviewer", lesson, deed="approve", script=False, text="Mine.", base=old)
    assert (page.status_code, fresh(lesson).status) == (409, "needs_review")
    assert "Somebody saved before you" in page.content.decode()


def test_a_draft_generated_again_while_open_is_not_approved_unread(press, lesson):
    old = lesson.current_id
    newer = Revision.objects.create(recipe=lesson.recipe, item_id=lesson.item_id, origin="generated", text="New.")
    Lesson.objects.filter(pk=lesson.pk).update(current=newer)
    answer = press("reviewer", lesson, deed="approve", base=old)
    assert answer.status_code == 409
    assert "It was generated again while you had it open" in answer.json()["html"]
    assert "you had typed nothing" in answer.json()["html"]
    assert fresh(lesson).status == "needs_review"


@pytest.mark.parametrize("script", [True, False])
def test_a_deleted_record_gives_the_text_back(press, lesson, script):
    pk, base = lesson.pk, lesson.current_id
    lesson.delete()
    answer = press("editor", Lesson(pk=pk), script=script, deed="save", base=base, text="Typed <b>for</b> an hour.")
    assert answer.status_code == 410
    shown = answer.json()["html"] if script else answer.content.decode()
    assert "Typed &lt;b&gt;for&lt;/b&gt; an hour." in shown


def test_a_signed_out_save_is_a_redirect_that_the_script_can_tell(client, lesson):
    answer = client.post(f"{DESK}{lesson.pk}/", {"deed": "save", "text": "x"}, headers=SCRIPT)
    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.parametrize("fields", [{"deed": "explode"}, {"base": "x"}, {"own": "dismiss_finding", "finding": "x"}])
def test_a_form_that_means_nothing_is_a_bad_request(press, lesson, fields):
    assert press("publisher", lesson, **fields).status_code == 400


def test_generate_again_with_a_remark(press, provider, lesson, roles):
    answer = press("editor", lesson, deed="again", remark="shorter")
    assert "Asked for again" in answer.json()["said"]
    event = ReviewEvent.objects.get(action="generate_again")
    assert (event.reason, event.user) == ("shorter", roles["editor"])


def test_the_allowance_is_shown_and_kept(press, client, provider, lesson, settings):
    settings.EDITOR_MONTHLY_REGENERATIONS = 1
    answer = press("editor", lesson, deed="again", remark="shorter")
    assert "0 of 1 are left for you this month" in answer.json()["html"]
    assert "used up" in press("editor", lesson, deed="again").json()["said"]


@pytest.mark.parametrize(
    "text", ["مرحبا\n\nنص", "漢字の授業", "👩‍🏫 one line", "<script>alert(1)</script>", "# a\n" * 40_000]
)
def test_any_text_is_shown_and_saved_as_it_is(press, lesson, text):
    press("editor", lesson, deed="save", text=text)
    row = fresh(lesson)
    assert row.current.text == text
    page = press("editor", row, deed="save", text=text + " ").json()["html"]
    assert "<script>alert" not in page


def test_no_page_of_the_desk_has_an_inline_script(client, roles, lesson):
    client.force_login(roles["publisher"])
    for tab in ("text", "differences", "checks", "history"):
        answer = client.get(f"{DESK}{lesson.pk}/?tab={tab}")
        main = answer.content.decode().partition('<main class="bs-page" id="desk"')[2].partition("</main>")[0]
        assert main
        assert "<script" not in main
        assert " onclick" not in main
        assert "script-src 'self'" in answer["Content-Security-Policy"]
