"""Review: rights, claims, conflicts, and that nobody's text is lost."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied

from generation import review
from generation.drafts import Seen
from generation.models import ArtefactFinding, Origin, ReviewEvent, Revision, Run
from generation.review import Conflict, ReviewRefused
from lessons.models import Lesson, LessonPlan
from tests import factories
from tests.generation.people import EDIT, REVIEW, person, with_error

GOOD = "# Topic 0.1\n\n" + "Plain words about it. " * 300


@pytest.fixture
def lesson(course):
    return factories.lesson(LessonPlan.objects.get(key="M0-L001"), GOOD)


@pytest.fixture
def editor(db):
    return person("ed", EDIT)


@pytest.fixture
def reviewer(db):
    return person("rita", EDIT, REVIEW)


def with_candidate(lesson: Lesson, text: str = "# Candidate") -> Lesson:
    revision = Revision.objects.create(recipe=lesson.recipe, item_id=lesson.item_id, origin="generated", text=text)
    Lesson.objects.filter(pk=lesson.pk).update(candidate=revision)
    lesson.refresh_from_db()
    return lesson


def texts(lesson: Lesson) -> list[str]:
    return list(Revision.objects.filter(item_id=lesson.item_id).values_list("text", flat=True))


def last_event() -> ReviewEvent:
    event = ReviewEvent.objects.last()
    assert event
    return event


# Saving a text


def test_a_saved_text_is_kept_exactly_and_checked(lesson, editor):
    text = "  Here is the lesson:\n\n# Other \n\nTODO write 🙂\n\n"
    revision = review.save_text(lesson, text, editor, base_revision_id=lesson.current_id, note="why")
    assert revision.text == text
    assert (revision.origin, revision.author, revision.author_label) == (Origin.EDITED, editor, "ed")
    assert lesson.current == revision and lesson.touched and lesson.words == 5
    found = set(ArtefactFinding.objects.filter(revision=revision).values_list("check_name", flat=True))
    assert "placeholders" in found and lesson.weight > 0
    assert (last_event().action, last_event().reason, last_event().revision) == ("edit", "why", revision)


def test_an_edit_leaves_approved_and_published_texts_standing(lesson, editor):
    first = lesson.current
    Lesson.objects.filter(pk=lesson.pk).update(status="published", approved=first, published=first)
    lesson.refresh_from_db()
    review.save_text(lesson, "# New\n\nText", editor, base_revision_id=first.pk)
    assert (lesson.status, lesson.approved, lesson.published) == ("needs_review", first, first)
    assert lesson.current.parent == first


@pytest.mark.parametrize("same", [GOOD, GOOD.replace("\n", "\r\n")], ids=["same", "as a browser sends it"])
def test_an_unchanged_text_makes_no_revision(same, lesson, editor):
    revision = review.save_text(lesson, same, editor, base_revision_id=lesson.current_id)
    assert revision == lesson.current and len(texts(lesson)) == 1 and not ReviewEvent.objects.exists()


def test_two_who_save_at_once_get_a_conflict_with_both_texts(lesson, editor, reviewer):
    mine, theirs = Lesson.objects.get(), Lesson.objects.get()
    base = lesson.current_id
    review.save_text(theirs, "# Theirs", reviewer, base_revision_id=base)
    with pytest.raises(Conflict) as caught:
        review.save_text(mine, "# Mine", editor, base_revision_id=base)
    assert (caught.value.current.text, caught.value.text) == ("# Theirs", "# Mine")
    assert "rita" in str(caught.value)
    assert Lesson.objects.get().current.text == "# Theirs"


def test_a_save_that_comes_twice_is_no_conflict(lesson, editor):
    base = lesson.current_id
    first = review.save_text(lesson, "# Mine", editor, base_revision_id=base)
    assert review.save_text(Lesson.objects.get(), "# Mine", editor, base_revision_id=base) == first
    assert len(texts(lesson)) == 2


def test_a_save_claims_the_row_as_it_is_now(lesson, editor, reviewer):
    stale = Lesson.objects.get()
    review.approve(lesson, reviewer)
    review.save_text(stale, "# Mine", editor, base_revision_id=stale.current_id)
    assert (stale.status, stale.approved.text, stale.current.text) == ("needs_review", GOOD, "# Mine")
    assert last_event().from_status == "approved"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("x" * (2**21 + 1), "at most 2,097,152"), (" \r\n ", "empty"), ("\x00", "empty"), ("a\ud800", "half of a")],
    ids=["too long", "blank", "only NUL", "surrogate"],
)  # fmt: skip
def test_texts_that_cannot_be_kept_are_refused(text, sentence, lesson, editor):
    with pytest.raises(ReviewRefused, match=sentence):
        review.save_text(lesson, text, editor, base_revision_id=lesson.current_id)
    assert len(texts(lesson)) == 1


def test_nul_is_left_out_and_other_scripts_stay(lesson, editor):
    revision = review.save_text(lesson, "# ก\x00ข\n\nمرحبا", editor, base_revision_id=lesson.current_id)
    revision.refresh_from_db()
    assert revision.text == "# กข\n\nمرحبا"


# Decisions


def test_approval_pins_the_revision(lesson, reviewer):
    review.approve(lesson, reviewer, comment="fine")
    assert (lesson.status, lesson.approved_id, lesson.touched) == ("approved", lesson.current_id, True)
    event = last_event()
    assert (event.action, event.from_status, event.to_status) == ("approve", "needs_review", "approved")
    assert (event.reason, event.user, event.actor, event.revision) == ("fine", reviewer, "rita", lesson.current)


def test_only_what_was_read_is_approved(lesson, editor, reviewer):
    read = lesson.current_id
    review.save_text(Lesson.objects.get(), "# Newer", editor, base_revision_id=read)
    for artefact in (lesson, Lesson.objects.get()):
        with pytest.raises(Conflict) as caught:
            review.approve(artefact, reviewer, revision_id=read)
        assert (caught.value.current.text, caught.value.text) == ("# Newer", GOOD)
    assert Lesson.objects.get().status == "needs_review"


def test_the_second_of_two_decisions_is_refused(lesson, reviewer):
    first, second = Lesson.objects.get(), Lesson.objects.get()
    review.approve(first, reviewer)
    with pytest.raises(ReviewRefused, match=r"faster \(rita\): it is 'approved'"):
        review.reject(second, reviewer, "bad")
    assert Lesson.objects.get().status == "approved" and ReviewEvent.objects.count() == 1


def test_a_decision_that_loses_the_race_changes_nothing(lesson, reviewer, monkeypatch):
    def meanwhile(rows, *args):
        Lesson.objects.update(status="rejected")
        return {}

    monkeypatch.setattr("generation.review.decisions.objections", meanwhile)
    with pytest.raises(ReviewRefused, match="it is 'rejected' now"):
        review.approve(lesson, reviewer)
    assert Lesson.objects.get().approved is None and not ReviewEvent.objects.exists()


def test_a_save_that_loses_the_race_is_a_conflict(lesson, editor, monkeypatch):
    other = Revision.objects.create(recipe=lesson.recipe, item_id=lesson.item_id, origin="edited", text="# Other")

    def meanwhile(recipe, drafts, fields):
        Lesson.objects.update(current=other)
        return [Seen(fields[0], [])]

    monkeypatch.setattr("generation.review.editing.look_at", meanwhile)
    with pytest.raises(Conflict) as caught:
        review.save_text(lesson, "# Mine", editor, base_revision_id=lesson.current_id)
    assert (caught.value.current, caught.value.text) == (other, "# Mine")


@pytest.mark.parametrize("reason", ["", "  \n"])
@pytest.mark.parametrize("step", [review.request_changes, review.reject])
def test_returning_needs_a_reason(step, reason, lesson, reviewer):
    with pytest.raises(ReviewRefused, match="reason"):
        step(lesson, reviewer, reason)
    assert Lesson.objects.get().status == "needs_review"


@pytest.mark.parametrize("status", ["approved", "published", "rejected"])
def test_approve_starts_from_a_draft_only(status, lesson, reviewer):
    Lesson.objects.filter(pk=lesson.pk).update(status=status, approved=lesson.current, published=lesson.current)
    with pytest.raises(ReviewRefused, match=f"it is '{status}'"):
        review.approve(Lesson.objects.get(), reviewer)


def test_rejecting_an_approved_revision_takes_the_approval_back(lesson, reviewer):
    review.approve(lesson, reviewer)
    review.reject(lesson, reviewer, "on second thoughts")
    assert (lesson.status, lesson.approved) == ("rejected", None)


def test_rejecting_a_newer_draft_leaves_the_older_approval(lesson, reviewer):
    review.approve(lesson, reviewer)
    approved = lesson.current
    review.save_text(lesson, "# Draft", reviewer, base_revision_id=approved.pk)
    review.request_changes(lesson, reviewer, "no")
    assert (lesson.status, lesson.approved) == ("changes_requested", approved)


def test_a_returned_text_can_be_put_up_again(lesson, editor, reviewer):
    review.reject(lesson, reviewer, "no")
    review.resubmit(lesson, editor)
    assert lesson.status == "needs_review" and last_event().actor == "ed"
    with pytest.raises(ReviewRefused):
        review.resubmit(lesson, editor)


def test_errors_block_approval_unless_overridden_with_a_comment(lesson, reviewer):
    with_error(lesson)
    boss = person("boss", REVIEW, "override_findings")
    for user, comment in ((reviewer, "it is fine"), (boss, "  ")):
        with pytest.raises(ReviewRefused, match="errors"):
            review.approve(lesson, user, comment=comment)
    review.approve(lesson, boss, comment="a false alarm")
    assert lesson.status == "approved" and last_event().reason == "a false alarm"


def test_errors_of_an_older_revision_do_not_block(lesson, reviewer):
    with_error(lesson)
    revision = review.save_text(lesson, GOOD + "More.", reviewer, base_revision_id=lesson.current_id)
    ArtefactFinding.objects.filter(revision=revision).delete()
    review.approve(lesson, reviewer)
    assert lesson.status == "approved"


def test_four_eyes(lesson, reviewer, settings):
    review.save_text(lesson, GOOD + "More.", reviewer, base_revision_id=lesson.current_id)
    ArtefactFinding.objects.all().delete()
    settings.FOUR_EYES = True
    with pytest.raises(ReviewRefused, match="another person"):
        review.approve(lesson, reviewer)
    assert review.bulk(Lesson.objects.all(), "approve", reviewer).done == 0
    review.approve(lesson, person("second", REVIEW))
    assert lesson.status == "approved"


# Rights

STEPS: dict[str, Callable[..., object]] = {
    "save_text": lambda row, user: review.save_text(row, "x", user, base_revision_id=row.current_id),
    "approve": review.approve,
    "request_changes": lambda row, user: review.request_changes(row, user, "x"),
    "reject": lambda row, user: review.reject(row, user, "x"),
    "resubmit": review.resubmit,
    "take_candidate": review.take_candidate,
    "dismiss_candidate": review.dismiss_candidate,
    "generate_again": lambda row, user: review.generate_again([row], user),
    "bulk": lambda row, user: review.bulk(Lesson.objects.all(), "approve", user),
    "publish": lambda row, user: review.publish_artefacts(Lesson.objects.all(), user),
    "unpublish": review.unpublish,
}
NEEDED = dict.fromkeys(("save_text", "resubmit", "take_candidate", "dismiss_candidate"), EDIT) | {
    "publish": "publish_artefact", "unpublish": "publish_artefact", "generate_again": "regenerate_single",
}  # fmt: skip
ALL_RIGHTS = {EDIT, REVIEW, "publish_artefact", "regenerate_single"}


@pytest.mark.parametrize("step", STEPS)
def test_each_step_needs_its_own_right(step, lesson):
    others = ALL_RIGHTS - {NEEDED.get(step, REVIEW)}
    with pytest.raises(PermissionDenied):
        STEPS[step](with_candidate(lesson), person("other", *others))
    with pytest.raises(PermissionDenied):
        STEPS[step](lesson, None)
    assert not ReviewEvent.objects.exists() and not Run.objects.exists()


@pytest.mark.parametrize("step", sorted(set(STEPS) - {"bulk", "publish"}))
def test_a_restricted_collection_is_closed(step, lesson, course):
    course.groups.add(Group.objects.create(name="others"))
    with pytest.raises(PermissionDenied, match="restricted"):
        STEPS[step](with_candidate(lesson), person("all", *ALL_RIGHTS))


def test_bulk_and_publish_leave_restricted_collections_out(lesson, course, reviewer):
    review.approve(lesson, reviewer)
    course.groups.add(Group.objects.create(name="others"))
    assert review.bulk(Lesson.objects.all(), "reject", reviewer, "no").done == 0
    assert review.publish_artefacts(Lesson.objects.all(), person("pub", "publish_artefact")).written == []


# Candidates


def test_a_candidate_is_taken(lesson, editor):
    candidate = with_candidate(lesson).candidate
    revision = review.take_candidate(lesson, editor)
    assert (revision.text, revision.origin, revision.parent) == ("# Candidate", Origin.TAKEN, candidate)
    assert lesson.candidate is None and lesson.current == revision and lesson.touched
    assert GOOD in texts(lesson)


def test_a_candidate_is_taken_with_changes(lesson, editor):
    revision = review.take_candidate(with_candidate(lesson), editor, "# Candidate, mended")
    assert (revision.origin, lesson.current.text) == (Origin.EDITED, "# Candidate, mended")


def test_a_newer_candidate_is_not_taken_unseen(lesson, editor):
    seen = with_candidate(lesson)
    with_candidate(Lesson.objects.get(), "# Newer candidate")
    with pytest.raises(ReviewRefused, match="newer candidate"):
        review.take_candidate(seen, editor)
    with pytest.raises(ReviewRefused, match="newer candidate"):
        review.dismiss_candidate(seen, editor)
    with pytest.raises(Conflict) as caught:
        review.take_candidate(seen, editor, "typed")
    assert caught.value.text == "typed"


def test_a_candidate_does_not_replace_a_text_saved_meanwhile(lesson, editor, reviewer):
    seen = with_candidate(lesson)
    review.save_text(Lesson.objects.get(), "# Saved", reviewer, base_revision_id=lesson.current_id)
    with pytest.raises(Conflict) as caught:
        review.take_candidate(seen, editor)
    assert (caught.value.current.text, caught.value.text) == ("# Saved", "# Candidate")


def test_a_dismissed_candidate_stays_among_the_revisions(lesson, editor):
    review.dismiss_candidate(with_candidate(lesson), editor)
    assert lesson.candidate is None and lesson.current.text == GOOD and "# Candidate" in texts(lesson)
    with pytest.raises(ReviewRefused, match="no candidate"):
        review.dismiss_candidate(lesson, editor)
