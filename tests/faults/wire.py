"""The provider's calls x what can become of a call."""

from dataclasses import replace

from generation import advance
from generation.models import JobStatus
from tests.faults.case import Case, Strike, Trial

# How often the SDK asks by itself: so many times a fault must strike for our own code to see it.
TRIES = {
    "files.create": 3, "files.retrieve": 3, "files.content": 3, "batches.create": 1, "batches.retrieve": 3,
    "batches.list": 3, "batches.cancel": 1,
}  # fmt: skip
LONG = 121
KINDS = {
    "time-out after the effect": ("timeout_after", None),
    "500 after the effect": ("error_500_after", None),
    "dropped before": ("drop_before", None),
    "dropped after the effect": ("drop_after", None),
    "dropped in the answer": ("drop_in_answer", None),
    "429, Retry-After 20 ms": ("rate_limited", "20ms"),
    "429, Retry-After 121 s": ("rate_limited", LONG),
    "HTML in a 200": ("html_200", None),
    "broken JSON in a 200": ("bad_json_200", None),
}


def wire_cases() -> list[Case]:
    """Every call with every kind, and those that only one call knows."""
    return [_case(op, kind) for op in TRIES for kind in KINDS] + special_cases()


def _case(op: str, kind: str) -> Case:
    name, value = KINDS[kind]
    # The SDK does not repeat what it was told to repeat so late.
    count = 1 if value == LONG else TRIES[op]
    case = Case(
        f"{op}: {kind}", (Strike(name, value, count, op),), own_account=True, waits=60 if value == LONG else 0
    )
    if op == "batches.list":
        lost = Strike("drop_after", None, 1, "batches.create")
        return replace(case, strikes=(lost, *case.strikes))
    if op == "batches.cancel":
        held = Strike("stuck_in_progress", 4, 1)
        expect = {"succeeded": 4, "cancelled": 6}
        return replace(case, strikes=(held, *case.strikes), during=cancel_it, expect=expect, end="cancelled")
    return case


def cancel_it(trial: Trial) -> None:
    """Cancel the run as soon as its batch is being worked on."""
    if trial.job.status == JobStatus.IN_PROGRESS and trial.once("cancel"):
        advance.cancel_run(trial.run, "faults")


def special_cases() -> list[Case]:
    """Refusals of one call, and lists that don't show everything."""
    create, files = "batches.create", "files.create"
    lost = Strike("drop_after", None, 1, create)
    return [
        Case("create: file not visible yet", (Strike("file_not_visible", None, 2),)),
        Case("create: file never visible", (Strike("file_not_visible"),), {"failed": 10}, batches=0),
        Case("create: 2,000 an hour", (Strike("batch_creation_limit", 0, 2),)),
        Case("create: no room for its tokens", (Strike("create_token_limit", None, 1),)),
        Case("create: no credit", (Strike("insufficient_quota", None, None, create),), {"failed": 10}, batches=0),
        Case("create: 503", (Strike("error_503", None, 1, create),)),
        Case("create: 502 with HTML", (Strike("html_502", None, 1, create),)),
        Case("create: 502 with HTML after the effect", (Strike("html_502_after", None, 1, create),)),
        Case("create: 401", (Strike("error_status", 401, 1, create),), {"failed": 10}, batches=0),
        Case("create: lost five times", (Strike("drop_before", None, 5, create),)),
        Case("create: lost, listed a second late", (lost, Strike("invisible_in_list", 1)), own_account=True),
        Case(
            "upload: lost, listed late",
            (Strike("drop_after", None, 3, files), Strike("file_not_listed", 1)), own_account=True,
        ),
        Case("download: shorter than it should be", (Strike("short_content", 0.5, 1),), own_account=True),
        Case("download: cut", (Strike("truncated_content", None, 1),), own_account=True),
        Case("download: slow", (Strike("slow_stream", 1, 1, "files.content"),), own_account=True),
        Case("download: gone", (Strike("file_gone"),), {"missing": 10}, own_account=True),
        Case("batch vanished", (Strike("vanished_batch"),), {"missing": 10}),
        Case("batch vanished for a moment", (Strike("vanished_batch", None, 3),)),
    ]  # fmt: skip
