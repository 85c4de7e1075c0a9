"""How a run goes, in figures: as a whole, and by category and recipe."""

import resource
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import CharField, Count, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from generation.models import Attempt, Heartbeat, Request, RequestStatus, Run
from generation.models.requests import OPEN
from generation.recipes import recipe_class

FINISHED = Count("pk", filter=~Q(status__in=OPEN))
SUCCEEDED = Count("pk", filter=Q(status=RequestStatus.SUCCEEDED))
UNCHANGED = Count("pk", filter=Q(status=RequestStatus.UNCHANGED))


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
    """A run at one moment. Times in seconds, memory in bytes; `eta` is None where nothing can be said yet."""

    lines: tuple[Line, ...]
    whole: Line
    elapsed: float
    eta: float | None
    items: int
    items_done: int
    memory: int

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
    """Count a run now: a few queries for each of its recipes, whatever their number of requests."""
    keys = set(run.requests.order_by().values_list("recipe", flat=True).distinct())
    order = sorted(keys, key=lambda key: (recipe_class(key).order, key))
    lines = tuple(line for key in order for line in _lines(run, key))
    whole = Line("", "", 0, 0, 0, 0, 0)
    for line in lines:
        whole = whole.plus(line)
    ends = run.finished_at or timezone.now()
    elapsed = max(0.0, (ends - run.started_at).total_seconds()) if run.started_at else 0.0
    items, items_done = _items(run, keys)
    return Figures(lines, whole, elapsed, _eta(lines, elapsed), items, items_done, _memory())


def _category(key: str, item: str) -> Any:
    """The category of the item that the row's column `item` names."""
    recipe = recipe_class(key)
    if not recipe.category_field:
        return Value("")
    rows = recipe.item_model._default_manager.filter(pk=OuterRef(item)).values(recipe.category_field)[:1]
    return Coalesce(Cast(Subquery(rows), CharField()), Value(""))


def _lines(run: Run, key: str) -> Iterator[Line]:
    rows = run.requests.filter(recipe=key).order_by().annotate(category=_category(key, "item_id")).values("category")
    counted = rows.annotate(total=Count("pk"), done=FINISHED, made=SUCCEEDED, unchanged=UNCHANGED)
    sent = Attempt.objects.filter(run=run, request__recipe=key).order_by()
    sent = sent.annotate(category=_category(key, "request__item_id"))
    tokens = sent.values_list("category").annotate(n=Sum("input_tokens") + Sum("output_tokens"))
    used = dict(tokens)
    for row in counted.order_by("category"):
        yield Line(key, tokens=used.get(row["category"]) or 0, **row)


def _eta(lines: Iterable[Line], elapsed: float) -> float | None:
    """From the pace of what is sent; what is computed here takes no time worth counting."""
    sent = [line for line in lines if not recipe_class(line.recipe).local]
    done, left = sum(line.done for line in sent), sum(line.total - line.done for line in sent)
    if not left:
        return 0.0
    return elapsed * left / done if done and elapsed else None


def _items(run: Run, keys: Iterable[str]) -> tuple[int, int]:
    """How many items the run has, and of how many everything has finished; items of different tables apart."""
    models: dict[Any, list[str]] = {}
    for key in keys:
        models.setdefault(recipe_class(key).item_model, []).append(key)
    total = left = 0
    for names in models.values():
        rows = Request.objects.filter(run=run, recipe__in=names)
        total += rows.aggregate(n=Count("item_id", distinct=True))["n"]
        left += rows.filter(status__in=OPEN).aggregate(n=Count("item_id", distinct=True))["n"]
    return total, total - left


def _memory() -> int:
    """Peak memory in bytes of this process, or of the worker if it was heard of lately and needs more."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    fresh = timezone.now() - timedelta(seconds=settings.WORKER_SILENT_SECONDS)
    beats = Heartbeat.objects.filter(answered_at__gte=fresh).values_list("memory_kib", flat=True)
    return max([own, *(kib * 1024 for kib in beats)])


def figures_line(found: Figures) -> str:
    """The whole run in one line."""
    whole, eta = found.whole, found.eta
    left = "time left not known yet" if eta is None else f"about {clock(eta)} left" if eta else "nothing left to send"
    return (
        f"{whole.done:,} of {whole.total:,} ({whole.percentage:.1f} %) finished in {clock(found.elapsed)}, {left}; "
        f"{whole.made:,} made, {whole.failed:,} failed, success rate {_rate(whole)}; "
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
        f"{line.failed:,} failed, success rate {_rate(line)}, {line.tokens:,} tokens"
    )


def _rate(line: Line) -> str:
    return "-" if line.success_rate is None else f"{line.success_rate:.1f} %"


def clock(seconds: float) -> str:
    """Seconds as 0:09, 12:34 or 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def figures_document(found: Figures) -> dict[str, Any]:
    """The same as a script reads it."""

    def plain(line: Line) -> dict[str, Any]:
        return asdict(line) | {"failed": line.failed, "percentage": line.percentage, "success_rate": line.success_rate}

    names = ("elapsed", "eta", "items", "items_done", "memory", "tokens_per_second", "items_per_hour")
    return {
        "whole": plain(found.whole),
        "by_recipe": [plain(line) for line in found.by_recipe()],
        "by_category": [plain(line) for line in found.by_category()],
        "lines": [plain(line) for line in found.lines],
    } | {name: getattr(found, name) for name in names}
