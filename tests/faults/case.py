"""A case: a run of a few lessons under a fault, and what must be true of it in the end."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from generation import advance
from generation.models import Attempt, BatchJob, JobStatus, RecipeSettings, Run, RunStatus
from generation.models.wakeups import without_wakeups
from generation.outcomes import OutcomeKind
from lessons.models import Course, Lesson
from tests import factories
from tests.faults.table import Result
from tests.sandbox_fixture import Sandbox

LESSONS = 10
# Outcomes of attempts for which the service can't have charged anything that we could know of.
NOT_PAID = (OutcomeKind.EXPIRED, OutcomeKind.CANCELLED)


@dataclass(frozen=True)
class Strike:
    """One fault of the sandbox; `everywhere` strikes whoever calls, otherwise only the case's own calls."""

    name: str
    value: Any = None
    count: int | None = None
    op: str = ""


@dataclass
class Case:
    """What is done and what is expected. `own_account`: calls that carry no metadata are told apart by their key."""

    name: str
    strikes: tuple[Strike, ...] = ()
    expect: dict[str, int] = field(default_factory=lambda: {"succeeded": LESSONS})
    own_account: bool = False
    # Called again and again while the run goes on.
    during: Callable[["Trial"], None] | None = None
    # Called at the end; returns what is wrong.
    also: Callable[["Trial"], list[str]] | None = None
    # Least seconds that the job must have been told to wait.
    waits: float = 0
    batches: int = 1
    end: str = RunStatus.COMPLETED
    mode: str = "batch"
    lessons: int = LESSONS
    attention: bool = False
    # The only case at the sandbox: all of its direct calls are this one's.
    alone: bool = False
    # Direct requests whose answer was lost are asked again; then the run must say so.
    perhaps_twice: bool = False
    endpoint: str = ""
    # Built at once, for its own account; otherwise by whoever works.
    prebuilt: bool = True


@dataclass
class Trial:
    """A case on its way."""

    case: Case
    number: int
    sandbox: Sandbox
    run: Run = field(init=False)
    waited: float = 0
    steps: list[str] = field(default_factory=list)

    @property
    def account(self) -> str:
        """The case's own account at the sandbox."""
        return "account_" + hashlib.sha256(f"sk-f{self.number}".encode()).hexdigest()[:12]

    @property
    def job(self) -> BatchJob:
        """The run's first batch job, as it stands now."""
        return BatchJob.objects.filter(run=self.run).order_by("pk")[0]

    def once(self, step: str) -> bool:
        """True the first time."""
        if step in self.steps:
            return False
        self.steps.append(step)
        return True

    def prepare(self) -> None:
        """Plan and launch; switch the faults on; build the batch job. Whoever works goes on from here."""
        slug = f"case-{self.number}"
        Course.objects.filter(slug=slug).delete()
        provider = f"f{self.number}" if self.case.own_account else ""
        RecipeSettings.objects.update_or_create(
            recipe="lessons.lesson", defaults={"provider": provider, "endpoint": self.case.endpoint}
        )
        with without_wakeups():
            course = factories.course(1, self.case.lessons, slug=slug)
            self.run = factories.run(course, mode=self.case.mode)
            # Nobody else takes it up before its job is built for this account.
            assert self.run.take_lease(600)
            advance.launch(self.run, "faults")
            self.strike(*self.case.strikes)
            self.run.drop_lease()
            if self.case.mode == "batch" and self.case.prebuilt:
                advance.advance_run(self.run.pk)
        RecipeSettings.objects.update(provider="", endpoint="")

    def strike(self, *strikes: Strike) -> None:
        """Switch faults on for this case's calls or batch only."""
        for strike in strikes:
            mine = {"account": self.account} if self.case.own_account else {"metadata": {"run": str(self.run.pk)}}
            if self.case.mode != "batch":
                # A direct request carries neither: such cases are run one at a time.
                mine = {}
            match = mine | ({"op": strike.op} if strike.op else {})
            self.sandbox.faults(strike.name, strike.value, strike.count, match)

    def over(self) -> bool:
        """Whether the run has ended, or waits for a person."""
        self.run.refresh_from_db()
        if self.case.during and self.run.status == RunStatus.RUNNING:
            self.case.during(self)
        return self.run.status != RunStatus.RUNNING or (self.case.attention and advance.stuck(self.run))


def judge(trial: Trial, log: dict[str, Any]) -> Result:
    """Hold the server's own log against the database."""
    case, run = trial.case, trial.run
    run.refresh_from_db()
    jobs = {job.key: job for job in run.batch_jobs.all()}
    creates = [row for row in log["creates"] if (row["metadata"] or {}).get("run_key") == run.key]
    attempts = Attempt.objects.filter(run=run)
    ledger = run.ledger()
    direct = log["executed"]["direct"] if case.alone else 0
    paid = sum(row["executed"] for row in creates) + direct
    artefacts = Lesson.objects.filter(item__collection__slug=f"case-{trial.number}").count()
    problems = [*_batches(case, jobs, creates), *_ledger(case, run, ledger), *_money(case, run, attempts)]
    if paid > attempts.exclude(outcome__in=NOT_PAID).count():
        problems.append(f"{paid} requests were paid, and there are not as many attempts")
    if artefacts != ledger.get("succeeded", 0):
        problems.append(f"{artefacts} artefacts of {ledger.get('succeeded', 0)} good answers")
    if direct > case.lessons and not case.perhaps_twice:
        problems.append(f"{direct} calls were paid for {case.lessons} requests, and the run does not say so")
    if trial.waited < case.waits:
        problems.append(f"waited {trial.waited:.0f} s, and was told to wait {case.waits:.0f} s")
    problems += case.also(trial) if case.also else []
    words = " ".join(f"{count} {status}" for status, count in sorted(ledger.items()))
    return Result(case.name, len(creates), paid, attempts.count(), artefacts, words, problems)


def _batches(case: Case, jobs: dict[str, BatchJob], creates: list[dict[str, Any]]) -> list[str]:
    problems = []
    counted = Counter((row["metadata"] or {})["batchsite_key"] for row in creates)
    for key, count in counted.items():
        if count > 1:
            problems.append(f"{count} batches were created for one key")
        if key not in jobs:
            problems.append("a batch was created for a key that no job has")
    for row in creates:
        job = jobs.get(row["metadata"]["batchsite_key"])
        asking = job and job.status == JobStatus.NEEDS_ATTENTION and job.error
        if job and job.remote_batch_id != row["batch_id"] and not asking:
            problems.append(f"{row['batch_id']} belongs to no job, and nobody is told")
    if len(creates) != case.batches:
        problems.append(f"{len(creates)} batches instead of {case.batches}")
    if case.attention != any(job.status == JobStatus.NEEDS_ATTENTION for job in jobs.values()):
        problems.append("a person is asked" if not case.attention else "nobody is asked")
    return problems


def _ledger(case: Case, run: Run, ledger: dict[str, int]) -> list[str]:
    problems = []
    if sum(ledger.values()) != run.total:
        problems.append(f"the ledger holds {sum(ledger.values())} of {run.total}")
    if ledger != case.expect:
        problems.append(f"the ledger should be {case.expect}")
    end = RunStatus.RUNNING if case.attention else case.end
    if run.status != end:
        problems.append(f"the run is {run.status} instead of {end}: {run.error}")
    return problems


def _money(case: Case, run: Run, attempts: Any) -> list[str]:
    problems = []
    good = attempts.filter(outcome=OutcomeKind.SUCCEEDED)
    if good.exclude(cost_nano__gt=0).exists():
        problems.append("an answer has no cost")
    if good.filter(raw=None).exists():
        problems.append("an answer was not kept")
    if run.perhaps_paid_twice() and not case.perhaps_twice:
        problems.append(f"{run.perhaps_paid_twice()} requests were perhaps paid twice")
    if run.cost_nano != sum(cost or 0 for cost in attempts.values_list("cost_nano", flat=True)):
        problems.append("the run's cost is not that of its attempts")
    return problems
