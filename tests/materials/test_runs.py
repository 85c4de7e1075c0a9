"""Runs over the components through the sandbox, in both modes: waves, what fails, what is blocked, a retry."""

from collections import defaultdict

import pytest
import yaml

from generation import advance
from generation.going_on import go_on_without
from generation.instructions import instruction
from generation.models import RecipeSettings, Revision, Run
from generation.models.wakeups import without_wakeups
from generation.pipeline.plan import Selection
from generation.recipe_choice import chosen_recipes
from generation.recipes import all_recipes, recipe_class
from materials.models import Component, Material
from tests.generation.shell import said
from tests.materials.rows import catalogue

MODES = pytest.mark.parametrize("mode", ["batch", "direct"])
ORDER = [
    "frontmatter", "metatags", "propertiestable", "badgesymbol", "author", "text", "table", "tags", "bullets",
    "caption", "jsonld",
]  # fmt: skip
USUAL = ["frontmatter", "metatags", "text", "table", "tags"]
COMPUTED = ["propertiestable", "badgesymbol", "author", "table"]


@pytest.fixture
def things(provider, db):
    """Three materials; no pace, so that a test takes no minutes."""
    for recipe in all_recipes():
        if recipe.key.startswith("materials."):
            RecipeSettings.objects.create(recipe=recipe.key, enabled=recipe.enabled, requests_per_minute=60_000)
    return catalogue("Oak", "Tin", "Ash")


def planned(things, *names: str, everything: bool = False, filters: dict[str, str] | None = None, **fields) -> Run:
    recipes = chosen_recipes(names or ("materials",), also_disabled=everything)
    return advance.prepare(recipes, [things], Selection(filters=filters or {}), **fields)


def follow(run: Run) -> Run:
    if run.status == "planned":
        advance.launch(run, "test")
    for _ in advance.follow(run, interval=0.05):
        pass
    return run


def states(run: Run) -> dict[str, dict[str, str]]:
    """Material -> component -> state."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    names = dict(Material.objects.values_list("pk", "key"))
    for recipe, item, status in run.requests.values_list("recipe", "item_id", "status"):
        found[names[item]][recipe.partition(".")[2]] = status
    return dict(found)


def components(run: Run) -> list[str]:
    return [recipe.partition(".")[2] for recipe in run.recipes]


def test_the_eleven_components_in_their_order():
    recipes = [recipe for recipe in all_recipes() if recipe.key.startswith("materials.")]
    assert [recipe.key.partition(".")[2] for recipe in recipes] == ORDER
    assert [recipe.order for recipe in recipes] == list(range(1, 12))
    assert [recipe.key.partition(".")[2] for recipe in recipes if recipe.enabled] == USUAL
    assert [recipe.key.partition(".")[2] for recipe in recipes if recipe.local] == COMPUTED
    assert all(recipe.needs[0].recipe == "materials.frontmatter" for recipe in recipes[1:]) and not recipes[0].needs


@pytest.mark.parametrize("name", ORDER)
def test_defaults(db, name):
    found = instruction(f"materials.{name}")
    assert (found.parameters.max_output_tokens, found.parameters.temperature) == (600, 0.6)
    assert (found.read_timeout, found.attempts, found.retry_window) == (30, 3, 300)
    assert (found.requests_per_minute, found.concurrency) == (30, 3)


@pytest.mark.parametrize("name", ["tags", "table"])
def test_whatever_is_set_for_a_component_holds_for_it_alone(db, name):
    other = instruction("materials.caption")
    RecipeSettings.objects.create(
        recipe=f"materials.{name}", enabled=False, order=40, provider="sandbox", model="m-2", max_output_tokens=90,
        temperature=0.0, read_timeout=7.5, requests_per_minute=12, concurrency=1, attempts=5, retry_window=60,
    )  # fmt: skip
    found = instruction(f"materials.{name}")
    assert (found.enabled, found.order, found.provider, found.model) == (False, 40, "sandbox", "m-2")
    assert (found.parameters.max_output_tokens, found.parameters.temperature) == (90, 0.0)
    assert (found.read_timeout, found.requests_per_minute, found.concurrency) == (7.5, 12, 1)
    assert (found.attempts, found.retry_window) == (5, 60)
    again = instruction("materials.caption")
    assert (again.parameters, again.order, again.attempts) == (other.parameters, 10, 3)


@MODES
def test_all_components_of_all_materials(things, mode):
    run = follow(planned(things, everything=True, mode=mode))
    assert (run.status, run.counts) == ("completed", {"succeeded": 33})
    assert Component.objects.count() == 33
    frontmatter = Component.objects.get(item__key="oak", recipe="materials.frontmatter")
    table = Component.objects.get(item__key="oak", recipe="materials.propertiestable")
    first = yaml.safe_load(frontmatter.current.text)["properties"][0]["value"]
    assert first in table.current.text and table.current.dependencies == [frontmatter.current_id]


def test_computed_components_make_no_call_and_cost_nothing(things, sandbox):
    follow(planned(things, mode="direct"))
    calls = len(sandbox.calls("chat.completions"))
    run = follow(planned(things, *(f"materials.{name}" for name in COMPUTED[:3]), mode="direct"))
    assert run.counts == {"succeeded": 9} and run.cost_nano == 0
    assert len(sandbox.calls("chat.completions")) == calls


def test_a_kind_takes_what_is_switched_on_and_all_takes_everything(things):
    assert components(planned(things)) == USUAL
    assert components(planned(things, everything=True)) == ORDER


def test_named_components_of_one_category(things):
    run = planned(things, "materials.tags", "materials.table", filters={"category": "metal"})
    assert components(run) == ["table", "tags"]
    assert set(states(run)) == {"tin"} and run.total == 2


def fail(sandbox, run: Run, mode: str) -> None:
    """Frontmatter of tin fails, then the tags of oak, for good: answers that fit no schema."""
    ids = dict(Material.objects.values_list("key", "pk"))
    if mode == "batch":
        for name, key in (("frontmatter", "tin"), ("tags", "oak")):
            sandbox.faults("schema_violation", match=f"{run.key}-materials-{name}-{ids[key]}")
        return
    # Direct calls carry no id: the frontmatter goes alone and first, the tags are the only ones on /v1/responses.
    sandbox.faults("schema_violation", count=1, match="chat.completions")
    sandbox.faults("schema_violation", count=1, match="responses")


def sent(run: Run) -> set[tuple[str, str, int]]:
    """Component, material and number of every attempt."""
    names = dict(Material.objects.values_list("pk", "key"))
    rows = run.attempts().values_list("recipe", "request__item_id", "number")
    return {(recipe.partition(".")[2], names[item], number) for recipe, item, number in rows}


@MODES
def test_a_failed_frontmatter_blocks_its_own_and_failed_tags_block_nothing(things, sandbox, mode):
    if mode == "direct":
        RecipeSettings.objects.filter(recipe="materials.tags").update(endpoint="/v1/responses")
    run = planned(things, everything=True, mode=mode)
    fail(sandbox, run, mode)
    follow(run)
    assert run.status == "completed"
    # Three materials of eleven components: one without frontmatter, so ten blocked; one without tags only.
    assert run.ledger() == {"succeeded": 21, "blocked": 10, "invalid": 2} and run.total == 33
    names = dict(Material.objects.values_list("pk", "key"))
    without = names[run.requests.get(recipe="materials.frontmatter", status="invalid").item_id]
    untagged = names[run.requests.get(recipe="materials.tags", status="invalid").item_id]
    third = ({"oak", "tin", "ash"} - {without, untagged}).pop()
    good = dict.fromkeys(ORDER, "succeeded")
    assert states(run) == {
        without: dict.fromkeys(ORDER, "blocked") | {"frontmatter": "invalid"},
        untagged: good | {"tags": "invalid"},
        third: good,
    }
    if mode == "batch":
        assert (without, untagged) == ("tin", "oak")
    blocked = set(run.requests.filter(status="blocked").values_list("error_message", flat=True))
    assert blocked == {"it needs materials.frontmatter, which is invalid"}
    # Nothing of what was blocked went out: three frontmatters, then six texts by a model for each of two materials.
    assert sandbox.log()["executed"][mode] == 3 + 2 * 6

    before = {row.pk: row.current_id for row in Component.objects.all()}
    attempted = sent(run)
    assert len(before) == 21 and len(attempted) == 23 and {number for *_, number in attempted} == {1}
    sandbox.clear_faults()
    said("retry", run.pk, "--yes", "--wait", "--poll-interval", "0.05")
    run.refresh_from_db()
    assert (run.status, run.ledger()) == ("completed", {"succeeded": 33}) and Component.objects.count() == 33
    # Exactly what had failed, a second time, and what was blocked, for the first time.
    again = {("frontmatter", without, 2), ("tags", untagged, 2)}
    assert sent(run) - attempted == again | {(name, without, 1) for name in ORDER[1:]}
    # At the provider: that frontmatter with its six, and those tags; four more were computed here.
    assert sandbox.log()["executed"][mode] == 15 + 8
    assert before.items() <= {row.pk: row.current_id for row in Component.objects.all()}.items()
    assert len(sent(run)) == 23 + 12 and run.total == 33


def test_each_component_s_failure_stops_nothing_else(things, sandbox):
    """All six texts by a model fail for one material, for good; its computed ones and all others are made."""
    run = planned(things, everything=True)
    oak = Material.objects.get(key="oak").pk
    for name in ("metatags", "text", "tags", "bullets", "caption", "jsonld"):
        sandbox.faults("empty_content", match=f"{run.key}-materials-{name}-{oak}")
    follow(run)
    failed = {name for name, state in states(run)["oak"].items() if state != "succeeded"}
    assert failed == {"metatags", "text", "tags", "bullets", "caption", "jsonld"}
    assert set(states(run)["oak"].values()) == {"invalid", "succeeded"}
    for other in ("tin", "ash"):
        assert states(run)[other] == dict.fromkeys(ORDER, "succeeded")
    assert run.ledger() == {"succeeded": 33 - 6, "invalid": 6}


def test_a_table_of_nothing_is_a_failure_of_its_own(things):
    """A component that is computed can fail, too: without applications and parameters there is no table."""
    things.items.exclude(key="oak").delete()
    follow(planned(things, "materials.frontmatter", mode="direct"))
    head = Component.objects.get(recipe="materials.frontmatter").current
    Revision.objects.filter(pk=head.pk).update(text="title: Oak")
    run = follow(planned(things, everything=True, mode="direct"))
    expected = dict.fromkeys(ORDER[1:], "succeeded") | {"table": "invalid"}
    assert states(run) == {"oak": expected}
    why = run.requests.get(recipe="materials.table").error_message
    assert why == "there is nothing to tabulate: no applications in the frontmatter, no parameters"


@MODES
def test_a_person_goes_on_without_the_frontmatter(things, sandbox, mode):
    run = planned(things, everything=True, mode=mode)
    sandbox.faults("schema_violation", count=1) if mode == "direct" else fail(sandbox, run, mode)
    follow(run)
    without = run.requests.get(recipe="materials.frontmatter", status="invalid").item_id
    Material.objects.filter(pk=without).update(data={"laser": {"power": "50"}})
    sandbox.clear_faults()
    executed = sandbox.log()["executed"][mode]
    with without_wakeups():
        assert go_on_without(run, "eva") == 10
    run.refresh_from_db()
    follow(run)
    made = run.requests.filter(item_id=without).exclude(recipe="materials.frontmatter")
    assert dict(run.requests.filter(item_id=without).values_list("recipe", "status")) == {
        f"materials.{name}": "invalid" if name == "frontmatter" else "succeeded" for name in ORDER
    }
    assert sandbox.log()["executed"][mode] - executed == 6
    assert {tuple(used) for used in made.values_list("dependencies", flat=True)} == {()}
    table = Component.objects.get(item=without, recipe="materials.table").current.text
    assert table == "| Parameter | Value |\n| --- | --- |\n| Laser / power | 50 |"


def test_without_any_frontmatter_the_others_say_that_they_need_one(things):
    run = follow(planned(things, "materials.tags", mode="direct"))
    assert run.counts == {"blocked": 3}
    assert run.requests.first().error_message == "it needs a materials.frontmatter, and there is none"


@MODES
def test_new_components_are_made_from_the_frontmatter_that_is_there(things, mode):
    follow(planned(things, mode=mode))
    run = follow(planned(things, "materials.caption", mode=mode))
    assert run.counts == {"succeeded": 3}
    caption = Component.objects.get(recipe="materials.caption", item__key="ash")
    frontmatter = Component.objects.get(recipe="materials.frontmatter", item__key="ash")
    assert caption.current.dependencies == [frontmatter.current_id]


def test_an_estimate_needs_no_frontmatter(things):
    estimate = planned(things, everything=True).estimate
    assert estimate["requests"] == 33 and estimate["input_tokens"] > 0
    computed = [part for part in estimate["parts"] if recipe_class(part["recipe"]).local]
    assert len(computed) == 4 and all(part["cost_nano"]["batch"]["likely"] == 0 for part in computed)


def test_prompts_say_what_the_catalogue_knows(things):
    oak = Material.objects.select_related("collection").get(key="oak")
    oak.data, oak.formula, oak.author_id = {"laser": {"power": "50"}}, "C6H10O5", "7"
    oak.collection.authors = [{"id": "7", "name": "Mara"}]
    oak.collection.subject, oak.collection.language = "laser cleaning", "German"
    ((system, user),) = instruction("materials.frontmatter").texts([oak], [{}], "shorter")
    for words in ("Material: Oak", "Category: wood", "C6H10O5", "power: '50'", "Language: German", "shorter"):
        assert words in user
    assert "laser cleaning" in system
