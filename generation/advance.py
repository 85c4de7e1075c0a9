"""Looks at a run or a batch job and takes its next step. Tasks and commands both call it; every step may run twice."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import reset_queries, transaction
from django.db.models import Min, QuerySet
from django.utils import timezone

from generation import launching, ledger, pacing
from generation.models import BatchJob, Heartbeat, JobStatus, Mode, Prompt, Purpose, RequestStatus, Run, RunStatus
from generation.models.budgets import likely_share, overspent
from generation.models.estimates import note_errors
from generation.models.jobs import SETTLED, TERMINAL, UNSENT
from generation.models.requests import OPEN, Request
from generation.models.wakeups import wake, without_wakeups
from generation.pipeline import accept, build, collect, compute, direct, ingest, poll, reconcile, submit
from generation.pipeline import estimate as estimating
from generation.pipeline import plan as planning
from generation.prompts import PromptError
from generation.provider import ProviderError
from generation.recipes import Recipe

logger = logging.getLogger(__name__)
# What "finish in direct mode" sends beside what is still open.
UNANSWERED = (RequestStatus.CANCELLED, RequestStatus.EXPIRED, RequestStatus.MISSING)
# What callers say and hear when they plan: domain apps don't import the pipeline.
Selection = planning.Selection
NothingToGenerate = planning.NothingToGenerate
LaunchRefused = launching.LaunchRefused
check_launch = launching.check_launch
launch = launching.launch


def never() -> bool:
    """The stop of those who don't stop."""
    return False


def prepare(
    recipes: Sequence[type[Recipe]], collections: Sequence[Any], selection: planning.Selection,
    prompt: Prompt | None = None, **fields: Any,
) -> Run:  # fmt: skip
    """Plan a run and estimate it, in one transaction; raises PlanError or PromptError and leaves nothing behind.

    `prompt` is a version to ask with instead of the one in force.
    """
    with transaction.atomic():
        run = planning.plan(Run(**fields), recipes, collections, selection, prompt)
        estimating.estimate(run)
    return run


def cancel_run(run: Run, actor: str = "") -> None:
    """Stop a run: what is unsent is cancelled, batches are cancelled at the provider, what comes in is kept."""
    by = f"cancelled before the launch by {actor}" if actor else "cancelled before the launch"
    early = (RunStatus.PLANNED, RunStatus.AWAITING_APPROVAL)
    if run.move(RunStatus.CANCELLED, *early, detail=by, actor=actor, finished_at=timezone.now()):
        ledger.fail_unsent(run.requests.all(), "cancelled", "cancelled before the launch", RequestStatus.CANCELLED)
        run.refresh_summary()
        return
    detail = f"cancel asked by {actor}" if actor else "cancel asked"
    run.move(RunStatus.RUNNING, RunStatus.RUNNING, detail=detail, actor=actor, cancel_requested=True, next_due=None)
    for job in run.batch_jobs.exclude(status__in=(*TERMINAL, *SETTLED)):
        cancel_job(job)


def cancel_job(job: BatchJob) -> None:
    """Ask for a batch job's end; the next step carries it out."""
    BatchJob.objects.filter(pk=job.pk).update(cancel_requested=True, next_due=None)
    job.refresh_from_db()
    job.wake_up()


def advance_job(job_id: int, *, force: bool = False) -> bool:
    """Take the steps of a batch job that are due, unless somebody else does; True when one was taken."""
    job = BatchJob.objects.unsettled().filter(pk=job_id).first()
    if job is None or not (force or _is_due(job)) or not job.take_lease(settings.LEASE_SECONDS):
        return False
    ends = time.monotonic() + settings.DIRECT_SLICE_SECONDS
    try:
        _job_step(job)
        while _is_due(job) and job.status not in SETTLED and time.monotonic() < ends:
            if not _still_ours(job):
                break
            _job_step(job)
    except ProviderError as error:
        _postpone(job, error)
    except OSError as error:
        # A full disk passes; an input file that is gone does not come back.
        _postpone(job, ProviderError(f"our own storage: {error}", isinstance(error, FileNotFoundError)))
    finally:
        job.drop_lease()
    return True


def _still_ours(row: Run | BatchJob) -> bool:
    """Hold the lease longer, between two chunks; with DEBUG Django keeps every query until it is told to forget."""
    if settings.DEBUG:
        reset_queries()
    return row.renew_lease(settings.LEASE_SECONDS)


def _is_due(row: Run | BatchJob) -> bool:
    row.refresh_from_db(fields=["next_due", "status"])
    return row.next_due is None or row.next_due <= timezone.now()


def _job_step(job: BatchJob) -> None:
    if job.cancel_requested and job.status in UNSENT:
        submit.withdraw(job)
    elif job.status in (JobStatus.PREPARED, JobStatus.UPLOADING):
        submit.upload(job)
    elif job.status == JobStatus.UPLOADED:
        submit.create(job)
    elif job.status == JobStatus.SUBMITTING:
        reconcile.reconcile(job)
    elif job.status in TERMINAL:
        _finish_job(job)
    else:
        poll.poll(job)


def _finish_job(job: BatchJob) -> None:
    if job.remote_batch_id and not job.collected_at and not collect.collect(job):
        return
    if ingest.ingest(job, lambda: _still_ours(job)):
        job.run.due_at(None)
        job.run.wake_up()


def _postpone(job: BatchJob, error: ProviderError) -> None:
    """Note the failure and when to try again; a refusal before anything was sent ends the job."""
    if error.permanent and job.status in UNSENT:
        job.move(JobStatus.FAILED, error=str(error), detail=str(error), next_due=None)
        return
    logger.warning("%s: %s", job, error, extra=job.log_ids())
    failures = job.failures + 1
    delay = pacing.retry_delay(failures, error.retry_after, settings.POLL_MAX_SECONDS)
    if job.status == JobStatus.SUBMITTING and not job.failures:
        # The first look at the provider's list after a doubtful create call need not wait.
        delay = error.retry_after or settings.POLL_MIN_SECONDS
    due = timezone.now() + timedelta(seconds=delay)
    BatchJob.objects.filter(pk=job.pk).update(error=str(error), failures=failures, next_due=due)


def advance_run(run_id: int, stop: Callable[[], bool] = never) -> bool:
    """Take the next step of a running run: accept, build or send, and see whether it is done."""
    run = Run.objects.running().filter(pk=run_id).first()
    if run is None or not run.take_lease(settings.LEASE_SECONDS):
        return False
    try:
        _run_step(run, stop)
    except (build.BuildError, PromptError, OSError) as error:
        _fail(run, str(error))
    except ProviderError as error:
        run.error = str(error)
        run.save(update_fields=["error"])
        run.due_at(timezone.now() + timedelta(seconds=pacing.retry_delay(5, error.retry_after)))
    finally:
        run.drop_lease()
    _look_again(run)
    return True


def _look_again(run: Run) -> None:
    """A job that ended while we held the lease could not wake anybody: see whether it left work."""
    run.refresh_from_db(fields=["status"])
    jobs_over = run.batch_jobs.exists() and not run.batch_jobs.unsettled().exists() and not stuck(run)
    waiting = run.requests.unaccepted().exists() or (jobs_over and not run.requests.planned().exists())
    if run.status == RunStatus.RUNNING and waiting:
        run.due_at(None)
        run.wake_up()


def _run_step(run: Run, stop: Callable[[], bool]) -> None:
    def alive() -> bool:
        return not stop() and _still_ours(run)

    moved, run.next_due = 0, None
    if not accept.accept(run, alive):
        return
    spent = "" if run.purpose == Purpose.REHEARSAL else overspent(run)
    if spent and run.requests.planned().exists():
        _fail(run, spent)
    elif run.cancel_requested:
        ledger.fail_unsent(run.requests.planned(), "cancelled", "the run was cancelled", RequestStatus.CANCELLED)
    elif not run.finish_direct or _turned_direct(run):
        moved = compute.compute(run)
        moved += len(build.build(run))
        moved += direct.send_slice(run, stop)
        accept.accept(run, alive)
    run.refresh_summary()
    if not _finish(run):
        _wait_for_more(run, go_on=bool(moved) and not stop())


def retry(run: Run, requests: QuerySet[Request], actor: str = "", user: Any = None) -> int:
    """Send the retryable ones of `requests` again, in the same run; returns how many. Raises LaunchRefused."""
    check_launch(run)
    with transaction.atomic():
        launching.check_added(run, likely_share(run, requests.count()), user, actor)
        again = planning.retry(run, requests, actor)
        # What is under way again counts against the budgets of others from now on.
        run.refresh_summary()
    return again


def finish_in_direct(run: Run, actor: str = "", user: Any = None) -> bool:
    """Cancel the run's batches, take what they answered, and send only what has no answer, directly.

    False when it is not running. Raises LaunchRefused.
    """
    detail = "the rest goes in direct mode" + (f", asked by {actor}" if actor else "")
    fields = {"finish_direct": True, "next_due": None}
    with transaction.atomic():
        if run.status == RunStatus.RUNNING and run.mode == Mode.BATCH:
            rest = run.requests.filter(status__in=(*OPEN, *UNANSWERED)).count()
            launching.check_added(run, likely_share(run, rest, Mode.DIRECT), user, actor)
        if not run.move(RunStatus.RUNNING, RunStatus.RUNNING, detail=detail, actor=actor, **fields):
            return False
    for job in run.batch_jobs.exclude(status__in=(*TERMINAL, *SETTLED)):
        cancel_job(job)
    return True


def _turned_direct(run: Run) -> bool:
    """Once all batches have ended: what they left without an answer is planned again, in direct mode."""
    if run.batch_jobs.unsettled().exists():
        return False
    if run.mode == Mode.BATCH:
        with transaction.atomic():
            run.requests.filter(status__in=UNANSWERED).update(
                status=RequestStatus.PLANNED, batch_job=None, next_due=None, error_code="", error_message=""
            )
            run.mode = Mode.DIRECT
            run.save(update_fields=["mode"])
    return True


def submit_again(job: BatchJob, actor: str) -> bool:
    """A person has looked and says that the batch is not at the provider: create it. The claim names who said so."""
    if job.remote_batch_id:
        return False
    detail = f"{actor} says that it is not at the provider: submitted again"
    return job.move(JobStatus.UPLOADED, JobStatus.NEEDS_ATTENTION, detail=detail, actor=actor, next_due=None, error="")


def fetch_again(job: BatchJob, actor: str) -> bool:
    """A person wants a batch that needs attention to be looked at once more; False when it is not one with a batch."""
    if not job.remote_batch_id or job.from_file:
        return False
    # One that has ended is only fetched; any other is polled first.
    to = job.remote_status if job.remote_status in TERMINAL else JobStatus.VALIDATING
    detail = f"{actor} has it fetched again"
    return job.move(to, JobStatus.NEEDS_ATTENTION, detail=detail, actor=actor, next_due=None, error="", failures=0)


def _finish(run: Run) -> bool:
    """End the run when nothing is left that could still happen."""
    if run.requests.filter(status__in=OPEN).exists() or run.requests.unaccepted().exists():
        return False
    if run.batch_jobs.unsettled().exists():
        return False
    end = RunStatus.CANCELLED if run.cancel_requested else RunStatus.COMPLETED
    good = run.counts.get(RequestStatus.SUCCEEDED, 0)
    wake("index_run", run.pk)
    with transaction.atomic():
        detail = f"{good} of {run.total} succeeded"
        moved = run.move(end, RunStatus.RUNNING, detail=detail, finished_at=timezone.now())
        if moved and end == RunStatus.COMPLETED:
            note_errors(run)
    return moved


def _wait_for_more(run: Run, *, go_on: bool) -> None:
    """Set when the run is looked at next: at once after progress, else when a retry is due or a lane may be free."""
    now = timezone.now()
    if go_on and not run.next_due and run.requests.planned().exists():
        run.due_at(None)
        run.wake_up()
        return
    soonest = run.requests.planned().aggregate(first=Min("next_due"))["first"]
    lane = run.next_due if run.next_due and run.next_due > now else None
    safety = now + timedelta(seconds=settings.POLL_MAX_SECONDS)
    run.due_at(min(due for due in (soonest, lane, safety) if due))


def _fail(run: Run, reason: str) -> None:
    """Close what was not sent, with the reason where people look; what was sent goes on and is kept."""
    logger.error("%s: %s", run, reason, extra=run.log_ids())
    unsent = ledger.fail_unsent(run.requests.planned(), "not_sent", f"not sent, because: {reason}")
    run.error = f"{reason} ({unsent} requests were not sent and cost nothing; mend it and retry them.)"
    run.save(update_fields=["error"])
    run.refresh_summary()
    if not run.requests.filter(status=RequestStatus.QUEUED).exists():
        run.move(RunStatus.FAILED, RunStatus.RUNNING, detail=run.error, finished_at=timezone.now())


def tick() -> int:
    """Wake whatever is due and forgotten; returns how many were woken."""
    due: list[Run | BatchJob] = [*Run.objects.running().due(), *BatchJob.objects.unsettled().due()]
    for row in due:
        row.wake_up()
    Heartbeat.ask()
    return len(due)


def follow(run: Run, stop: Callable[[], bool] = never, interval: float = 30) -> Iterator[Run]:
    """Take all steps of a run here, without a worker, until it ends or needs a person; yields after each round."""
    asked = time.monotonic()
    with without_wakeups():
        while run.status == RunStatus.RUNNING and not stop():
            force = time.monotonic() - asked >= interval
            asked = time.monotonic() if force else asked
            moved = [advance_job(pk, force=force) for pk in run.batch_jobs.unsettled().values_list("pk", flat=True)]
            moved.append(_is_due(run) and advance_run(run.pk, stop))
            run.refresh_from_db()
            yield run
            if stuck(run):
                return
            if not any(moved):
                pacing.nap(min(interval, _pause(run)), stop)


def stuck(run: Run) -> bool:
    """Whether only jobs that need a person are left."""
    return (
        run.status == RunStatus.RUNNING
        and run.batch_jobs.filter(status=JobStatus.NEEDS_ATTENTION).exists()
        and not run.batch_jobs.unsettled().exists()
        and not run.requests.planned().exists()
    )


def _pause(run: Run) -> float:
    """Seconds until something of the run is due, at least a twentieth."""
    soonest = run.batch_jobs.unsettled().aggregate(first=Min("next_due"))["first"]
    dues = [due for due in (soonest, run.next_due) if due]
    return max(0.05, (min(dues) - timezone.now()).total_seconds()) if dues else 0.05
