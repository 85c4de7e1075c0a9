"""Lesson files by way of the commands: existing ones come in by their names, approved ones go out under them."""

import zipfile

import pytest
import yaml

from generation.models import BatchJob
from lessons.models import Lesson, LessonPlan
from tests import factories
from tests.generation.shell import document, said

TEXT = "# Topic 0.1\n\nOwn words.\n"


def approved(key: str, text: str = TEXT) -> None:
    lesson = factories.lesson(LessonPlan.objects.get(key=key), text)
    Lesson.objects.filter(pk=lesson.pk).update(status="approved", approved=lesson.current)


def files(folder) -> dict[str, str]:
    """Names below a folder with their texts."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(folder)): path.read_text() for path in found if path.suffix == ".md"}


@pytest.mark.parametrize("names", [("M0-L001.md", "M1-L003.md"), ("M00-L001-topic-01.md", "sub/M01-L003-topic-13.md")])
def test_existing_files_come_in_by_key_and_only_the_rest_is_generated(course, provider, tmp_path, names):
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TEXT)
    told = said("import_artefacts", "lessons", tmp_path, "--collection", "course")
    assert told == "2 texts came in, 0 items kept the text they have, 0 files fit no item, 0 problems.\n"
    rows = Lesson.objects.values_list("item__key", "current__origin", "current__text").order_by("item__key")
    assert list(rows) == [("M0-L001", "import", TEXT), ("M1-L003", "import", TEXT)]
    said("generate", "lessons", "--collection", "course", "--yes", "--wait", "--poll-interval", "0.05")
    assert BatchJob.objects.get().request_count == 4
    origins = dict(Lesson.objects.values_list("item__key", "current__origin"))
    assert origins == {
        "M0-L001": "import", "M0-L002": "generated", "M0-L003": "generated", "M1-L001": "generated",
        "M1-L002": "generated", "M1-L003": "import",
    }  # fmt: skip
    assert Lesson.objects.get(item__key="M0-L001").current.text == TEXT


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ((), "M0-L001.md"),
        (("--option", "padded"), "M00-L001-who-owns-it.md"),
    ],
)
def test_published_names(course, tmp_path, options, name):
    LessonPlan.objects.filter(key="M0-L001").update(title="Who Owns It?")
    approved("M0-L001")
    said("publish", "lessons", "--out", tmp_path / "out", *options)
    assert files(tmp_path / "out") == {name: TEXT}


def test_front_matter_is_optional(course, tmp_path):
    LessonPlan.objects.filter(key="M0-L001").update(title="NO", level="F-E")
    approved("M0-L001")
    said("publish", "lessons", "--out", tmp_path / "plain")
    said("publish", "lessons", "--out", tmp_path / "front", "--option", "front_matter")
    (plain,), (front,) = files(tmp_path / "plain").values(), files(tmp_path / "front").values()
    assert plain == TEXT
    start, head, text = front.split("---\n", 2)
    assert (start, text) == ("", f"\n{TEXT}")
    assert yaml.safe_load(head) == {
        "title": "NO", "module": "M0: Module 0", "level": "F-E", "duration": 90, "key": "M0-L001",
    }  # fmt: skip


def test_into_a_zip(course, tmp_path):
    approved("M0-L001")
    approved("M1-L002", "# B\n\nOther words.")
    said("publish", "lessons", "--zip", tmp_path / "course.zip", "--option", "padded")
    with zipfile.ZipFile(tmp_path / "course.zip") as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".md")}
    assert texts == {"M00-L001-topic-01.md": TEXT, "M01-L002-topic-12.md": "# B\n\nOther words.\n"}


def test_what_was_published_comes_back_as_it_was(course, tmp_path):
    approved("M0-L001")
    said("publish", "lessons", "--out", tmp_path / "out", "--option", "padded", "--option", "front_matter")
    Lesson.objects.all().delete()
    assert document("import_artefacts", "lessons", tmp_path / "out", "--collection", "course")["created"] == ["M0-L001"]
    assert Lesson.objects.get().current.text == TEXT
