"""Each fault of a batch, its result files and its answers, seen on the wire."""

import json

import pytest

from sandbox.fault_kinds import KINDS
from tests.sandbox.raw import CHAT, RESPONSES, Like, chat_line

LINES = [chat_line(f"r-{number}") for number in range(10)]
IDS = {line["custom_id"] for line in LINES}
AGAIN = "Please try again once some in_progress batches have been completed."


def responses_lines(**changes):
    body = {"model": "gpt-4.1-mini", "input": "Say something", **changes}
    return [{"custom_id": f"r-{n}", "method": "POST", "url": RESPONSES, "body": body} for n in range(10)]


def ids(lines):
    return [line["custom_id"] for line in lines]


@pytest.mark.parametrize("unit", ["token", "request"])
def test_enqueued_limits(api, sandbox, unit):
    sandbox.faults(f"{unit}_limit_exceeded", 0)
    batch = api.run(LINES)
    assert batch["status"] == "failed"
    message = (
        f"Enqueued {unit} limit reached for gpt-4o-mini in organization org-sandbox. Limit: 0 enqueued {unit}s. {AGAIN}"
    )
    code = f"{unit}_limit_exceeded"
    assert batch["errors"]["data"] == [{"code": code, "line": None, "message": message, "param": None}]


def test_token_limit_counts_what_is_open(api, sandbox):
    sandbox.faults("token_limit_exceeded", 200)
    sandbox.faults("stuck_in_progress")
    first = api.start(LINES)
    assert api.wait(first, "in_progress")
    assert api.run(LINES)["errors"]["data"][0]["code"] == "token_limit_exceeded"
    sandbox.advance(first)
    sandbox.clear_faults("stuck_in_progress")
    assert api.run(LINES)["status"] == "completed"


def test_failing_by_order(api, sandbox):
    sandbox.faults("mismatched_model", 2)
    found = [(entry["code"], entry["line"], entry["param"]) for entry in api.run(LINES)["errors"]["data"]]
    assert found == [("mismatched_model", 1, "body.model"), ("mismatched_model", 2, "body.model")]
    sandbox.clear_faults()
    sandbox.faults("failed_batch", "strange_code")
    assert api.run(LINES)["errors"]["data"][0]["code"] == "strange_code"


@pytest.mark.parametrize("status", ["validating", "in_progress", "finalizing"])
def test_stuck_until_advanced(api, sandbox, status):
    sandbox.faults(f"stuck_{status}")
    ident = api.start(LINES)
    api.wait(ident, status)
    assert api.batch(ident)["status"] == status
    assert sandbox.advance(ident) == {ident: "completed"}
    assert len(api.output(api.batch(ident))) == 10


def test_stuck_cancelling(api, sandbox):
    sandbox.faults("stuck_cancelling")
    sandbox.faults("stuck_in_progress", 0)
    ident = api.start(LINES)
    api.wait(ident, "in_progress")
    api.post(f"/v1/batches/{ident}/cancel")
    assert api.batch(ident)["status"] == "cancelling"
    assert sandbox.advance(ident) == {ident: "cancelled"}


@pytest.mark.parametrize(("fault", "status"), [("expired_partial", "expired"), ("cancelled_partial", "cancelled")])
@pytest.mark.parametrize("done", [0, 4, 10])
def test_partial_results(api, sandbox, fault, status, done):
    sandbox.faults(fault, done)
    batch = api.run(LINES)
    assert batch["status"] == status
    assert batch["request_counts"] == {"total": 10, "completed": done, "failed": 0}
    output, errors = ids(api.output(batch)), ids(api.errors(batch))
    assert (len(output), set(output + errors)) == (done, IDS)
    assert bool(batch["output_file_id"]) == (done > 0)
    assert bool(batch["error_file_id"]) == (done < 10)


def test_empty_strings_for_ids(api, sandbox):
    sandbox.faults("empty_error_file_id")
    assert api.run(LINES)["error_file_id"] == ""
    sandbox.faults("all_failed")
    sandbox.faults("empty_output_file_id")
    batch = api.run(LINES)
    assert (batch["output_file_id"], batch["error_file_id"]) == ("", Like("file-.+"))


def test_all_failed_is_completed(api, sandbox):
    sandbox.faults("all_failed")
    batch = api.run(LINES)
    assert (batch["status"], batch["output_file_id"]) == ("completed", None)
    assert batch["request_counts"] == {"total": 10, "completed": 0, "failed": 10}
    assert batch["usage"]["total_tokens"] == 0
    assert {line["response"]["status_code"] for line in api.errors(batch)} == {500}


def test_counts_and_usage_that_lie(api, sandbox):
    sandbox.faults("lying_counts")
    sandbox.faults("request_500", 4)
    sandbox.faults("no_usage")
    batch = api.run(LINES)
    assert (batch["request_counts"], batch["usage"]) == ({"total": 10, "completed": 10, "failed": 0}, None)
    assert len(api.errors(batch)) == 4
    sandbox.faults("null_counts")
    assert api.run(LINES)["request_counts"] is None


def test_unknown_status(api, sandbox):
    sandbox.faults("unknown_status", "napping")
    ident = api.start(LINES)
    assert api.wait(ident, "napping")["in_progress_at"]
    assert sandbox.advance(ident) == {ident: "completed"}


def failed_line(status, code):
    body = {"error": {"message": Like(".+"), "type": Like(".+"), "param": Like(".*"), "code": code}}
    return {"status_code": status, "request_id": Like("req_.+"), "body": body}


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("request_400", 400, "context_length_exceeded"),
        ("request_429", 429, "rate_limit_exceeded"),
        ("request_500", 500, None),
        ("integer_error_code", 400, 400),
    ],
)
def test_failed_requests(api, sandbox, fault, status, code):
    sandbox.faults(fault, 3)
    batch = api.run(LINES)
    errors = api.errors(batch)
    assert [line["response"]["status_code"] for line in errors] == [status] * 3
    assert [line["response"]["body"]["error"]["code"] for line in errors] == [code] * 3
    assert [line["error"] for line in errors] == [None] * 3
    assert batch["request_counts"] == {"total": 10, "completed": 7, "failed": 3}
    assert set(ids(errors) + ids(api.output(batch))) == IDS


def test_status_code_zero(api, sandbox):
    sandbox.faults("status_code_0")
    [line] = api.errors(api.run(LINES))
    assert line == {
        "id": Like("batch_req_[0-9a-f]{32}"),
        "custom_id": Like(r"r-\d"),
        "response": {"status_code": 0, "request_id": "", "body": {}},
        "error": None,
    }


def test_request_timeout(api, sandbox):
    sandbox.faults("request_timeout")
    [line] = api.errors(api.run(LINES))
    assert (line["response"], line["error"]["code"]) == (None, "request_timeout")


def test_failure_in_the_output_file(api, sandbox):
    sandbox.faults("error_in_output")
    batch = api.run(LINES)
    assert batch["error_file_id"] is None
    assert sorted(line["response"]["status_code"] for line in api.output(batch)) == [200] * 9 + [400]


def raw_lines(api, batch):
    return api.content(batch["output_file_id"]).removesuffix(b"\n").split(b"\n")


def test_lines_that_break_off_but_show_their_id(api, sandbox):
    sandbox.faults("invalid_json_line", 2)
    raw = raw_lines(api, api.run(LINES))
    broken = [line for line in raw if not line.endswith(b"}")]
    assert (len(raw), len(broken)) == (10, 2)
    assert all(b'"custom_id": "r-' in line for line in broken)


def test_lines_without_or_with_foreign_ids(api, sandbox):
    sandbox.faults("missing_custom_id")
    output = api.output(api.run(LINES))
    assert (len(output), sum("custom_id" not in line for line in output)) == (10, 1)
    sandbox.clear_faults()
    sandbox.faults("unknown_custom_id", 2)
    output = ids(api.output(api.run(LINES)))
    assert (len(output), len(set(output) - IDS), set(output) >= IDS) == (12, 2, True)


def test_repeated_and_missing_lines(api, sandbox):
    sandbox.faults("duplicate_custom_id", 2)
    output = api.output(api.run(LINES))
    assert (len(output), len(set(ids(output))), len({line["id"] for line in output})) == (12, 10, 12)
    sandbox.clear_faults()
    sandbox.faults("missing_lines", 3)
    batch = api.run(LINES)
    assert (len(api.output(batch)), batch["error_file_id"]) == (7, None)


def test_blank_lines_and_lines_that_are_no_objects(api, sandbox):
    sandbox.faults("blank_lines")
    raw = raw_lines(api, api.run(LINES))
    assert (len(raw), raw.count(b""), raw.count(b"   ")) == (12, 1, 1)
    sandbox.clear_faults()
    sandbox.faults("non_object_line")
    output = api.output(api.run(LINES))
    assert [line for line in output if not isinstance(line, dict)] == ["text", 42, [], None]
    assert len(output) == 14


def test_odd_bodies(api, sandbox):
    sandbox.faults("string_body")
    bodies = [line["response"]["body"] for line in api.output(api.run(LINES))]
    [text] = [body for body in bodies if isinstance(body, str)]
    assert json.loads(text)["object"] == "chat.completion"
    sandbox.clear_faults()
    sandbox.faults("null_body")
    assert [line["response"]["body"] for line in api.output(api.run(LINES))].count(None) == 1


def choices(api, batch):
    return [line["response"]["body"]["choices"][0] for line in api.output(batch)]


@pytest.mark.parametrize(
    ("fault", "finish", "content", "refusal"),
    [
        ("refusal", "stop", None, Like(".+")),
        ("length", "length", Like("(?s).+"), None),
        ("content_filter", "content_filter", Like("(?s).+"), None),
        ("empty_content", "stop", "", None),
        ("u2028", "stop", Like("(?s).*\u2028.*\u0085.*"), None),
        ("json_fence", "stop", Like("(?s)Here is the result:\n```json\n.*\n```"), None),
        ("schema_violation", "stop", '{"unexpected": [1, 2, 3]}', None),
    ],
)
def test_bent_chat_answers(api, sandbox, fault, finish, content, refusal):
    sandbox.faults(fault, "all")
    for choice in choices(api, api.run(LINES)):
        assert choice["finish_reason"] == finish
        assert (choice["message"]["content"], choice["message"]["refusal"]) == (content, refusal)


def test_u2028_is_not_escaped(api, sandbox):
    sandbox.faults("u2028")
    assert "\u2028".encode() in api.content(api.run(LINES)["output_file_id"])


def test_text_that_breaks_off_unseen(api, sandbox):
    ask = {
        "type": "json_schema",
        "json_schema": {"name": "x", "schema": {"type": "object", "properties": {"a": {"type": "string"}}}},
    }
    sandbox.faults("broken_json_text")
    [choice] = choices(api, api.run([chat_line(response_format=ask)]))
    assert choice["finish_reason"] == "stop"
    with pytest.raises(json.JSONDecodeError):
        json.loads(choice["message"]["content"])


def bodies(api, sandbox, fault):
    sandbox.faults(fault, "all")
    batch = api.run(responses_lines(), endpoint=RESPONSES)
    return [line["response"]["body"] for line in api.output(batch)]


def test_bent_responses(api, sandbox):
    for body in bodies(api, sandbox, "split_messages"):
        first, second = (item["content"][0]["text"] for item in body["output"])
        assert second.startswith(first)
        assert len(second) > len(first)
    sandbox.clear_faults()
    for body in bodies(api, sandbox, "commentary"):
        assert [item["phase"] for item in body["output"]] == ["commentary", "final_answer"]
    sandbox.clear_faults()
    for body in bodies(api, sandbox, "output_text_only"):
        assert (body["output"], body["output_text"]) == ([], Like("(?s).{20,}"))


@pytest.mark.parametrize(
    ("fault", "status", "reason"),
    [("length", "incomplete", "max_output_tokens"), ("content_filter", "incomplete", "content_filter")],
)
def test_incomplete_responses(api, sandbox, fault, status, reason):
    for body in bodies(api, sandbox, fault):
        assert (body["status"], body["incomplete_details"]) == (status, {"reason": reason})


def test_refused_responses(api, sandbox):
    for body in bodies(api, sandbox, "refusal"):
        assert [part["type"] for part in body["output"][0]["content"]] == ["refusal"]
        assert body["status"] == "completed"


def test_cached_tokens(api, sandbox):
    sandbox.faults("cached", 5)
    batch = api.run(LINES)
    assert batch["usage"]["input_tokens_details"] == {"cached_tokens": 50}
    body = {"model": "gpt-5.4", "input": "Hello there, how are you?"}
    assert api.post(RESPONSES, body).json["usage"]["input_tokens_details"]["cached_tokens"] == 5


def test_faults_of_the_content_strike_direct_calls(api, sandbox):
    ask = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello"}]}
    sandbox.faults("refusal", count=1, match="chat.completions")
    assert api.post(CHAT, ask).json["choices"][0]["message"]["content"] is None
    assert api.post(CHAT, ask).json["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    ("value", "match", "struck"),
    [(None, "r-[1-3]", {"r-1", "r-2", "r-3"}), (2, "r-[1-3]", 2), ("0.5", None, 5), ("all", None, 10), (None, None, 1)],
)
def test_how_many_lines_are_struck(api, sandbox, value, match, struck):
    sandbox.faults("request_429", value, match=match)
    errors = set(ids(api.errors(api.run(LINES))))
    assert (errors if isinstance(struck, set) else len(errors)) == struck


def test_a_mix_strikes_different_lines_and_only_the_batches_meant(api, sandbox):
    for fault in ("refusal", "status_code_0", "missing_lines", "duplicate_custom_id"):
        sandbox.faults(fault, 2, count=1, match={"metadata": {"key": "k-1"}})
    clean = api.run(LINES)
    assert len(api.output(clean)) == 10
    mixed = api.run(LINES, metadata={"key": "k-1"})
    assert (len(api.output(mixed)), len(api.errors(mixed))) == (8, 2)
    assert len(api.output(api.run(LINES, metadata={"key": "k-1"}))) == 10


def test_every_fault_is_named_in_a_test(pytestconfig):
    folder = pytestconfig.rootpath / "tests" / "sandbox"
    text = (
        "".join(path.read_text() for path in folder.glob("test_*.py"))
        + "stuck_validating stuck_in_progress stuck_finalizing"
    )
    text += "token_limit_exceeded request_limit_exceeded"
    assert [name for name in KINDS if name not in text] == []
