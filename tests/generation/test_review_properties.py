"""No order of edits, generations and decisions by two people loses a text that a person typed."""

from collections.abc import Callable

import orjson
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generation import review
from generation.models import Attempt, Origin, RawAnswer, Request, ReviewEvent, Revision, Run
from generation.pipeline.accept import accept
from generation.review import ReviewRefused
from generation.review.replacing import Place, pattern, replace_places, starts
from lessons.models import Lesson, LessonPlan
from tests import factories
from tests.generation.people import EDIT, REVIEW, person

STEPS = (
    "open", "save", "generate", "approve", "reject", "request", "resubmit", "take", "take edited", "dismiss", "bulk",
    "publish", "unpublish", "undo", "replace", "background",
)  # fmt: skip
SIMPLE: dict[str, Callable[..., object]] = {
    "approve": review.approve, "resubmit": review.resubmit, "take": review.take_candidate,
    "dismiss": review.dismiss_candidate, "unpublish": review.unpublish,
}  # fmt: skip
moves = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 1)), min_size=3, max_size=20)


class Desk:
    """Two people, each with the page as they opened it, and the generation beside them."""

    def __init__(self) -> None:
        self.plan = LessonPlan.objects.get(key="M0-L001")
        factories.lesson(self.plan)
        rights = (EDIT, REVIEW, "publish_artefact")
        self.people = [person("ann", *rights), person("ben", *rights)]
        self.pages = [Lesson.objects.get(), Lesson.objects.get()]
        self.typed: list[str] = []
        self.number = 0

    def take_step(self, step: str, who: int) -> None:
        """One step of one person; a refusal changes nothing."""
        self.number += 1
        before = Lesson.objects.values().get()
        try:
            with transaction.atomic():
                self._do(step, self.pages[who], self.people[who], f"# Text {self.number}\n\nTyped.")
        except ReviewRefused as error:
            assert Lesson.objects.values().get() == before
            if step in ("save", "take edited") and isinstance(error, review.Conflict):
                assert error.text.startswith("# Text") and error.current.pk == before["current_id"]
        if step == "open":
            self.pages[who] = Lesson.objects.get()

    def _do(self, step: str, page: Lesson, user: object, text: str) -> None:
        if step == "save":
            review.save_text(page, text, user, base_revision_id=page.current_id)
            self.typed.append(text)
        elif step == "take edited":
            review.take_candidate(page, user, text)
            self.typed.append(text)
        elif step == "generate":
            self.generate()
        elif step == "bulk":
            review.bulk(Lesson.objects.all(), "approve", user)
        elif step == "background":
            review.advance_bulk(review.start_bulk(Lesson.objects.all(), "reject", user, "why").pk)
        elif step == "publish":
            review.publish_artefacts(Lesson.objects.all(), user)
        elif step == "undo":
            event = review.last_decision(user, Lesson)
            review.undo(event.pk if event else 0, user)
        elif step == "replace":
            sought = pattern("Text", ignore_case=False)
            at = next(starts(sought, page.current.text), 0)
            replace_places(Lesson, [Place(page.pk, page.current.pk, at)], sought, f"Text {self.number}", user)
        elif step in ("reject", "request"):
            (review.reject if step == "reject" else review.request_changes)(page, user, "why")
        elif step != "open":
            SIMPLE[step](page, user)

    def generate(self) -> None:
        """A run's answer comes in and is accepted."""
        run = Run.objects.create(status="running", mode="direct")
        request = Request.objects.create(
            run=run, recipe="lessons.lesson", item_id=self.plan.pk, label="x", collection="course", status="succeeded",
            custom_id=f"{run.key}-1",
        )  # fmt: skip
        attempt = Attempt.objects.create(request=request, run=run, number=1, mode="direct", outcome="succeeded")
        body = {"choices": [{"message": {"content": f"# Made {self.number}\n\nBy a model."}, "finish_reason": "stop"}]}
        line = {"custom_id": request.custom_id, "response": {"status_code": 200, "body": body}, "error": None}
        RawAnswer.objects.create(attempt=attempt, line=orjson.dumps(line))
        accept(run)


def check(desk: Desk) -> None:
    """What must hold after every step."""
    lesson = Lesson.objects.select_related("current", "approved").get()
    kept = set(Revision.objects.filter(origin=Origin.EDITED).values_list("text", flat=True))
    assert set(desk.typed) <= kept
    people = Revision.objects.exclude(origin=Origin.GENERATED)
    if people.exists():
        assert lesson.touched and lesson.current.origin != Origin.GENERATED
    if lesson.status == "published":
        assert lesson.published_id
    if lesson.status == "approved":
        assert lesson.approved_id == lesson.current_id
        approval = ReviewEvent.objects.filter(action="approve").last()
        assert approval.revision_id == lesson.approved_id


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=moves)
def test_nothing_that_a_person_typed_is_lost(course, steps):
    with transaction.atomic():
        desk = Desk()
        for step, who in steps:
            desk.take_step(step, who)
            check(desk)
        transaction.set_rollback(True)
