"""What a kind may add to the port: a schema fitted to the item, figures of its own, a file that speaks for a part."""

from typing import Any

import pytest
from pydantic import BaseModel

from generation.importing import apply_import, plan_import
from generation.instructions import instruction, needs_of
from generation.run_progress import collection_counts, items_line
from generation.sources import source_kinds
from lessons.recipes import LessonRecipe
from tests.tiny.models import Thing
from tests.tiny.recipes import FactOutput, FactRecipe
from tests.tiny.rows import box
from tests.tiny.sources import ThingSource

pytestmark = pytest.mark.django_db


def asked_fields(things: list[Any]) -> list[list[str]]:
    """Names of the fields that the schema of each request's body has."""
    bodies = instruction("tiny.fact", "box").bodies(things, needs_of(FactRecipe, things))
    return [list(body["text"]["format"]["schema"]["properties"]) for body in bodies]


def test_each_item_is_asked_by_its_own_schema(monkeypatch):
    class Narrow(BaseModel):
        only: str

    chosen = {"thing 1": Narrow}
    monkeypatch.setattr(FactRecipe, "schema_for", lambda self, item: chosen.get(item.name, FactOutput))
    things = list(box(2).things.order_by("position"))
    assert asked_fields(things) == [["only"], ["statement", "words"]]


def test_without_one_of_its_own_it_is_the_recipe_s_schema():
    assert asked_fields(list(box(1).things.all())) == [["statement", "words"]]


def test_a_recipe_s_figures_stand_in_the_progress(monkeypatch):
    box(2)
    monkeypatch.setattr(FactRecipe, "figures", lambda self, collection: {f"odd facts in {collection.slug}": 1200})
    lines = {entry["recipe"]: items_line(entry) for entry in collection_counts("box")}
    assert lines["tiny.fact"] == "box: 2 items; tiny.fact: 0 made, 2 to make; 1,200 odd facts in box"
    assert lines["tiny.quiz"] == "box: 2 items; tiny.quiz: 0 made, 2 to make"


def put(lines: str) -> dict[str, int]:
    plan = plan_import("tiny", lines.encode(), slug="box", filename="things.txt")
    apply_import(plan)
    return {name: number for name, number in plan.counts().items() if number}


def test_what_a_file_does_not_account_for_is_not_removed(monkeypatch):
    put("red one\nred two")
    monkeypatch.setattr(
        ThingSource, "accounts_for", classmethod(lambda cls, items, rows: items.filter(name__startswith="red"))
    )
    Thing.objects.filter(key="T2").update(name="blue two")
    assert put("red one") == {"unchanged": 1}
    Thing.objects.filter(key="T2").update(name="red two")
    assert put("red one") == {"unchanged": 1, "removed": 1}


def test_the_kinds_of_sources_are_known():
    assert {"lessons", "tiny"} <= set(source_kinds())


def test_items_come_with_their_collection_and_what_else_is_asked_for(course, django_assert_num_queries):
    wanted = list(course.items.values_list("pk", flat=True)[:4])
    with django_assert_num_queries(2):
        found = LessonRecipe.items([*wanted, 999_999])
        assert {item.collection for item in found.values()} == {course}
    assert sorted(found) == sorted(wanted)
