"""Outlines by way of `import_items`: counts, problems by line, chosen forms, and what is told of a second file."""

import re

import pytest

from generation.importing import plan_import
from lessons.models import Course, LessonPlan
from tests.generation.shell import document, refused, said

FIRST = """\
# M0: Start — Lesson Map

## Core
## L001: Ask [F]
## L002: Answer [I]
## L003: Tell [A-E]
"""
# L001 as it was, L002 with another title, L003 gone, L004 new, and a last line that is cut.
SECOND = """\
# M0: Start — Lesson Map

## Core
## L001: Ask [F]
## L002: Answer well [I]
## L004: Listen [E]
## L00"""


@pytest.fixture
def bring(db, tmp_path):
    """Imports a text with further arguments and gives what the command says."""

    def brought(text: str, *args: str, name: str = "Content Structure.md") -> str:
        path = tmp_path / name
        path.write_bytes(text.encode())
        return said("import_items", "lessons", path, "--collection", "course", *args)

    return brought


def keys() -> list[str]:
    return list(LessonPlan.objects.filter(removed_at=None).order_by("position").values_list("key", flat=True))


def test_a_file_named_content_structure_makes_a_course_of_that_name(bring):
    told = bring(FIRST)
    assert "3 lessons in 1 module (format: native).\n" in told
    assert (
        "Content Structure: 3 items in the file: 3 new, 0 changed, 0 unchanged, 0 removed, 0 restored, 0 problems."
        in told
    )
    assert (Course.objects.get().name, keys()) == ("Content Structure", ["M0-L001", "M0-L002", "M0-L003"])
    assert list(LessonPlan.objects.values_list("section", flat=True)) == ["Core", "Core", "Core"]


def test_a_dry_run_tells_new_changed_unchanged_removed_and_invalid_before_anything_is_written(bring):
    bring(FIRST)
    before = list(LessonPlan.objects.values()), list(Course.objects.values())
    told = bring(SECOND, "--dry-run")
    assert "line 7: L00: The file ends in the middle of this lesson.\n" in told
    assert "3 items in the file: 1 new, 1 changed, 1 unchanged, 1 removed, 0 restored, 1 problems.\n" in told
    assert "Dry run: nothing was written.\n" in told
    assert (list(LessonPlan.objects.values()), list(Course.objects.values())) == before


def test_what_a_dry_run_tells_is_what_an_import_does(bring):
    bring(FIRST)
    bring(SECOND)
    rows = {row.key: (row.title, bool(row.changed_at), bool(row.removed_at)) for row in LessonPlan.objects.all()}
    assert rows == {
        "M0-L001": ("Ask", False, False),
        "M0-L002": ("Answer well", True, False),
        "M0-L003": ("Tell", False, True),
        "M0-L004": ("Listen", False, False),
    }


def test_problems_have_a_line_what_it_is_about_and_why(db, tmp_path):
    path = tmp_path / "outline.md"
    path.write_text("Total lessons: 9\n# M0: A — Lesson Map\n## L001: One [X]\n## L001: Two [F]\n", encoding="utf-8")
    told = document("import_items", "lessons", path, "--collection", "course", "--dry-run")
    assert told["problems"] == [
        {"line": 1, "what": "Total lessons: 9", "why": "The file states 9 lessons; 2 were found."},
        {"line": 3, "what": "L001", "why": "[X] is no level; expected F, I, A, E or a range such as F-I."},
        {
            "line": 4,
            "what": "L001",
            "why": "M0-L001 stands in the outline more than once; this one is kept apart as M0-L001-2.",
        },
    ]


TOPICS = "## Module 1: X\n### Topic 1: A\n- Open\n- Save\n### Topic 2: B\n- Close\n"


@pytest.mark.parametrize(
    ("text", "format", "found"),
    [
        (TOPICS, "auto", ["M1-L001", "M1-L002", "M1-L003"]),
        (TOPICS, "headings", ["M1-L001", "M1-L002", "M1-L003"]),
        (TOPICS, "numbered", ["M1-L1", "M1-L2"]),
        (FIRST, "native", ["M0-L001", "M0-L002", "M0-L003"]),
    ],
)
def test_the_form_is_found_or_chosen(bring, text, format, found):
    bring(text, "--format", format)
    assert keys() == found


@pytest.mark.parametrize("format", ["table", "bullets"])
def test_a_chosen_form_that_does_not_fit_is_refused(db, tmp_path, format):
    path = tmp_path / "outline.md"
    path.write_text(FIRST, encoding="utf-8")
    status, why = refused("import_items", "lessons", path, "--collection", "course", "--format", format)
    assert status == 1 and why.startswith("Expected a course outline") and "no module and no lesson" in why
    assert not Course.objects.exists()


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b'{"materials": {"wood": {"items": ["Oak"]}}}', "found JSON"),
        (b"materials:\n  wood:\n    items: [Oak]\n", "no module and no lesson|without any heading or lesson"),
        (b"what does [Ann] appear in\tFilm A|Film B\n", "without any heading or lesson"),
        (b'{"response_id": 0, "text": "Yes."}\n', "found JSON"),
        (b"<html><body><h1>M0: A</h1></body></html>", "found HTML"),
        (b"# M0: A\n## L001: Caf\xe9\n", "not UTF-8"),
    ],
    ids=["cut catalogue", "catalogue", "questions", "responses", "page", "Latin-1"],
)
def test_files_of_other_kinds_end_in_one_sentence_and_no_rows(db, tmp_path, data, found):
    path = tmp_path / "outline.md"
    path.write_bytes(data)
    status, why = refused("import_items", "lessons", path, "--collection", "course")
    assert status == 1 and "\n" not in why.strip()
    assert why.startswith("Expected a course outline in Markdown (UTF-8)")
    assert re.search(found, why)
    assert not LessonPlan.objects.exists() and not Course.objects.exists()


def test_titles_and_codes_that_look_like_other_values_are_kept_as_strings(bring):
    bring("# M0: NO — Lesson Map\n## L0: 0 [F]\n## L00: NA\n## L007: yes\n## L1: no [F]\n## L2: 1e5\n## L3: null\n")
    rows = LessonPlan.objects.order_by("position").values_list("key", "code", "title", "module_title")
    assert list(rows) == [
        ("M0-L0", "L0", "0", "NO"), ("M0-L00", "L00", "NA", "NO"), ("M0-L007", "L007", "yes", "NO"),
        ("M0-L1", "L1", "no", "NO"), ("M0-L2", "L2", "1e5", "NO"), ("M0-L3", "L3", "null", "NO"),
    ]  # fmt: skip


@pytest.mark.parametrize("title", ["数据治理入门", "ธรรมาภิบาลข้อมูล", "مقدمة في حوكمة البيانات", "Data 🚀 in orbit"])
def test_any_script_is_stored_as_it_was_written(bring, title):
    bring(f"# M0: {title} — Lesson Map\n## {title}\n## L001: {title} [F]\n")
    row = LessonPlan.objects.get()
    assert (row.key, row.module_title, row.section, row.title, row.level) == ("M0-L001", title, title, title, "F")


def test_the_longest_titles_that_the_columns_hold_are_told_when_cut(db):
    text = f"# M0: {'m' * 301} — Lesson Map\n## L001: {'t' * 501}\n"
    plan = plan_import("lessons", text.encode(), slug="course")
    assert [(len(row.fields["module_title"]), len(row.fields["title"])) for row in plan.rows] == [(300, 500)]
    assert [problem.why for problem in plan.problems] == [
        "The title has 501 characters and was cut to 500.", "Its module_title has 301 characters and was cut to 300.",
    ]  # fmt: skip
