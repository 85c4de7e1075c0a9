"""The check “duplicate of another lesson”: within a chunk, against stored lessons, within the course alone."""

from typing import Any

import pytest

from generation.findings import Finding
from generation.importing import import_artefacts
from generation.models import ArtefactFinding
from generation.pipeline import accept, ingest
from generation.recipes import Draft, recipe_class
from generation.review.editing import save_text
from lessons.models import Lesson, LessonPlan
from lessons.recipes import LessonRecipe
from lessons.twins import find_twins
from tests import factories
from tests.generation.stored import body, built, line, put
from tests.lessons.test_duplicates import altered, lesson

# Of 400 words one in forty is another: (398 - 30) of (398 + 30) triples, 86 %, are in both.
FIRST = lesson(1)
NEARLY = altered(FIRST, 40)
# One in ten: 29 of 30 triples in a hundred words go, too few are left.
HALF = altered(FIRST, 10)


def plan(key: str, course: str = "course") -> LessonPlan:
    return LessonPlan.objects.get(key=key, collection__slug=course)


def kept(key: str, text: str, course: str = "course") -> Lesson:
    """A stored lesson with its own columns."""
    item = plan(key, course)
    accepted = LessonRecipe().accept(item, text)
    return factories.lesson(item, text, **accepted.fields)


def checked(**texts: str) -> dict[str, Finding]:
    """Findings of duplicates for drafts, by key (M0_L001)."""
    drafts = [Draft(plan(key.replace("_", "-")), text) for key, text in texts.items()]
    found = LessonRecipe().checks(drafts)
    twins = [[one for one in findings if one.check == "duplicate"] for findings in found]
    assert all(len(findings) < 2 for findings in twins)
    return {draft.item.key: findings[0] for draft, findings in zip(drafts, twins, strict=True) if findings}


def told(**texts: str) -> dict[str, tuple[str, str]]:
    return {key: (finding.severity.value, finding.message) for key, finding in checked(**texts).items()}


SAME = "The text is the same as that of {}."
NEAR = "The text is nearly the same as that of {}: 86% of their word triples."


def test_the_same_text_in_a_chunk_is_an_error_for_both(course):
    assert told(M0_L001=FIRST, M0_L002=FIRST.replace("# Title", "# Other"), M0_L003=lesson(2)) == {
        "M0-L001": ("error", SAME.format("M0-L002")),
        "M0-L002": ("error", SAME.format("M0-L001")),
    }


def test_nearly_the_same_text_in_a_chunk_is_a_warning_for_both(course):
    assert told(M0_L001=FIRST, M0_L002=NEARLY, M0_L003=lesson(2), M1_L001=HALF) == {
        "M0-L001": ("warning", NEAR.format("M0-L002")),
        "M0-L002": ("warning", NEAR.format("M0-L001")),
    }


def test_the_same_text_as_a_stored_lesson(course):
    kept("M1-L003", FIRST)
    assert told(M0_L001=FIRST.upper()) == {"M0-L001": ("error", SAME.format("M1-L003"))}


def test_nearly_the_same_text_as_a_stored_lesson(course):
    kept("M1-L003", FIRST)
    kept("M1-L002", lesson(2))
    assert told(M0_L001=NEARLY, M0_L002=HALF) == {"M0-L001": ("warning", NEAR.format("M1-L003"))}


def test_of_several_the_one_with_the_most_in_common_is_named(course):
    kept("M1-L002", NEARLY)
    kept("M1-L003", altered(FIRST, 130))
    assert told(M0_L001=FIRST)["M0-L001"][1].startswith("The text is nearly the same as that of M1-L003: ")


def test_a_lesson_is_no_duplicate_of_itself(course):
    row = kept("M0-L001", FIRST)
    assert told(M0_L001=FIRST) == told(M0_L001=NEARLY) == {}
    draft = Draft(row.item, FIRST, row.pk)
    assert find_twins([draft] * 20) == {}


@pytest.mark.parametrize("text", [FIRST, NEARLY])
def test_the_lessons_of_another_course_are_not_looked_at(course, text):
    factories.course(slug="other")
    kept("M0-L002", FIRST, "other")
    assert told(M0_L001=text) == {}


def test_one_chunk_may_hold_lessons_of_two_courses(course):
    factories.course(slug="other")
    drafts = [Draft(plan("M0-L001", slug), FIRST) for slug in ("course", "other")]
    assert find_twins(drafts) == {}


def test_a_crowd_of_equal_lessons_names_the_first_and_the_first_names_the_last(course):
    for number in (1, 2, 3):
        kept(f"M0-L00{number}", FIRST)
    assert told(M0_L001=FIRST, M0_L002=FIRST) == {
        "M0-L001": ("error", SAME.format("M0-L003")),
        "M0-L002": ("error", SAME.format("M0-L001")),
    }


def lessons_of(run: Any) -> dict[str, list[str]]:
    """Stored findings of duplicates by key."""
    keys = dict(Lesson.objects.values_list("pk", "item__key"))
    rows = ArtefactFinding.objects.filter(check_name="duplicate").order_by("artefact_id")
    found: dict[str, list[str]] = {}
    for pk, message in rows.values_list("artefact_id", "message"):
        found.setdefault(keys[pk], []).append(message)
    return found


@pytest.mark.parametrize("size", [500, 1], ids=["one chunk", "chunks of one"])
def test_answers_of_a_run_are_compared_with_each_other(course, monkeypatch, size):
    monkeypatch.setattr(accept, "CHUNK", size)
    job = built(course)
    texts = [FIRST, lesson(2), NEARLY, lesson(3), FIRST, lesson(4)]
    ids = job.requests.order_by("pk").values_list("custom_id", flat=True)
    ingest.ingest(put(job, [line(one, answer=body(text)) for one, text in zip(ids, texts, strict=True)]))
    accept.accept(job.run)
    if size == 1:
        # What came before is stored; what comes after was not there yet.
        assert lessons_of(job.run) == {"M0-L003": [NEAR.format("M0-L001")], "M1-L002": [SAME.format("M0-L001")]}
        return
    # Of two that are equally like it, the first is named.
    assert lessons_of(job.run) == {
        "M0-L001": [SAME.format("M1-L002")],
        "M0-L003": [NEAR.format("M0-L001")],
        "M1-L002": [SAME.format("M0-L001")],
    }


def test_an_edited_and_an_imported_text_are_compared_as_well(course, roles):
    kept("M0-L001", FIRST)
    row = kept("M0-L002", lesson(2))
    save_text(row, NEARLY, user=roles["admin"], base_revision_id=row.current_id)
    import_artefacts("lessons", [("M0-L003.md", altered(FIRST, 41, "word").encode())], course, "ann")
    assert set(lessons_of(None)) == {"M0-L002", "M0-L003"}
    row.refresh_from_db()
    assert row.sketch == LessonRecipe().accept(row.item, NEARLY).fields["sketch"]


def test_a_course_of_lessons_that_are_all_alike_costs_no_more(db, monkeypatch, django_assert_max_num_queries):
    factories.course(modules=1, lessons=160)
    plans = list(LessonPlan.objects.order_by("position"))
    alike = [altered(FIRST, 40, f"x{number}y") for number in range(160)]
    for item, text in zip(plans[:80], alike, strict=False):
        kept(item.key, text)
    compared: list[int] = []

    def counted(one: str, other: str) -> float:
        compared.append(1)
        return 0.0

    monkeypatch.setattr("lessons.twins.shared", counted)
    drafts = [Draft(item, text) for item, text in zip(plans[80:], alike[80:], strict=True)]
    with django_assert_max_num_queries(3):
        find_twins(drafts)
    # Two for each of the chunk's eighty, whatever the 159 others are.
    assert len(compared) == 2 * 80


def test_prints_are_columns_of_the_lesson(course):
    fields = recipe_class("lessons.lesson")().accept(plan("M0-L001"), FIRST).fields
    assert set(fields) == {"title", "words", "fingerprint", "sketch", "band_1", "band_2", "band_3", "band_4", "band_5"}
    short = recipe_class("lessons.lesson")().accept(plan("M0-L001"), "# T\n\nShort.").fields
    assert (short["sketch"], short["band_1"], short["band_5"]) == ("", None, None)
