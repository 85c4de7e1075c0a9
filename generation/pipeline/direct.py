"""Direct: send ready requests at once instead of through a batch, in slices; answers meet the same outcome method."""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby, islice
from typing import Any

import orjson
from django.conf import settings
from django.db import reset_queries, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from generation.causes import trouble
from generation.channel import Channel, DirectCall, Landed
from generation.instructions import Instruction, instruction_of
from generation.ledger import Answered, Sending, attempt_fields, fail_unsent, settle
from generation.models import Attempt, DirectLane, Mode, RawAnswer, Request, RequestStatus, Run
from generation.models.inserts import insert_rows, update_rows
from generation.outcomes import OutcomeKind, judge
from generation.provider import get_provider
from generation.throttle import Throttle
from generation.waves import CHUNK, Ready, ready_chunks

# An answer that arrived is committed within so many seconds: a crash can only cost what is in flight.
FLUSH_SECONDS = 0.25
FLUSH_MOST = 200
HOPELESS = (401, 403)
DIED = (
    "the worker ended before the answer came, as often as the recipe may try: perhaps paid each time. Look into the "
    "worker's log for what ended it before you retry."
)
OVERLOADED = (500, 502, 503, 504)
# After so many tries at the flex tier a request goes at the standard one.
FLEX_TRIES = 2
STARTED = ("request_id", "number", "mode", "provider", "model", "recipe", "category")

Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Call:
    """One request with its body, and the source and revisions that this was made from."""

    request: Request
    inforce: Instruction
    body: dict[str, Any]
    source_hash: str
    used: list[int]

    @property
    def mode(self) -> str:
        """At which tier it is asked."""
        return (Mode.FLEX if self.body.get("service_tier") == "flex" else Mode.DIRECT).value

    @property
    def moved(self) -> bool:
        """Whether it was made from something else than the request says."""
        return (self.source_hash, self.used) != (self.request.source_hash, self.request.dependencies)


@dataclass(slots=True)
class Flight:
    """A request in flight, with the id of its attempt and when it started (steady clock)."""

    request: Request
    attempt: int
    started_at: float
    sending: Sending


@dataclass
class Lane:
    """What one slice holds for one provider and model: the channel, what is in flight, what has landed."""

    run: Run
    row: DirectLane
    holder: str
    channel: Channel
    throttle: Throttle
    in_flight: dict[int, Flight] = field(default_factory=dict)
    landed: list[tuple[Flight, Answered]] = field(default_factory=list)
    recipes: set[str] = field(default_factory=set)
    flushed_at: float = field(default_factory=time.monotonic)
    held_at: float = field(default_factory=time.monotonic)
    refused: str = ""

    def hold(self) -> bool:
        """Renew both leases: whoever finds one free would send what is in flight here once more."""
        self.held_at = time.monotonic()
        if settings.DEBUG:
            # Django keeps every query then.
            reset_queries()
        ours = self.row.keep(self.holder, settings.LEASE_SECONDS, self.throttle.state(self.held_at))
        return self.run.renew_lease(settings.LEASE_SECONDS) and ours


def send_slice(run: Run, stop: Stop = lambda: False, seconds: float | None = None) -> int:
    """Send ready requests for at most so many seconds (default: one slice); returns how many were answered."""
    ends = time.monotonic() + (settings.DIRECT_SLICE_SECONDS if seconds is None else seconds)
    _reclaim(run)
    if _pausing(run):
        return 0
    size = run.pace.get("batch_size") or CHUNK
    most = 1 if run.pace else None
    answered = 0

    def over() -> bool:
        return stop() or time.monotonic() >= ends

    for target, chunks in groupby(ready_chunks(run, "direct", size), key=_target):
        if over():
            break
        answered += _send(run, target, islice(chunks, most), over)
        if run.pace:
            _pause(run)
        if run.pace or over():
            # To look for the next target would read everything of this one that was not sent.
            break
    return answered


def _pausing(run: Run) -> bool:
    """Whether a paced run waits: whoever looks at it earlier, after an interrupt or for a retry, sends nothing."""
    left = run.pace.get("until", 0) - time.time()
    if left > 0:
        run.due_at(timezone.now() + timedelta(seconds=left))
    return left > 0


def _pause(run: Run) -> None:
    wait = run.pace.get("wait_time") or 0
    run.pace["until"] = time.time() + wait
    run.save(update_fields=["pace"])
    run.due_at(timezone.now() + timedelta(seconds=wait))


def _target(ready: Ready) -> tuple[str, str, int, int]:
    inforce = ready.inforce
    return inforce.provider, inforce.model, inforce.requests_per_minute, inforce.concurrency


def _reclaim(run: Run) -> None:
    """Requests in flight when a process died: their attempts stay `unknown`, perhaps paid; they are sent again.

    Unless they were sent as often as the recipe allows: one that kills its worker would do so for ever.
    """
    stranded = run.requests.filter(status=RequestStatus.QUEUED, batch_job=None).order_by()
    for key, collection in stranded.values_list("recipe", "collection").distinct():
        allowed = instruction_of(run, key, collection).attempts
        counted = Q(attempts__batch_job=None) & ~Q(attempts__outcome=OutcomeKind.RATE_LIMITED)
        rows = stranded.filter(recipe=key, collection=collection).annotate(sent=Count("attempts", filter=counted))
        ids = list(rows.filter(sent__gte=allowed).values_list("pk", flat=True))
        Request.objects.filter(pk__in=ids, status=RequestStatus.QUEUED, batch_job=None).update(
            status=RequestStatus.FAILED, next_due=None, **trouble(OutcomeKind.UNKNOWN, DIED)
        )
    stranded.update(status=RequestStatus.PLANNED, error_code="", error_message="")


def _send(run: Run, target: tuple[str, str, int, int], chunks: Iterator[Ready], stop: Stop) -> int:
    provider, model, per_minute, most = target
    holder = secrets.token_hex(8)
    row = DirectLane.take(provider, model, holder, settings.LEASE_SECONDS)
    if row is None:
        # Another worker paces this model now: two would double the rate.
        run.due_at(timezone.now() + timedelta(seconds=settings.POLL_MIN_SECONDS))
        return 0
    most = most or settings.DIRECT_MAX_CONCURRENCY
    throttle = Throttle(settings.DIRECT_CONCURRENCY, most, per_minute)
    throttle.restore(row.pace, time.monotonic(), row.pace_age)
    try:
        with Channel(get_provider(provider)) as channel:
            return _run_lane(Lane(run, row, holder, channel, throttle), _calls(run, chunks), stop)
    finally:
        row.leave(holder, throttle.state(time.monotonic()))


def _calls(run: Run, chunks: Iterator[Ready]) -> Iterator[Call]:
    for ready in chunks:
        bodies = ready.inforce.bodies(ready.items, ready.needs, run.remark)
        for request, item, body, needs in zip(ready.requests, ready.items, bodies, ready.needs, strict=True):
            if run.mode == Mode.FLEX and request.attempt_count < FLEX_TRIES:
                body["service_tier"] = "flex"
            used = [revision.pk for revisions in needs.values() for revision in revisions]
            yield Call(request, ready.inforce, body, item.source_hash, used)


def _run_lane(lane: Lane, calls: Iterator[Call], stop: Stop) -> int:
    """Keep as many in flight as the throttle bears until the calls end or `stop` says so; all in flight land."""
    answered, more = 0, True
    while more or lane.in_flight:
        more = more and not stop() and not lane.refused
        now = time.monotonic()
        # What has landed and is not committed would be paid again after a crash, as what is in flight.
        room = lane.throttle.room(len(lane.in_flight) + len(lane.landed), now) if more else 0
        if room:
            batch = list(islice(calls, room))
            more = len(batch) == room
            _start(lane, batch)
        pause = 0.05 if lane.in_flight else min(0.2, lane.throttle.wait(now))
        for landed in lane.channel.receive(timeout=max(0.002, pause if not room else 0.002)):
            _land(lane, landed)
            answered += 1
        _flush_if_due(lane)
        if time.monotonic() - lane.held_at > settings.LEASE_SECONDS / 4:
            more = lane.hold() and more
    if lane.refused:
        unsent = lane.run.requests.planned().filter(recipe__in=lane.recipes)
        fail_unsent(unsent, "not_sent", f"not sent, because: {lane.refused}")
    return answered


def _start(lane: Lane, calls: Sequence[Call]) -> None:
    """Commit that the requests are about to be sent, then send them: a crash in between leaves `unknown` attempts."""
    with transaction.atomic():
        planned = Request.objects.select_for_update().filter(pk__in=[call.request.pk for call in calls]).planned()
        free = set(planned.values_list("pk", flat=True))
        calls = [call for call in calls if call.request.pk in free]
        Request.objects.filter(pk__in=free).update(
            status=RequestStatus.QUEUED, attempt_count=F("attempt_count") + 1, next_due=None
        )
        moved = [call.request for call in calls if call.moved]
        for call in calls:
            call.request.attempt_count += 1
            call.request.source_hash, call.request.dependencies = call.source_hash, call.used
        Request.objects.bulk_update(moved, ["source_hash", "dependencies"])
        attempts = _begun(lane.run, calls)
    now = time.monotonic()
    sent = []
    for call in calls:
        request, inforce, attempt = call.request, call.inforce, attempts[call.request.pk]
        sending = Sending(
            lane.run.pk, call.mode, inforce.provider, inforce.model, None, inforce.attempts, inforce.retry_window
        )
        lane.in_flight[attempt] = Flight(request, attempt, now, sending)
        lane.recipes.add(request.recipe)
        lane.throttle.started(len(orjson.dumps(call.body)) // 4, now)
        sent.append(DirectCall(attempt, request.custom_id, inforce.endpoint, call.body, inforce.read_timeout))
    lane.channel.send(sent)


def _begun(run: Run, calls: Sequence[Call]) -> dict[int, int]:
    """Write an attempt of each call whose outcome nobody knows yet: request -> attempt."""
    shared = {"run_id": run.pk, "outcome": OutcomeKind.UNKNOWN.value}
    rows = [(call.request, call.inforce, call.mode) for call in calls]
    insert_rows(
        Attempt, shared, STARTED,
        (
            (one.pk, one.attempt_count, mode, inforce.provider, inforce.model, one.recipe, one.category)
            for one, inforce, mode in rows
        ),
    )  # fmt: skip
    newest = Attempt.objects.filter(request__in=[one.pk for one, _, _ in rows]).order_by("number")
    return dict(newest.values_list("request_id", "pk"))


def _land(lane: Lane, landed: Landed) -> None:
    flight = lane.in_flight.pop(landed.call.token)
    now, status = time.monotonic(), landed.answer.status
    outcome = judge(landed.answer)
    if status in HOPELESS or landed.answer.error_code == "insufficient_quota":
        lane.refused = outcome.message
    elif status == 429:
        lane.throttle.limited(flight.started_at, now, landed.retry_after)
    elif status in OVERLOADED:
        lane.throttle.failed(now, landed.retry_after)
    elif status == 200:
        lane.throttle.succeeded()
        lane.throttle.learn(landed.headers)
    answered = Answered(flight.request, outcome, _raw(landed), retry_after=landed.retry_after)
    lane.landed.append((flight, answered))


def _raw(landed: Landed) -> bytes:
    """The answer in the shape of a batch's output line, so that one parser reads both."""
    if not landed.raw:
        return b""
    head = orjson.dumps({"custom_id": landed.answer.custom_id, "error": None})
    request_id = orjson.dumps(landed.answer.request_id)
    response = b',"response":{"status_code":%d,"request_id":%b,"body":' % (landed.answer.status or 0, request_id)
    return head[:-1] + response + landed.raw.strip() + b"}}"


def _flush_if_due(lane: Lane) -> None:
    waited = time.monotonic() - lane.flushed_at
    # They take up room until then, so not more than a part of it may wait.
    most = min(FLUSH_MOST, lane.throttle.concurrency / 4)
    if lane.landed and (not lane.in_flight or waited > FLUSH_SECONDS or len(lane.landed) >= most):
        _flush(lane)


def _flush(lane: Lane) -> None:
    """Commit what has landed."""
    now = timezone.now()
    filled = [attempt_fields(flight.sending, answered.outcome) for flight, answered in lane.landed]
    ids = [flight.attempt for flight, _ in lane.landed]
    with transaction.atomic():
        rows = ((*fields.values(), now, attempt) for fields, attempt in zip(filled, ids, strict=True))
        update_rows(Attempt, (*filled[0], "finished_at"), rows)
        raw = ((flight.attempt, answered.raw) for flight, answered in lane.landed if answered.raw)
        insert_rows(RawAnswer, {}, ("attempt_id", "line"), raw)
        for sending, group in groupby(lane.landed, key=lambda one: one[0].sending):
            settle(sending, [answered for _, answered in group])
    lane.landed.clear()
    lane.flushed_at = time.monotonic()
