import pytest

from tests.sandbox.raw import Api, Like, Near, chat_line, jsonl

CONTENT = jsonl([chat_line()])
MONTH = 2_592_000


def test_upload_answers_with_the_file_object(api):
    answer = api.upload(CONTENT)
    assert answer.status == 200
    assert answer.json == {
        "object": "file",
        "id": Like(r"file-[A-Za-z0-9]{22}"),
        "purpose": "batch",
        "filename": "in.jsonl",
        "bytes": len(CONTENT),
        "created_at": Near(),
        "expires_at": Near(MONTH),
        "status": "processed",
        "status_details": None,
    }
    assert answer.headers["x-request-id"] == Like("req_[0-9a-f]{32}")
    assert int(answer.headers["openai-processing-ms"]) >= 0


def test_other_purposes_do_not_expire_unless_asked(api):
    assert api.upload(b"any text", "notes.txt", "user_data").json["expires_at"] is None
    fields = {"expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"}
    assert api.upload(CONTENT, **fields).json["expires_at"] == Near(3600)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        ("3599", "integer_below_min_value"),
        ("2592001", "integer_above_max_value"),
        ("soon", "invalid_type"),
    ],
)
def test_expiry_out_of_bounds_is_refused(api, seconds, code):
    answer = api.upload(CONTENT, **{"expires_after[anchor]": "created_at", "expires_after[seconds]": seconds})
    assert (answer.status, answer.error["param"], answer.error["code"]) == (400, "expires_after[seconds]", code)


def test_expiry_needs_the_anchor(api):
    answer = api.upload(CONTENT, **{"expires_after[anchor]": "now", "expires_after[seconds]": "3600"})
    assert (answer.status, answer.error["param"]) == (400, "expires_after[anchor]")


@pytest.mark.parametrize(
    ("content", "name"),
    [(CONTENT, "in.json"), (CONTENT, "in.txt"), (b"", "in.jsonl"), (b"not json\n" + CONTENT, "in.jsonl")],
)
def test_what_is_no_jsonl_is_refused_at_upload(api, content, name):
    answer = api.upload(content, name)
    assert answer.status == 400
    assert answer.json == {
        "error": {
            "message": "Invalid file format for Batch API. Must be .jsonl",
            "type": "invalid_request_error",
            "param": None,
            "code": None,
        }
    }


def test_a_later_broken_line_and_a_byte_order_mark_pass_the_upload(api):
    assert api.upload(CONTENT + b"{broken\n").status == 200
    assert api.upload(b"\xef\xbb\xbf" + CONTENT).status == 200


def test_missing_and_wrong_fields(api):
    answer = api.upload(CONTENT, purpose=None)
    assert (answer.status, answer.error["param"]) == (400, "purpose")
    answer = api.upload(CONTENT, purpose="poetry")
    assert (answer.status, answer.error["code"]) == (400, "invalid_value")
    answer = api.call("POST", "/v1/files", b"purpose=batch", {"content-type": "application/x-www-form-urlencoded"})
    assert answer.json["error"] == {
        "message": "Missing required parameter: 'file'.",
        "type": "invalid_request_error",
        "param": "file",
        "code": "missing_required_parameter",
    }


def test_content_comes_back_byte_for_byte(api):
    content = CONTENT + '{"text": "\u2028 \u00fc \U0001f600"}\r\n\n'.encode()
    ident = api.upload(content).json["id"]
    answer = api.get(f"/v1/files/{ident}/content")
    assert (answer.status, answer.raw) == (200, content)
    assert answer.headers["content-length"] == str(len(content))


def test_retrieve_and_delete(api):
    made = api.upload(CONTENT).json
    assert api.get(f"/v1/files/{made['id']}").json == made
    deleted = api.call("DELETE", f"/v1/files/{made['id']}")
    assert deleted.json == {"id": made["id"], "object": "file", "deleted": True}
    for path in (f"/v1/files/{made['id']}", f"/v1/files/{made['id']}/content"):
        answer = api.get(path)
        assert answer.status == 404
        assert answer.json == {
            "error": {
                "message": f"No such File object: {made['id']}",
                "type": "invalid_request_error",
                "param": "id",
                "code": None,
            }
        }


def test_list_pages_newest_first(api):
    made = [api.upload(CONTENT, f"{number}.jsonl").json for number in range(5)]
    first = api.get("/v1/files?limit=2").json
    assert first == {
        "object": "list",
        "data": [made[4], made[3]],
        "first_id": made[4]["id"],
        "last_id": made[3]["id"],
        "has_more": True,
    }
    rest = api.get(f"/v1/files?after={first['last_id']}").json
    assert (rest["data"], rest["has_more"]) == ([made[2], made[1], made[0]], False)
    ascending = api.get(f"/v1/files?order=asc&after={made[1]['id']}&limit=1").json
    assert ascending["data"] == [made[2]]


def test_list_filters_by_purpose_and_may_be_empty(api):
    api.upload(CONTENT)
    assert api.get("/v1/files?purpose=evals").json == {
        "object": "list",
        "data": [],
        "first_id": None,
        "last_id": None,
        "has_more": False,
    }
    assert len(api.get("/v1/files?purpose=batch").json["data"]) == 1


@pytest.mark.parametrize(("limit", "code"), [("0", "integer_below_min_value"), ("10001", "integer_above_max_value")])
def test_list_limit_has_bounds(api, limit, code):
    answer = api.get(f"/v1/files?limit={limit}")
    assert (answer.status, answer.error["param"], answer.error["code"]) == (400, "limit", code)


def test_another_key_sees_nothing(api, sandbox):
    ident = api.upload(CONTENT).json["id"]
    other = Api(sandbox, "sk-other")
    assert other.get(f"/v1/files/{ident}").status == 404
    assert other.get(f"/v1/files/{ident}/content").status == 404
    assert other.call("DELETE", f"/v1/files/{ident}").status == 404
    assert other.get("/v1/files").json["data"] == []


def test_an_expired_file_is_gone(api, sandbox):
    ident = api.upload(CONTENT).json["id"]
    sandbox.set_clock(MONTH + 10)
    assert api.get(f"/v1/files/{ident}/content").status == 404
    assert api.get("/v1/files").json["data"] == []


def test_too_large_for_a_batch(api, sandbox):
    sandbox.faults("max_file_bytes", 50)
    answer = api.upload(CONTENT)
    assert answer.status == 413
    assert answer.error["message"] == "The batch input file is larger than the 50 maximum for the gpt-4.1-nano model"
