"""How far estimates were off: one row for each recipe and collection of a run that came to its end."""

from typing import Any, Self

from django.db import models
from django.db.models import Avg, Count, Sum

from generation.models.runs import Purpose, Run


class EstimateErrorQuerySet(models.QuerySet["EstimateError"]):
    """Vocabulary of the statistic."""

    def newest_of(self, recipe: str) -> Self:
        """Those of a recipe, the newest runs first."""
        return self.filter(recipe=recipe).order_by("-run_id", "pk")


class EstimateError(models.Model):
    """What was expected of one answer, and what it was: tokens on average, money in all. Money is in nano-dollars.

    Tokens are compared by the answer, so that what was never sent or was sent twice does not blur them; the money of a
    part is compared in all, since that is what a person was told before the launch.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="estimate_errors")
    recipe = models.CharField(max_length=80)
    collection = models.CharField(max_length=80)
    mode = models.CharField(max_length=8)
    model = models.CharField(max_length=100)
    basis = models.CharField(max_length=200, help_text="What the estimate of the output stood on.")
    requests = models.PositiveIntegerField()
    answers = models.PositiveIntegerField(help_text="Attempts whose usage came back.")
    input_expected = models.FloatField(help_text="Tokens of one request.")
    input_used = models.FloatField()
    output_expected = models.FloatField()
    output_used = models.FloatField()
    cost_expected = models.BigIntegerField(null=True, help_text="The likely cost; empty: nobody knew the price.")
    cost_nano = models.BigIntegerField(null=True, help_text="What it cost; empty: unknown for some answers.")
    made_at = models.DateTimeField(auto_now=True)

    objects = EstimateErrorQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint("run", "recipe", "collection", name="estimate_error_once")]
        indexes = [models.Index(fields=["recipe", "run"], name="estimate_error_of")]

    def __str__(self) -> str:
        return f"{self.run}: {self.recipe} of {self.collection}"

    @property
    def input_off(self) -> float | None:
        """By what share of the expected more (or less) tokens went in; None where nothing was expected."""
        return _share(self.input_used, self.input_expected)

    @property
    def output_off(self) -> float | None:
        """The same of what came out."""
        return _share(self.output_used, self.output_expected)

    @property
    def cost_off(self) -> float | None:
        """The same of the money; None where a price is not known."""
        return None if self.cost_nano is None else _share(self.cost_nano, self.cost_expected)


def _share(used: float, expected: float | None) -> float | None:
    return used / expected - 1 if expected else None


def note_errors(run: Run) -> None:
    """Compare a completed run's estimate with what came of it; a run that goes on after a retry is compared anew.

    Nothing is noted of rehearsals, of what is computed here, and of parts that nothing answered.
    """
    if run.purpose == Purpose.REHEARSAL:
        return
    used = {(row["request__recipe"], row["request__collection"]): row for row in _used(run)}
    for part in run.estimate.get("parts", ()):
        found = used.get((part["recipe"], part["collection"]))
        if not (found and found["answers"] and part["requests"] and part["input_tokens"]):
            continue
        EstimateError.objects.update_or_create(
            run=run, recipe=part["recipe"], collection=part["collection"], defaults=_compared(run, part, found)
        )


def _used(run: Run) -> Any:
    """Of each recipe and collection: attempts with usage, their tokens on average, and the money of all attempts."""
    answered = models.Q(input_tokens__gt=0) | models.Q(output_tokens__gt=0)
    grouped = run.attempts().order_by().values("request__recipe", "request__collection")
    return grouped.annotate(
        answers=Count("pk", filter=answered),
        input=Avg("input_tokens", filter=answered),
        output=Avg("output_tokens", filter=answered),
        cost=Sum("cost_nano"),
        unpriced=Count("pk", filter=models.Q(cost_nano=None)),
        modes=Count("mode", distinct=True),
    )


def _compared(run: Run, part: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    return {
        "mode": run.mode,
        "model": part["model"],
        "basis": part["output_basis"][:200],
        "requests": part["requests"],
        "answers": found["answers"],
        "input_expected": part["input_tokens"] / part["requests"],
        "input_used": found["input"],
        "output_expected": part["output_tokens"]["likely"] / part["requests"],
        "output_used": found["output"],
        # What went half as a batch and half directly was never estimated.
        "cost_expected": part["cost_nano"][run.mode]["likely"] if found["modes"] == 1 else None,
        "cost_nano": None if found["unpriced"] else found["cost"],
    }
