"""How a batch can end, and what its files can hold."""

from collections.abc import Callable

from generation import advance
from generation.models import JobStatus, StrayLine
from tests.faults.case import Case, Strike, Trial
from tests.faults.wire import cancel_it

GOOD = {"succeeded": 10}


def result_cases() -> list[Case]:
    """Ends of batches, lines, contents."""
    return [*_ends(), *_lines(), *_contents()]


def _bound(name: str, value: object = None) -> tuple[Strike, ...]:
    """A fault of the first batch only: what is tried again goes into a batch without it."""
    return (Strike(name, value, 1),)


def _ends() -> list[Case]:
    partly = {"succeeded": 4, "cancelled": 6}
    stuck = (*_bound("stuck_in_progress", 4), *_bound("stuck_cancelling"))
    return [
        Case("no room at the provider", _bound("token_limit_exceeded"), batches=2),
        Case("too many enqueued requests", _bound("request_limit_exceeded"), batches=2),
        Case("two models in a file", _bound("mismatched_model", 2), {"failed": 10}),
        Case("the provider fails the batch", _bound("failed_batch", "strange"), {"failed": 10}),
        Case("expired after four", _bound("expired_partial", 4), batches=2),
        Case("cancelled by somebody else after four", _bound("cancelled_partial", 4), partly),
        Case("cancelled at once", _bound("stuck_validating"), {"cancelled": 10}, during=cancel_early, end="cancelled"),
        Case("cancelled in progress", _bound("stuck_in_progress", 4), partly, during=cancel_it, end="cancelled"),
        Case("cancelled while finalizing", _bound("stuck_finalizing"), GOOD, during=cancel_late, end="cancelled"),
        Case("stuck while it is cancelled", stuck, partly, during=cancel_and_end, end="cancelled"),
        Case("finished in direct mode", _bound("stuck_in_progress", 4), during=finish_directly),
        Case("an unknown status", _bound("unknown_status", "paused"), during=push("paused")),
        Case("an unknown status, one of ours", _bound("unknown_status", "uploaded"), during=push("provider: uploaded")),
        Case('an empty string for "no error file"', _bound("empty_error_file_id")),
        Case('an empty string for "no output"', (*_bound("empty_output_file_id"), *_bound("all_failed")), batches=2),
        Case("counts that lie", (*_bound("lying_counts"), *_bound("request_400", 3)), {"succeeded": 7, "failed": 3}),
        Case("no counts", _bound("null_counts")),
        Case("no usage", _bound("no_usage")),
    ]


def _lines() -> list[Case]:
    failed, two = {"succeeded": 8, "failed": 2}, 2
    return [
        Case("all failed with 500", _bound("all_failed"), batches=2),
        Case("status_code 0", _bound("status_code_0", two), batches=2),
        Case("400 of two requests", _bound("request_400", two), failed),
        Case("429 of two requests", _bound("request_429", two), batches=2),
        Case("500 of two requests", _bound("request_500", two), batches=2),
        Case("request_timeout of two", _bound("request_timeout", two), batches=2),
        Case("integer error codes", _bound("integer_error_code", two), failed),
        Case("failures in the output file", _bound("error_in_output", two), failed),
        Case("broken lines", _bound("invalid_json_line", two), {"succeeded": 8, "invalid": 2}),
        Case("lines without ids", _bound("missing_custom_id", two), {"succeeded": 8, "missing": 2}, also=strays(2)),
        Case("repeated lines", _bound("duplicate_custom_id", two), also=strays(2)),
        Case("unknown lines", _bound("unknown_custom_id", two), also=strays(2)),
        Case("missing lines", _bound("missing_lines", two), {"succeeded": 8, "missing": 2}),
        Case("blank lines", _bound("blank_lines", two), also=strays(0)),
        Case("lines that are no objects", _bound("non_object_line", two), also=strays(8)),
        Case("bodies that are strings", _bound("string_body", two)),
        Case("200 with a null body", _bound("null_body", two), {"succeeded": 8, "invalid": 2}),
    ]


def _contents() -> list[Case]:
    invalid = {"succeeded": 8, "invalid": 2}
    cases = [
        Case(f"content: {name}", _bound(name, 2), invalid)
        for name in ("refusal", "length", "content_filter", "empty_content")
    ]
    kept = ("u2028", "json_fence", "broken_json_text", "cached")
    cases += [Case(f"content: {name}", _bound(name, 2)) for name in kept]
    for name in ("split_messages", "commentary", "output_text_only", "refusal", "length"):
        expect = invalid if name in ("refusal", "length") else GOOD
        cases.append(Case(f"responses: {name}", _bound(name, 2), expect, endpoint="/v1/responses"))
    return cases


def cancel_early(trial: Trial) -> None:
    """Cancel before the provider has begun."""
    if trial.job.status == JobStatus.VALIDATING and trial.once("cancel"):
        advance.cancel_run(trial.run, "faults")


def cancel_late(trial: Trial) -> None:
    """Cancel when the answers are there already."""
    if trial.job.status == JobStatus.FINALIZING and trial.once("cancel"):
        advance.cancel_run(trial.run, "faults")


def cancel_and_end(trial: Trial) -> None:
    """Cancel, and let a batch that hangs in `cancelling` go."""
    job = trial.job
    cancel_it(trial)
    if job.status == JobStatus.CANCELLING and trial.once("end"):
        trial.sandbox.advance(job.remote_batch_id, "cancelled")


def finish_directly(trial: Trial) -> None:
    """Ask for the rest in direct mode while the batch hangs."""
    if trial.job.status == JobStatus.IN_PROGRESS and trial.once("direct"):
        advance.finish_in_direct(trial.run, "faults")


def push(status: str) -> Callable[[Trial], None]:
    """Let a batch go on that keeps a strange status."""

    def during(trial: Trial) -> None:
        job = trial.job
        if job.status == status and trial.once("push"):
            trial.sandbox.advance(job.remote_batch_id)

    return during


def strays(count: int) -> Callable[[Trial], list[str]]:
    """So many lines are set aside and shown."""

    def also(trial: Trial) -> list[str]:
        found = StrayLine.objects.filter(batch_job__run=trial.run).count()
        return [] if found == count else [f"{found} lines set aside instead of {count}"]

    return also
