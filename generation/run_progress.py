"""How far collections and running runs are, as lines and bars."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db.models import Count

from generation import costs
from generation.console_output import Bar, Console
from generation.models import RequestStatus, Run, RunStatus
from generation.recipes import all_recipes, collection_model, kinds
from generation.run_figures import Figures, Line, figures, figures_line, rate_words
from generation.run_pace import clock
from generation.run_watch import jobs_note


def collection_counts(slug: str = "") -> list[dict[str, Any]]:
    """For each collection and recipe: items, removed ones, and artefacts by status."""
    found = []
    for kind in kinds():
        recipes = [recipe for recipe in all_recipes() if recipe.key.partition(".")[0] == kind]
        collections = collection_model(kind)._default_manager.all()
        for collection in collections.filter(slug=slug) if slug else collections:
            for recipe in recipes:
                items = recipe.item_model._default_manager.filter(collection_id=collection.pk)
                made = recipe.artefact_model._default_manager.filter(
                    recipe=recipe.key, item__collection_id=collection.pk, item__removed_at=None
                )
                statuses = made.order_by().values_list("status").annotate(n=Count("pk"))
                found.append({
                    "kind": kind, "collection": getattr(collection, "slug", ""), "recipe": recipe.key,
                    "items": items.filter(removed_at=None).count(),
                    "removed": items.exclude(removed_at=None).count(),
                    "artefacts": dict(statuses), "figures": recipe().figures(collection),
                })  # fmt: skip
    return found


def items_line(entry: dict[str, Any]) -> str:
    """One of `collection_counts` in words."""
    made = sum(entry["artefacts"].values())
    statuses = ", ".join(f"{n:,} {status.replace('_', ' ')}" for status, n in sorted(entry["artefacts"].items()))
    removed = f" ({entry['removed']:,} removed)" if entry["removed"] else ""
    figures = ", ".join(f"{number:,} {words}" for words, number in entry["figures"].items())
    return (
        f"{entry['collection']}: {entry['items']:,} items{removed}; {entry['recipe']}: {made:,} made, "
        f"{entry['items'] - made:,} to make" + "".join(f"; {part}" for part in (statuses, figures) if part)
    )


class RunBars:
    """A bar for each running run."""

    def __init__(self, runs: Sequence[Run], bars: Sequence[Bar]) -> None:
        self._pairs = list(zip(runs, bars, strict=True))

    def show(self) -> bool:
        """Bring the bars up to date; False when no run is under way any more."""
        for run, bar in self._pairs:
            if run.status == RunStatus.RUNNING:
                run.refresh_from_db()
                bar.to(run.requests.finished().count(), _note(run))
        return any(run.status == RunStatus.RUNNING for run, _ in self._pairs)


class ReportBars:
    """One run watched closely.

    On a terminal bars for it, its recipes and its categories, and the other figures below; elsewhere a line of all
    figures at every tenth.
    """

    def __init__(self, console: Console, run: Run, bar: Bar, stack: ExitStack) -> None:
        self._console, self._run, self._bar = console, run, bar
        self._tenth = -1
        shown = _parts(figures(run)) if console.terminal else {}
        self._parts = {
            name: stack.enter_context(console.bar(f"  {name}", line.total, "")) for name, line in shown.items()
        }
        self._words = stack.enter_context(console.bar("  in all", 0)) if console.terminal else None

    def show(self) -> bool:
        """Bring everything up to date; False when the run is not under way any more."""
        self._run.refresh_from_db()
        found = figures(self._run)
        if self._words:
            self._bar.to(found.whole.done, _short(found))
            self._words.to(0, _rest(found))
        elif found.whole.total and 10 * found.whole.done // found.whole.total != self._tenth:
            self._tenth = 10 * found.whole.done // found.whole.total
            self._console.say(f"Run {self._run.pk}: {figures_line(found)}")
        for name, line in _parts(found).items():
            if name in self._parts:
                self._parts[name].to(line.done, f"{line.failed:,} failed" if line.failed else "")
        return self._run.status == RunStatus.RUNNING


def _parts(found: Figures) -> dict[str, Line]:
    """What has a bar of its own: the recipes where there are several, and the categories where the kind has some."""
    recipes = {line.recipe: line for line in found.by_recipe()}
    categories = {line.category: line for line in found.by_category() if line.category}
    return (recipes if len(recipes) > 1 else {}) | categories


def _short(found: Figures) -> str:
    left = f"{clock(found.eta)} left, " if found.eta else ""
    return f"{left}{found.items_per_hour:,.0f} items/h, {found.tokens_per_second:,.0f} tokens/s"


def _rest(found: Figures) -> str:
    whole = found.whole
    return (
        f"{whole.made:,} made, {whole.failed:,} failed, success rate {rate_words(whole)}, {whole.tokens:,} tokens, "
        f"memory {found.memory / 1e6:,.0f} MB"
    )


@contextmanager
def report_bars(console: Console, run: Run) -> Iterator[ReportBars]:
    """Bars of one run that are closed in any case."""
    with ExitStack() as stack:
        bar = stack.enter_context(console.bar(f"Run {run.pk}", run.total, "requests finished"))
        yield ReportBars(console, run, bar, stack)


@contextmanager
def run_bars(console: Console, runs: Sequence[Run]) -> Iterator[RunBars]:
    """Bars that are closed in any case."""
    with ExitStack() as stack:
        bars = [stack.enter_context(console.bar(f"Run {run.pk}", run.total, "requests finished")) for run in runs]
        yield RunBars(runs, bars)


def _note(run: Run) -> str:
    """Jobs, failures and cost so far."""
    counts = run.counts
    bad = sum(n for status, n in counts.items() if status not in _NOT_BAD)
    jobs = jobs_note(list(run.batch_jobs.order_by("pk"))) or run.mode
    parts = [jobs, f"{bad:,} not succeeded" if bad else "", costs.dollars(run.cost_nano)]
    return ", ".join(part for part in parts if part)


_NOT_BAD = (RequestStatus.PLANNED, RequestStatus.QUEUED, RequestStatus.SUCCEEDED, RequestStatus.UNCHANGED)
