"""The commands of the page on materials, word for word: import, generate, progress, publish."""

import re

import pytest

from generation.models import RecipeSettings, Run
from generation.recipes import all_recipes
from materials.models import Component, Material
from tests.generation.shell import document, refused, said

ORDER = [
    "frontmatter", "metatags", "propertiestable", "badgesymbol", "author", "text", "table", "tags", "bullets",
    "caption", "jsonld",
]  # fmt: skip
ALL = "generate materials --all"
ONE_CATEGORY = "generate materials.tags materials.table --filter category=ceramic"
FILE = """materials:
  ceramic:
    items: [Zirconia, {name: Alumina, formula: Al2O3, laser: {power: 50}}]
  metal:
    items:
      - {name: Tin, uses: [solder]}
"""
NOW = ("--yes", "--wait", "--poll-interval", "0.05", "--mode", "direct")


@pytest.fixture
def imported(provider, db, tmp_path):
    """Two ceramics and a metal; no pace, so that a test takes no minutes."""
    for recipe in all_recipes():
        if recipe.key.startswith("materials."):
            RecipeSettings.objects.create(recipe=recipe.key, enabled=recipe.enabled, requests_per_minute=60_000)
    path = tmp_path / "catalogue.yaml"
    path.write_text(FILE)
    said("import_items", "materials", path, "--collection", "workshop")
    return provider


def requests(run: int) -> dict[str, set[str]]:
    """Component -> materials."""
    names = dict(Material.objects.values_list("pk", "key"))
    found: dict[str, set[str]] = {}
    for recipe, item in Run.objects.get(pk=run).requests.values_list("recipe", "item_id"):
        found.setdefault(recipe.partition(".")[2], set()).add(names[item])
    return found


def test_all_takes_enabled_and_disabled_ones(imported):
    told = document(*ALL.split(), *NOW)
    assert requests(told["run"]) == {name: {"zirconia", "alumina", "tin"} for name in ORDER}
    # Zirconia says nothing of itself, and yet its frontmatter has applications for the table.
    assert (told["status"], told["counts"]) == ("completed", {"succeeded": 33})


def test_without_all_only_what_is_switched_on(imported):
    told = document("generate", "materials", *NOW)
    assert list(requests(told["run"])) == ["frontmatter", "metatags", "text", "table", "tags"]


def test_named_recipes_of_one_category_only(imported):
    said("generate", "materials.frontmatter", *NOW)
    told = document(*ONE_CATEGORY.split(), *NOW)
    assert requests(told["run"]) == {"table": {"zirconia", "alumina"}, "tags": {"zirconia", "alumina"}}
    assert told["counts"] == {"succeeded": 4}
    made = set(Component.objects.values_list("recipe", flat=True))
    assert made == {"materials.frontmatter", "materials.table", "materials.tags"}


def test_a_recipe_that_is_switched_off_is_made_when_it_is_named(imported):
    said("generate", "materials.frontmatter", *NOW)
    assert requests(document("generate", "materials.caption", *NOW)["run"]) == {
        "caption": {"zirconia", "alumina", "tin"}
    }


def test_a_category_that_is_not_there_makes_nothing(imported):
    told = document("generate", "materials.tags", "--filter", "category=Ceramic", *NOW)
    assert (told["run"], told["total"]) == (None, 0) and not Run.objects.exists()


def test_a_filter_by_no_column_is_one_sentence(imported):
    status, sentence = refused("generate", "materials.tags", "--filter", "categroy=ceramic", *NOW)
    assert status == 1 and "Can't filter by categroy=ceramic" in sentence and "category" in sentence


def test_progress_of_a_run_by_category_and_component(imported):
    imported.faults("schema_violation", count=1)
    run = document("generate", "materials.frontmatter", "materials.author", *NOW, status=1)["run"]
    told = said("progress", "--run", run, "--watch").splitlines()
    # One of three frontmatters is no good, so one of three bylines is blocked: four of six are made.
    whole = next(line for line in told if " finished in " in line)
    assert re.search(
        r"^6 of 6 \(100\.0 %\) finished in \d+:\d\d, nothing left to send; 4 made, 2 failed, success rate 66\.7 %; "
        r"[\d,]+ tokens, [\d,.]+ a second; 3 of 3 items, [\d,]+ an hour; memory [\d,]+ MB$",
        whole,
    )
    tokens = sum(sum(used) for used in Run.objects.get().attempts().values_list("input_tokens", "output_tokens"))
    assert f"; {tokens:,} tokens, " in whole and tokens > 0
    begins = [line[: line.index("success")] for line in told if "success rate" in line and " finished in " not in line]
    assert begins[:2] == [
        "  materials.frontmatter: 3 of 3 (100.0 %), 2 made, 1 failed, ",
        "  materials.author: 3 of 3 (100.0 %), 2 made, 1 failed, ",
    ]
    places = [line.strip().partition(":")[0] for line in begins[2:]]
    assert places == [
        "ceramic", "materials.frontmatter", "materials.author", "metal", "materials.frontmatter", "materials.author",
    ]  # fmt: skip
    totals = {line.strip().partition(":")[0]: line.split()[3] for line in begins if line.startswith("  ")}
    assert (totals["ceramic"], totals["metal"]) == ("4", "2")


def test_one_file_for_each_component_and_a_page(imported, tmp_path):
    document(*ALL.split(), "--filter", "key=alumina", *NOW)
    for row in Component.objects.all():
        Component.objects.filter(pk=row.pk).update(status="approved", approved=row.current)
    said("publish", "materials", "--collection", "workshop", "--out", tmp_path / "site")
    files = {path.relative_to(tmp_path / "site").as_posix() for path in (tmp_path / "site").rglob("*.md")}
    assert files == {f"{name}/alumina-{name}.md" for name in ORDER}
    said("publish", "materials", "--collection", "workshop", "--export", "pages", "--out", tmp_path / "site")
    page = (tmp_path / "site" / "pages" / "alumina-page.md").read_text()
    texts = {row.kind: row.current.text.strip("\n") for row in Component.objects.select_related("current")}
    body = [texts[name] for name in ("propertiestable", "author", "text", "table", "bullets", "caption")]
    assert page.startswith("---\nname: Alumina\n") and page.endswith("\n" + "\n\n".join(body) + "\n")
