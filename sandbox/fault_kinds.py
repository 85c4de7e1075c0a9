"""The faults that can be switched on, one line each."""

from dataclasses import dataclass

PROVIDER_OPS = (
    "files.create",
    "files.retrieve",
    "files.content",
    "files.list",
    "files.delete",
    "batches.create",
    "batches.retrieve",
    "batches.list",
    "batches.cancel",
    "chat.completions",
    "responses",
    "models.list",
    "models.retrieve",
)
MODEL_OPS = ("chat.completions", "responses")


@dataclass(frozen=True)
class Kind:
    """`place` is where the fault strikes; `ops` are the calls it strikes unless its match names others."""

    name: str
    place: str
    help: str
    ops: tuple[str, ...] = ()
    default: str = ""


def _kinds(place: str, lines: str, ops: tuple[str, ...] = (), default: str = "") -> list[Kind]:
    pairs = (line.split(": ", 1) for line in lines.strip().splitlines())
    return [Kind(name, place, text, ops, default) for name, text in pairs]


# before: instead of the call's effect. after: once the effect is committed.
BEFORE = """
rate_limited: 429 with Retry-After of VALUE: seconds (1, 121), milliseconds (20ms), or `date`
insufficient_quota: 429 with code insufficient_quota
flex_unavailable: 429 resource unavailable, for requests with service_tier flex
error_status: an error answer with status VALUE and no effect (default 500)
error_500: 500 server_error without effect
error_503: 503 without effect
html_502: 502 with an HTML page, without effect
drop_before: the connection is closed before anything was done
timeout_before: no answer for VALUE seconds and no effect
"""
AFTER = """
error_500_after: 500 although the effect is committed
html_502_after: 502 with an HTML page although the effect is committed
html_200: 200 with an HTML page although the effect is committed
bad_json_200: 200 with JSON that breaks off although the effect is committed
drop_after: the connection is closed after the effect, without an answer
drop_in_answer: the connection breaks in the middle of the answer, after the effect
timeout_after: the effect is committed, then no answer for VALUE seconds
slow_stream: the answer's body takes VALUE seconds
latency: the answer waits VALUE seconds after its effect
"""
CREATE = """
file_not_visible: 400 Cannot find file ... although the file exists
batch_creation_limit: 429 once VALUE batches were created within an hour (default: at once)
create_token_limit: 429 at create for enqueued tokens
"""
BATCH = """
token_limit_exceeded: the batch fails with token_limit_exceeded (VALUE: only above so many enqueued tokens)
request_limit_exceeded: the batch fails with the enqueued request limit
mismatched_model: the batch fails with mismatched_model on VALUE lines
failed_batch: the batch fails with code VALUE
stuck_validating: the batch stays in validating
stuck_in_progress: the batch stays in in_progress (VALUE requests done)
stuck_finalizing: the batch stays in finalizing
stuck_cancelling: the batch stays in cancelling
expired_partial: the batch expires after VALUE requests
cancelled_partial: the batch is cancelled, as if by somebody else, after VALUE requests
empty_error_file_id: error_file_id is "" where it would be null
empty_output_file_id: output_file_id is "" where it would be null
lying_counts: request_counts say that everything succeeded
null_counts: request_counts are null
no_usage: the batch has no usage
unknown_status: the batch takes the status VALUE and keeps it
"""
LINES = """
all_failed: every request of the batch fails with a 500, the batch is completed
status_code_0: lines with status_code 0 and an empty body in the error file
request_400: requests refused with 400 context_length_exceeded
request_429: requests refused with 429 rate_limit_exceeded
request_500: requests failed with 500 server_error
request_timeout: requests with error code request_timeout
integer_error_code: requests refused with an integer as error code
invalid_json_line: output lines that break off
missing_custom_id: output lines without custom_id
duplicate_custom_id: output lines that come twice, with different ids
unknown_custom_id: additional output lines with a custom_id that nobody asked for
missing_lines: requests that appear in neither file
blank_lines: blank lines beside output lines
non_object_line: output lines that are JSON but no object, beside the true ones
string_body: response.body is a string of JSON
null_body: status 200 with a null body
error_in_output: failed requests whose line stands in the output file
"""
CONTENT = """
refusal: the model refuses
length: the text breaks off at the token limit
content_filter: the text breaks off in the content filter
empty_content: empty text with finish stop
u2028: the text holds U+2028 and U+0085
json_fence: the text is wrapped in a JSON code fence
schema_violation: JSON that does not fit the schema
broken_json_text: the text breaks off although its finish is stop
split_messages: responses: a fragment as its own message before the full one
commentary: responses: a commentary message before the final answer
output_text_only: responses: no output items, only output_text
"""
WEBHOOKS = """
webhook_missing: no event is sent
webhook_duplicate: every event is sent VALUE times with the same webhook-id (default 2)
webhook_storm: every event is sent VALUE times with different ids (default 20)
webhook_old: the event's timestamp is VALUE seconds old (default 600)
webhook_forged: the signature is wrong
webhook_unknown_type: the event has a type that nobody knows
webhook_out_of_order: an event of the batch's past arrives after its last one
"""

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        *_kinds("before", BEFORE),
        *_kinds("after", AFTER),
        *_kinds("create", CREATE, ("batches.create",)),
        *_kinds("batch", BATCH),
        *_kinds("line", LINES, (), "1"),
        *_kinds("content", CONTENT, (), "1"),
        *_kinds("webhook", WEBHOOKS),
        # These strike other calls than the rest of their place.
        Kind("truncated_content", "after", "the download ends before its Content-Length", ("files.content",)),
        Kind("file_gone", "before", "404 for the file", ("files.retrieve", "files.content")),
        Kind("vanished_batch", "before", "404 for the batch", ("batches.retrieve", "batches.cancel")),
        Kind("invisible_in_list", "list", "batches younger than VALUE seconds (default: all) are not listed"),
        Kind("file_not_listed", "list", "files younger than VALUE seconds (default: all) are not listed"),
        Kind(
            "short_content",
            "content-size",
            "the download is cut to VALUE of its length (default 0.5), with a fitting header",
        ),
        Kind("list_ignores_after", "list", "batches.list begins anew whatever `after` says"),
        Kind("max_file_bytes", "upload", "batch files above VALUE bytes are too large"),
        Kind("max_requests", "batch", "batches above VALUE requests are too large"),
        Kind("cached", "usage", "VALUE prompt tokens of each answer count as cached"),
    )
}


def listing() -> str:
    """What `--list-faults` prints."""
    kinds = sorted(KINDS.values(), key=lambda kind: kind.name)
    return "\n".join(f"{kind.name:22} {kind.place:8} {kind.help}" for kind in kinds)
