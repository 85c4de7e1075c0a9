"""How a run goes, in figures: as a whole, and by category and recipe."""

import resource
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.utils import timezone

from generation.models import Attempt, Heartbeat, Request, RequestStatus, Run
from generation.models.requests import OPEN
from generation.recipes import recipe_class
from generation.run_pace import clock, reckon


@dataclass(frozen=True, slots=True)
class Line:
    """The requests of one recipe for the items of one category (empty where the kind declares none)."""

    recipe: str
    category: str
    total: int
    done: int
    made: int
    unchanged: int
    tokens: int

    @property
    def failed(self) -> int:
        """Finished without a text, also blocked ones."""
        return self.done - self.made - self.unchanged

    @property
    def percentage(self) -> float:
        """Finished ones, 0 to 100."""
        return 100 * self.done / self.total if self.total else 100.0

    @property
    def success_rate(self) -> float | None:
        """Share of good ones among those that were tried, 0 to 100; None before the first."""
        tried = self.made + self.failed
        return 100 * self.made / tried if tried else None

    def plus(self, other: "Line") -> "Line":
        """The sum, under the names of this one."""
        added = {name: getattr(self, name) + getattr(other, name) for name in _COUNTED}
        return Line(self.recipe, self.category, **added)


_COUNTED = ("total", "done", "made", "unchanged", "tokens")


@dataclass(frozen=True, slots=True)
class Figures:
    """A run at one moment. Times in seconds, memory in bytes, cost in nano-dollars; None where nothing can be said."""

    lines: tuple[Line, ...]
    whole: Line
    counts: dict[str, int]
    elapsed: float
    eta: float | None
    basis: str
    items: int
    items_done: int
    cost_nano: int
    unpriced: int
    memory: int
    worker_memory: int | None

    @property
    def tokens_per_second(self) -> float:
        """Tokens in and out."""
        return self.whole.tokens / self.elapsed if self.elapsed else 0.0

    @property
    def items_per_hour(self) -> float:
        """Items of which every request has finished."""
        return 3600 * self.items_done / self.elapsed if self.elapsed else 0.0

    def by_recipe(self) -> list[Line]:
        """One line for each recipe, in order."""
        return _summed(self.lines, lambda line: Line(line.recipe, "", 0, 0, 0, 0, 0))

    def by_category(self) -> list[Line]:
        """One line for each category."""
        return _summed(self.lines, lambda line: Line("", line.category, 0, 0, 0, 0, 0))


def _summed(lines: Iterable[Line], named: Any) -> list[Line]:
    found: dict[tuple[str, str], Line] = {}
    for line in lines:
        empty = named(line)
        place = (empty.recipe, empty.category)
        found[place] = found.get(place, empty).plus(line)
    return list(found.values())


def figures(run: Run) -> Figures:
    """Count a run now: the same few queries whatever its number of requests, each answered by an index alone."""
    rows = run.requests.order_by().values_list("recipe", "category", "status").annotate(n=Count("*"))
    counted: dict[tuple[str, str], Counter[str]] = {}
    for recipe, category, status, number in rows:
        counted.setdefault((recipe, category), Counter())[status] += number
    spent = _spent(run)
    order = sorted(counted, key=lambda place: (recipe_class(place[0]).order, *place))
    lines = tuple(_line(place, counted[place], spent) for place in order)
    whole = Line("", "", 0, 0, 0, 0, 0)
    for line in lines:
        whole = whole.plus(line)
    ends = run.finished_at or timezone.now()
    elapsed = max(0.0, (ends - run.started_at).total_seconds()) if run.started_at else 0.0
    sent = [line for line in lines if not recipe_class(line.recipe).local]
    done, left = sum(line.done for line in sent), sum(line.total - line.done for line in sent)
    forecast = reckon(run, done, left, elapsed, sorted({line.recipe for line in sent}))
    items, items_done = _items(run, lines)
    worker = _worker_memory()
    return Figures(
        lines, whole, dict(sum(counted.values(), Counter())), elapsed, forecast.seconds, forecast.basis, items,
        items_done, sum(one.cost for one in spent.values()), sum(one.unpriced for one in spent.values()),
        max(_own_memory(), worker or 0), worker,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Spent:
    tokens: int
    cost: int
    unpriced: int


def _spent(run: Run) -> dict[tuple[str, str], _Spent]:
    """Tokens and money of every attempt, also of failed ones, by recipe and category."""
    rows = Attempt.objects.filter(run=run).order_by().values_list("recipe", "category")
    tokens = Sum("input_tokens") + Sum("output_tokens")
    unpriced = Count("input_tokens", filter=Q(cost_nano=None, input_tokens__gt=0))
    sums = rows.annotate(tokens=tokens, cost=Sum("cost_nano"), unpriced=unpriced)
    return {(recipe, category): _Spent(used or 0, cost or 0, n) for recipe, category, used, cost, n in sums}


def _line(place: tuple[str, str], by_status: Counter[str], spent: dict[tuple[str, str], _Spent]) -> Line:
    total = by_status.total()
    done = total - sum(by_status[status] for status in OPEN)
    made, unchanged = by_status[RequestStatus.SUCCEEDED], by_status[RequestStatus.UNCHANGED]
    return Line(*place, total, done, made, unchanged, spent[place].tokens if place in spent else 0)


def _items(run: Run, lines: Iterable[Line]) -> tuple[int, int]:
    """How many items the run has, and of how many everything has finished; items of different tables apart."""
    models: dict[Any, dict[str, list[Line]]] = {}
    for line in lines:
        models.setdefault(recipe_class(line.recipe).item_model, {}).setdefault(line.recipe, []).append(line)
    total = left = 0
    for recipes in models.values():
        if len(recipes) == 1:
            # One recipe has one request for each item: they are counted already.
            (only,) = recipes.values()
            total += sum(line.total for line in only)
            left += sum(line.total - line.done for line in only)
            continue
        rows = Request.objects.filter(run=run, recipe__in=list(recipes))
        total += rows.aggregate(n=Count("item_id", distinct=True))["n"]
        left += rows.filter(status__in=OPEN).aggregate(n=Count("item_id", distinct=True))["n"]
    return total, total - left


def _own_memory() -> int:
    """Peak memory of this process in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _worker_memory() -> int | None:
    """Peak memory in bytes of the worker, if it was heard of lately."""
    fresh = timezone.now() - timedelta(seconds=settings.WORKER_SILENT_SECONDS)
    beats = Heartbeat.objects.filter(answered_at__gte=fresh).values_list("memory_kib", flat=True)
    return max((kib * 1024 for kib in beats), default=None)


def figures_line(found: Figures) -> str:
    """The whole run in one line."""
    whole, eta = found.whole, found.eta
    left = "nothing left to send"
    if eta != 0:
        left = f"time left not known yet ({found.basis})" if eta is None else f"about {clock(eta)} left ({found.basis})"
    return (
        f"{whole.done:,} of {whole.total:,} ({whole.percentage:.1f} %) finished in {clock(found.elapsed)}, {left}; "
        f"{whole.made:,} made, {whole.failed:,} failed, success rate {rate_words(whole)}; "
        f"{whole.tokens:,} tokens, {found.tokens_per_second:,.1f} a second; "
        f"{found.items_done:,} of {found.items:,} items, {found.items_per_hour:,.0f} an hour; "
        f"memory {found.memory / 1e6:,.0f} MB"
    )


def figures_lines(found: Figures) -> Iterator[str]:
    """The whole run, then each recipe, then each category with its recipes where the kind has categories."""
    yield figures_line(found)
    recipes = found.by_recipe()
    if len(recipes) > 1:
        yield from (f"  {_words(line, line.recipe)}" for line in recipes)
    for group in found.by_category():
        if group.category:
            yield f"  {_words(group, group.category)}"
            inside = (line for line in found.lines if line.category == group.category)
            yield from (f"    {_words(line, line.recipe)}" for line in inside)


def _words(line: Line, name: str) -> str:
    return (
        f"{name}: {line.done:,} of {line.total:,} ({line.percentage:.1f} %), {line.made:,} made, "
        f"{line.failed:,} failed, success rate {rate_words(line)}, {line.tokens:,} tokens"
    )


def rate_words(line: Line) -> str:
    """Its success rate, or a dash before there is any."""
    return "-" if line.success_rate is None else f"{line.success_rate:.1f} %"


def figures_document(found: Figures) -> dict[str, Any]:
    """The same as a script reads it."""

    def plain(line: Line) -> dict[str, Any]:
        return asdict(line) | {"failed": line.failed, "percentage": line.percentage, "success_rate": line.success_rate}

    names = ("elapsed", "eta", "basis", "items", "items_done", "memory", "tokens_per_second", "items_per_hour")
    return {
        "whole": plain(found.whole),
        "by_recipe": [plain(line) for line in found.by_recipe()],
        "by_category": [plain(line) for line in found.by_category()],
        "lines": [plain(line) for line in found.lines],
    } | {name: getattr(found, name) for name in names}
