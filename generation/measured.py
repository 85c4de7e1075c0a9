"""What answers of a recipe really took: the history that estimates stand on, or the pilot that went before a run."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, QuerySet, StdDev

from generation.models import Attempt, Purpose, Request, Run
from generation.outcomes import OutcomeKind

RECENT = 1000


@dataclass(frozen=True)
class Measured:
    """Good answers with mean and spread of their output tokens; `input_factor` corrects the count of input tokens."""

    answers: int = 0
    mean: float = 0.0
    spread: float = 0.0
    input_factor: float = 1.0
    basis: str = ""


def measured(run: Run, key: str) -> Measured:
    """From the run's pilot where it has one that answered, else from the recipe's last answers; not from rehearsals."""
    pilot = run.parent if run.parent is not None and run.parent.purpose == Purpose.PILOT else None
    if pilot is not None and (found := _of_pilot(pilot, key)):
        return found
    recent = Request.objects.filter(recipe=key, status="succeeded").exclude(run__purpose=Purpose.REHEARSAL)
    ids = list(recent.order_by("-pk").values_list("pk", flat=True)[:RECENT])
    taken = _figures(Attempt.objects.filter(request__in=ids, outcome=OutcomeKind.SUCCEEDED))
    basis = _words(taken["n"], "last {n} answer")
    return Measured(taken["n"], taken["mean"] or 0.0, taken["spread"] or 0.0, basis=basis)


def _of_pilot(pilot: Run, key: str) -> Measured | None:
    good = Attempt.objects.filter(run=pilot, request__recipe=key, outcome=OutcomeKind.SUCCEEDED)
    taken = _figures(good)
    if not taken["n"]:
        return None
    parts = [part for part in pilot.estimate.get("parts", ()) if part["recipe"] == key and part["requests"]]
    expected = sum(part["input_tokens"] for part in parts) / max(1, sum(part["requests"] for part in parts))
    factor = taken["input"] / expected if expected and taken["input"] else 1.0
    basis = _words(taken["n"], "{n} answer") + f" of the pilot (run {pilot.pk})"
    return Measured(taken["n"], taken["mean"], taken["spread"] or 0.0, factor, basis)


def _figures(attempts: QuerySet[Attempt]) -> dict[str, Any]:
    return attempts.aggregate(
        n=Count("pk"), mean=Avg("output_tokens"), spread=StdDev("output_tokens"), input=Avg("input_tokens")
    )


def _words(answers: int, pattern: str) -> str:
    return "measured on the " + pattern.format(n=answers) + ("s" if answers != 1 else "")
