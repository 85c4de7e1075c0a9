"""`manage.py progress`: how far everything is."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from django.core.management.base import CommandParser
from django.db.models import Sum

from generation import costs
from generation.command_base import EngineCommand, Failed, Interrupted, add_json, positive, seconds
from generation.console_output import Stop
from generation.models import Run, RunStatus
from generation.pacing import nap
from generation.run_figures import figures, figures_document, figures_lines
from generation.run_progress import ReportBars, RunBars, collection_counts, items_line, report_bars, run_bars
from generation.run_report import end_lines, run_document
from generation.standstill import Teller

WATCHED = "You looked away; nothing was stopped, the work goes on. Look again with the same command."


class Command(EngineCommand):
    """Show items, artefacts, requests, cost and running runs."""

    help = (
        "Show for each collection its items and their texts by status, for all runs (or one) their requests by state "
        "and their cost, and the running ones with a bar. --watch stays until nothing runs any more. --run shows how "
        "that run goes by recipe and category: pace, time left, success rate, tokens, memory."
    )
    interrupted = WATCHED

    def add_arguments(self, parser: CommandParser) -> None:
        """What to look at, and for how long."""
        parser.add_argument("--collection", default="", metavar="SLUG", help="only this collection and its runs")
        parser.add_argument("--run", type=positive, metavar="R", help="only this run")
        parser.add_argument("--watch", action="store_true", help="stay until no run is under way")
        parser.add_argument("--every", type=seconds, default=2.0, metavar="S", help="with --watch: look so often (2)")
        add_json(parser)

    def work(self, *, collection: str, run: int | None, watch: bool, every: float, json: bool, **options: Any) -> None:
        """Look once, or watch first and then look."""
        counts = collection_counts(collection)
        if collection and not counts:
            raise Failed(f"There is no collection '{collection}'.")
        runs = _runs(collection, run)
        if run and not runs:
            raise Failed(f"There is no run {run}" + (f" of the collection '{collection}'." if collection else "."))
        if watch:
            self._watch(runs, every, closely=bool(run))
            counts, runs = collection_counts(collection), _runs(collection, run)
        if json:
            money = sum(one.cost_nano for one in runs) / costs.NANO
            documents = [run_document(one) | self._figures(one, closely=bool(run)) for one in runs]
            self.console.document({"collections": counts, "cost_usd": money, "runs": documents})
            return
        for entry in [] if run else counts:
            self.console.say(items_line(entry))
        self._show(runs)
        for one in runs if run else []:
            for line in figures_lines(figures(one)):
                self.console.say(line)

    def _figures(self, run: Run, *, closely: bool) -> dict[str, Any]:
        return {"figures": figures_document(figures(run))} if closely else {}

    def _watch(self, runs: Sequence[Run], every: float, *, closely: bool) -> None:
        running = [run for run in runs if run.status == RunStatus.RUNNING]
        shown: AbstractContextManager[RunBars | ReportBars] = run_bars(self.console, running)
        if closely and running:
            shown = report_bars(self.console, running[0])
        teller = Teller(self.console)
        with Stop() as stop, shown as bars:
            while not stop() and bars.show():
                for run in running:
                    teller.tell(run)
                nap(every, stop)
            if stop.asked:
                raise Interrupted(WATCHED)

    def _show(self, runs: Sequence[Run]) -> None:
        for run in runs:
            if run.status == RunStatus.RUNNING:
                continue
            for line in end_lines(run):
                self.console.say(line)
        running = [run for run in runs if run.status == RunStatus.RUNNING]
        with run_bars(self.console, running) as bars:
            bars.show()
        total = Run.objects.filter(pk__in=[run.pk for run in runs]).aggregate(cost=Sum("cost_nano"))["cost"]
        self.console.say(f"{len(runs)} runs, {len(running)} under way; cost {costs.dollars(total or 0)}.")


def _runs(collection: str, pk: int | None) -> list[Run]:
    rows = Run.objects.filter(pk=pk) if pk else Run.objects.all()
    # Slugs lie in a JSON list, which SQLite can't search: runs are few.
    return [run for run in rows.order_by("pk") if not collection or collection in run.collections]
