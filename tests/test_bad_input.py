"""Bad input by way of the commands: one clear sentence, and nothing that was there is lost."""

import re
import time
from pathlib import Path

import pytest

from demo.environment import ROOT
from generation.models import Prompt, Request, Run
from lessons.models import Course, Lesson, LessonPlan
from tests import factories
from tests.generation.shell import refused, said

GENERATE = ("generate", "lessons", "--collection", "course", "--wait", "--yes", "--poll-interval", "0.05")


@pytest.fixture
def standing(course) -> Course:
    """A course with a lesson that must survive whatever comes."""
    factories.lesson(LessonPlan.objects.get(key="M0-L001"), "# By hand", touched=True)
    return course


def unharmed() -> None:
    assert Lesson.objects.get().current.text == "# By hand"
    assert LessonPlan.objects.filter(removed_at=None).count() == 6


def offered(path: Path, data: bytes) -> str:
    """The sentence with which a file is refused."""
    path.write_bytes(data)
    status, sentence = refused("import_items", "lessons", path, "--collection", "course")
    assert status == 1
    assert "\n" not in sentence.strip()
    return sentence


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("outline.md", b"", "empty"),
        ("outline.md", b" \n\n", "empty|nothing|no "),
        ("outline.md", b"# A letter\n\nDear friend, no lessons here.\n", "lesson"),
        ("outline.md", b"PK\x03\x04" + bytes(200), "zip|binary|text|ZIP"),
        ("outline.md", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF|text|binary"),
        ("outline.docx", b"# M0: A - Map\n## L001: B [F]\n", "docx|\\.md"),
    ],
    ids=["empty", "blank", "no_lessons", "zip", "pdf", "suffix"],
)
def test_a_file_that_is_no_outline_is_refused_in_one_sentence(standing, tmp_path, name, data, words):
    assert re.search(words, offered(tmp_path / name, data))
    unharmed()


def test_a_file_that_is_not_there_is_refused_in_one_sentence(standing, tmp_path):
    status, sentence = refused("import_items", "lessons", tmp_path / "nobody.md", "--collection", "course")
    assert (status in (1, 2), "nobody.md" in sentence) == (True, True)
    unharmed()


def test_a_cut_last_line_is_told_and_the_rest_imported(db, tmp_path):
    path = tmp_path / "cut.md"
    path.write_text("# M0: A — Lesson Map\n\n## L001: One [F]\n## L00", encoding="utf-8")
    assert "ine 4" in said("import_items", "lessons", path, "--collection", "cut")
    assert list(LessonPlan.objects.values_list("key", flat=True)) == ["M0-L001"]


def test_duplicate_codes_are_told_and_both_kept(db, tmp_path):
    path = tmp_path / "twice.md"
    path.write_text("# M0: A — Lesson Map\n\n## L001: One [F]\n## L001: Two [F]\n", encoding="utf-8")
    assert "M0-L001" in said("import_items", "lessons", path, "--collection", "twice")
    keys = list(LessonPlan.objects.values_list("key", flat=True))
    assert len(set(keys)) == 2


def test_an_outline_of_10_mb_is_read_in_seconds(db, tmp_path):
    path = tmp_path / "large.md"
    outline = (ROOT / "demo" / "data_governance.md").read_text(encoding="utf-8")
    path.write_text(outline + "\n\nProse without end. " * 550_000, encoding="utf-8")
    assert path.stat().st_size > 10_000_000
    before = time.monotonic()
    said("import_items", "lessons", path, "--collection", "large")
    assert time.monotonic() - before < 30
    assert LessonPlan.objects.count() == 336


def test_an_unknown_course_is_named(standing):
    status, sentence = refused("generate", "lessons", "--collection", "nowhere", "--yes")
    assert status in (1, 2)
    assert "nowhere" in sentence
    assert Run.objects.count() == 0


def test_a_prompt_with_a_missing_variable_is_refused_before_anything_is_sent(standing, provider, sandbox):
    Prompt(recipe="lessons.lesson", user="Write {{ titel }}.").add()
    status, sentence = refused(*GENERATE)
    assert (status, "{{ titel }}" in sentence) == (1, True)
    assert (Run.objects.count(), sandbox.creates()) == (0, {})
    unharmed()


def test_a_refused_model_is_told_for_each_request(standing, provider):
    said(*GENERATE, "--model", "gpt-4", status=1)
    assert set(Request.objects.values_list("status", flat=True)) == {"failed"}
    assert all("gpt-4" in words for words in Request.objects.values_list("error_message", flat=True))
    unharmed()
