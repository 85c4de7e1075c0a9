"""Errors that appear after the batch was created, with their lines."""

import pytest

from tests.sandbox.raw import RESPONSES, Near, chat_line, jsonl

GOOD = chat_line("good")


def without(name):
    return {key: value for key, value in chat_line("bad").items() if key != name}


def error(code, message, param, line=2):
    return {"code": code, "line": line, "message": message, "param": param}


@pytest.mark.parametrize("name", ["custom_id", "method", "url", "body"])
def test_missing_field_of_a_line(api, name):
    batch = api.run([GOOD, without(name)])
    expected = error("missing_required_parameter", f"Missing required parameter: '{name}'.", name)
    assert batch["errors"] == {"object": "list", "data": [expected]}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"{broken", error("invalid_json_line", "This line is not parseable as valid JSON.", None)),
        (b'["no object"]', error("invalid_json_line", "This line is not parseable as valid JSON.", None)),
        (b'{"a": NaN}', error("invalid_json_line", "This line is not parseable as valid JSON.", None)),
        (b'{"a": "\xff"}', error("invalid_json_line", "This line is not parseable as valid JSON.", None)),
        (
            {**chat_line("bad"), "url": RESPONSES},
            error("invalid_url", "The URL provided for this request does not match the batch endpoint.", "url"),
        ),
        (
            chat_line("bad", model="no-such-x"),
            error("model_not_found", "The provided model 'no-such-x' is not supported by the Batch API.", "body.model"),
        ),
        (
            chat_line("bad", model="gpt-3.5-turbo"),
            error(
                "model_not_found", "The provided model 'gpt-3.5-turbo' is not supported by the Batch API.", "body.model"
            ),
        ),
        (chat_line("bad", model=None), error("invalid_request", "Model parameter is required.", "body.model")),
        (chat_line("bad", messages=[]), error("invalid_request", "Messages parameter is required.", "body.messages")),
        (
            chat_line("bad", stream=True),
            error(
                "streaming_unsupported",
                "Chat Completions: Streaming is not supported in the Batch API.",
                "body.stream",
            ),
        ),
    ],
)
def test_bad_line(api, line, expected):
    batch = api.run([GOOD, line])
    assert batch["errors"] == {"object": "list", "data": [expected]}


def test_failed_batch_field_by_field(api):
    batch = api.run([GOOD, b"{broken"])
    assert (batch["status"], batch["failed_at"]) == ("failed", Near())
    empty = ("in_progress_at", "finalizing_at", "completed_at", "output_file_id", "error_file_id", "usage", "model")
    assert [batch[name] for name in empty] == [None] * len(empty)
    assert batch["request_counts"] == {"total": 0, "completed": 0, "failed": 0}


def test_mixed_models_and_repeated_ids_name_their_line(api):
    batch = api.run([GOOD, chat_line("other", model="gpt-4o"), GOOD])
    found = [(entry["code"], entry["line"]) for entry in batch["errors"]["data"]]
    assert found == [("mismatched_model", 2), ("duplicate_custom_id", 3)]


def test_line_numbers_count_blank_lines(api):
    batch = api.run([GOOD, b"", b"", b"{broken"])
    assert batch["errors"]["data"][0]["line"] == 4


def test_byte_order_mark_breaks_line_one(api):
    batch = api.run([b"\xef\xbb\xbf" + jsonl([GOOD]).strip()])
    assert batch["errors"]["data"] == [
        error("invalid_json_line", "This line is not parseable as valid JSON.", None, line=1)
    ]


def test_unknown_file(api):
    batch = api.wait(api.create("file-unknown").json["id"])
    message = "Cannot find file file-unknown, or organization org-sandbox does not have access to it."
    assert batch["errors"]["data"] == [error("invalid_request", message, "file_id", line=None)]


def test_file_without_requests(api):
    ident = api.upload(b"\n\n", "notes.txt", "user_data").json["id"]
    batch = api.wait(api.create(ident).json["id"])
    message = "The input file is empty. Please ensure that the batch contains at least one request."
    assert batch["errors"]["data"] == [error("empty_file", message, None, line=None)]


def test_too_many_requests(api, sandbox):
    sandbox.faults("max_requests", 2)
    batch = api.run([chat_line(f"r-{number}") for number in range(3)])
    assert [entry["code"] for entry in batch["errors"]["data"]] == ["too_many_tasks"]


def test_streaming_on_responses_is_named_so(api):
    line = {**chat_line("x"), "url": RESPONSES, "body": {"model": "gpt-5.4", "input": "Hi", "stream": True}}
    batch = api.run([line], endpoint=RESPONSES)
    assert batch["errors"]["data"][0]["message"] == "Responses: Streaming is not supported in the Batch API."


def test_the_list_of_errors_is_cut(api):
    batch = api.run([GOOD, *[b"{broken"] * 300])
    assert len(batch["errors"]["data"]) == 100
