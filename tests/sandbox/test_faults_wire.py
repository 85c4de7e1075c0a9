"""Each fault of a call, seen on the wire."""

import http.client
import json
import time
from email.utils import parsedate_to_datetime

import pytest

from tests.sandbox.raw import CHAT, RESPONSES, Like, chat_line, jsonl

CONTENT = jsonl([chat_line()])
ASK = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello"}]}
BROKEN = (http.client.RemoteDisconnected, http.client.IncompleteRead, ConnectionError)
OPS = (
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
)


class Calls:
    """One call of every operation, on a file and a batch that exist."""

    def __init__(self, api, sandbox):
        self.api = api
        self.file = api.upload(CONTENT).json["id"]
        sandbox.faults("stuck_validating")
        self.batch = api.create(self.file).json["id"]
        sandbox.clear_faults()

    def __call__(self, op, timeout=20.0):
        get = {
            "files.retrieve": f"/v1/files/{self.file}",
            "files.content": f"/v1/files/{self.file}/content",
            "files.list": "/v1/files",
            "batches.retrieve": f"/v1/batches/{self.batch}",
            "batches.list": "/v1/batches",
            "models.list": "/v1/models",
        }
        if op in get:
            return self.api.call("GET", get[op], timeout=timeout)
        if op == "files.create":
            return self.api.upload(CONTENT)
        if op == "files.delete":
            return self.api.call("DELETE", f"/v1/files/{self.file}")
        asked = {"input_file_id": self.file, "endpoint": CHAT, "completion_window": "24h"}
        post = {
            "batches.create": ("/v1/batches", asked),
            "batches.cancel": (f"/v1/batches/{self.batch}/cancel", b""),
            "chat.completions": (CHAT, ASK),
            "responses": (RESPONSES, {"model": "gpt-5.4", "input": "Hello"}),
        }
        path, body = post[op]
        return self.api.call("POST", path, body, timeout=timeout)


@pytest.fixture
def calls(api, sandbox):
    return Calls(api, sandbox)


def creates(sandbox):
    return len(sandbox.log()["creates"]) - 1


@pytest.mark.parametrize("op", OPS)
def test_dropped_before_any_effect(calls, sandbox, op):
    sandbox.faults("drop_before", match=op)
    with pytest.raises(BROKEN):
        calls(op)
    assert creates(sandbox) == 0
    sandbox.clear_faults()
    assert calls(op).status == 200


@pytest.mark.parametrize("fault", ["drop_after", "drop_in_answer"])
@pytest.mark.parametrize("op", OPS)
def test_dropped_after_the_effect(calls, sandbox, op, fault):
    sandbox.faults(fault, match=op, count=1)
    with pytest.raises(BROKEN):
        calls(op)
    [call] = [call for call in sandbox.calls(op) if call["fault"] == fault]
    assert call["op"] == op
    assert creates(sandbox) == (op == "batches.create")
    files = len(calls.api.get("/v1/files?purpose=batch").json["data"])
    assert files == {"files.create": 2, "files.delete": 0}.get(op, 1)
    cancelled = calls.api.batch(calls.batch)["cancelling_at"] is not None
    assert cancelled == (op == "batches.cancel")


def test_in_answer_means_that_half_of_it_came(calls, sandbox):
    sandbox.faults("drop_in_answer", match="chat.completions")
    with pytest.raises(http.client.IncompleteRead) as caught:
        calls("chat.completions")
    assert caught.value.partial.startswith(b'{"id": "chatcmpl-')


@pytest.mark.parametrize("op", OPS)
def test_error_after_the_effect(calls, sandbox, op):
    sandbox.faults("error_500_after", match=op, count=1)
    answer = calls(op)
    assert (answer.status, answer.error["type"]) == (500, "server_error")
    assert creates(sandbox) == (op == "batches.create")


def test_html_after_the_effect(calls, sandbox):
    sandbox.faults("html_502_after", match="batches.create", count=1)
    answer = calls("batches.create")
    assert (answer.status, answer.raw[:6], creates(sandbox)) == (502, b"<html>", 1)


@pytest.mark.parametrize(("fault", "effect"), [("timeout_after", 1), ("timeout_before", 0)])
def test_time_out(calls, sandbox, fault, effect):
    sandbox.faults(fault, match="batches.create", count=1)
    with pytest.raises(TimeoutError):
        calls("batches.create", timeout=0.3)
    assert creates(sandbox) == effect
    assert calls("batches.create").status == 200
    assert creates(sandbox) == effect + 1


def test_time_out_may_end_with_the_answer(calls, sandbox):
    sandbox.faults("timeout_after", 0.2, match="batches.*")
    began = time.monotonic()
    assert calls("batches.retrieve").json["id"] == calls.batch
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize("op", OPS)
def test_html_in_a_200(calls, sandbox, op):
    sandbox.faults("html_200", match=op)
    answer = calls(op)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.raw.startswith(b"<html>")
    assert creates(sandbox) == (op == "batches.create")


def test_bad_json_in_a_200(calls, sandbox):
    sandbox.faults("bad_json_200", match="batches.create")
    answer = calls("batches.create")
    assert (answer.status, answer.headers["content-type"], creates(sandbox)) == (200, "application/json", 1)
    with pytest.raises(json.JSONDecodeError):
        answer.json  # noqa: B018


@pytest.mark.parametrize(
    ("fault", "value", "status", "kind", "code"),
    [
        ("error_500", None, 500, "server_error", None),
        ("error_503", None, 503, "server_error", None),
        ("error_status", 403, 403, "server_error", None),
        ("insufficient_quota", None, 429, "insufficient_quota", "insufficient_quota"),
        ("rate_limited", 1, 429, "requests", "rate_limit_exceeded"),
    ],
)
def test_errors_without_effect(calls, sandbox, fault, value, status, kind, code):
    sandbox.faults(fault, value)
    answer = calls("batches.create")
    assert answer.status == status
    assert answer.json == {"error": {"message": Like(".+"), "type": kind, "param": None, "code": code}}
    assert creates(sandbox) == 0


def test_html_502_without_effect(calls, sandbox):
    sandbox.faults("html_502")
    answer = calls("batches.create")
    assert (answer.status, answer.raw[:6], creates(sandbox)) == (502, b"<html>", 0)


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        (1, {"retry-after": "1", "retry-after-ms": None}),
        (121, {"retry-after": "121", "retry-after-ms": None}),
        ("20ms", {"retry-after": None, "retry-after-ms": "20"}),
    ],
)
def test_forms_of_retry_after(calls, sandbox, value, headers):
    sandbox.faults("rate_limited", value, match="batches.create")
    got = calls("batches.create").headers
    assert {name: got.get(name) for name in headers} == headers


def test_retry_after_as_a_date(calls, sandbox):
    sandbox.faults("rate_limited", "date")
    moment = parsedate_to_datetime(calls("files.list").headers["retry-after"]).timestamp()
    assert 0 <= moment - time.time() <= 3


def test_flex_unavailable_strikes_flex_only(api, sandbox):
    sandbox.faults("flex_unavailable")
    answer = api.post(CHAT, {**ASK, "service_tier": "flex"})
    assert (answer.status, answer.error["code"]) == (429, "resource_unavailable")
    assert api.post(CHAT, ASK).status == 200


def test_truncated_content(calls, sandbox):
    sandbox.faults("truncated_content", count=1)
    assert calls("files.retrieve").status == 200
    with pytest.raises(http.client.IncompleteRead) as caught:
        calls("files.content")
    assert 0 < len(caught.value.partial) < len(CONTENT)
    assert calls("files.content").raw == CONTENT


@pytest.mark.parametrize("fault", ["slow_stream", "latency"])
def test_slow_answers(calls, sandbox, fault):
    sandbox.faults(fault, 0.3, match="files.content")
    began = time.monotonic()
    assert calls("files.content").raw == CONTENT
    assert time.monotonic() - began >= 0.25


def test_file_not_yet_visible(calls, sandbox):
    sandbox.faults("file_not_visible", count=2)
    for _ in range(2):
        answer = calls("batches.create")
        assert answer.status == 400
        assert answer.error == {
            "message": f"Cannot find file {calls.file}, or project proj_sandbox does not have access to it.",
            "type": "invalid_request_error",
            "param": "file_id",
            "code": None,
        }
    assert creates(sandbox) == 0
    assert calls("batches.create").status == 200


def test_creation_limits(calls, sandbox):
    sandbox.faults("batch_creation_limit", 2)
    assert [calls("batches.create").status for _ in range(3)] == [200, 429, 429]
    sandbox.set_clock(3700)
    assert calls("batches.create").status == 200
    sandbox.clear_faults()
    sandbox.faults("create_token_limit", count=1)
    assert calls("batches.create").error["code"] == "token_limit_exceeded"


def test_gone_file_and_vanished_batch(calls, sandbox):
    sandbox.faults("file_gone", match={"path": f"*{calls.file}*"})
    assert [calls(op).status for op in ("files.retrieve", "files.content", "files.list")] == [404, 404, 200]
    sandbox.faults("vanished_batch")
    assert [calls(op).status for op in ("batches.retrieve", "batches.cancel", "batches.create")] == [404, 404, 200]
    assert calls("batches.list").json["data"] == []


def test_lists_that_lie(calls, sandbox):
    second = calls("batches.create").json["id"]
    sandbox.faults("list_ignores_after")
    page = calls.api.get(f"/v1/batches?after={second}&limit=1").json
    assert (page["data"][0]["id"], page["has_more"]) == (second, True)
    sandbox.faults("invisible_in_list", 60)
    assert calls("batches.list").json["data"] == []
    sandbox.set_clock(70)
    assert len(calls("batches.list").json["data"]) == 2


def test_content_that_is_short_without_a_sign(calls, sandbox):
    sandbox.faults("short_content", count=1)
    assert calls("files.content").raw == CONTENT[: len(CONTENT) // 2]
    assert calls("files.content").raw == CONTENT


def test_files_that_are_not_listed_yet(calls, sandbox):
    sandbox.faults("file_not_listed", 60)
    assert calls("files.list").json["data"] == []
    assert calls("files.retrieve").status == 200
    sandbox.set_clock(70)
    assert [file["id"] for file in calls("files.list").json["data"]] == [calls.file]


def test_a_batch_can_be_hidden_by_its_metadata(calls, sandbox):
    hidden = calls.api.create(calls.file, metadata={"key": "k-1"}).json["id"]
    sandbox.faults("invisible_in_list", match={"metadata": {"key": "k-*"}})
    assert [batch["id"] for batch in calls("batches.list").json["data"]] == [calls.batch]
    assert calls.api.batch(hidden)["id"] == hidden


def test_faults_count_match_and_clear(calls, sandbox):
    sandbox.faults("error_500", count=2, match="batches.retrieve")
    assert [calls("batches.retrieve").status for _ in range(3)] == [500, 500, 200]
    sandbox.faults("error_503", match="/v1/files/*")
    assert [calls(op).status for op in ("files.retrieve", "files.list")] == [503, 200]
    sandbox.clear_faults("error_503")
    assert calls("files.retrieve").status == 200
    sandbox.faults("error_500", match={"metadata": {"key": "k-1"}})
    assert calls.api.create(calls.file, metadata={"key": "k-2"}).status == 200
    assert calls.api.create(calls.file, metadata={"key": "k-1"}).status == 500
