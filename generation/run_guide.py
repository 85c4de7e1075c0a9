"""Takes a launched run as far as a command was asked to, and says how it ended or how to go on."""

from generation import advance
from generation.command_base import FAILED, Failed, Interrupted
from generation.console_output import Console, Stop
from generation.launching import waiting_words
from generation.models import Mode, Run, RunStatus
from generation.run_report import GOOD, end_lines, run_document, succeeded
from generation.run_watch import follow, submit

STUCK = (
    "A batch job of run {run} needs a person: nothing more happens by itself, and nothing that came in is lost. "
    "See `manage.py batches list`, then `manage.py batches status ID`."
)
RESUME = (
    "Interrupted: run {run} is under way ({done:,} of {total:,} requests finished), and nothing will be sent twice. "
    "Go on here with `manage.py generate --resume {run}`, or leave it to the worker (`manage.py qcluster`)."
)
SUBMITTED = (
    "Go on with: manage.py progress --run {run} --watch; manage.py batches status ID; "
    "without a worker: manage.py generate --resume {run}"
)
HANDED_OVER = "The worker (manage.py qcluster) sends the requests; without one: manage.py generate --resume {run}"
ADVICE = (
    "{bad:,} of {total:,} requests of run {run} did not succeed; what came in is kept, and what was answered is paid. "
    "When the cause is mended: manage.py generate {names} --only failed"
)


class RunGuide:
    """One command's dealings with one run; each method returns the exit status.

    `stopped` says whether Ctrl-C came, also when the run ended all the same: whoever has more to launch stops there.
    """

    stopped = False

    def __init__(self, console: Console, run: Run, *, json: bool = False) -> None:
        self.console, self.run, self.json = console, run, json

    def check_approved(self) -> None:
        """Raise Failed while a second person has not decided: the command's own --yes says nothing about that."""
        if self.run.status == RunStatus.AWAITING_APPROVAL:
            raise Failed(waiting_words(self.run) + f" Another account: manage.py runs approve {self.run.pk} --as USER")

    def to_submission(self) -> int | None:
        """Take the steps to the created batches, as a worker might; the run goes on without this command."""
        run = self.run
        if run.mode == Mode.BATCH:
            with Stop() as stop:
                submit(self.console, run, stop)
            run.refresh_summary()
            self._refuse_interrupted(stop)
            self.console.say(SUBMITTED.format(run=run.pk))
        else:
            self.console.say(HANDED_OVER.format(run=run.pk))
        broken = run.status == RunStatus.FAILED or run.batch_jobs.exclude(error="").exists()
        self._report(in_words=broken)
        return FAILED if broken else None

    def to_the_end(self, interval: float) -> int | None:
        """Take all steps here; raises Failed when a person is needed, Interrupted after Ctrl-C."""
        run = self.run
        self.check_approved()
        with Stop() as stop:
            follow(self.console, run, stop, interval)
        self.stopped = stop.asked
        run.refresh_summary()
        self._refuse_interrupted(stop)
        self._report()
        if advance.stuck(run):
            raise Failed(STUCK.format(run=run.pk))
        if succeeded(run):
            return None
        bad = sum(number for status, number in run.counts.items() if status not in GOOD)
        names = " ".join([*run.recipes, *(f"--collection {slug}" for slug in run.collections)])
        self.console.complain(ADVICE.format(bad=bad, total=run.total, run=run.pk, names=names))
        return FAILED

    def _report(self, *, in_words: bool = True) -> None:
        for line in end_lines(self.run) if in_words else ():
            self.console.say(line)
        if self.json:
            self.console.document(run_document(self.run))

    def _refuse_interrupted(self, stop: Stop) -> None:
        run = self.run
        if stop.asked and run.status == RunStatus.RUNNING:
            done = run.requests.finished().count()
            raise Interrupted(RESUME.format(run=run.pk, done=done, total=run.total))
