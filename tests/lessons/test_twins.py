"""The check “duplicate of another lesson”: within a chunk, against stored lessons, within the course alone."""

import pytest

from generation.importing import import_artefacts
from generation.models import ArtefactFinding
from generation.pipeline import accept, ingest
from generation.recipes import Draft
from generation.review.editing import save_text
from lessons.models import Lesson, LessonPlan
from lessons.recipes import LessonRecipe
from lessons.twins import find_twins
from tests import factories
from tests.generation.stored import body, built, line, put

FIRST, SECOND = ("# Title\n\n" + f"{word} goes on and on. " * 30 for word in ("One", "Two"))
SAME = "The text is the same as that of {}."


def plan(key: str, course: str = "course") -> LessonPlan:
    return LessonPlan.objects.get(key=key, collection__slug=course)


def kept(key: str, text: str, course: str = "course") -> Lesson:
    """A stored lesson with its own columns."""
    item = plan(key, course)
    return factories.lesson(item, text, **LessonRecipe().accept(item, text).fields)


def told(**texts: str) -> dict[str, tuple[str, str]]:
    """Findings of duplicates for drafts, by key (M0_L001)."""
    drafts = [Draft(plan(key.replace("_", "-")), text) for key, text in texts.items()]
    found = {}
    for draft, findings in zip(drafts, LessonRecipe().checks(drafts), strict=True):
        twins = [one for one in findings if one.check == "duplicate"]
        assert len(twins) < 2
        if twins:
            found[draft.item.key] = (twins[0].severity.value, twins[0].message)
    return found


def stored_findings() -> dict[str, str]:
    keys = dict(Lesson.objects.values_list("pk", "item__key"))
    rows = ArtefactFinding.objects.filter(check_name="duplicate").values_list("artefact_id", "message")
    return {keys[pk]: message for pk, message in rows}


def test_the_same_text_in_a_chunk_is_an_error_for_both(course):
    assert told(M0_L001=FIRST, M0_L002=FIRST.replace("# Title", "# Other"), M0_L003=SECOND) == {
        "M0-L001": ("error", SAME.format("M0-L002")),
        "M0-L002": ("error", SAME.format("M0-L001")),
    }


def test_the_same_text_as_a_stored_lesson(course):
    kept("M1-L003", FIRST)
    assert told(M0_L001=FIRST.upper(), M0_L002=SECOND) == {"M0-L001": ("error", SAME.format("M1-L003"))}


def test_a_lesson_is_no_duplicate_of_itself(course):
    row = kept("M0-L001", FIRST)
    assert told(M0_L001=FIRST) == {}
    assert find_twins([Draft(row.item, FIRST, row.pk)] * 20) == {}


def test_the_lessons_of_another_course_are_not_looked_at(course):
    factories.course(slug="other")
    kept("M0-L002", FIRST, "other")
    assert told(M0_L001=FIRST) == {}


def test_one_chunk_may_hold_lessons_of_two_courses(course):
    factories.course(slug="other")
    # Of two keys: the same one in both would name nobody else in any case.
    assert find_twins([Draft(plan("M0-L001"), FIRST), Draft(plan("M0-L002", "other"), FIRST)]) == {}


def test_a_crowd_of_equal_lessons_names_the_first_and_the_first_names_the_last(course):
    for number in (1, 2, 3):
        kept(f"M0-L00{number}", FIRST)
    assert told(M0_L001=FIRST, M0_L002=FIRST) == {
        "M0-L001": ("error", SAME.format("M0-L003")),
        "M0-L002": ("error", SAME.format("M0-L001")),
    }


@pytest.mark.parametrize("size", [500, 1], ids=["one chunk", "chunks of one"])
def test_answers_of_a_run_are_compared_with_each_other(course, monkeypatch, size):
    monkeypatch.setattr(accept, "CHUNK", size)
    job = built(course)
    texts = [FIRST, *(f"{SECOND}{number}" for number in range(3)), FIRST, SECOND]
    ids = job.requests.order_by("pk").values_list("custom_id", flat=True)
    ingest.ingest(put(job, [line(one, answer=body(text)) for one, text in zip(ids, texts, strict=True)]))
    accept.accept(job.run)
    # Of chunks what came before is stored; what comes after was not there yet.
    early = {"M0-L001": SAME.format("M1-L002")} if size == 500 else {}
    assert stored_findings() == early | {"M1-L002": SAME.format("M0-L001")}


def test_an_edited_and_an_imported_text_are_compared_as_well(course, roles):
    kept("M0-L001", FIRST)
    row = kept("M0-L002", SECOND)
    save_text(row, FIRST, user=roles["admin"], base_revision_id=row.current_id)
    import_artefacts("lessons", [("M0-L003.md", FIRST.encode())], course, "ann")
    assert set(stored_findings()) == {"M0-L002", "M0-L003"}
