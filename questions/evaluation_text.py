"""Evaluations in words and as plain values, as commands show them."""

from collections.abc import Iterator, Mapping
from typing import Any

from questions.comparison import Comparison, Difference, Interval
from questions.metrics import deviations
from questions.results import ResultSet
from questions.scoring import Category

SHOWN = 10


def set_lines(one: ResultSet, known: Mapping[str, Interval]) -> Iterator[str]:
    """What one set scored."""
    metrics = one.metrics
    mode = f", {one.mode} mode" if one.mode else ""
    yield f"{one.variant_name or 'unnamed'} on {one.dataset_name or 'unnamed'} ({one.model or 'model unknown'}{mode})"
    left_out = len(one.results) - len(one.scored)
    without = f"; {left_out:,} without known answers are left out" if left_out else ""
    yield f"  {metrics['total_questions']:,} questions scored{without}."
    for name, interval in known.items():
        yield f"  {name:<12} {interval.value:.4f}  ({interval.low:.4f} to {interval.high:.4f})"
    for category in Category:
        yield f"  {category:<28} {metrics[f'count_{category}']:>7,}  {metrics[f'pct_{category}']:5.1f} %"
    counts = (metrics[f"total_{name}_answers"] for name in ("correct", "incorrect", "missed"))
    yield "  answers: {:,} correct, {:,} incorrect, {:,} missed".format(*counts)
    yield f"  cost: {_dollars(metrics['total_cost_usd'])}, {_dollars(metrics['cost_per_query_usd'])} a question"
    for sentence in deviations(one.stated, metrics):
        yield f"  {sentence}"


def _dollars(amount: float | None) -> str:
    return "unknown" if amount is None else f"${amount:.6f}"


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """The second set beside the first."""
    yield f"{_named(comparison.second)} beside {_named(comparison.first)}: {len(comparison.questions):,} questions."
    if comparison.only_first or comparison.only_second:
        yield f"  Only in the first: {comparison.only_first:,}; only in the second: {comparison.only_second:,}."
    for name, (one, other, change) in comparison.measures.items():
        sure = "" if change.apart_from_zero else "  (may be chance)"
        bounds = f"({change.low:+.4f} to {change.high:+.4f})"
        yield f"  {name:<12} {one.value:.4f} -> {other.value:.4f}  {change.value:+.4f} {bounds}{sure}"
    better, worse = comparison.better, comparison.worse
    same = len(comparison.questions) - len(better) - len(worse)
    yield f"  Questions better: {len(better):,}, worse: {len(worse):,}, the same: {same:,}."
    for question in (*better[:SHOWN], *worse[:SHOWN]):
        yield f"  {question.change:+.2f}  {question.question_id}  {question.question_text[:80]}"


def _named(one: ResultSet) -> str:
    return f"{one.variant_name or 'unnamed'} ({one.mode or 'mode unknown'})"


def set_document(one: ResultSet, known: Mapping[str, Interval]) -> dict[str, Any]:
    """One set as a script reads it."""
    return {
        "variant_name": one.variant_name,
        "dataset_name": one.dataset_name,
        "model": one.model,
        "mode": one.mode,
        "status": one.status,
        "metrics": one.metrics,
        "exact_match": one.exact_match,
        "without_gold": len(one.results) - len(one.scored),
        "intervals": {name: _interval(interval) for name, interval in known.items()},
        "deviations": deviations(one.stated, one.metrics),
    }


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """A comparison as a script reads it, with every question that changed."""
    return {
        "first": _named(comparison.first),
        "second": _named(comparison.second),
        "questions": len(comparison.questions),
        "only_first": comparison.only_first,
        "only_second": comparison.only_second,
        "measures": {
            name: dict(zip(("first", "second", "difference"), map(_interval, three), strict=True))
            for name, three in comparison.measures.items()
        },
        "better": [_difference(one) for one in comparison.better],
        "worse": [_difference(one) for one in comparison.worse],
    }


def _interval(interval: Interval) -> dict[str, float]:
    return {"value": interval.value, "low": interval.low, "high": interval.high}


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "question_id": one.question_id,
        "question_text": one.question_text,
        "change": one.change,
        "first": one.first.category.value,
        "second": one.second.category.value,
        "gained": list(one.gained),
        "lost": list(one.lost),
    }
