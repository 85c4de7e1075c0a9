"""How far the estimates of a recipe have been off, in figures for people."""

from dataclasses import dataclass
from statistics import median

from generation.models import EstimateError, Run

# Of so many of its last runs the statistic is made.
RUNS = 20


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Of one recipe's last parts of runs: by what share more (or less) than expected it was, typically and at worst."""

    parts: int
    input_typical: float
    output_typical: float
    cost_typical: float | None
    cost_worst: float | None


def accuracy(recipe: str) -> Accuracy | None:
    """None where no run of the recipe has come to its end yet."""
    rows = list(EstimateError.objects.newest_of(recipe)[:RUNS])
    if not rows:
        return None
    costs = [row.cost_off for row in rows if row.cost_off is not None]
    return Accuracy(
        len(rows),
        median(row.input_off or 0.0 for row in rows),
        median(row.output_off or 0.0 for row in rows),
        median(costs) if costs else None,
        max(costs, key=abs) if costs else None,
    )


def accuracy_words(recipe: str) -> str:
    """One sentence for whoever reads the next estimate; empty without a statistic."""
    found = accuracy(recipe)
    if found is None:
        return ""
    times = "run has" if found.parts == 1 else f"{found.parts} runs have"
    used = f"{shown_share(found.input_typical)} input and {shown_share(found.output_typical)} output"
    said = f"its last {times} used {used}"
    if found.cost_typical is not None:
        said += f" and cost {shown_share(found.cost_typical)} (at worst {shown_share(found.cost_worst)})"
    return f"{said} against the estimate"


def error_words(run: Run) -> str:
    """How far the run's own estimate was off, recipe by recipe; empty while it goes on."""
    rows = run.estimate_errors.order_by("recipe", "collection")
    return "; ".join(
        f"{row.recipe} of {row.collection}: input {shown_share(row.input_off)}, output {shown_share(row.output_off)}, "
        f"cost {shown_share(row.cost_off)}"
        for row in rows
    )


def shown_share(share: float | None) -> str:
    """`+3.2 %`, `-0.4 %`, `0.0 %`; a dash for none."""
    if share is None:
        return "–"
    return f"{100 * share:+,.1f} %" if round(1000 * share) else "0.0 %"
