"""`import_items`, `import_artefacts` and `publish`: files in, files out."""

import zipfile
from pathlib import Path

import pytest

from generation.models import ReviewEvent, Revision
from lessons.models import Course, Lesson, LessonPlan
from tests import factories
from tests.generation.shell import document, refused, said

OUTLINE = "# M0: One — Lesson Map\n\n## L001: First [F]\n## L002: Second [I]\n"


@pytest.fixture
def outline(tmp_path) -> Path:
    """An outline of two lessons."""
    path = tmp_path / "my_course.md"
    path.write_text(OUTLINE)
    return path


def approved(plan: LessonPlan) -> Lesson:
    """An approved lesson."""
    lesson = factories.lesson(plan, text=f"# {plan.title}\n\nText.")
    Lesson.objects.filter(pk=lesson.pk).update(status="approved", approved=lesson.current)
    return lesson


def test_import_makes_the_collection_and_its_items(db, outline):
    counts = document("import_items", "lessons", outline, "--collection", "c", "--name", "My course")["counts"]
    assert (counts["new"], counts["unchanged"]) == (2, 0)
    assert list(LessonPlan.objects.values_list("key", flat=True)) == ["M0-L001", "M0-L002"]
    assert Course.objects.get().name == "My course"


def test_import_twice_changes_nothing(db, outline):
    said("import_items", "lessons", outline, "--collection", "c")
    before = list(LessonPlan.objects.values())
    counts = document("import_items", "lessons", outline, "--collection", "c")["counts"]
    assert (counts["unchanged"], counts["new"], counts["changed"]) == (2, 0, 0)
    assert list(LessonPlan.objects.values()) == before


def test_a_dry_import_writes_nothing(db, outline):
    assert "Dry run: nothing was written" in said("import_items", "lessons", outline, "--collection", "c", "--dry-run")
    assert not Course.objects.exists()


def test_import_tells_problems_with_their_line(db, outline):
    outline.write_text(OUTLINE + "## L00")
    told = document("import_items", "lessons", outline, "--collection", "c")
    assert told["counts"]["new"] == 2
    assert told["problems"][0]["line"] == 5
    assert "line 5: " in said("import_items", "lessons", outline, "--collection", "c")


@pytest.mark.parametrize("content", [b"", b"  \n\n", b"\xff\xfe\x00\x01\x02", b"Just a letter to somebody.\n"])
def test_a_foreign_file_is_one_sentence_and_no_rows(db, outline, content):
    outline.write_bytes(content)
    status, why = refused("import_items", "lessons", outline, "--collection", "c")
    assert status == 1
    assert len(why.splitlines()) == 1
    assert not Course.objects.exists()


@pytest.mark.parametrize(("args", "status", "words"), [
    (("lessons", "nowhere.md", "--collection", "c"), 1, "can't be read"),
    (("nonsense", "FILE", "--collection", "c"), 2, "lessons"),
    (("lessons", "FILE", "--collection", "a b"), 1, "short name"),
    (("lessons", "FILE", "--collection", "c", "--format", "nonsense"), 1, "native"),
])  # fmt: skip
def test_wrong_imports_are_refused(db, outline, args, status, words):
    code, why = refused("import_items", *(outline if arg == "FILE" else arg for arg in args))
    assert (code, words in why) == (status, True)
    assert not Course.objects.exists()


def test_only_an_operator_imports(roles, outline):
    assert "import_items" in refused("import_items", "lessons", outline, "--collection", "c", "--as", "publisher")[1]
    said("import_items", "lessons", outline, "--collection", "c", "--as", "operator")
    assert LessonPlan.objects.count() == 2


def test_texts_that_exist_come_in_and_the_rest_is_left(course, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "M0-L001.md").write_text("# Topic 0.1\n\nText.")
    (tmp_path / "sub" / "M1-L002.md").write_text("# Topic 1.2\n\nText.")
    (tmp_path / "notes.md").write_text("mine")
    (tmp_path / ".hidden.md").write_text("mine")
    told = document("import_artefacts", "lessons", tmp_path, "--collection", "course")
    assert sorted(told["created"]) == ["M0-L001", "M1-L002"]
    assert told["unmatched"] == ["notes.md"]
    assert set(Revision.objects.values_list("origin", flat=True)) == {"import"}
    assert document("generate", "lessons", "--collection", "course", "--dry-run")["estimate"]["requests"] == 4


def test_a_text_that_is_there_stays(course, tmp_path):
    lesson = factories.lesson(course.items.first())
    (tmp_path / "M0-L001.md").write_text("# Other\n\nText.")
    assert document("import_artefacts", "lessons", tmp_path, "--collection", "course")["kept"] == ["M0-L001"]
    lesson.refresh_from_db()
    assert lesson.current.text == "# Title\n\nText."


def test_a_dry_import_of_texts_writes_nothing(course, tmp_path):
    (tmp_path / "M0-L001.md").write_text("# Topic\n\nText.")
    told = document("import_artefacts", "lessons", tmp_path, "--collection", "course", "--dry-run")
    assert told["created"] == ["M0-L001"]
    assert not Lesson.objects.exists()


def test_a_folder_that_is_none_is_one_sentence(course, tmp_path):
    assert "no folder" in refused("import_artefacts", "lessons", tmp_path / "x", "--collection", "course")[1]


def test_published_files_count_as_published(course, settings):
    approved(course.items.first())
    told = document("publish", "lessons", "--collection", "course")
    assert told["written"] == ["course/M0-L001.md"]
    assert (settings.PUBLISH_ROOT / "lessons" / "course" / "M0-L001.md").read_text().startswith("# Topic 0.1")
    assert Lesson.objects.get().status == "published"
    assert document("publish", "lessons")["unchanged"] == ["course/M0-L001.md"]


def test_copies_in_another_folder_leave_the_state(course, tmp_path):
    approved(course.items.first())
    said("publish", "lessons", "--out", tmp_path / "out")
    assert (tmp_path / "out" / "M0-L001.md").exists()
    assert Lesson.objects.get().status == "approved"


def test_a_zip_is_whole_and_leaves_the_state(course, tmp_path):
    approved(course.items.first())
    said("publish", "lessons", "--zip", tmp_path / "new" / "lessons.zip")
    with zipfile.ZipFile(tmp_path / "new" / "lessons.zip") as archive:
        assert archive.testzip() is None
        assert "M0-L001.md" in archive.namelist()
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["lessons.zip"]
    assert Lesson.objects.get().status == "approved"


def test_a_run_publishes_only_what_it_made(provider, course):
    run = factories.finished(course, limit=2)
    others = [approved(plan) for plan in course.items.order_by("position")[2:4]]
    for lesson in Lesson.objects.exclude(pk__in=[other.pk for other in others]):
        Lesson.objects.filter(pk=lesson.pk).update(status="approved", approved=lesson.current)
    assert document("publish", "lessons", "--run", run.pk)["written"] == ["course/M0-L001.md", "course/M0-L002.md"]


def test_options_of_an_export(course, settings):
    approved(course.items.first())
    assert document("publish", "lessons", "--option", "padded")["written"] == ["course/M00-L001-topic-01.md"]
    status, why = refused("publish", "lessons", "--option", "nonsense")
    assert (status, "front_matter" in why) == (2, True)


@pytest.mark.parametrize(("args", "status", "words"), [
    (("lessons",), 1, "approved"),
    (("lessons", "--export", "nonsense"), 2, "files"),
    (("lessons", "--run", "9"), 1, "no run 9"),
    (("lessons", "--collection", "nonsense"), 1, "no collection"),
])  # fmt: skip
def test_publishing_nothing_is_one_sentence(course, args, status, words):
    code, why = refused("publish", *args)
    assert (code, words in why) == (status, True)


def test_only_a_publisher_publishes(roles, course):
    approved(course.items.first())
    assert "publish_artefact" in refused("publish", "lessons", "--as", "reviewer")[1]
    said("publish", "lessons", "--as", "publisher")
    event = ReviewEvent.objects.get()
    assert (event.user, event.actor) == (roles["publisher"], "publisher")
