"""Direct mode under faults, the provider's clock, a list that proves nothing: step by step in this process."""

import io
from collections.abc import Iterator

from django.utils import timezone

from generation import advance
from generation.jsonl import request_line
from generation.models import BatchJob, JobStatus, RecipeSettings
from generation.provider import get_provider
from tests.faults.case import Case, Strike, Trial, judge
from tests.faults.group import hurry
from tests.faults.table import Result
from tests.sandbox_fixture import Sandbox

CHAT = "chat.completions"
HOUR = 3600


def straight_cases(sandbox: Sandbox) -> Iterator[Result]:
    """One after the other."""
    for case in direct_cases():
        yield _run(sandbox, case)
    unsent = {"cancelled": 10}
    yield _run(sandbox, Case("cancelled before it was sent", (), unsent, during=cancel_now, end="cancelled", batches=0))
    lost_after, lost_before = (Strike(name, None, 1, "batches.create") for name in ("drop_after", "drop_before"))
    for hours in (-30, -2, 2, 30):
        for strike in (lost_after, lost_before):
            case = Case(f"the provider's clock {hours:+} h, create {strike.name.replace('_', ' ')}", (strike,))
            yield _run(sandbox, case, hours * HOUR)
    stuck = Strike("stuck_in_progress", 4, 1)
    yield _run(sandbox, Case("expired by the provider's clock", (stuck,), during=a_day_later, batches=2))
    endless = (Strike("list_ignores_after"), lost_before)
    asked = Case("a list without an end", endless, {"queued": 10}, attention=True, batches=0, own_account=True)
    yield _run(sandbox, asked, foreign=101)
    again = Case("a list without an end, submitted again", endless, during=submit_again, own_account=True)
    yield _run(sandbox, again, foreign=101)


def direct_cases() -> list[Case]:
    """What can become of a direct request; those that perhaps were paid twice say so."""

    def direct(name: str, strike: Strike, **fields: object) -> Case:
        defaults = {"mode": "direct", "batches": 0, "alone": True} | fields
        return Case(f"direct: {name}", (strike,), **defaults)  # type: ignore[arg-type]

    return [
        direct("429, Retry-After 1 s", Strike("rate_limited", 1, 2, CHAT)),
        direct("500 without effect", Strike("error_500", None, 3, CHAT)),
        direct("503", Strike("error_503", None, 2, CHAT)),
        direct("dropped before", Strike("drop_before", None, 2, CHAT), perhaps_twice=True),
        direct("dropped after the effect", Strike("drop_after", None, 2, CHAT), perhaps_twice=True),
        direct("dropped in the answer", Strike("drop_in_answer", None, 2, CHAT), perhaps_twice=True),
        direct("time-out after the effect", Strike("timeout_after", None, 2, CHAT), perhaps_twice=True),
        direct("HTML in a 200", Strike("html_200", None, 2, CHAT), perhaps_twice=True),
        direct("broken JSON in a 200", Strike("bad_json_200", None, 2, CHAT), perhaps_twice=True),
        direct("no credit", Strike("insufficient_quota", None, None, CHAT), expect={"failed": 10}),
        direct("flex, without capacity", Strike("flex_unavailable", None, 3, CHAT), mode="flex"),
    ]


def _run(sandbox: Sandbox, case: Case, clock: float = 0, foreign: int = 0) -> Result:
    sandbox.reset()
    sandbox.set_clock(clock)
    RecipeSettings.objects.update_or_create(recipe="lessons.lesson", defaults={"read_timeout": 2})
    trial = Trial(case, 98, sandbox)
    _make_foreign(trial, foreign)
    trial.prepare()
    ends = timezone.now().timestamp() + 60
    while not trial.over() and timezone.now().timestamp() < ends:
        next(advance.follow(trial.run, interval=0.1), None)
        hurry([trial])
    return judge(trial, sandbox.log())


def _make_foreign(trial: Trial, count: int) -> None:
    """Batches of somebody else in the case's account."""
    if not count:
        return
    provider = get_provider(f"f{trial.number}")
    body = {"model": "gpt-5.4-mini", "messages": [{"role": "user", "content": "x"}]}
    line = request_line("x", "/v1/chat/completions", body)
    file = provider.upload(io.BytesIO(line), "foreign.jsonl")
    for number in range(count):
        provider.create_batch(file.id, "/v1/chat/completions", {"number": str(number)})


def cancel_now(trial: Trial) -> None:
    """Cancel at the first look."""
    if trial.once("cancel"):
        advance.cancel_run(trial.run, "faults")


def a_day_later(trial: Trial) -> None:
    """The provider's 24 hours are over while the batch hangs."""
    if trial.job.status == JobStatus.IN_PROGRESS and trial.once("day"):
        trial.sandbox.set_clock(25 * HOUR)


def submit_again(trial: Trial) -> None:
    """A person looks, and says that the batch is not there."""
    job: BatchJob = trial.job
    if job.status == JobStatus.NEEDS_ATTENTION and trial.once("again"):
        advance.submit_again(job, "a person")
