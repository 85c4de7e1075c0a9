"""What `generate` takes where no collection is named."""

import pytest

from generation.models import Run
from tests import factories
from tests.generation.shell import document, refused
from tests.materials.rows import catalogue

DRY = ("--yes", "--mode", "direct")


def test_the_only_collection_need_not_be_named(provider, course):
    assert document("generate", "lessons", *DRY)["collections"] == ["course"]


def test_one_of_several_has_to_be_named(provider, course):
    factories.course(slug="other")
    status, said = refused("generate", "lessons", *DRY)
    assert status == 2 and "--collection SLUG" in said and "course, other" in said
    assert not Run.objects.exists()


def test_one_that_the_actor_may_not_see_does_not_count(provider, roles, course):
    hidden = factories.course(slug="other")
    hidden.groups.add(roles["viewer"].groups.get())
    assert document("generate", "lessons", *DRY, "--as", "operator")["collections"] == ["course"]


def test_without_any_there_is_nothing_to_generate(provider, db):
    status, said = refused("generate", "lessons", *DRY)
    assert status == 1 and "import_items" in said


@pytest.mark.parametrize(
    ("words", "recipes", "total"),
    [
        (("materials", "--all"), 11, 22),
        (("materials",), 5, 10),
        (("materials.tags", "materials.table", "--filter", "category=wood"), 2, 1 * 2),
    ],
)
def test_kinds_recipes_and_filters(provider, db, words, recipes, total):
    catalogue("Oak", "Tin")
    told = document("generate", *words, *DRY)
    assert (len(told["recipes"]), told["total"]) == (recipes, total)
