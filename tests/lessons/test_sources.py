"""The lessons' source: rows of an outline, and names and texts of lesson files."""

from pathlib import Path

import pytest

from generation.importing import SourceError, source_of
from lessons.models import LessonPlan
from lessons.publish import padded_name
from lessons.sources import OutlineSource, without_front_matter

DEMO = Path(__file__).resolve().parents[2] / "demo" / "data_governance.md"


def parse(data: bytes, format: str = "auto", filename: str = "x.md"):
    return OutlineSource().parse(data, format=format, filename=filename)


def test_the_demo_course_gives_336_lesson_plans():
    parsed = parse(DEMO.read_bytes())
    assert len(parsed.rows) == 336 and not parsed.problems
    assert parsed.notices[0] == "336 lessons in 15 modules (format: native)."
    first = parsed.rows[0]
    assert (first.key, first.position, first.fields["level"], first.fields["module_code"]) == ("M0-L001", 1, "F", "M0")


def test_problems_keep_their_lines():
    parsed = parse(b"# M0: A - Lesson Map\n\n## L001: One [F]\n\n## L001: Two [F]\n\n## L00")
    assert [row.key for row in parsed.rows] == ["M0-L001", "M0-L001-2"]
    assert [problem.line for problem in parsed.problems] == [5, 7]


def test_stated_totals_are_compared():
    good = parse(b"Total lessons: 1\n\n# M0: A - Lesson Map\n\n## L001: One [F]\n")
    assert any("1" in notice and "fits" in notice for notice in good.notices[1:]) and not good.problems
    bad = parse(b"Total lessons: 7\n\n# M0: A - Lesson Map\n\n## L001: One [F]\n")
    assert len(bad.notices) == 1 and "7" in bad.problems[0].why


def test_a_foreign_file_is_a_source_error():
    with pytest.raises(SourceError, match="found a zip archive"):
        parse(b"PK\x03\x04rest")


def test_rows_fill_every_hashed_column():
    assert set(LessonPlan.hashed_fields) <= set(parse(DEMO.read_bytes()).rows[0].fields)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("M0-L001.md", "M0-L001"),
        ("M0-L001.MD", "M0-L001"),
        ("M00-L001-what-it-is.md", "M0-L001"),
        ("M1-L1.1.md", "M1-L1.1"),
        ("M01-L001.1-intro.md", "M1-L1.1"),
        ("M0-L001-2.md", "M0-L001-2"),
        ("M00-L001-2-again.md", "M0-L001-2"),
        ("M10-L010-x.markdown", "M10-L010"),
        ("L003-no-module.md", "L003"),
    ],
)
def test_file_names_lead_to_keys(name, key):
    known = {"M0-L001", "M0-L001-2", "M1-L1.1", "M1-L001", "M10-L010", "L003", "M0-L003"}
    assert next(found for found in OutlineSource().artefact_keys(name) if found in known) == key


@pytest.mark.parametrize("key", ["M0-L001", "M7-L1.1", "M12-L011a", "M0-L001-2", "L004", "M1-2-L003"])
def test_every_published_name_leads_back(key):
    plan = LessonPlan(key=key, title="2 ways: L001 and M1-L001")
    for name in (plan.key, padded_name(plan)):
        assert key in OutlineSource().artefact_keys(f"{name}.md")


@pytest.mark.parametrize("name", ["M0-L001", "M0-L001.docx", "", ".md.exe", "M0-L001.md.bak"])
def test_other_files_have_no_key(name):
    assert not OutlineSource().artefact_keys(name)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("---\ntitle: X\n---\n\n# T\n", "# T\n"),
        ("---\ntitle: X\n---\n# T\n", "# T\n"),
        ("---\ntitle: X\n---", ""),
        ("---\n\n# T\n\n---\n\nMore\n", None),
        ("---\n[broken: yaml\n---\n# T\n", None),
        ("# T\n\n---\na: b\n---\n", None),
        ("---\n- a\n---\n# T\n", None),
    ],
)
def test_front_matter_is_taken_off_and_nothing_else(text, rest):
    assert without_front_matter(text) == (text if rest is None else rest)


def test_it_is_registered():
    assert source_of("lessons") is OutlineSource
