"""Publishing: only approved texts leave, into the folder and nowhere else, again and again the same."""

import io
import json
import zipfile
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pytest

from generation import review
from generation.exports import Export, ExportFile
from generation.models import ReviewEvent
from generation.pipeline.publish import publish_to_dir, publish_to_root, publish_zip
from generation.published_folder import PublishedFolder, PublishError, UnsafePath, safe_path
from generation.review import ReviewRefused
from lessons.models import Lesson, LessonPlan
from lessons.publish import LessonFiles
from tests import factories
from tests.generation.people import EDIT, REVIEW, person


@pytest.fixture
def publisher(db):
    return person("pat", EDIT, REVIEW, "publish_artefact")


@pytest.fixture
def lessons(course, publisher):
    """Three lessons, the first two approved."""
    rows = [factories.lesson(plan, f"# {plan.title}\n\nText.") for plan in LessonPlan.objects.all()[:3]]
    for row in rows[:2]:
        review.approve(row, publisher)
    return rows


@pytest.fixture
def root(settings):
    return Path(settings.PUBLISH_ROOT) / "lessons" / "course"


class Named(Export):
    """Every artefact into one path that the test chooses."""

    key = "lessons.named"
    artefact_model = Lesson

    def files(self, artefacts):
        for row, path in zip(artefacts.order_by("pk"), self.chosen["paths"], strict=False):
            yield ExportFile(path, f"{path}\n".encode(), (row.pk,), (row.approved_id,))


def manifest(folder: Path) -> dict:
    return {entry["path"]: entry for entry in json.loads((folder / "manifest.json").read_text())["files"]}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def all_lessons():
    return Lesson.objects.all()


def test_only_approved_lessons_are_published(lessons, publisher, root):
    result = review.publish_artefacts(all_lessons(), publisher)
    assert result.written == ["course/M0-L001.md", "course/M0-L002.md"]
    assert result.skipped == {"not approved (needs review)": 1}
    assert result.root / result.written[0] == root / "M0-L001.md"
    assert (root / "M0-L001.md").read_text() == "# Topic 0.1\n\nText.\n"
    assert [row.status for row in all_lessons().order_by("pk")] == ["published", "published", "needs_review"]
    event = ReviewEvent.objects.filter(action="publish").first()
    assert (event.from_status, event.to_status, event.actor, event.revision) == (
        "approved", "published", "pat", lessons[0].current,
    )  # fmt: skip


def test_the_manifest_tells_path_hash_revision_recipe_and_key(lessons, publisher, root):
    review.publish_artefacts(all_lessons(), publisher)
    entry = manifest(root)["M0-L001.md"]
    assert entry["sha256"] == sha256((root / "M0-L001.md").read_bytes()).hexdigest()
    assert (entry["revision"], entry["recipe"], entry["key"]) == (lessons[0].current_id, "lessons.lesson", "M0-L001")


def test_publishing_again_touches_nothing(lessons, publisher, root):
    review.publish_artefacts(all_lessons(), publisher)
    before = {path.name: path.stat().st_mtime_ns for path in root.iterdir() if path.suffix != ".lock"}
    events = ReviewEvent.objects.count()
    result = review.publish_artefacts(all_lessons(), publisher)
    assert (result.written, len(result.unchanged)) == ([], 2)
    assert before == {path.name: path.stat().st_mtime_ns for path in root.iterdir() if path.suffix != ".lock"}
    assert ReviewEvent.objects.count() == events


def test_a_part_published_later_joins_the_manifest(lessons, publisher, root):
    review.publish_artefacts(all_lessons().filter(pk=lessons[0].pk), publisher)
    review.publish_artefacts(all_lessons().filter(pk=lessons[1].pk), publisher)
    assert sorted(manifest(root)) == ["M0-L001.md", "M0-L002.md"]


def test_the_approved_text_goes_out_while_a_newer_draft_waits(lessons, publisher, root):
    lesson = lessons[0]
    approved = lesson.current_id
    review.save_text(lesson, "# Draft", publisher, base_revision_id=approved)
    review.publish_artefacts(all_lessons(), publisher)
    lesson.refresh_from_db()
    assert (lesson.status, lesson.published_id) == ("needs_review", approved)
    assert "Draft" not in (root / "M0-L001.md").read_text()


def test_an_approval_that_moved_while_files_were_written_is_not_marked(lessons, publisher, root):
    class Slow(LessonFiles):
        def files(self, artefacts):
            yield from super().files(artefacts)
            lesson = Lesson.objects.get(pk=lessons[0].pk)
            review.save_text(lesson, "# Newer\n\nText.", publisher, base_revision_id=lesson.current_id)
            Lesson.objects.filter(pk=lesson.pk).update(status="approved", approved=lesson.current)

    publish_to_root(Slow(), all_lessons(), publisher, "pat")
    first, second = all_lessons().order_by("pk")[:2]
    assert (first.status, first.published) == ("approved", None)
    assert second.status == "published"


def test_a_folder_elsewhere_leaves_the_state(lessons, tmp_path):
    out = tmp_path / "out"
    assert publish_to_dir(LessonFiles(), all_lessons(), out).written == ["M0-L001.md", "M0-L002.md"]
    assert names(out) == ["M0-L001.md", "M0-L002.md", "manifest.json"]
    assert set(all_lessons().values_list("status", "published")) == {("approved", None), ("needs_review", None)}


def test_two_courses_with_the_same_codes_are_kept_apart(lessons, publisher, tmp_path):
    other = factories.lesson(factories.course(1, 1, "other").items.get(), "# Other")
    review.approve(other, publisher)
    result = publish_to_dir(LessonFiles(), all_lessons(), tmp_path / "out")
    assert result.written == ["course/M0-L001.md", "course/M0-L002.md", "other/M0-L001.md"]
    assert (tmp_path / "out/other/M0-L001.md").read_text() == "# Other\n"


def test_the_zip_is_the_same_each_time(lessons):
    first, second = io.BytesIO(), io.BytesIO()
    result = publish_zip(LessonFiles(), all_lessons(), first)
    publish_zip(LessonFiles(), all_lessons(), second)
    assert first.getvalue() == second.getvalue()
    with zipfile.ZipFile(first) as archive:
        assert archive.namelist() == [*result.written, "manifest.json"] == ["M0-L001.md", "M0-L002.md", "manifest.json"]
        entry = json.loads(archive.read("manifest.json"))["files"][0]
        assert entry["sha256"] == sha256(archive.read("M0-L001.md")).hexdigest()
    assert not all_lessons().filter(status="published").exists()


UNSAFE = [
    "../x.md", "/etc/x.md", "a/../../x.md", "a\\..\\x.md", "C:x.md", "a//b.md", "./x.md", "a/./b.md", "", "a\x00.md",
    "a\n.md", "manifest.json", "sub/Manifest.json", ".publish.lock", "x/", " x.md", "x" * 300, "...",
]  # fmt: skip


@pytest.mark.parametrize("path", UNSAFE)
def test_unsafe_paths_are_never_written(path, lessons, publisher, settings, tmp_path):
    with pytest.raises(UnsafePath):
        safe_path(path)
    result = publish_to_root(Named(paths=[path, "good.md"]), all_lessons(), publisher, "pat")
    assert (result.written, result.skipped["the file name is not safe"]) == (["course/good.md"], 1)
    outside = [path for path in tmp_path.rglob("*") if not path.is_relative_to(settings.PUBLISH_ROOT)]
    assert not [path for path in outside if path.is_file()]
    assert [row.status for row in all_lessons().order_by("pk")[:2]] == ["approved", "published"]


@pytest.mark.parametrize("path", UNSAFE)
def test_unsafe_paths_are_left_out_of_a_zip(path, lessons):
    handle = io.BytesIO()
    publish_zip(Named(paths=[path, "good.md"]), all_lessons(), handle)
    with zipfile.ZipFile(handle) as archive:
        assert archive.namelist() == ["good.md", "manifest.json"]


def test_an_export_never_sees_a_record_without_approval(lessons, publisher, root):
    publish_to_root(Named(paths=["a.md", "b.md", "c.md"]), all_lessons(), publisher, "pat")
    publish_to_dir(Named(paths=["a.md", "b.md", "c.md"]), all_lessons(), root)
    assert names(root) == ["a.md", "b.md", "manifest.json"]


def test_a_link_out_of_the_folder_is_not_followed(lessons, tmp_path):
    out, secret = tmp_path / "out", tmp_path / "secret"
    out.mkdir()
    secret.mkdir()
    # Even where it holds the very bytes that are to be written.
    (secret / "target").write_text("link.md\n")
    (out / "sub").symlink_to(secret)
    (out / "link.md").symlink_to(secret / "target")
    result = publish_to_dir(Named(paths=["sub/x.md", "link.md"]), all_lessons(), out)
    assert names(secret) == ["target"] and (secret / "target").read_text() == "link.md\n"
    assert result.written == ["link.md"] and not (out / "link.md").is_symlink()


def test_a_collections_folder_that_leads_elsewhere_is_refused(lessons, publisher, root, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    root.parent.mkdir(parents=True)
    root.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ReviewRefused, match="symbolic link"):
        review.publish_artefacts(all_lessons(), publisher)
    assert not names(tmp_path / "elsewhere") and not all_lessons().filter(status="published").exists()


def test_two_records_never_share_a_file(lessons, publisher):
    result = publish_to_root(Named(paths=["a.md", "A.md"]), all_lessons(), publisher, "pat")
    assert result.written == ["course/a.md"] and result.skipped["another record has the same file name"] == 1
    assert all_lessons().filter(status="published").count() == 1


def test_a_foreign_manifest_is_not_overwritten(lessons, tmp_path):
    (tmp_path / "manifest.json").write_text('{"name": "My app"}')
    with pytest.raises(PublishError, match="not a manifest of ours"):
        publish_to_dir(LessonFiles(), all_lessons(), tmp_path)
    assert (tmp_path / "manifest.json").read_text() == '{"name": "My app"}'
    (tmp_path / "manifest.json").unlink()
    publish_to_dir(LessonFiles(), all_lessons(), tmp_path)


def test_a_failed_write_marks_nothing_and_the_next_try_goes_on(lessons, publisher, root):
    (root / "M0-L002.md").mkdir(parents=True)
    with pytest.raises(ReviewRefused, match="nothing was marked as published"):
        review.publish_artefacts(all_lessons(), publisher)
    assert sorted(manifest(root)) == ["M0-L001.md"]
    assert not all_lessons().filter(status="published").exists()
    (root / "M0-L002.md").rmdir()
    assert review.publish_artefacts(all_lessons(), publisher).written == ["course/M0-L002.md"]
    assert all_lessons().filter(status="published").count() == 2


def test_leftovers_of_a_killed_process_are_cleared(lessons, publisher, root):
    root.mkdir(parents=True)
    (root / ".publish-dead.tmp").write_text("half")
    review.publish_artefacts(all_lessons(), publisher)
    assert not (root / ".publish-dead.tmp").exists()


def test_a_new_name_replaces_the_file_under_the_old_one(lessons, publisher, root):
    publish_to_root(LessonFiles(padded=True), all_lessons(), publisher, "pat")
    LessonPlan.objects.filter(key="M0-L001").update(title="Renamed")
    (root / "M00-L002-topic-02.md").write_text("changed by hand")
    LessonPlan.objects.filter(key="M0-L002").update(title="Also renamed")
    result = publish_to_root(LessonFiles(padded=True), all_lessons(), publisher, "pat")
    assert result.removed == ["course/M00-L001-topic-01.md"]
    assert names(root) == [
        "M00-L001-renamed.md", "M00-L002-also-renamed.md", "M00-L002-topic-02.md", "manifest.json",
    ]  # fmt: skip


def test_two_writers_lose_no_entry(tmp_path):
    def write(name: str) -> None:
        for number in range(20):
            with PublishedFolder(tmp_path) as folder:
                folder.put(f"{name}{number}.md", b"x", {"key": name})

    threads = [Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(manifest(tmp_path)) == 60


def test_unpublish_removes_the_file_and_keeps_the_approval(lessons, publisher, root):
    review.publish_artefacts(all_lessons(), publisher)
    lesson = Lesson.objects.get(pk=lessons[0].pk)
    review.unpublish(lesson, publisher)
    assert (lesson.status, lesson.published, lesson.approved) == ("approved", None, lesson.current)
    assert names(root) == ["M0-L002.md", "manifest.json"] and list(manifest(root)) == ["M0-L002.md"]
    assert ReviewEvent.objects.last().action == "unpublish"
    with pytest.raises(ReviewRefused, match="not published"):
        review.unpublish(lesson, publisher)


def test_an_export_of_another_kind_is_refused(lessons, publisher):
    with pytest.raises(ReviewRefused, match="no export 'nothing'"):
        review.publish_artefacts(all_lessons(), publisher, "nothing")


def test_nothing_to_publish_is_no_error(course, publisher, tmp_path):
    assert review.publish_artefacts(all_lessons(), publisher).written == []
    handle = io.BytesIO()
    publish_zip(LessonFiles(), all_lessons(), handle)
    assert zipfile.ZipFile(handle).namelist() == ["manifest.json"]
