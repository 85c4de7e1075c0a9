"""`manage.py runs`: list runs, cancel one, finish it in direct mode, go on without what is missing, approve, refuse."""

from typing import Any

from django.core.management.base import CommandParser

from generation import advance, launching
from generation.command_base import Actor, EngineCommand, Failed, acting, add_as, add_json, positive, seconds
from generation.costs import dollars
from generation.going_on import go_on_without
from generation.models import Run, RunStatus
from generation.run_guide import RunGuide
from generation.run_report import run_document


class Command(EngineCommand):
    """List, cancel, finish, go on, approve, refuse."""

    help = (
        "List runs, cancel one (what came in is kept), finish the rest of one in direct mode at full price, make what "
        "waits for missing texts without them, or decide as a second operator on one that waits for approval."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One sub-command for each deed."""
        actions = parser.add_subparsers(dest="action", required=True, metavar="list|cancel|finish|go-on|approve|refuse")
        shown = actions.add_parser("list", help="the newest runs")
        shown.add_argument("--limit", type=positive, default=20, metavar="N", help="how many (20)")
        cancel = actions.add_parser("cancel", help="stop a run: batches are cancelled, what they answered is kept")
        finish = actions.add_parser("finish", help="cancel its batches, take their answers, send the rest directly")
        go_on = actions.add_parser("go-on", help="without what is not in: make what waits for it from what there is")
        for taken in (finish, go_on):
            taken.add_argument("--wait", action="store_true", help="take the steps here until the run ends")
            taken.add_argument("--poll-interval", type=seconds, default=30.0, metavar="S", help="of --wait (30)")
        approve = actions.add_parser("approve", help="start a run that waits for a second operator; needs --as")
        refuse = actions.add_parser("refuse", help="end one that waits, before anything is sent; needs --as")
        refuse.add_argument("--reason", default="", help="why, for the one who asked")
        for named in (cancel, finish, go_on, approve, refuse):
            named.add_argument("run", type=int, metavar="RUN", help="number of the run")
            add_as(named, "launch_run")
        for named in (shown, cancel, finish, go_on, approve, refuse):
            add_json(named)

    def work(self, *, action: str, **options: Any) -> int | None:
        """Carry the sub-command out."""
        if action == "list":
            self._list(options["limit"], options["json"])
            return None
        actor = acting(options["as_user"], "launch_run")
        run = Run.objects.filter(pk=options["run"]).first()
        if run is not None and action == "go-on":
            return self._go_on(run, actor, options)
        if run is None or not run.open:
            state = f"has ended ({run.status})" if run else "does not exist"
            raise Failed(f"Run {options['run']} {state}: nothing was done.")
        if action in ("approve", "refuse"):
            self._decide(run, action, actor, options.get("reason", ""))
            return None
        if action == "cancel":
            advance.cancel_run(run, actor.label)
            self.console.say(f"Cancel of run {run.pk} asked. What was answered by then is fetched and kept (and paid).")
            return None
        if run.status != RunStatus.RUNNING or not advance.finish_in_direct(run, actor.label, actor.user):
            raise Failed(f"Run {run.pk} is not running: nothing was done.")
        self.console.say("Its batches are cancelled; what has no answer then goes in direct mode, at full price.")
        guide = RunGuide(self.console, run, json=options["json"])
        return guide.to_the_end(options["poll_interval"]) if options["wait"] else None

    def _go_on(self, run: Run, actor: Actor, options: dict[str, Any]) -> int | None:
        count = go_on_without(run, actor.label, actor.user)
        if not count:
            raise Failed(f"Nothing in run {run.pk} waits for texts that are not in: nothing was done.")
        self.console.say(
            f"Made from the texts that are in, as far as these are enough: {count:,} of the run's requests."
        )
        run.refresh_from_db()
        guide = RunGuide(self.console, run, json=options["json"])
        return guide.to_the_end(options["poll_interval"]) if options["wait"] else None

    def _decide(self, run: Run, action: str, actor: Actor, reason: str) -> None:
        if actor.user is None:
            raise Failed("A second person decides, and has to be named: --as USER. Nothing was done.")
        if action == "approve":
            done = launching.approve(run, actor.user, actor.label)
        else:
            done = launching.refuse(run, actor.user, actor.label, reason)
        if not done:
            raise Failed(f"Run {run.pk} waits for nobody ({run.status}): nothing was done.")
        refused = f"Run {run.pk} is refused. Nothing was sent and nothing is owed."
        self.console.say(launching.on_its_way(run) if action == "approve" else refused)

    def _list(self, limit: int, json: bool) -> None:
        runs = list(Run.objects.order_by("-pk")[:limit])
        if json:
            self.console.document([run_document(run) for run in runs])
        for run in runs:
            done = ", ".join(f"{count:,} {status}" for status, count in run.counts.items())
            self.console.say(
                f"Run {run.pk}  {run.status}  {run.mode}  {', '.join(run.recipes)} of {', '.join(run.collections)}  "
                f"{done or run.total}  {dollars(run.cost_nano)}"
            )
        if not runs:
            self.console.say("No run yet.")
