"""Budgets: what may be spent in a month and in one run. Money is in nano-dollars."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.db.models import Sum
from django.utils import timezone

from generation.costs import dollars
from generation.models.requests import OPEN, Attempt
from generation.models.runs import Mode, Run, RunStatus


class BudgetExceeded(Exception):
    """It would go beyond a budget; the message says by how much."""


class Budget(models.Model):
    """One limit on money."""

    class Scope(models.TextChoices):
        """What a budget covers."""

        MONTH = "month", "all runs of a calendar month"
        RUN = "run", "any one run"

    scope = models.CharField(max_length=8, choices=Scope, unique=True)
    amount_nano = models.BigIntegerField(help_text="Nano-dollars.")
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["scope"]

    def __str__(self) -> str:
        return f"{self.get_scope_display()}: {dollars(self.amount_nano)}"


def spent_this_month() -> int:
    """Cost of all attempts since the first of the month (the site's time zone)."""
    start = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Attempt.objects.filter(started_at__gte=start).aggregate(sum=Sum("cost_nano"))["sum"] or 0


def likely_cost(run: Run, mode: str = "") -> int | None:
    """What the run is likely to cost in its mode, or in another; None: nobody knows the price."""
    cost: int | None = run.estimate.get("cost_nano", {}).get(mode or run.mode or Mode.BATCH, {}).get("likely")
    return cost


def likely_share(run: Run, requests: int, mode: str = "") -> int | None:
    """What so many of the run's requests are likely to cost, by its estimate."""
    likely = likely_cost(run, mode)
    return None if likely is None or not run.total else round(likely * requests / run.total)


def committed(besides: Run) -> int:
    """What running runs are still likely to spend."""
    rows = Run.objects.filter(status=RunStatus.RUNNING).exclude(pk=besides.pk)
    return sum(max(0, (likely_cost(run) or 0) - run.cost_nano, _share_open(run)) for run in rows)


def _share_open(run: Run) -> int:
    """The likely cost of what is under way by the run's last summary: a retry is paid beside the first attempt."""
    return likely_share(run, sum(run.counts.get(status, 0) for status in OPEN)) or 0


@dataclass(frozen=True, slots=True)
class Standing:
    """A budget at this moment, in nano-dollars; a budget of single runs has nothing spent and all of it left."""

    budget: Budget
    spent: int
    committed: int

    @property
    def left(self) -> int:
        """What may still be launched; never below 0."""
        return max(0, self.budget.amount_nano - self.spent - self.committed)

    def bears(self, likely: int | None) -> bool:
        """Whether a run that is likely to cost so much fits; of an unknown price nobody can say so."""
        return likely is not None and likely <= self.left


def standings(besides: Run) -> list[Standing]:
    """Every budget with what is spent and committed of it, the run apart; at most three queries."""
    rows = list(Budget.objects.all())
    month = (spent_this_month(), committed(besides)) if any(row.scope == Budget.Scope.MONTH for row in rows) else (0, 0)
    return [Standing(row, *(month if row.scope == Budget.Scope.MONTH else (0, 0))) for row in rows]


def check_budgets(run: Run, likely: int | None) -> None:
    """Refuse what the run is likely to cost from now on (nano-dollars) when the budgets don't allow it.

    Call inside the claim's transaction: the budgets stay locked in it.
    """
    budgets = {row.scope: row.amount_nano for row in Budget.objects.select_for_update().order_by("scope")}
    if not budgets:
        return
    if likely is None:
        raise BudgetExceeded(
            "There is a budget, and nobody knows the price of this run's model. Enter it in MODEL_PRICES."
        )
    single = budgets.get(Budget.Scope.RUN)
    if single is not None and likely + run.cost_nano > single:
        raise BudgetExceeded(
            f"This run is likely to cost {dollars(likely)}; one run may cost {dollars(single)}"
            + (f", and it has cost {dollars(run.cost_nano)}." if run.cost_nano else ".")
        )
    month = budgets.get(Budget.Scope.MONTH)
    if month is not None:
        left = month - spent_this_month() - committed(run)
        if likely > left:
            raise BudgetExceeded(
                f"This run is likely to cost {dollars(likely)}; of this month's {dollars(month)} only "
                f"{dollars(max(0, left))} are neither spent nor taken by running runs."
            )


def overspent(run: Run) -> str:
    """A sentence when the run has reached its budget, else nothing."""
    limit = Budget.objects.filter(scope=Budget.Scope.RUN).values_list("amount_nano", flat=True).first()
    if limit is not None and run.cost_nano >= limit:
        return f"the run has cost {dollars(run.cost_nano)} and reached its budget of {dollars(limit)}"
    return ""
