"""Import: what a file would change, and that nothing else does."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generation.importing import (
    Parsed,
    Problem,
    Row,
    Source,
    SourceError,
    apply_import,
    plan_import,
    register_source,
    source_of,
)
from generation.recipes import UnknownRecipe
from lessons.models import Course, LessonPlan

OUTLINE = """# M0: Start — Lesson Map

## L001: First [F]

## L002: Second [I]

# M1: More — Lesson Map

## L001: Third [A]
"""


def plan(text: str | bytes = OUTLINE, slug: str = "data", **options):
    data = text if isinstance(text, bytes) else text.encode()
    return plan_import("lessons", data, slug=slug, **({"filename": "my_outline.md"} | options))


def put(text: str = OUTLINE, **options) -> Course:
    return apply_import(plan(text, **options), "tester")


def state() -> list[tuple]:
    return list(LessonPlan.objects.order_by("pk").values_list())


def some(**numbers: int) -> dict[str, int]:
    return dict.fromkeys(("new", "changed", "unchanged", "removed", "restored", "problems"), 0) | numbers


def test_a_plan_writes_nothing(db):
    found = plan()
    assert found.counts() == some(new=3)
    assert [row.key for row in found.new] == ["M0-L001", "M0-L002", "M1-L001"]
    assert found.collection.pk is None and not Course.objects.exists() and not LessonPlan.objects.exists()


def test_a_new_collection_is_named_after_its_file(db):
    course = put()
    assert (course.slug, course.name, course.outline_name, course.outline_format) == (
        "data", "My outline", "my_outline.md", "native",
    )  # fmt: skip
    assert course.imported_at and course.items.count() == 3
    assert put(slug="other", name="Given").name == "Given"
    assert put(slug="third", filename="").name == "third"


def test_items_hold_what_the_file_says(db):
    put()
    row = LessonPlan.objects.get(key="M1-L001")
    assert (row.position, row.module_code, row.module_title, row.code, row.title, row.level) == (
        3, "M1", "More", "L001", "Third", "A",
    )  # fmt: skip
    assert row.source_hash == row.compute_hash() and row.changed_at is row.removed_at is None


def test_the_same_file_twice_changes_nothing(db):
    before = (put(), state())
    found = plan()
    assert found.counts() == some(unchanged=3) and not found.moved
    course = apply_import(found)
    assert state() == before[1] and course.imported_at == before[0].imported_at
    assert Course.objects.count() == 1


def test_one_changed_title_marks_one_item(db):
    put()
    found = plan(OUTLINE.replace("Second", "Second, better"))
    assert found.counts() == some(changed=1, unchanged=2)
    apply_import(found)
    changed = LessonPlan.objects.exclude(changed_at=None).get()
    assert (changed.title, changed.source_hash) == ("Second, better", changed.compute_hash())


def test_a_lesson_put_before_others_moves_them_without_marking_them(db):
    put()
    found = plan(OUTLINE.replace("## L001: First", "## L000: Before [F]\n\n## L001: First"))
    assert found.counts() == some(new=1, unchanged=3) and len(found.moved) == 3
    apply_import(found)
    rows = LessonPlan.objects.order_by("position").values_list("key", "changed_at")
    assert list(rows) == [("M0-L000", None), ("M0-L001", None), ("M0-L002", None), ("M1-L001", None)]


def test_what_is_gone_is_marked_and_comes_back_as_the_same_item(db):
    put()
    gone = LessonPlan.objects.get(key="M0-L002")
    short = OUTLINE.replace("## L002: Second [I]\n", "")
    assert plan(short).counts() == some(unchanged=2, removed=1)
    put(short)
    assert LessonPlan.objects.get(pk=gone.pk).removed_at
    assert plan(short).counts() == some(unchanged=2)
    assert plan().counts() == some(unchanged=2, restored=1)
    put()
    back = LessonPlan.objects.get(pk=gone.pk)
    assert (back.removed_at, back.changed_at, back.position) == (None, None, 2)


def test_what_comes_back_changed_is_marked_changed(db):
    put()
    put(OUTLINE.replace("## L002: Second [I]\n", ""))
    put(OUTLINE.replace("Second", "Other"))
    back = LessonPlan.objects.get(key="M0-L002")
    assert (back.title, back.removed_at, bool(back.changed_at)) == ("Other", None, True)
    assert back.source_hash == back.compute_hash()


def test_another_collection_is_left_alone(db):
    put()
    before = state()
    put("# M0: X — Lesson Map\n\n## L001: Y [F]\n", slug="other")
    assert state()[:3] == before


def test_two_imports_planned_at_once_make_each_item_once(db):
    first, second = plan(), plan(OUTLINE + "\n## L002: Fourth [E]\n")
    assert second.counts()["new"] == 4
    apply_import(first)
    apply_import(second)
    assert second.counts() == some(new=1, unchanged=3)
    assert LessonPlan.objects.count() == 4 and Course.objects.count() == 1


def test_a_failing_import_leaves_nothing(db, monkeypatch):
    def fail(*args: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr("generation.importing._save_collection", fail)
    with pytest.raises(RuntimeError):
        put()
    assert not Course.objects.exists() and not LessonPlan.objects.exists()


@pytest.mark.parametrize(
    ("data", "options", "sentence"),
    [
        (b"", {}, "empty file"),
        (b" \r\n\n", {}, "empty file"),
        (b"%PDF-1.7 ...", {}, "a PDF file"),
        (b"# Hello\n\nJust text.\n", {}, "no lesson"),
        (OUTLINE, {"filename": "outline.xlsx"}, "found a file '.xlsx'"),
        (OUTLINE, {"format": "pdf"}, "no format 'pdf'. There are: auto"),
        (OUTLINE, {"slug": "../etc"}, "is no short name"),
        (OUTLINE, {"slug": ""}, "is no short name"),
        (OUTLINE, {"slug": "x" * 81}, "at most 80"),
    ],
)
def test_what_cannot_be_imported_ends_in_one_sentence(data, options, sentence, db):
    with pytest.raises(SourceError, match=sentence) as caught:
        plan(data, **options)
    assert "\n" not in str(caught.value)
    assert not Course.objects.exists()


def test_a_file_over_the_limit_is_refused_before_it_is_read(db, settings):
    settings.UPLOAD_MAX_BYTES = 10
    with pytest.raises(SourceError, match="at most 10"):
        plan()


def test_an_unknown_kind_names_those_that_there_are(db):
    with pytest.raises(UnknownRecipe, match="lessons"):
        plan_import("nothing", b"x", slug="x")


def test_what_the_columns_cannot_hold_is_cut_and_reported(db):
    long = OUTLINE.replace("## L001: First", f"## {'Section ' * 60}\n\n## L001: First")
    found = plan(long)
    assert [(problem.what, "cut to 300" in problem.why) for problem in found.problems] == [
        ("M0-L001", True), ("M0-L002", True),
    ]  # fmt: skip
    apply_import(found)
    assert plan(long).counts()["unchanged"] == 3


@pytest.fixture
def odd_source():
    """A source that yields what no good parser would."""
    real: Any = source_of("lessons")

    @register_source
    class Odd(real):
        def parse(self, data: bytes, *, format: str, filename: str) -> Parsed:
            values = {"module_code": "M", "module_title": "", "title": "a\x00b"}
            keys = ["one", "one", "", "k" * 121, "two"]
            return Parsed([Row(key, place, values) for place, key in enumerate(keys)], [Problem(3, "x", "y")])

    yield Odd
    register_source(real)


def test_rows_that_cannot_be_kept_are_left_out_and_reported(odd_source, db):
    found = plan()
    assert [row.key for row in found.new] == ["one", "two"]
    assert len(found.problems) == 4
    apply_import(found)
    assert set(LessonPlan.objects.values_list("title", flat=True)) == {"ab"}


def test_a_source_without_a_parser_says_so():
    class Empty(Source):
        kind = "empty"

    with pytest.raises(SourceError, match="can't be imported"):
        Empty().parse(b"", format="auto", filename="")


def test_queries_grow_with_chunks_not_with_items(db):
    text = "# M0: Start — Lesson Map\n\n" + "\n".join(f"## L{n:04}: T{n} [F]" for n in range(1500)) + "\n"
    with CaptureQueriesContext(connection, ) as queries:
        put(text)
        put(text.replace("T7", "U7"))
    assert len(queries) < 80
    assert LessonPlan.objects.exclude(changed_at=None).count() == 111
