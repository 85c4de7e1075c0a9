"""Ingest: the stored result files of a batch job become outcomes of its requests, chunk by chunk, repeatably."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO, cast

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Exists, OuterRef

from generation.instructions import instruction
from generation.jsonl import AnswerLine, chunked, lines, read_answer
from generation.ledger import Answered, Sending, attempt_fields, fail_unsent, record_batch, settle
from generation.models import Attempt, BatchJob, EnqueuedLimit, JobStatus, RawAnswer, Request, RequestStatus, StrayLine
from generation.models.inserts import copied
from generation.models.jobs import UNSENT
from generation.models.limits import no_room
from generation.models.requests import id_of_stranger
from generation.outcomes import Outcome, OutcomeKind, judge

CHUNK = 1000
# States in which a batch has not begun to run; a job that was ever seen in another may have.
BEFORE_ANY_RUN = (
    *UNSENT, JobStatus.SUBMITTING, JobStatus.VALIDATING, JobStatus.CANCELLING, JobStatus.CANCELLED,
    JobStatus.NEEDS_ATTENTION,
)  # fmt: skip
READ = ("id", "run_id", "batch_job_id", "custom_id", "attempt_count", "recipe", "category")
ANSWERED = "this custom_id was answered before"
GOOD_BEHIND = "this custom_id has a good answer further on"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a stored file: `place` is file and number, from 1."""

    file: str
    number: int
    raw: bytes
    answer: AnswerLine

    @property
    def place(self) -> str:
        """What an attempt remembers of where its answer came from."""
        return f"{self.file}:{self.number}"


def ingest(job: BatchJob, alive: Callable[[], bool] = lambda: True) -> bool:
    """Read both files of the job, whatever state it ended in; False when `alive` said to stop between two chunks."""
    sending = sending_of(job)
    for chunk in chunked(_stored_lines(job), CHUNK):
        if not alive():
            return False
        with transaction.atomic():
            _ingest_chunk(job, sending, chunk)
    with transaction.atomic():
        _close(job, sending)
        job.move(JobStatus.INGESTED, detail=_summary(job), next_due=None, reserved_tokens=0)
        _call_waiting(job)
    return True


def sending_of(job: BatchJob) -> Sending:
    """How the requests of this job were sent."""
    first = job.requests.order_by("pk").first()
    allowed = instruction(first.recipe, first.collection, job.run.model).attempts if first else 1
    return Sending(job.run_id, "batch", job.provider, job.model, job.pk, allowed)


def _stored_lines(job: BatchJob) -> Iterator[Line]:
    files = [(name, path) for name, path in (("output", job.output_path), ("error", job.error_path)) if path]
    return chain.from_iterable(_lines_of(name, path) for name, path in files)


def _lines_of(name: str, path: str) -> Iterator[Line]:
    with storages["batchfiles"].open(path, "rb") as stored:
        for number, raw in enumerate(lines(cast("BinaryIO", stored.file)), start=1):
            yield Line(name, number, raw, read_answer(raw))


def _ingest_chunk(job: BatchJob, sending: Sending, chunk: list[Line]) -> None:
    requests = _requests(job, {line.answer.custom_id for line in chunk})
    # Without an order, here and below: to give one, SQLite would rather go through all rows of the job.
    standing_ones = Attempt.objects.filter(batch_job=job, request_id__in=[row.pk for row in requests.values()])
    known = {row.request_id: row for row in standing_ones.order_by()}
    fresh: dict[int, Answered] = {}
    strays: list[StrayLine] = []
    for line in chunk:
        request = requests.get(line.answer.custom_id)
        if request is None:
            strays.append(_stray(job, line, line.answer.broken or "no request of this run has this custom_id"))
            continue
        answered = Answered(request, judge(line.answer), line.raw, line.place)
        standing = known.get(request.pk)
        if standing is None and request.pk not in fresh:
            fresh[request.pk] = answered
        elif standing is None:
            strays.append(_stray_of_pair(job, fresh, answered, line))
        elif standing.place != line.place:
            strays.extend(_set_aside(job, sending, standing, answered, line))
    record_batch(sending, list(fresh.values()))
    StrayLine.objects.bulk_create(strays, ignore_conflicts=True)


def _requests(job: BatchJob, custom_ids: set[str]) -> dict[str, Request]:
    """Those of the job's run by these custom ids, or by the ones that another script has given them."""
    named = {custom_id: custom_id for custom_id in custom_ids}
    if job.from_file:
        named |= {id_of_stranger(job.run.key, custom_id): custom_id for custom_id in custom_ids}
    rows = Request.objects.filter(custom_id__in=named).order_by()
    # Only these columns are read, and only read: the rest of these rows is not that of the table.
    like = Request()
    found = (copied(like, **dict(zip(READ, row, strict=True))) for row in rows.values_list(*READ))
    # The run is looked at here and not in the query, whose plan would else go through all requests of the run. Of a
    # file that a person brought only what it was taken for counts: the rest has its answer already.
    ours = (row for row in found if row.run_id == job.run_id)
    return {named[row.custom_id]: row for row in ours if not job.from_file or row.batch_job_id == job.pk}


def _stray(job: BatchJob, line: Line, reason: str) -> StrayLine:
    return StrayLine(
        batch_job=job, file=line.file, number=line.number, custom_id=line.answer.custom_id[:64], reason=reason[:200],
        line=line.raw,
    )  # fmt: skip


def _stray_of_pair(job: BatchJob, fresh: dict[int, Answered], later: Answered, line: Line) -> StrayLine:
    """Two lines of one chunk answer the same request: the first good one is kept, the other is set aside."""
    first = fresh[later.request.pk]
    if first.outcome.kind == OutcomeKind.SUCCEEDED or later.outcome.kind != OutcomeKind.SUCCEEDED:
        return _stray(job, line, ANSWERED)
    fresh[later.request.pk] = later
    return _stray(job, _line_at(first.place, first.raw), GOOD_BEHIND)


def _line_at(place: str, raw: bytes) -> Line:
    file, _, number = place.partition(":")
    return Line(file, int(number), raw, read_answer(raw))


def _set_aside(
    job: BatchJob, sending: Sending, standing: Attempt, answered: Answered, line: Line
) -> Iterator[StrayLine]:
    """A second line for an attempt that stands: a good one behind a bad one takes its place, any other is a stray."""
    # An output that the recipe refused was read and paid: reading the files again must not bring it back.
    settled = (OutcomeKind.SUCCEEDED, OutcomeKind.INVALID_OUTPUT)
    if answered.outcome.kind != OutcomeKind.SUCCEEDED or standing.outcome in settled:
        yield _stray(job, line, ANSWERED)
        return
    before, raw = standing.place, RawAnswer.objects.filter(attempt=standing).values_list("line", flat=True).first()
    standing.place, standing.outcome = answered.place, answered.outcome.kind
    Attempt.objects.filter(pk=standing.pk).update(place=standing.place, **attempt_fields(sending, answered.outcome))
    RawAnswer.objects.update_or_create(attempt=standing, defaults={"line": answered.raw})
    settle(sending, [answered])
    if before:
        yield _stray(job, _line_at(before, bytes(raw or b"")), GOOD_BEHIND)


def _close(job: BatchJob, sending: Sending) -> None:
    """What the files did not answer: refused with the whole batch, never sent, or missing."""
    if job.remote_batch_id is None:
        cancelled = job.status == JobStatus.CANCELLED
        status = RequestStatus.CANCELLED if cancelled else RequestStatus.FAILED
        fail_unsent(job.requests.all(), "not_sent", job.error or "the job was cancelled before it was sent", status)
        return
    if job.status == JobStatus.FAILED and no_room(job.remote_errors):
        _plan_again(job)
        return
    answered = Attempt.objects.filter(batch_job=job, request_id=OuterRef("pk"))
    silent = job.requests.filter(~Exists(answered), status=RequestStatus.QUEUED).order_by("pk")
    for ids in chunked(list(silent.values_list("pk", flat=True)), CHUNK):
        rows = Request.objects.filter(pk__in=ids)
        record_batch(sending, [Answered(request, _unanswered(job, request)) for request in rows])


def _call_waiting(job: BatchJob) -> None:
    """Room has come free: the next job of this model may try."""
    waiting = BatchJob.objects.filter(status=JobStatus.PREPARED, provider=job.provider, model=job.model)
    first = waiting.order_by("pk").first()
    if first:
        first.due_at(None)
        first.wake_up()


def _plan_again(job: BatchJob) -> None:
    """Nothing was run because the provider had no room: the requests go into a new job when there may be some."""
    limit = EnqueuedLimit.objects.of(job.provider, job.model).first()
    job.requests.filter(status=RequestStatus.QUEUED).update(
        status=RequestStatus.PLANNED, batch_job=None, next_due=limit.not_before if limit else None
    )


def _unanswered(job: BatchJob, request: Request) -> Outcome:
    if job.status == JobStatus.FAILED == job.remote_status:
        error = (job.remote_errors or [{}])[0]
        code = str(error.get("code") or "batch_failed")
        words = job.error or "the provider refused the whole file and gave no reason"
        return Outcome(request.custom_id, OutcomeKind.REJECTED, code=code, message=words)
    if _never_ran(job):
        words = "the batch was cancelled before the provider began to run it: nothing was run and nothing is owed"
        return Outcome(request.custom_id, OutcomeKind.CANCELLED, code="batch_cancelled", message=words)
    return Outcome(
        request.custom_id, OutcomeKind.MISSING, code="missing",
        message="neither the output file nor the error file has an answer: it may have been paid",
    )  # fmt: skip


def _never_ran(job: BatchJob) -> bool:
    """Whether a cancelled batch was still being validated: only when no sign of a run is there, its counters' or ours.

    A counter alone proves nothing, and one request that was run makes all of them doubtful.
    """
    signs = (job.in_progress_at, job.output_file_id, job.error_file_id, *job.remote_counts.values())
    if job.status != JobStatus.CANCELLED or job.remote_status != JobStatus.CANCELLED or any(signs):
        return False
    return not job.transitions.exclude(to_status__in=BEFORE_ANY_RUN).exists()


def _summary(job: BatchJob) -> str:
    good = job.attempts.filter(outcome=OutcomeKind.SUCCEEDED).count()
    strays = job.stray_lines.count()
    return f"{good} of {job.request_count} answered well" + (f", {strays} lines set aside" if strays else "")
