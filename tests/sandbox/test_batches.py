import pytest

from tests.sandbox.raw import CHAT, Api, Like, Near, chat_line, jsonl

LINES = [chat_line(f"r-{number}") for number in range(8)]
ENDPOINTS = (
    "'/v1/responses', '/v1/chat/completions', '/v1/embeddings', '/v1/completions', '/v1/moderations', "
    "'/v1/images/generations', '/v1/images/edits', '/v1/videos'"
)


def test_create_answers_with_every_field_and_nulls(api):
    file_id = api.upload(jsonl(LINES)).json["id"]
    answer = api.create(file_id, metadata={"key": "k-1"})
    assert answer.status == 200
    assert answer.json == {
        "id": Like("batch_[0-9a-f]{32}"),
        "object": "batch",
        "endpoint": CHAT,
        "model": None,
        "errors": None,
        "input_file_id": file_id,
        "completion_window": "24h",
        "status": "validating",
        "output_file_id": None,
        "error_file_id": None,
        "created_at": Near(),
        "in_progress_at": None,
        "expires_at": answer.json["created_at"] + 86400,
        "finalizing_at": None,
        "completed_at": None,
        "failed_at": None,
        "expired_at": None,
        "cancelling_at": None,
        "cancelled_at": None,
        "request_counts": {"total": 0, "completed": 0, "failed": 0},
        "usage": None,
        "metadata": {"key": "k-1"},
    }


def test_completed_batch_field_by_field(api):
    batch = api.run(LINES)
    bodies = [line["response"]["body"]["usage"] for line in api.output(batch)]
    assert batch == {
        "id": Like("batch_[0-9a-f]{32}"),
        "object": "batch",
        "endpoint": CHAT,
        "model": "gpt-4o-mini",
        "errors": None,
        "input_file_id": Like("file-.+"),
        "completion_window": "24h",
        "status": "completed",
        "output_file_id": Like(r"file-[A-Za-z0-9]{22}"),
        "error_file_id": None,
        "created_at": Near(),
        "in_progress_at": Near(),
        "expires_at": Near(86400),
        "finalizing_at": Near(),
        "completed_at": Near(),
        "failed_at": None,
        "expired_at": None,
        "cancelling_at": None,
        "cancelled_at": None,
        "request_counts": {"total": 8, "completed": 8, "failed": 0},
        "usage": {
            "input_tokens": sum(usage["prompt_tokens"] for usage in bodies),
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": sum(usage["completion_tokens"] for usage in bodies),
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": sum(usage["total_tokens"] for usage in bodies),
        },
        "metadata": None,
    }


@pytest.mark.parametrize("field", ["input_file_id", "endpoint", "completion_window"])
def test_a_missing_field_is_refused(api, field):
    answer = api.create(**{"file_id": "file-x", field: None} if field != "input_file_id" else {"file_id": None})
    assert answer.status == 400
    assert answer.json == {
        "error": {
            "message": f"Missing required parameter: '{field}'.",
            "type": "invalid_request_error",
            "param": field,
            "code": "missing_required_parameter",
        }
    }


@pytest.mark.parametrize(
    ("changes", "message", "param", "code"),
    [
        (
            {"endpoint": "/v1/invalid/endpoint"},
            f"Invalid value: '/v1/invalid/endpoint'. Supported values are: {ENDPOINTS}.",
            "endpoint",
            "invalid_value",
        ),
        (
            {"completion_window": "48h"},
            "Invalid value: '48h'. Value must be '24h'.",
            "completion_window",
            "invalid_value",
        ),
        (
            {"metadata": {"tags": ["a"]}},
            "Invalid type for 'metadata.tags': expected a string, but got an array instead.",
            "metadata.tags",
            "invalid_type",
        ),
        (
            {"metadata": {"n": 1}},
            "Invalid type for 'metadata.n': expected a string, but got an integer instead.",
            "metadata.n",
            "invalid_type",
        ),
        ({"metadata": {str(n): "x" for n in range(17)}}, None, "metadata", "object_above_max_properties"),
        ({"metadata": {"k" * 65: "x"}}, None, "metadata", "string_above_max_length"),
        ({"metadata": {"k": "x" * 513}}, None, "metadata.k", "string_above_max_length"),
        (
            {"output_expires_after": {"anchor": "created_at", "seconds": 60}},
            None,
            "output_expires_after.seconds",
            "integer_below_min_value",
        ),
    ],
)
def test_create_refusals(api, sandbox, changes, message, param, code):
    answer = api.create(api.upload(jsonl(LINES)).json["id"], **changes)
    assert answer.status == 400
    error = answer.error
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", param, code)
    assert message in (None, error["message"])
    assert sandbox.log()["creates"] == []


def test_metadata_at_its_bounds_is_accepted(api):
    metadata = {str(number).ljust(64, "k"): "v" * 512 for number in range(16)}
    assert api.create(api.upload(jsonl(LINES)).json["id"], metadata=metadata).json["metadata"] == metadata


def test_a_body_that_is_no_json(api):
    answer = api.post("/v1/batches", b"{oops")
    assert (answer.status, answer.error["type"]) == (400, "invalid_request_error")


def test_statuses_and_counts_while_it_runs(api, sandbox):
    sandbox.faults("stuck_validating")
    ident = api.start(LINES)
    assert api.batch(ident)["request_counts"] == {"total": 0, "completed": 0, "failed": 0}
    assert sandbox.advance(ident, "in_progress", done=3) == {ident: "in_progress"}
    batch = api.batch(ident)
    assert batch["request_counts"] == {"total": 8, "completed": 3, "failed": 0}
    assert (batch["in_progress_at"], batch["finalizing_at"], batch["output_file_id"]) == (Near(), None, None)
    sandbox.advance(ident, "finalizing")
    batch = api.batch(ident)
    assert batch["request_counts"] == {"total": 8, "completed": 8, "failed": 0}
    assert (batch["finalizing_at"], batch["completed_at"], batch["output_file_id"]) == (Near(), None, None)
    assert sandbox.advance(ident) == {ident: "completed"}


def test_list_is_newest_first_and_pages(api):
    idents = [api.start(LINES[:1]) for _ in range(5)]
    for ident in idents:
        api.wait(ident)
    page = api.get("/v1/batches?limit=2").json
    assert page == {
        "object": "list",
        "data": [api.batch(idents[4]), api.batch(idents[3])],
        "first_id": idents[4],
        "last_id": idents[3],
        "has_more": True,
    }
    rest = api.get(f"/v1/batches?after={idents[3]}&limit=3").json
    assert ([batch["id"] for batch in rest["data"]], rest["has_more"]) == (idents[2::-1], False)


@pytest.mark.parametrize("limit", ["0", "101", "many"])
def test_list_limit_has_bounds(api, limit):
    answer = api.get(f"/v1/batches?limit={limit}")
    assert (answer.status, answer.error["param"]) == (400, "limit")


def test_default_page_is_twenty(api):
    file_id = api.upload(jsonl(LINES[:1])).json["id"]
    for _ in range(21):
        api.create(file_id)
    page = api.get("/v1/batches").json
    assert (len(page["data"]), page["has_more"]) == (20, True)


def test_unknown_batch(api):
    for answer in (api.get("/v1/batches/batch_0"), api.post("/v1/batches/batch_0/cancel")):
        assert answer.status == 404
        assert answer.json == {
            "error": {
                "message": "No batch found with id 'batch_0'.",
                "type": "invalid_request_error",
                "param": None,
                "code": None,
            }
        }


def test_another_key_sees_no_batch(api, sandbox):
    ident = api.start(LINES)
    other = Api(sandbox, "sk-other")
    assert other.get(f"/v1/batches/{ident}").status == 404
    assert other.post(f"/v1/batches/{ident}/cancel").status == 404
    assert other.get("/v1/batches").json["data"] == []
    foreign = other.create(api.upload(jsonl(LINES)).json["id"])
    assert other.wait(foreign.json["id"])["errors"]["data"][0]["code"] == "invalid_request"


def test_cancel_keeps_what_is_done_and_reports_the_rest(api, sandbox):
    sandbox.faults("stuck_in_progress", 4)
    sandbox.faults("stuck_cancelling")
    ident = api.start(LINES)
    api.wait(ident, "in_progress")
    answer = api.post(f"/v1/batches/{ident}/cancel")
    assert (answer.status, answer.json["status"]) == (200, "cancelling")
    assert (answer.json["cancelling_at"], answer.json["cancelled_at"]) == (Near(), None)
    assert (answer.json["output_file_id"], answer.json["error_file_id"]) == (None, None)
    assert api.post(f"/v1/batches/{ident}/cancel").status == 200
    sandbox.advance(ident)
    batch = api.wait(ident)
    assert (batch["status"], batch["cancelled_at"], batch["completed_at"]) == ("cancelled", Near(), None)
    assert batch["request_counts"] == {"total": 8, "completed": 4, "failed": 0}
    done = {line["custom_id"] for line in api.output(batch)}
    rest = api.errors(batch)
    assert len(done) == 4
    assert done | {line["custom_id"] for line in rest} == {line["custom_id"] for line in LINES}
    assert rest[0] == {
        "id": Like("batch_req_[0-9a-f]{32}"),
        "custom_id": Like(r"r-\d"),
        "response": None,
        "error": {"code": "batch_cancelled", "message": "The batch was cancelled before this request executed"},
    }
    assert api.post(f"/v1/batches/{ident}/cancel").json == batch


def test_cancel_while_validating_leaves_no_files(api, sandbox):
    sandbox.faults("stuck_validating")
    ident = api.start(LINES)
    assert api.post(f"/v1/batches/{ident}/cancel").json["status"] == "cancelling"
    batch = api.wait(ident)
    assert (batch["status"], batch["output_file_id"], batch["error_file_id"]) == ("cancelled", None, None)
    assert batch["in_progress_at"] is None


@pytest.mark.parametrize("status", ["completed", "failed", "expired"])
def test_cancel_of_what_is_over_is_a_conflict(api, sandbox, status):
    if status == "expired":
        sandbox.faults("expired_partial", 1)
    ident = api.start([chat_line(model="no-such-model") if status == "failed" else chat_line()])
    assert api.wait(ident)["status"] == status
    answer = api.post(f"/v1/batches/{ident}/cancel")
    assert answer.status == 409
    assert answer.json == {
        "error": {
            "message": f"Cannot cancel a batch with status '{status}'.",
            "type": "invalid_request_error",
            "param": None,
            "code": None,
        }
    }


def test_expired_batch_keeps_what_is_done(api, sandbox):
    sandbox.faults("stuck_in_progress", 3)
    ident = api.start(LINES)
    api.wait(ident, "in_progress")
    sandbox.set_clock(86400 + 5)
    batch = api.wait(ident)
    assert (batch["status"], batch["expired_at"], batch["completed_at"]) == ("expired", Near(86405), None)
    assert batch["request_counts"] == {"total": 8, "completed": 3, "failed": 0}
    assert len(api.output(batch)) == 3
    message = "This request could not be executed before the completion window expired."
    assert [line["error"] for line in api.errors(batch)] == [{"code": "batch_expired", "message": message}] * 5


def test_deleting_the_input_file_does_not_disturb_a_running_batch(api, sandbox):
    sandbox.faults("stuck_in_progress", 0)
    ident = api.start(LINES)
    batch = api.wait(ident, "in_progress")
    api.call("DELETE", f"/v1/files/{batch['input_file_id']}")
    sandbox.advance(ident)
    assert len(api.output(api.batch(ident))) == 8
