"""The table: one line for each case, printed as it ends."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

HEAD = f"{'database':10} {'case':52} {'batches':>7} {'paid':>5} {'attempts':>8} {'artefacts':>9}  ledger"



@dataclass
class Result:
    """One line of the table."""

    name: str
    batches: int = 0
    paid: int = 0
    attempts: int = 0
    artefacts: int = 0
    ledger: str = ""
    problems: list[str] = field(default_factory=list)


def show(database: str, result: Result) -> None:
    """One line, and one below it for everything that is wrong."""
    verdict = "" if not result.problems else "  <- BROKEN"
    numbers = f"{result.batches:7} {result.paid:5} {result.attempts:8} {result.artefacts:9}"
    say(f"{database:10} {result.name[:52]:52} {numbers}  {result.ledger}{verdict}")
    for problem in result.problems:
        say(f"{'':10}   {problem}")


def summary(database: str, results: Sequence[Result], seconds: float) -> None:
    """The last line."""
    broken = sum(bool(result.problems) for result in results)
    kept = len(results) - broken
    say(f"{database}: {len(results)} cases, {kept} kept their promises, {broken} broke them ({seconds:.0f} s)")


def say(text: str) -> None:
    """A line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
