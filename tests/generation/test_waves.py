"""Which requests may be made now, which wait, which can't be made."""

from datetime import timedelta

import pytest
from django.utils import timezone

from generation import waves
from generation.models import Request, Revision, Run
from generation.recipes import Dependency
from tests import factories
from tests.tiny.models import Digest, Fact, Thing
from tests.tiny.rows import box


@pytest.fixture
def things(db):
    return box()


@pytest.fixture
def run(things) -> Run:
    row = factories.run(things, names=("tiny",))
    row.move("running")
    return row


def ready(run: Run, way: str = "batch", **options: int) -> list[str]:
    """Recipes and items of what is ready, in order."""
    return [
        f"{one.recipe.partition('.')[2]} {one.label}"
        for chunk in waves.ready_chunks(run, way, **options)
        for one in chunk.requests
    ]


def fact(thing: Thing, **fields: object) -> Fact:
    revision = Revision.objects.create(recipe="tiny.fact", item_id=thing.pk, origin="edited", text="{}")
    return Fact.objects.create(item=thing, recipe="tiny.fact", current=revision, **fields)


def settle(run: Run, status: str, recipe: str = "tiny.fact", **where: object) -> None:
    accepted = timezone.now() if status == "succeeded" else None
    run.requests.filter(recipe=recipe, **where).update(status=status, accepted_at=accepted)


def blocked(run: Run) -> set[tuple[str, str]]:
    return set(run.requests.filter(status="blocked").values_list("recipe", "error_message"))


def test_first_the_facts(run):
    assert ready(run) == ["fact T1", "fact T2", "fact T3"]


def test_chunks_keep_requests_items_and_needs_in_step(run, things):
    for thing in things.things.all():
        fact(thing)
    settle(run, "succeeded")
    for chunk in waves.ready_chunks(run, "batch", 2):
        assert [one.item_id for one in chunk.requests] == [item.pk for item in chunk.items]
        assert len(chunk.needs) == len(chunk.items) <= 2
        for item, need in zip(chunk.items, chunk.needs, strict=True):
            if isinstance(item, Thing) and need:
                assert [revision.item_id for revision in need["tiny.fact"]] == [item.pk]


def test_a_quiz_is_ready_as_soon_as_its_own_fact_is_accepted(run, things):
    first = things.things.get(key="T1")
    fact(first)
    settle(run, "succeeded", item_id=first.pk)
    settle(run, "queued", item_id__gt=first.pk)
    assert ready(run) == ["quiz T1"]


def test_an_answer_that_is_not_accepted_yet_is_waited_for(run):
    run.requests.filter(recipe="tiny.fact").update(status="succeeded", accepted_at=None)
    assert ready(run) == []
    assert blocked(run) == set()


def test_the_digest_waits_for_all_facts(run, things):
    for thing in things.things.all():
        fact(thing)
    settle(run, "succeeded")
    settle(run, "queued", item_id=things.things.get(key="T3").pk)
    assert ready(run) == ["quiz T1", "quiz T2"]
    settle(run, "succeeded")
    assert ready(run) == ["quiz T1", "quiz T2", "quiz T3", "digest all"]


@pytest.mark.parametrize("status", ["failed", "invalid", "expired", "cancelled", "missing", "blocked"])
def test_what_needs_a_fact_that_failed_is_blocked_and_not_dropped(run, things, status):
    settle(run, status)
    assert ready(run) == []
    quiz = ("tiny.quiz", f"it needs tiny.fact, which is {status}")
    assert blocked(run) == {quiz, ("tiny.digest", "it needs a tiny.fact, and there is none")} | (
        {("tiny.fact", "")} if status == "blocked" else set()
    )
    assert sum(run.ledger().values()) == run.total


def test_a_digest_is_made_of_the_facts_that_there_are(run, things):
    fact(things.things.get(key="T1"))
    settle(run, "succeeded", item_id=things.things.get(key="T1").pk)
    settle(run, "failed", item_id__gt=things.things.get(key="T1").pk)
    assert ready(run)[-1] == "digest all"


def test_an_approved_fact_is_not_there_until_it_is_approved(things, monkeypatch):
    monkeypatch.setattr("tests.tiny.recipes.QuizRecipe.needs", (Dependency("tiny.fact", level="approved"),))
    row = fact(things.things.get(key="T1"))
    run = factories.run(things, names=("tiny.quiz",))
    run.move("running")
    assert ready(run) == []
    assert blocked(run) == {("tiny.quiz", "it needs an approved tiny.fact, and there is none")}
    run.requests.update(status="planned")
    row.approved = row.current
    row.save()
    assert ready(run) == ["quiz T1"]


def test_a_pause_is_kept(run):
    run.requests.filter(label="T1").update(next_due=timezone.now() + timedelta(minutes=1))
    assert ready(run) == ["fact T2", "fact T3"]


def test_only_what_travels_this_way_is_ready(run, settings):
    assert ready(run, "direct") == []
    settings.PROVIDERS = {"default": settings.PROVIDERS["default"] | {"batch": False}}
    assert ready(run, "batch") == []
    assert len(ready(run, "direct")) == 3


def test_what_another_run_has_made_since_is_not_paid_again(run, things):
    fact(things.things.get(key="T1"))
    assert ready(run) == ["fact T2", "fact T3", "quiz T1"]
    made = Request.objects.get(recipe="tiny.fact", label="T1")
    assert (made.status, made.error_message) == (
        "unchanged",
        "another run has made it or is making it: nothing was sent",
    )


def test_what_another_run_has_sent_since_is_not_paid_again(things):
    first, second = (factories.run(things, names=("tiny.fact",)) for _ in range(2))
    for one in (first, second):
        one.move("running")
    first.requests.update(status="queued")
    assert ready(second) == []
    assert second.ledger() == {"unchanged": 3}


def test_two_runs_that_are_both_planned_don_t_hold_each_other_up(things):
    first, second = (factories.run(things, names=("tiny.fact",)) for _ in range(2))
    for one in (first, second):
        one.move("running")
    assert len(ready(first)) == 3


def test_a_run_over_everything_makes_what_is_there_again(things):
    fact(things.things.get(key="T1"))
    run = factories.run(things, names=("tiny.fact",), only="all")
    run.move("running")
    assert len(ready(run)) == 3


def test_a_deleted_item_stays_in_the_ledger(run, things):
    things.things.get(key="T1").delete()
    assert ready(run) == ["fact T2", "fact T3"]
    gone = run.requests.get(recipe="tiny.fact", label="T1")
    assert (gone.status, gone.error_message) == ("unchanged", "the item was deleted: nothing was sent")


def test_the_queries_of_a_chunk_don_t_grow_with_it(db, django_assert_max_num_queries):
    large = box(300, slug="large")
    run = factories.run(large, names=("tiny",))
    run.move("running")
    with django_assert_max_num_queries(32):
        assert len(ready(run)) == 300
    assert Digest.objects.count() == 0


def test_a_recipe_may_be_made_for_some_items_only(things, monkeypatch):
    monkeypatch.setattr("tests.tiny.recipes.FactRecipe.made_for", {"name": "thing 1"})
    run = factories.run(things, names=("tiny",))
    run.move("running")
    assert ready(run) == ["fact T1", "quiz T2", "quiz T3"]
    fact(things.things.get(key="T1"))
    settle(run, "succeeded")
    assert ready(run)[-1] == "digest all"


def test_a_collection_without_any_such_item_goes_without_it(things, monkeypatch):
    monkeypatch.setattr("tests.tiny.recipes.FactRecipe.made_for", {"name": "nothing"})
    run = factories.run(things, names=("tiny",))
    run.move("running")
    assert ready(run) == ["quiz T1", "quiz T2", "quiz T3", "digest all"]


def test_an_empty_collection_still_lacks_what_it_needs(things, monkeypatch):
    monkeypatch.setattr("tests.tiny.recipes.FactRecipe.made_for", {"name": "nothing"})
    things.things.all().delete()
    run = factories.run(things, names=("tiny",))
    run.move("running")
    assert ready(run) == []
    assert blocked(run) == {("tiny.digest", "it needs a tiny.fact, and there is none")}
