"""`manage.py retry`: send the failed requests of a run again, only those, with the added cost shown first."""

import sys
from typing import Any

from django.core.management.base import CommandParser
from django.db.models import Count

from generation import advance
from generation.command_base import EngineCommand, Failed, WrongUse, acting, add_as, add_json, seconds
from generation.costs import dollars
from generation.models import RequestStatus, Run
from generation.models.budgets import likely_share
from generation.run_guide import RunGuide


class Command(EngineCommand):
    """Retry a run."""

    help = (
        "Sends the failed, invalid, expired, cancelled and missing requests of a run again, in the same run: only "
        "those, and what they block. Without --yes it asks first, with the cost that they are likely to add."
    )
    interrupted = "Interrupted: what was sent goes on, nothing is lost. `manage.py progress --run` shows how it stands."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which run, which causes, which states."""
        parser.add_argument("run", type=int, metavar="RUN", help="number of the run")
        parser.add_argument("--cause", default="", metavar="CODE", help="only those with this error code (--list)")
        parser.add_argument("--state", default="", choices=["", *RequestStatus.values], help="only those in this state")
        parser.add_argument("--max-error-count", type=int, metavar="N", help="only those tried at most N times")
        parser.add_argument("--list", action="store_true", help="only list the causes with their counts")
        parser.add_argument("--wait", action="store_true", help="take the steps here until the run ends")
        parser.add_argument("--poll-interval", type=seconds, default=30.0, metavar="S", help="of --wait (30)")
        parser.add_argument("--yes", action="store_true", help="don't ask")
        add_json(parser)
        add_as(parser, "launch_run")

    def work(self, **options: Any) -> int | None:
        """List causes, or plan the chosen requests again."""
        actor = acting(options["as_user"], "launch_run")
        run = Run.objects.filter(pk=options["run"]).first()
        if run is None:
            raise Failed(f"There is no run {options['run']}: nothing was done.")
        rows = run.requests.retryable()
        if options["list"]:
            self._list(rows, options["json"])
            return None
        rows = _chosen(rows, options)
        count = rows.count()
        if not count:
            raise Failed("Nothing to retry: no request of this run fits. `--list` shows the causes.")
        self.console.say(f"{count:,} requests again, likely to add {dollars(likely_share(run, count))}.")
        if not options["yes"] and not _agreed():
            raise Failed("Not sent: nothing was changed.")
        advance.retry(run, rows, actor.label, actor.user)
        run.refresh_from_db()
        guide = RunGuide(self.console, run, json=options["json"])
        return guide.to_the_end(options["poll_interval"]) if options["wait"] else guide.to_submission()

    def _list(self, rows: Any, json: bool) -> None:
        causes = rows.order_by().values("status", "error_code").annotate(count=Count("pk")).order_by("-count")
        if json:
            self.console.document(list(causes))
        for cause in causes:
            self.console.say(f"{cause['count']:>8,}  {cause['status']:<10} {cause['error_code'] or '(no code)'}")
        if not causes:
            self.console.say("Nothing to retry.")


def _chosen(rows: Any, options: dict[str, Any]) -> Any:
    if options["cause"]:
        rows = rows.filter(error_code=options["cause"])
    if options["state"]:
        rows = rows.filter(status=options["state"])
    if options["max_error_count"] is not None:
        rows = rows.filter(attempt_count__lte=options["max_error_count"])
    return rows


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise WrongUse("Nobody can be asked here, and a retry costs money: add --yes.")
    sys.stderr.write("Send them again? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
