"""The page of one lesson: buttons for those who may, conflicts with both texts, a preview that can do nothing."""

import pytest
from django.urls import reverse

from generation.base_models import ArtefactStatus
from generation.models import ReviewEvent, Revision, Run
from generation.review import approve, save_text
from lessons.models import Lesson, LessonPlan
from tests import factories

TEXT = "# Title\n\nText."


@pytest.fixture
def lesson(course):
    return factories.lesson(LessonPlan.objects.earliest("pk"), TEXT)


@pytest.fixture
def as_role(client, roles):
    def signed_in(role):
        client.force_login(roles[role])
        return client

    return signed_in


def page(lesson):
    return reverse("admin:lessons_lesson_change", args=[lesson.pk])


def press(client, lesson, deed, **fields):
    data = {"deed": deed, "base": lesson.current_id, "text": lesson.current.text.replace("\n", "\r\n")}
    return client.post(page(lesson), data | fields)


def fresh(lesson):
    return Lesson.objects.select_related("current").get(pk=lesson.pk)


def test_saving_keeps_the_text_to_the_letter(as_role, lesson):
    text = "\n# Title \n\ntrailing  \n<b>&amp;\n"
    press(as_role("editor"), lesson, "save", text=text.replace("\n", "\r\n"))
    assert fresh(lesson).current.text == text
    shown = as_role("editor").get(page(lesson)).content.decode()
    assert ">\n\n# Title \n\ntrailing  \n&lt;b&gt;&amp;amp;\n</textarea>" in shown


def test_saving_nothing_new_makes_no_revision(as_role, lesson):
    press(as_role("editor"), lesson, "save")
    assert Revision.objects.count() == 1


def test_deciding_saves_what_was_typed_first(as_role, lesson):
    press(as_role("publisher"), lesson, "approve", text="# Title\n\nBetter.", reason="short on purpose")
    now = fresh(lesson)
    assert (now.status, now.approved.text) == (ArtefactStatus.APPROVED, "# Title\n\nBetter.")


def test_a_refused_decision_has_still_saved_the_text_and_the_next_press_works(as_role, lesson):
    answer = press(as_role("reviewer"), lesson, "approve", text="# Title\n\nBetter.")
    assert "errors" in answer.context["refusal"] and "Your text was saved." in answer.context["refusal"]
    again = {"deed": "save", "base": answer.context["base"], "text": "# Title\n\nBest."}
    assert as_role("reviewer").post(page(lesson), again).status_code == 302
    assert fresh(lesson).current.text == "# Title\n\nBest."


@pytest.mark.parametrize(("deed", "status"), [("request_changes", "changes_requested"), ("reject", "rejected")])
def test_decisions_with_a_reason(as_role, lesson, deed, status):
    press(as_role("reviewer"), lesson, deed, reason="Too short")
    assert fresh(lesson).status == status
    assert ReviewEvent.objects.get().reason == "Too short"


def test_a_refusal_keeps_what_was_typed(as_role, lesson):
    answer = press(as_role("reviewer"), lesson, "reject", remark="keep me")
    assert answer.status_code == 422
    assert answer.context["refusal"]
    assert 'value="keep me"' in answer.content.decode()
    assert fresh(lesson).status == ArtefactStatus.NEEDS_REVIEW


def test_a_refused_text_is_still_on_the_page(as_role, lesson):
    answer = press(as_role("editor"), lesson, "save", text="   ")
    assert answer.status_code == 422
    assert answer.context["text"] == "   "
    assert Revision.objects.count() == 1


def test_two_people_saving_see_both_texts(as_role, lesson, roles):
    seen = fresh(lesson)
    save_text(lesson, "# Title\n\nTheirs.", roles["publisher"], base_revision_id=lesson.current_id)
    answer = press(as_role("editor"), seen, "save", text="# Title\n\nMine.")
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "Theirs." in shown and "Mine." in shown
    assert fresh(lesson).current.text == "# Title\n\nTheirs."
    as_role("editor").post(page(lesson), {"deed": "save", "base": fresh(lesson).current_id, "text": "# Title\n\nMine."})
    assert fresh(lesson).current.text == "# Title\n\nMine."


def test_an_approval_of_a_text_that_was_replaced_is_a_conflict(as_role, lesson, roles):
    seen = fresh(lesson)
    save_text(lesson, "# Title\n\nTheirs.", roles["publisher"], base_revision_id=lesson.current_id)
    assert press(as_role("reviewer"), seen, "approve").status_code == 409
    assert fresh(lesson).status == ArtefactStatus.NEEDS_REVIEW


def test_publishing_writes_the_approved_text_and_nothing_else(as_role, lesson, roles, settings):
    approve(lesson, roles["reviewer"])
    press(as_role("publisher"), fresh(lesson), "publish")
    assert fresh(lesson).status == ArtefactStatus.PUBLISHED
    [file] = settings.PUBLISH_ROOT.rglob("M0-L001.md")
    assert file.read_text() == TEXT or file.read_text() == TEXT + "\n"
    press(as_role("publisher"), fresh(lesson), "unpublish")
    assert fresh(lesson).status == ArtefactStatus.APPROVED
    assert not file.exists()


def test_taking_and_dismissing_a_candidate(as_role, lesson):
    for deed, text in (("dismiss", TEXT), ("take", "# Title\n\nNewer.")):
        newer = Revision.objects.create(
            recipe=lesson.recipe, item_id=lesson.item_id, origin="generated", text="# Title\n\nNewer."
        )
        Lesson.objects.update(candidate=newer)
        assert "a newer text waits" in as_role("editor").get(page(lesson)).content.decode()
        press(as_role("editor"), fresh(lesson), deed)
        assert (fresh(lesson).candidate_id, fresh(lesson).current.text) == (None, text)


def test_generating_again_uses_the_allowance(as_role, lesson, provider, settings):
    settings.EDITOR_MONTHLY_REGENERATIONS = 1
    press(as_role("editor"), lesson, "again", remark="shorter")
    assert Run.objects.get().remark == "shorter"
    answer = press(as_role("editor"), fresh(lesson), "again")
    assert "allowance" in answer.context["refusal"]
    assert Run.objects.count() == 1


def test_generating_again_without_a_key_is_one_sentence(as_role, lesson):
    assert "key" in press(as_role("editor"), lesson, "again").context["refusal"]


FORBIDDEN = {
    "viewer": ["save", "approve", "request_changes", "reject", "publish", "unpublish", "again", "take", "dismiss"],
    "editor": ["approve", "request_changes", "reject", "publish", "unpublish"],
    "reviewer": ["publish", "unpublish"],
    "operator": ["save", "approve", "request_changes", "reject", "publish", "take", "dismiss"],
}


@pytest.mark.parametrize(("role", "deed"), [(role, deed) for role, deeds in FORBIDDEN.items() for deed in deeds])
def test_a_refused_button_is_a_403(as_role, lesson, role, deed):
    Lesson.objects.update(candidate=lesson.current)
    text = "# Title\n\nOther." if deed == "save" else TEXT
    assert press(as_role(role), lesson, deed, reason="why", text=text).status_code == 403
    assert fresh(lesson).current.text == TEXT
    assert f'name="deed" value="{deed}"' not in as_role(role).get(page(lesson)).content.decode()


@pytest.mark.parametrize("fields", [{"deed": "explode"}, {"base": "x"}])
def test_what_is_no_button_or_no_number_is_a_bad_request(as_role, lesson, fields):
    data = {"deed": "save", "base": lesson.current_id, **fields}
    assert as_role("editor").post(page(lesson), data).status_code == 400


def test_costs_are_for_those_who_may_see_them(as_role, course, provider):
    factories.finished(course, limit=1)
    lesson = Lesson.objects.get()
    assert "<dt>Cost</dt>" in as_role("operator").get(page(lesson)).content.decode()
    shown = as_role("editor").get(page(lesson)).content.decode()
    assert "<dt>Cost</dt>" not in shown and "<dt>Tokens</dt>" in shown


def test_a_changed_and_a_removed_source_are_said(as_role, course, provider):
    factories.finished(course, limit=1)
    lesson = Lesson.objects.get()
    LessonPlan.objects.filter(pk=lesson.item_id).update(source_hash="moved")
    assert "The source has changed since." in as_role("editor").get(page(lesson)).content.decode()
    LessonPlan.objects.filter(pk=lesson.item_id).update(removed_at=lesson.created_at)
    assert "The source no longer holds it." in as_role("editor").get(page(lesson)).content.decode()


def test_provenance_names_run_model_prompt_and_neighbours(as_role, course, provider):
    run = factories.finished(course)
    shown = as_role("viewer").get(page(Lesson.objects.order_by("item__position")[1])).content.decode()
    for words in (f"Run {run.pk}", "gpt-5.4-mini", "version 1", "Topic 0.1", "Topic 0.3", "Module 0"):
        assert words in shown


def test_the_preview_is_sandboxed_with_a_policy_of_its_own(as_role, lesson, settings):
    settings.IMAGE_HOSTS = ["https://img.example.org"]
    answer = as_role("viewer").get(reverse("admin:lessons_lesson_preview", args=[lesson.pk]))
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self' data: https://img.example.org;")
    assert "script-src" not in policy and policy.endswith("sandbox")
    assert "<h1>Title</h1>" in answer.content.decode()
    frame = '<iframe name="preview" id="preview" class="bs-preview" sandbox=""'
    assert frame in as_role("viewer").get(page(lesson)).content.decode()


def test_the_preview_shows_what_is_typed_and_saves_nothing(as_role, lesson):
    address = reverse("admin:lessons_lesson_preview", args=[lesson.pk])
    answer = as_role("editor").post(address, {"text": "# New\r\n\r\n<script>alert(1)</script>"}).content.decode()
    assert "<h1>New</h1>" in answer and "<script>" not in answer
    assert Revision.objects.count() == 1


def test_the_preview_shows_only_revisions_of_this_lesson(as_role, lesson):
    other = factories.lesson(LessonPlan.objects.latest("pk"), "secret")
    address = reverse("admin:lessons_lesson_preview", args=[lesson.pk])
    assert "secret" not in as_role("viewer").get(f"{address}?revision={other.current_id}").content.decode()
    assert as_role("viewer").get(f"{address}?revision=x").status_code == 400
    assert "Title" in as_role("viewer").get(f"{address}?revision={lesson.current_id}").content.decode()


def test_a_hidden_lesson_can_neither_be_read_nor_previewed_nor_pressed(as_role, lesson, roles):
    lesson.item.collection.groups.add(roles["viewer"].groups.get())
    client = as_role("publisher")
    preview = reverse("admin:lessons_lesson_preview", args=[lesson.pk])
    for answer in (client.get(page(lesson)), client.get(preview), press(client, lesson, "approve")):
        assert answer.status_code == 302
        assert "Text." not in answer.content.decode()
    assert fresh(lesson).status == ArtefactStatus.NEEDS_REVIEW
    assert as_role("viewer").get(page(lesson)).status_code == 200
