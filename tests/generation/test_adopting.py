"""Existing files become texts: matched by key, never over one that is there."""

import pytest

from generation.importing import SourceError, import_artefacts
from generation.instructions import instruction
from generation.models import ArtefactFinding, Origin, ReviewEvent, Revision
from generation.pipeline.plan import Selection, select
from generation.recipes import recipe_class
from lessons.models import Lesson, LessonPlan
from tests import factories

TEXT = "# Topic 0.1\n\nOwn words.\n"


def take(course, *files, **options):
    return import_artefacts("lessons", files, course, "ann", **options)


def test_a_file_becomes_a_touched_text_for_review(course):
    result = take(course, ("M0-L001.md", TEXT.encode()))
    assert (result.created, result.kept, result.unmatched, result.problems) == (["M0-L001"], [], [], [])
    lesson = Lesson.objects.get()
    assert (lesson.current.text, lesson.current.origin, lesson.current.author_label) == (TEXT, Origin.IMPORTED, "ann")
    assert (lesson.status, lesson.touched, lesson.title, lesson.words) == ("needs_review", True, "Topic 0.1", 5)
    assert "M0-L001.md" in lesson.current.note
    event = ReviewEvent.objects.get()
    assert (event.action, event.actor, event.to_status) == ("import", "ann", "needs_review")
    assert event.revision == lesson.current


def test_its_findings_are_those_of_a_generated_text(course):
    take(course, ("M0-L001.md", TEXT.encode()))
    lesson = Lesson.objects.get()
    found = ArtefactFinding.objects.filter(revision=lesson.current, artefact_id=lesson.pk)
    assert found.exists() and lesson.weight >= found.filter(severity="error").count() * 100 > 0


@pytest.mark.parametrize("only", ["new", "changed", "outdated"])
def test_only_the_rest_is_generated(only, course):
    take(course, ("M0-L001.md", TEXT.encode()))
    recipe = recipe_class("lessons.lesson")
    chosen = select(recipe, course, Selection(only=only), instruction(recipe.key, course.slug))
    assert LessonPlan.objects.get(key="M0-L001").pk not in chosen


def test_a_text_that_is_there_stays(course):
    factories.lesson(LessonPlan.objects.get(key="M0-L001"), "# Mine")
    result = take(course, ("M0-L001.md", TEXT.encode()), ("M0-L002.md", TEXT.encode()))
    assert (result.created, result.kept) == (["M0-L002"], ["M0-L001"])
    assert Lesson.objects.get(item__key="M0-L001").current.text == "# Mine"
    assert take(course, ("M0-L002.md", b"# Other")).kept == ["M0-L002"]


def test_front_matter_and_line_ends_are_not_part_of_the_text(course):
    data = b"\xef\xbb\xbf---\r\ntitle: X\r\nkey: M0-L001\r\n---\r\n\r\n# Topic\r\n\r\nText\r\n"
    take(course, ("sub/M00-L001-topic.md", data))
    assert Lesson.objects.get().current.text == "# Topic\n\nText\n"


@pytest.mark.parametrize(
    ("data", "why"),
    [(b"", "empty"), (b"\x00\x00", "empty"), (b"\xff\xfe#\x00", "UTF-8"), (b"x" * (2**21 + 1), "at most 2,097,152")],
)
def test_bad_files_are_problems_and_stop_nothing(data, why, course):
    result = take(course, ("M0-L001.md", data), ("M0-L002.md", TEXT.encode()))
    assert result.created == ["M0-L002"]
    assert result.problems[0].what == "M0-L001.md" and why in result.problems[0].why


def test_foreign_names_are_reported(course):
    foreign = ["README.md", "M9-L009.md", "M0-L001.docx"]
    result = take(course, *((name, b"# T") for name in foreign), ("../../M0-L002.md", b"# T"))
    assert result.unmatched == foreign
    assert result.created == ["M0-L002"]


def test_two_files_for_one_lesson(course):
    result = take(course, ("M0-L001.md", TEXT.encode()), ("M00-L001-topic.md", b"# Other"))
    assert result.created == ["M0-L001"] and "M0-L001.md has the text" in result.problems[0].why
    assert Revision.objects.count() == 1


def test_a_dry_run_tells_the_same_and_writes_nothing(course):
    files = (("M0-L001.md", TEXT.encode()), ("x.md", b"# X"))
    dry = take(course, *files, dry_run=True)
    assert not Lesson.objects.exists() and not Revision.objects.exists() and not ReviewEvent.objects.exists()
    assert take(course, *files) == dry


def test_another_courses_lesson_is_not_touched(course):
    other = factories.course(1, 1, "other")
    take(other, ("M0-L001.md", TEXT.encode()))
    assert Lesson.objects.get().item.collection == other


def test_many_files_are_taken_in_chunks(course, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr("generation.adopting.CHUNK", 3)
    files = [(f"M{module}-L{number:03}.md", TEXT.encode()) for module in (0, 1) for number in (1, 2, 3)]
    with django_assert_max_num_queries(40):
        assert len(take(course, *iter(files)).created) == 6
    assert ArtefactFinding.objects.filter(check_name="duplicate").exists()


def test_a_text_made_meanwhile_wins(course, monkeypatch):
    plan = LessonPlan.objects.get(key="M0-L001")

    def files():
        yield "M0-L002.md", TEXT.encode()
        factories.lesson(plan, "# Made meanwhile")
        yield "M0-L001.md", TEXT.encode()

    with pytest.raises(SourceError, match="nothing was kept"):
        import_artefacts("lessons", files(), course, "ann")
