"""The outcome method: what came back, from a file or directly, becomes attempts and states of requests."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from django.db.models import F
from django.utils import timezone

from generation import costs, pacing
from generation.causes import trouble
from generation.models import Attempt, RawAnswer, Request, RequestStatus
from generation.models.inserts import insert_rows
from generation.models.requests import STATUS_OF_OUTCOME
from generation.outcomes import RETRIED, Outcome, OutcomeKind

RATE_LIMIT_TRIES = 20
# No usage came back, but the service may have answered and charged: the cost is unknown, not 0.
PERHAPS_PAID = frozenset({OutcomeKind.UNKNOWN, OutcomeKind.MISSING, OutcomeKind.UNREADABLE})
# Codes of direct requests whose answer was lost on its way.
LOST = frozenset({"timeout", "no_answer", "unreadable_answer"})


@dataclass(frozen=True, slots=True)
class Answered:
    """A request with the judged answer to one of its sendings, the raw line, and where it stood."""

    request: Request
    outcome: Outcome
    raw: bytes = b""
    place: str = ""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Sending:
    """How the requests were sent."""

    run_id: int
    mode: str
    provider: str
    model: str
    batch_job_id: int | None = None
    attempts_allowed: int = 1
    retry_window: float = 0.0


def attempt_fields(sending: Sending, outcome: Outcome) -> dict[str, Any]:
    """Columns of an attempt that an outcome fills: usage, cost, words."""
    usage = outcome.usage
    # The answer says which tier was used in the end; a standard tier on a flex request costs the standard price.
    mode = "direct" if sending.mode == "flex" and outcome.service_tier not in ("", "flex") else sending.mode
    model = outcome.model or sending.model
    if usage.input or usage.output:
        cost = costs.price(usage, model, sending.provider, mode)
    else:
        cost = None if outcome.kind in PERHAPS_PAID or outcome.code in LOST else 0
    return {
        "model": model[:100],
        "outcome": outcome.kind.value,
        "http_status": outcome.http_status,
        "error_code": outcome.code[:100],
        "error_message": outcome.message[:2000],
        "remote_id": outcome.request_id[:100],
        "input_tokens": usage.input,
        "cached_tokens": usage.cached,
        "output_tokens": usage.output,
        "reasoning_tokens": usage.reasoning,
        "cost_nano": cost,
    }


def record_batch(sending: Sending, answered: Sequence[Answered]) -> None:
    """Write attempts, raw answers and request states for answers out of a batch's files. Call inside a transaction."""
    if not answered:
        return
    shared = {
        "run_id": sending.run_id, "batch_job_id": sending.batch_job_id, "mode": sending.mode,
        "provider": sending.provider, "finished_at": timezone.now(),
    }  # fmt: skip
    filled = [attempt_fields(sending, one.outcome) for one in answered]
    columns = ("request_id", "number", "place", "recipe", "category", *filled[0])
    rows = (
        (
            one.request.pk, one.request.attempt_count + 1, one.place, one.request.recipe, one.request.category,
            *fields.values(),
        )
        for one, fields in zip(answered, filled, strict=True)
    )
    insert_rows(Attempt, shared, columns, rows)
    ids = [one.request.pk for one in answered]
    newest = dict(Attempt.objects.filter(request_id__in=ids).order_by("pk").values_list("request_id", "pk"))
    raw = ((newest[one.request.pk], one.raw) for one in answered if one.raw)
    insert_rows(RawAnswer, {}, ("attempt_id", "line"), raw)
    for one in answered:
        one.request.attempt_count += 1
    Request.objects.filter(pk__in=ids, status=RequestStatus.SUCCEEDED).update(attempt_count=F("attempt_count") + 1)
    settle(sending, answered, sent=1)


def settle(sending: Sending, answered: Iterable[Answered], sent: int = 0) -> None:
    """Move requests to the state of their outcome, a few set-based updates for all; a success is never undone.

    `sent` is how many attempts are still to be counted on those that move.
    """
    groups: dict[tuple[str, str, str, datetime | None], list[int]] = defaultdict(list)
    for one in answered:
        groups[_state(sending, one)].append(one.request.pk)
    for (status, code, message, due), ids in groups.items():
        rows = Request.objects.filter(pk__in=ids).exclude(status=RequestStatus.SUCCEEDED)
        tries = F("attempt_count") + sent
        rows.update(status=status, next_due=due, attempt_count=tries, **trouble(code, message))


def _state(sending: Sending, one: Answered) -> tuple[str, str, str, datetime | None]:
    outcome, tries = one.outcome, one.request.attempt_count
    if outcome.kind == OutcomeKind.SUCCEEDED:
        return RequestStatus.SUCCEEDED, "", "", None
    code, message = outcome.code[:100], outcome.message[:500]
    # A rate limit is waited out, not failed: it says nothing about the request.
    allowed = max(sending.attempts_allowed, RATE_LIMIT_TRIES if outcome.kind == OutcomeKind.RATE_LIMITED else 0)
    if outcome.code == "insufficient_quota":
        allowed = 0
    if outcome.kind in RETRIED and tries < allowed:
        due = timezone.now().replace(microsecond=0) + timedelta(seconds=pacing.retry_delay(tries, one.retry_after))
        waits_out = outcome.kind == OutcomeKind.RATE_LIMITED
        if waits_out or not sending.retry_window or due <= _window_end(one.request, sending.retry_window):
            return RequestStatus.PLANNED, code, message, due
    return STATUS_OF_OUTCOME[outcome.kind], code, message, None


def _window_end(request: Request, seconds: float) -> datetime:
    """Until when a request may be tried again: counted from the first of the failures without anything in between."""
    tries = Attempt.objects.filter(request=request).order_by("-number").values_list("outcome", "started_at")
    started = [when for _, when in takewhile(lambda row: row[0] in RETRIED, tries)]
    return (started[-1] if started else timezone.now()) + timedelta(seconds=seconds)


def fail_unsent(requests: Any, code: str, message: str, status: str = RequestStatus.FAILED) -> int:
    """Close requests that were never sent: no attempt, no cost. Returns how many."""
    rows = requests.filter(status__in=(RequestStatus.PLANNED, RequestStatus.QUEUED))
    closed: int = rows.update(status=status, next_due=None, **trouble(code, message))
    return closed
