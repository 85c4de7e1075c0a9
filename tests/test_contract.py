"""Every registered recipe, source and export keeps the contract."""

import ast
from pathlib import Path
from typing import Any

from django.db.models import F

from generation.exports import exports_of
from generation.models import Revision
from generation.recipes import all_recipes, kinds
from generation.sources import source_kinds
from lessons.models import Lesson, LessonPlan
from tests import factories
from tests.contract import ExportContract, RecipeContract, SourceContract
from tests.tiny.models import Fact, FactWord, Thing
from tests.tiny.rows import box

OUTLINE = "# M0: Beginnings — Lesson Map\n\n## L001: First [F]\n## L002: Second [I]\n"


class TestLesson(RecipeContract):
    key = "lessons.lesson"
    run_names = ("lessons.lesson",)
    bad_outputs = ("", " \n ")

    def make_collection(self, items: int, slug: str) -> Any:
        return factories.course(1, items, slug)


class TestFact(RecipeContract):
    key = "tiny.fact"
    run_names = ("tiny.fact",)
    bad_outputs = ("", "No.", "[]", '{"statement": "", "words": []}', '{"statement": 7, "words": []}')

    def make_collection(self, items: int, slug: str) -> Any:
        return box(items, slug)

    def derived(self) -> list[Any]:
        return sorted(FactWord.objects.values_list("thing", "word", "revision"))


class TestQuiz(RecipeContract):
    key = "tiny.quiz"
    run_names = ("tiny.fact", "tiny.quiz")
    bad_outputs = ("{}",)

    def make_collection(self, items: int, slug: str) -> Any:
        return box(items, slug)


class TestDigest(RecipeContract):
    key = "tiny.digest"
    run_names = ("tiny.fact", "tiny.digest")
    bad_outputs = ("{}",)

    def make_collection(self, items: int, slug: str) -> Any:
        return box(items, slug)


class TestLessonSource(SourceContract):
    kind = "lessons"
    good = OUTLINE.encode()
    filename = "outline.md"


class TestThingSource(SourceContract):
    kind = "tiny"
    good = b"one\ntwo\n"
    filename = "things.txt"


class TestLessonExport(ExportContract):
    kind = "lessons"

    def make_approved(self) -> Any:
        factories.course()
        for plan in LessonPlan.objects.all():
            factories.lesson(plan)
        Lesson.objects.update(approved=F("current"), status="approved")
        return Lesson.objects.publishable()


class TestFactExport(ExportContract):
    kind = "tiny"

    def make_approved(self) -> Any:
        box()
        for thing in Thing.objects.all():
            text = Revision.objects.create(recipe="tiny.fact", item_id=thing.pk, origin="edited", text="{}")
            Fact.objects.create(item=thing, recipe="tiny.fact", current=text, approved=text, status="approved")
        return Fact.objects.publishable()


def under_contract(base: type) -> set[str]:
    """Keys and kinds of the subclasses of a contract in any of our test files."""
    found: set[str] = set()
    texts = (path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("test_*.py"))
    for text in (text for text in texts if f"({base.__name__})" in text):
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef) and base.__name__ in {getattr(one, "id", "") for one in node.bases}:
                found |= {one.value.value for one in node.body if _names_it(one)}  # type: ignore[attr-defined]
    return found


def _names_it(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("key", "kind")


# Kinds whose contracts are still to be written: whoever writes one takes it out here.
UNDER_WAY: set[str] = set()


def test_no_recipe_is_left_out():
    expected = {recipe.key for recipe in all_recipes() if recipe.key.partition(".")[0] not in UNDER_WAY}
    assert under_contract(RecipeContract) == expected


def test_no_kind_is_left_out():
    # A kind may have further sources, named kind.something: lists that its items are generated with.
    assert {name for name in source_kinds() if "." not in name} == set(kinds())
    assert under_contract(SourceContract) == set(source_kinds()) - UNDER_WAY
    assert under_contract(ExportContract) == {kind for kind in kinds() if exports_of(kind)} - UNDER_WAY
