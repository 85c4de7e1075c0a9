"""The page of an evaluation: a run or the answers of a dataset as they stand, and a second run beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse

from generation.admin_base.access import may, visible_by_run
from generation.models import Request, Run
from generation.svg import data_address
from questions.charts import category_chart, difference_chart, measures_chart
from questions.comparison import RESAMPLES, Comparison, Drawing, Interval, compare, intervals
from questions.evaluation import NothingToEvaluate, evaluate_answers, evaluate_run
from questions.models import Dataset
from questions.recipes import AnswerRecipe
from questions.results import Result, ResultSet
from questions.scoring import Category
from questions.verdicts import Verdict, verdicts

RUNS_OFFERED = 100
SHOWN = 50
CHANGES_SHOWN = 20
# Above so many questions the bootstrap draws less often, so that the page comes within seconds.
MANY, FEWER_RESAMPLES = 2000, 200
COSTS = ("total_cost_usd", "cost_per_query_usd")


@dataclass(frozen=True)
class Evaluated:
    """One set as the page shows it."""

    results: ResultSet
    measured: Mapping[str, Interval]
    report: Sequence[tuple[str, str]]
    categories: Sequence[tuple[str, int, float]]
    mistakes: Sequence[tuple[Result, list[Verdict]]]
    more: int

    @property
    def left_out(self) -> int:
        """Questions without known answers."""
        return len(self.results.results) - len(self.results.scored)


def evaluation_page(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """What was asked for in the address: `collection`, `run`, and `beside`, a run to compare with."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    asked = {name: request.GET.get(name, "").strip() for name in ("collection", "run", "beside")}
    context: dict[str, Any] = {"asked": asked, "refusal": "", "datasets": _datasets(request)}
    context["runs"] = _runs(request, asked["collection"])
    title = "Evaluation"
    try:
        if asked["run"] or asked["collection"]:
            firsts, seconds = _sets(request, asked)
            context |= _evaluated(firsts, seconds, costs=may(request.user, "view_costs"))
            title = f"Evaluation of {_name(firsts[0])}"
    except NothingToEvaluate as error:
        context["refusal"] = str(error)
    status = 404 if context["refusal"] else 200
    return model_admin.page(request, "questions/evaluation.html", title, status=status, **context)


def _datasets(request: HttpRequest) -> list[Dataset]:
    return list(Dataset.objects.visible_to(request.user))


def _runs(request: HttpRequest, slug: str) -> list[Run]:
    return list(_visible_runs(request, slug).order_by("-pk")[:RUNS_OFFERED])


def _visible_runs(request: HttpRequest, slug: str = "") -> QuerySet[Run]:
    """Runs with questions of the dataset, or of any."""
    asked = Request.objects.filter(run=OuterRef("pk"), recipe=AnswerRecipe.key)
    asked = asked.filter(collection=slug) if slug else asked
    return visible_by_run(Run.objects.filter(Exists(asked)), request.user, "pk")


def _sets(request: HttpRequest, asked: Mapping[str, str]) -> tuple[list[ResultSet], list[ResultSet]]:
    """The sets to show, and those to hold beside them. Raises NothingToEvaluate."""
    dataset = next((one for one in _datasets(request) if one.slug == asked["collection"]), None)
    if asked["collection"] and dataset is None:
        raise NothingToEvaluate(f"There is no dataset '{asked['collection']}'.")
    if asked["run"]:
        firsts = _of_run(request, asked["run"], asked["collection"])
    else:
        firsts = [evaluate_answers(dataset)] if dataset else []
    return firsts, _of_run(request, asked["beside"], asked["collection"]) if asked["beside"] else []


def _of_run(request: HttpRequest, number: str, slug: str) -> list[ResultSet]:
    """A run that the user may not see is none."""
    if not number.isdecimal() or not _visible_runs(request).filter(pk=number[:18]).exists():
        raise NothingToEvaluate(f"There is no run {number[:18]} with questions.")
    sets = [one for one in evaluate_run(int(number)) if slug in ("", one.dataset_name)]
    if not sets:
        raise NothingToEvaluate(f"Run {number} has no answers of '{slug}'.")
    return sets


def _evaluated(firsts: Sequence[ResultSet], seconds: Sequence[ResultSet], *, costs: bool) -> dict[str, Any]:
    many = max(len(one.results) for one in firsts) > MANY
    drawing = Drawing(FEWER_RESAMPLES if many else RESAMPLES)
    by_dataset = {one.dataset_name: one for one in seconds}
    pairs = [(one, by_dataset[one.dataset_name]) for one in firsts if one.dataset_name in by_dataset]
    if seconds and not pairs:
        raise NothingToEvaluate("The two runs have no dataset in common.")
    shown = [_shown(one, drawing, costs=costs) for one in (*firsts, *(other for _, other in pairs))]
    comparisons = [compare(one, other, drawing) for one, other in pairs]
    return {
        "shown": shown,
        "resamples": drawing.resamples,
        "charts": _charts(shown),
        "compared": [
            (_compared(one), _picture("Change of F1 by question", difference_chart(one))) for one in comparisons
        ],
    }


def _shown(one: ResultSet, drawing: Drawing, *, costs: bool) -> Evaluated:
    wrong = [result for result in one.scored if result.score.category != Category.PERFECT]
    metrics = {name: value for name, value in one.metrics.items() if costs or name not in COSTS}
    return Evaluated(
        results=one,
        measured=intervals(one.scores, drawing) if one.scored else {},
        report=[(name, _figure(value)) for name, value in {**metrics, "exact_match": one.exact_match}.items()],
        categories=[(one_of.label, metrics[f"count_{one_of}"], metrics[f"pct_{one_of}"]) for one_of in Category],
        mistakes=[(result, list(verdicts(result.predicted, result.gold, result.score))) for result in wrong[:SHOWN]],
        more=max(0, len(wrong) - SHOWN),
    )


def _figure(value: Any) -> str:
    if value is None:
        return "unknown"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4f}"


def _charts(shown: Sequence[Evaluated]) -> list[tuple[str, str]]:
    scored = [one for one in shown if one.results.scored]
    if not scored:
        return []
    named = {f"{number}. {_name(one.results)}": one.measured for number, one in enumerate(scored, start=1)}
    return [
        _picture("Questions by category", category_chart([one.results for one in scored])),
        _picture("Measures with their intervals", measures_chart(named)),
    ]


def _picture(words: str, drawing: str) -> tuple[str, str]:
    """The words and the address of an SVG within the page."""
    return words, data_address(drawing)


def _compared(comparison: Comparison) -> dict[str, Any]:
    better, worse = comparison.better, comparison.worse
    return {
        "first": _name(comparison.first),
        "second": _name(comparison.second),
        "comparison": comparison,
        "better": len(better),
        "worse": len(worse),
        "same": len(comparison.questions) - len(better) - len(worse),
        "changes": [*better[:CHANGES_SHOWN], *worse[:CHANGES_SHOWN]],
        "most": CHANGES_SHOWN,
    }


def _name(one: ResultSet) -> str:
    return " ".join(filter(None, [one.variant_name, one.dataset_name, one.mode]))
