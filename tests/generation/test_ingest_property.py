"""Two result files in any condition: nothing raises, nothing good is lost, and twice, in parts or shuffled is the same.

1,000 examples where CI is set, 100 elsewhere. Three bugs are planted to see that they would be found.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import orjson
import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from generation.models import Attempt, BatchJob, RawAnswer, Request, StrayLine
from generation.outcomes import OutcomeKind
from generation.pipeline import ingest
from tests.generation.stored import again, body, built, line, put

EXAMPLES = 1000 if os.environ.get("CI") else 100
EXPIRED = {"code": "batch_expired", "message": "This request could not be executed before the window expired."}
STOPPED = {"code": "batch_cancelled", "message": "The batch was cancelled before this request executed"}
LATE = {"code": "request_timeout", "message": "The underlying call to the model timed out"}
SERVER = {"error": {"message": "The server had an error.", "type": "server_error", "param": None, "code": None}}
BUSY = {"error": {"message": "Rate limit reached.", "type": "requests", "code": "rate_limit_exceeded"}}
LONG = {"error": {"message": "too long\x00", "type": "invalid_request_error", "code": "context_length_exceeded"}}
NUMBER = {"error": {"message": "Provider returned error", "code": 400}}


def text_body(*texts: str, **fields: Any) -> dict[str, Any]:
    """A body of /v1/responses with a message for each text."""
    output = [{"type": "message", "content": [{"type": "output_text", "text": text}]} for text in texts]
    usage = {"input_tokens": 10, "output_tokens": 20}
    whole = {"object": "response", "model": "gpt-5.4-mini", "status": "completed", "output": output, "usage": usage}
    return whole | fields


def refused(**fields: Any) -> dict[str, Any]:
    """A chat completion whose only choice is like this."""
    return {"choices": [{"message": {"content": None}} | fields]}


GOOD: dict[str, Any] = {
    "good": line,
    "other_good": lambda one: line(one, answer=body("Another\u2028text\x85")),
    "string_body": lambda one: line(one, answer=orjson.dumps(body()).decode()),
    "responses": lambda one: line(one, answer=text_body("Fragment", "The whole text")),
    "nul": lambda one: line(one, answer=body("a\x00b")),
}
BAD: dict[str, Any] = {
    "refusal": lambda one: line(one, answer=refused(message={"content": None, "refusal": "no"})),
    "length": lambda one: line(one, answer=refused(message={"content": "Half"}, finish_reason="length")),
    "filter": lambda one: line(one, answer=refused(message={"content": "Half"}, finish_reason="content_filter")),
    "incomplete": lambda one: line(one, answer=text_body("Half", status="incomplete")),
    "failed": lambda one: line(one, answer=text_body(status="failed", error={"code": "server_error"})),
    "empty": lambda one: line(one, answer=body("")),
    "server": lambda one: line(one, 500, SERVER),
    "busy": lambda one: line(one, 429, BUSY),
    "rejected": lambda one: line(one, 400, LONG),
    "integer_code": lambda one: line(one, 400, NUMBER),
    "expired": lambda one: line(one, error=EXPIRED),
    "cancelled": lambda one: line(one, error=STOPPED),
    "timed_out": lambda one: line(one, error=LATE),
    "error_is_text": lambda one: line(one, error="something"),
    "status_0": lambda one: line(one, 0, {}),
    "status_text": lambda one: line(one, "200"),  # type: ignore[arg-type]
    "status_huge": lambda one: line(one, 10**12),
    "null_body": lambda one: line(one, answer="text"),
    "list_body": lambda one: line(one, answer=[1]),
    "cut": lambda one: line(one)[:-9],
}
NOBODYS: dict[str, Any] = {
    "cut_early": lambda one: line(one)[:12],
    "no_id": lambda one: line(None),
    "number_id": lambda one: line(7),
    "list_id": lambda one: line([one]),
    "stranger": lambda one: line("stranger"),
    "long_stranger": lambda one: line("s" * 300),
    "array": lambda one: b"[1]",
    "null": lambda one: b"null",
    "noise": lambda one: b"\xff\x00\x80",
    "bom": lambda one: b"\xef\xbb\xbf" + b'{"custom_id": 1}',
    "deep": lambda one: b"[" * 2000,
}
KINDS = GOOD | BAD | NOBODYS | {"blank": lambda one: b"  \r"}
LINES = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(sorted(KINDS))), max_size=14)
File = list[tuple[int, str]]


@dataclass(frozen=True)
class Example:
    """Two files as (request, kind of line), how large the chunks are, after how many it is stopped, a shuffle."""

    output: File
    error: File
    chunk: int
    stops: int
    seed: int

    @property
    def all(self) -> File:
        """Both files' lines."""
        return [*self.output, *self.error]

    def shuffled(self) -> "Example":
        """The same lines in another order and spread over the two files in another way."""
        dice = random.Random(self.seed)
        lines = dice.sample(self.all, len(self.all))
        cut = dice.randint(0, len(lines))
        return replace(self, output=lines[:cut], error=lines[cut:])


EXAMPLE = st.builds(
    Example, LINES, LINES, st.sampled_from([1, 2, 3, 500]), st.integers(0, 6), st.integers(0, 2**16)
)  # fmt: skip


@pytest.fixture
def job(course) -> BatchJob:
    """A job of six requests whose counters say that all is well."""
    row = built(course)
    BatchJob.objects.update(remote_counts={"total": 6, "completed": 6, "failed": 0})
    row.refresh_from_db()
    return row


def picture(job: BatchJob) -> list[Any]:
    """Everything that an ingest writes, apart from times."""
    return [
        list(Request.objects.order_by("pk").values_list("status", "error_code", "error_message", "attempt_count")),
        list(Attempt.objects.order_by("request", "number").values_list("request", "place", "outcome", "cost_nano")),
        sorted((raw.attempt.request_id, bytes(raw.line)) for raw in RawAnswer.objects.select_related("attempt")),
        sorted((row.file, row.number, bytes(row.line)) for row in StrayLine.objects.all()),
    ]


def gist() -> list[Any]:
    """What does not depend on the order of the lines: who succeeded, what it cost, how many lines are set aside."""
    good = Attempt.objects.filter(outcome=OutcomeKind.SUCCEEDED)
    return [
        sorted(good.values_list("request", flat=True)),
        good.aggregate(cost=Sum("cost_nano"))["cost"],
        Attempt.objects.count(),
        StrayLine.objects.count(),
    ]


def read(job: BatchJob, example: Example) -> None:
    """Store the files and ingest them: stopped somewhere, and started again."""
    names = list(job.requests.order_by("pk").values_list("custom_id", flat=True))
    files = [[KINDS[kind](names[number]) for number, kind in lines] for lines in (example.output, example.error)]
    put(job, *files)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest, "CHUNK", example.chunk)
        left = iter([True] * example.stops)
        ingest.ingest(job, lambda: next(left, False))
        assert ingest.ingest(again(job))


@contextmanager
def undone(job: BatchJob) -> Iterator[None]:
    """What happens inside never happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    job.refresh_from_db()


def check(job: BatchJob, example: Example) -> None:
    """The property."""
    with undone(job):
        read(job, example)
        once, kept = picture(job), gist()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ingest, "CHUNK", 3)
            assert ingest.ingest(again(job))
        assert picture(job) == once, "a second reading changed something"
        check_ledger(job, example)
    with undone(job):
        read(job, example.shuffled())
        assert gist() == kept, "the order of the lines mattered"
        check_ledger(job, example)


def check_ledger(job: BatchJob, example: Example) -> None:
    """Every good line counts, every request has one state, every line is somewhere."""
    found = list(Request.objects.filter(run=job.run).order_by("pk").values_list("status", flat=True))
    good = {number for number, kind in example.all if kind in GOOD}
    assert {number for number, state in enumerate(found) if state == "succeeded"} == good, "a good line was lost"
    answered = {number for number, kind in example.all if kind in GOOD or kind in BAD}
    assert {number for number, state in enumerate(found) if state == "missing"} == set(range(6)) - answered
    assert "queued" not in found, "a request has no end"
    assert Counter(found) == job.run.ledger()
    assert sum(job.run.ledger().values()) == job.run.total == 6
    assert Attempt.objects.count() == 6, "a request has no attempt, or two"
    lines = sum(kind != "blank" for _, kind in example.all)
    from_lines = Attempt.objects.exclude(place="").count()
    assert from_lines + StrayLine.objects.count() == lines, "a line is neither an attempt's nor a stray"
    named = dict(Attempt.objects.filter(outcome="succeeded").values_list("request__custom_id", "raw__line"))
    assert all(custom_id.encode() in bytes(raw) for custom_id, raw in named.items()), "an answer of somebody else"


def configured(**changes: Any) -> hypothesis_settings:
    """Examples that share a fixture and may take their time."""
    health = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return hypothesis_settings(deadline=None, suppress_health_check=health, **changes)


@given(example=EXAMPLE)
@configured(max_examples=EXAMPLES)
def test_any_mix_of_lines_loses_nothing_and_is_repeatable(job, example):
    check(job, example)


def drop_a_line(patch: pytest.MonkeyPatch) -> None:
    """The last line of a file is forgotten."""
    true = ingest._lines_of
    patch.setattr(ingest, "_lines_of", lambda *where: iter(list(true(*where))[:-1]))


def assume_the_order(patch: pytest.MonkeyPatch) -> None:
    """The third line is taken for the answer to the third request."""
    true = ingest._lines_of

    def in_order(name: str, path: str) -> Iterator[ingest.Line]:
        ids = Request.objects.order_by("pk").values_list("custom_id", flat=True)
        for one, custom_id in zip(true(name, path), islice([*ids] * 9, 99), strict=False):
            yield replace(one, answer=replace(one.answer, custom_id=custom_id))

    patch.setattr(ingest, "_lines_of", in_order)


def trust_the_counter(patch: pytest.MonkeyPatch) -> None:
    """Nothing is looked for where the provider says that all was completed."""
    true = ingest._close

    def trusting(job: BatchJob, sending: Any) -> None:
        if job.remote_counts["completed"] < job.remote_counts["total"]:
            true(job, sending)

    patch.setattr(ingest, "_close", trusting)


@pytest.mark.parametrize("plant", [drop_a_line, assume_the_order, trust_the_counter])
def test_a_planted_bug_is_found(plant: Callable[[pytest.MonkeyPatch], None], job, monkeypatch):
    plant(monkeypatch)

    @given(example=EXAMPLE)
    @configured(max_examples=60, database=None, derandomize=True, phases=[Phase.generate], report_multiple_bugs=False)
    def holds(example: Example) -> None:
        check(job, example)

    with pytest.raises(AssertionError):
        holds()
