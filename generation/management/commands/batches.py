"""`manage.py batches`: look at batch jobs, cancel them, bring their results in."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandParser

from generation import advance
from generation.account_deeds import adopt_batch, ingest_file, list_remote
from generation.command_base import (
    FAILED,
    EngineCommand,
    Failed,
    Interrupted,
    acting,
    add_as,
    add_json,
    positive,
    seconds,
)
from generation.console_output import Stop
from generation.job_advice import advice
from generation.models import BatchJob, JobStatus
from generation.models.jobs import SETTLED, TERMINAL
from generation.models.wakeups import without_wakeups
from generation.run_report import job_document, job_line
from generation.run_watch import collect
from generation.usage_check import usage_words

RESUME = (
    "Interrupted: the batch goes on at the provider and nothing is lost. Go on waiting with "
    "`manage.py batches collect {job} --wait`."
)
MOMENT = "{:%Y-%m-%d %H:%M:%S}"


class Command(EngineCommand):
    """List, show, cancel and collect batch jobs."""

    help = "Look at batch jobs, cancel them, or bring their results in. ID is our number or key, or OpenAI's batch id."

    def add_arguments(self, parser: CommandParser) -> None:
        """One sub-command for each deed."""
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        named: dict[str, CommandParser] = {}
        for name, text in (
            ("list", "the newest batch jobs"),
            ("status", "one job: its state, timeline, the provider's words, and what to do"),
            ("cancel", "ask the provider to cancel; what was answered by then is kept (and paid)"),
            ("collect", "ask the provider now, and fetch and read the results if it is done"),
            ("remote", "the account's batches: ours, orphaned (of this site, attached to nothing), foreign"),
            ("adopt", "take an orphaned batch over, by our key in its metadata or by its custom ids"),
            ("ingest", "take the answers of a downloaded output or error file, also of another script"),
        ):
            named[name] = actions.add_parser(name, help=text, description=text)
            if name in ("status", "cancel", "collect", "adopt"):
                named[name].add_argument("id", metavar="ID", help="our number or key, or the provider's batch id")
            add_json(named[name])
        named["list"].add_argument("--limit", type=positive, default=20, metavar="N", help="how many (20)")
        named["collect"].add_argument("--wait", action="store_true", help="stay until the results are in")
        named["collect"].add_argument("--poll-interval", type=seconds, default=30.0, metavar="S", help="of --wait (30)")
        named["remote"].add_argument("--limit", type=positive, default=100, metavar="N", help="how many (100)")
        for name in ("remote", "adopt"):
            named[name].add_argument("--provider", default="default", metavar="NAME", help="whose account (default)")
        _offer_file(named["ingest"])
        for name in ("cancel", "collect", "remote", "adopt", "ingest"):
            add_as(named[name], "launch_run")

    def work(self, *, action: str, **options: Any) -> int | None:
        """Carry the sub-command out."""
        deeds: dict[str, Callable[..., int | None]] = {
            "list": self._list, "status": self._status, "cancel": self._cancel, "collect": self._collect,
            "remote": self._remote, "adopt": self._adopt, "ingest": self._ingest,
        }  # fmt: skip
        return deeds[action](**options)

    def _list(self, *, limit: int, json: bool, **options: Any) -> None:
        jobs = list(BatchJob.objects.order_by("-pk")[:limit])
        if json:
            self.console.document([job_document(job) for job in jobs])
        for job in jobs:
            self.console.say(f"{MOMENT.format(job.created_at)}  run {job.run_id}  {job.model}  {job_line(job)}")
        if not jobs:
            self.console.say("No batch job yet.")

    def _status(self, *, id: str, json: bool, **options: Any) -> None:
        job = _named(id)
        timeline = [(row.at, row.from_status, row.to_status, row.detail) for row in job.transitions.all()]
        words = advice(job)
        if json:
            rows = [dict(zip(("at", "from", "to", "detail"), row, strict=True)) for row in timeline]
            errors = {"remote_errors": job.remote_errors, "timeline": rows, "advice": words}
            self.console.document(job_document(job) | errors)
        self.console.say(job_line(job))
        self.console.say(f"Run {job.run_id}, {job.model} on {job.endpoint} at {job.provider}")
        for at, before, after, detail in timeline:
            self.console.say(f"  {MOMENT.format(at)}  {before or 'new'} -> {after}" + (f": {detail}" if detail else ""))
        self._say_providers_words(job)
        if words:
            self.console.say("\n" + words)

    def _say_providers_words(self, job: BatchJob) -> None:
        if job.remote_status:
            counts = ", ".join(f"{number:,} {name}" for name, number in job.remote_counts.items())
            self.console.say(f"The provider says: {job.remote_status}" + (f" ({counts})" if counts else ""))
        if differs := usage_words(job):
            self.console.say(differs)
        for error in job.remote_errors:
            where = f"line {error['line']}: " if error.get("line") else ""
            self.console.say(f"  {where}{error.get('message') or ''} ({error.get('code') or 'no code'})")

    def _cancel(self, *, id: str, json: bool, as_user: str, **options: Any) -> int | None:
        actor, job = acting(as_user, "launch_run"), _named(id)
        if job.status in (*TERMINAL, *SETTLED):
            raise Failed(f"Batch job {job.pk} has ended already ({job.status}): there is nothing to cancel.")
        with without_wakeups():
            advance.cancel_job(job)
            advance.advance_job(job.pk, force=True)
        job.refresh_from_db()
        self._report(job, json)
        if job.error:
            self.console.complain(f"The provider could not be told yet ({job.error}); the worker asks again.")
            return FAILED
        self.console.say(f"Cancel asked by {actor.label}. What was answered by now is fetched and kept (and paid).")
        return None

    def _collect(
        self, *, id: str, json: bool, wait: bool, poll_interval: float, as_user: str, **options: Any
    ) -> int | None:
        actor, job = acting(as_user, "launch_run"), _named(id)
        with without_wakeups():
            # One that waits for a person is looked at again: this is the person.
            advance.fetch_again(job, actor.label)
        with Stop() as stop:
            done = collect(self.console, job, stop, poll_interval if wait else None)
        self._report(job, json)
        if done:
            return None
        if stop.asked:
            raise Interrupted(RESUME.format(job=job.pk))
        if job.status == JobStatus.NEEDS_ATTENTION:
            raise Failed(f"Batch job {job.pk} needs a person ({job.error}): see `manage.py batches status {job.pk}`.")
        why = job.error or f"the provider says {job.remote_status or job.status}"
        raise Failed(f"Nothing to collect yet ({why}): come again later, or add --wait.")

    def _remote(self, *, provider: str, limit: int, json: bool, as_user: str, **options: Any) -> None:
        acting(as_user, "launch_run")
        list_remote(self.console, provider, limit, json)

    def _adopt(self, *, id: str, provider: str, json: bool, as_user: str, **options: Any) -> None:
        adopt_batch(self.console, id, provider, acting(as_user, "launch_run"), json)

    def _ingest(self, *, as_user: str, **options: Any) -> None:
        ingest_file(self.console, options, acting(as_user, "launch_run"))

    def _report(self, job: BatchJob, json: bool) -> None:
        self.console.say(job_line(job))
        if json:
            self.console.document(job_document(job))


def _offer_file(parser: CommandParser) -> None:
    parser.add_argument("file", metavar="FILE.jsonl", help="a downloaded output or error file")
    parser.add_argument("--run", type=positive, metavar="R", help="its custom ids are those of this run")
    parser.add_argument("--recipe", default="", metavar="K", help="another script made it, for this recipe")
    parser.add_argument("--collection", default="", metavar="SLUG", help="with --recipe: whose items its ids name")
    parser.add_argument(
        "--id-pattern", default="", metavar="REGEX", help="finds an item's key in an id: its group `key`, or its first"
    )


def _named(name: str) -> BatchJob:
    job = BatchJob.objects.named(name).first()
    if job is None:
        raise Failed(f"There is no batch job '{name}' here: nothing was done. `manage.py batches list` shows them.")
    return job
