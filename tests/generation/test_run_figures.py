"""A run in figures: counted by hand, by recipe and category, on the terminal and as JSON."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from generation.console_output import Console
from generation.models import Attempt, Heartbeat, Run
from generation.run_figures import figures, figures_document, figures_line, figures_lines
from generation.run_pace import clock
from generation.run_progress import report_bars
from materials.models import Material
from tests import factories
from tests.generation.shell import Terminal, document, said
from tests.materials.rows import catalogue

ANSI = re.compile(r"\x1b\[[A-Z]")
NAMES = ("materials.frontmatter", "materials.table")


@pytest.fixture
def run(db: None) -> Run:
    """Oak and ash (wood), tin (metal); two recipes, of which the table is computed."""
    row = factories.run(catalogue("Oak", "Tin", "Ash"), names=NAMES, mode="direct")
    row.status, row.started_at = "running", timezone.now() - timedelta(seconds=100)
    row.save()
    return row


def stand(run: Run, recipe: str, item: str, status: str, tokens: tuple[int, int] = (0, 0)) -> None:
    """Put one request into a state, with an attempt that used so many tokens in and out."""
    pk = Material.objects.get(key=item).pk
    request = run.requests.get(recipe=f"materials.{recipe}", item_id=pk)
    run.requests.filter(pk=request.pk).update(status=status)
    Attempt.objects.create(
        request=request, run=run, number=1, mode="direct", provider="default", model="m", outcome="succeeded",
        input_tokens=tokens[0], output_tokens=tokens[1], recipe=request.recipe, category=request.category,
    )  # fmt: skip


@pytest.fixture
def half(run: Run) -> Run:
    """Oak is complete, tin has failed and its table is blocked, ash is still to come."""
    stand(run, "frontmatter", "oak", "succeeded", (300, 200))
    stand(run, "table", "oak", "succeeded")
    stand(run, "frontmatter", "tin", "invalid", (400, 100))
    stand(run, "table", "tin", "blocked")
    return run


def row(line: Any) -> tuple[Any, ...]:
    return line.total, line.done, line.made, line.failed, line.tokens


def test_lines_by_recipe_and_category(half):
    found = {(line.recipe.partition(".")[2], line.category): row(line) for line in figures(half).lines}
    assert found == {
        ("frontmatter", "metal"): (1, 1, 0, 1, 500),
        ("frontmatter", "wood"): (2, 1, 1, 0, 500),
        ("table", "metal"): (1, 1, 0, 1, 0),
        ("table", "wood"): (2, 1, 1, 0, 0),
    }


def test_sums(half):
    found = figures(half)
    assert row(found.whole) == (6, 4, 2, 2, 1000)
    assert [(line.recipe, *row(line)) for line in found.by_recipe()] == [
        ("materials.frontmatter", 3, 2, 1, 1, 1000), ("materials.table", 3, 2, 1, 1, 0),
    ]  # fmt: skip
    assert [(line.category, *row(line)) for line in found.by_category()] == [
        ("metal", 2, 2, 0, 2, 500), ("wood", 4, 2, 2, 0, 500),
    ]  # fmt: skip


def test_pace_and_rates(half):
    found = figures(half)
    assert found.whole.percentage == pytest.approx(66.67, abs=0.01) and found.whole.success_rate == 50
    # Two of three sent in 100 seconds: one more takes 50. Computed tables don't count for that.
    assert found.eta == pytest.approx(50, abs=1)
    assert found.tokens_per_second == pytest.approx(10, abs=0.2)
    assert (found.items, found.items_done) == (3, 2)
    assert found.items_per_hour == pytest.approx(72, abs=1)


def test_before_the_first_answer_nothing_is_claimed(run):
    found = figures(run)
    assert (found.eta, found.whole.success_rate, found.items_done) == (None, None, 0)
    assert "time left not known yet" in figures_line(found) and "success rate -" in figures_line(found)


def test_a_run_that_was_not_started_has_no_pace(run):
    run.started_at = None
    found = figures(run)
    assert (found.elapsed, found.eta, found.tokens_per_second, found.items_per_hour) == (0, None, 0, 0)


def test_a_run_that_ended_stands_still(half):
    half.requests.filter(status="planned").update(status="unchanged")
    half.finished_at = half.started_at + timedelta(seconds=50)
    found = figures(half)
    assert (found.elapsed, found.eta, found.whole.percentage, found.whole.unchanged) == (50, 0, 100, 2)
    # What needed nothing is neither made nor failed.
    assert (found.whole.made, found.whole.failed) == (2, 2)


def test_an_item_that_was_deleted_still_counts_in_its_category(half):
    Material.objects.get(key="ash").delete()
    assert figures(half).whole.total == 6
    assert {line.category for line in figures(half).lines} == {"metal", "wood"}


def test_a_kind_without_categories_has_recipes_only(course):
    found = figures(factories.run(course))
    assert [(line.recipe, line.category, line.total) for line in found.lines] == [("lessons.lesson", "", 6)]
    assert len(list(figures_lines(found))) == 1


def test_the_worker_s_memory_counts_while_it_is_heard_of(run, settings):
    assert figures(run).memory < 10**12
    Heartbeat.answer(10**9)
    assert figures(run).memory == 1024 * 10**9
    settings.WORKER_SILENT_SECONDS = 0
    assert figures(run).memory < 10**12


def test_queries_don_t_grow_with_the_requests(run, django_assert_num_queries):
    with django_assert_num_queries(7):
        figures(run)


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (9.4, "0:09"), (754, "12:34"), (3723, "1:02:03")])
def test_clock(seconds, text):
    assert clock(seconds) == text


def test_progress_of_one_run_shows_the_figures(half):
    told = said("progress", "--run", half.pk)
    assert "4 of 6 (66.7 %) finished" in told
    assert "  wood: 4 of 4" not in told and "  wood: 2 of 4 (50.0 %), 2 made, 0 failed, success rate 100.0 %" in told
    assert "    materials.table: 1 of 1 (100.0 %), 0 made, 1 failed, success rate 0.0 %, 0 tokens" in told


def test_progress_of_all_runs_does_not(half):
    assert "wood" not in said("progress")


def test_watching_one_run_ends_with_it(half):
    half.requests.filter(status="planned").update(status="cancelled")
    half.move("cancelled", "running", finished_at=timezone.now())
    assert "6 of 6 (100.0 %)" in said("progress", "--run", half.pk, "--watch")


def test_the_figures_as_json(half):
    (told,) = document("progress", "--run", half.pk)["runs"]
    assert told["figures"]["whole"]["made"] == 2 and told["figures"]["items_done"] == 2
    assert set(told["figures"]) == set(figures_document(figures(half)))
    assert [line["category"] for line in told["figures"]["by_category"]] == ["metal", "wood"]


def test_the_page_of_the_run_has_every_figure(half, client, roles):
    Heartbeat.answer(150_000)
    client.force_login(roles["viewer"])
    report = client.get(reverse("admin:generation_run_change", args=[half.pk])).context["report"]
    facts = dict(report["facts"])
    assert re.fullmatch(r"1:4[0-2]", facts.pop("Elapsed")) and re.fullmatch(r"0:5[0-2]", facts.pop("Time left"))
    assert re.fullmatch(r"1,000, (10\.0|9\.[89]) a second", facts.pop("Tokens"))
    assert re.fullmatch(r"2 of 3, 7[0-2] an hour", facts.pop("Items"))
    assert facts == {
        "Reckoned": "from the launch on: 1.2 a minute", "Success rate": "50.0 %",
        "Memory of the worker": "154 MB at most",
    }  # fmt: skip
    by_recipe = [(title, *row(line), round(line.percentage, 1)) for title, line in report["recipes"]]
    assert by_recipe == [("Frontmatter", 3, 2, 1, 1, 1000, 66.7), ("Table", 3, 2, 1, 1, 0, 66.7)]
    by_category = [
        (group.category, row(group), [(title, *row(line)) for title, line in lines])
        for group, lines in report["categories"]
    ]
    assert by_category == [
        ("metal", (2, 2, 0, 2, 500), [("Frontmatter", 1, 1, 0, 1, 500), ("Table", 1, 1, 0, 1, 0)]),
        ("wood", (4, 2, 2, 0, 500), [("Frontmatter", 2, 1, 1, 0, 500), ("Table", 2, 1, 1, 0, 0)]),
    ]


def test_watching_on_a_terminal_shows_every_figure_by_recipe_and_category(half):
    screen = Terminal()
    console = Console(screen, screen)
    with report_bars(console, half) as bars:
        assert bars.show()
    last = {text.partition(":")[0].strip(): text for text in re.split(r"[\r\n]+", ANSI.sub("", screen.getvalue()))}
    # Four of six requests are done: 4 / 6 = 66.67 %; one of two that were tried was made, in each recipe.
    assert " 67%" in last[f"Run {half.pk}"] and "4/6" in last[f"Run {half.pk}"]
    # One more takes half of the 100 seconds; two items in 100 seconds are 72 an hour; 1,000 tokens are 10 a second.
    assert re.search(r"0:5[0-2] left, 7[0-2] items/h, 10 tokens/s", last[f"Run {half.pk}"])
    assert "2/3" in last["materials.frontmatter"] and "1 failed" in last["materials.frontmatter"]
    assert "2/2" in last["metal"] and "2 failed" in last["metal"]
    assert "2/4" in last["wood"] and "failed" not in last["wood"]
    words = [text for text in last.values() if text.strip().startswith("in all")][-1]
    assert "2 made, 2 failed, success rate 50.0 %, 1,000 tokens, memory " in words and " MB" in words


def test_watching_elsewhere_says_a_line_at_every_tenth(half):
    out = io.StringIO()
    with report_bars(Console(out, out), half) as bars:
        bars.show()
        bars.show()
        half.requests.filter(status="planned").update(status="succeeded")
        bars.show()
    assert re.findall(r"(\d of 6 \(\d+\.\d %\)) finished", out.getvalue()) == ["4 of 6 (66.7 %)", "6 of 6 (100.0 %)"]
