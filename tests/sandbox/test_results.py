"""Output and error files."""

import time

from tests.sandbox.raw import RESPONSES, Like, Near, chat_line, jsonl

LINES = [chat_line(f"r-{number}") for number in range(30)]


def responses_line(custom_id="r-1", **changes):
    body = {"model": "gpt-5.4", "input": "Say something", **changes}
    return {"custom_id": custom_id, "method": "POST", "url": RESPONSES, "body": body}


def test_output_line_field_by_field(api):
    batch = api.run([chat_line("request-2")])
    [line] = api.output(batch)
    usage = line["response"]["body"]["usage"]
    assert line == {
        "id": Like("batch_req_[0-9a-f]{32}"),
        "custom_id": "request-2",
        "response": {
            "status_code": 200,
            "request_id": Like("req_[0-9a-f]{32}"),
            "body": {
                "id": Like("chatcmpl-[0-9a-f]{32}"),
                "object": "chat.completion",
                "created": Near(),
                "model": "gpt-4o-mini-2024-07-18",
                "choices": [
                    {
                        "index": 0,
                        "message": {
                            "role": "assistant",
                            "content": Like("(?s).{100,}"),
                            "refusal": None,
                            "annotations": [],
                        },
                        "logprobs": None,
                        "finish_reason": "stop",
                    }
                ],
                "usage": {
                    "prompt_tokens": usage["prompt_tokens"],
                    "completion_tokens": usage["completion_tokens"],
                    "total_tokens": usage["prompt_tokens"] + usage["completion_tokens"],
                    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
                    "completion_tokens_details": {
                        "reasoning_tokens": 0,
                        "audio_tokens": 0,
                        "accepted_prediction_tokens": 0,
                        "rejected_prediction_tokens": 0,
                    },
                },
                "service_tier": "default",
                "system_fingerprint": "fp_sandbox",
            },
        },
        "error": None,
    }


def test_order_is_shuffled_and_every_id_comes_once(api):
    batch = api.run(LINES)
    assert batch["status"] == "completed"
    idents = [line["custom_id"] for line in api.output(batch)]
    asked = [line["custom_id"] for line in LINES]
    assert sorted(idents) == sorted(asked)
    assert idents != asked


def test_refused_requests_stand_in_the_error_file(api):
    lines = [chat_line(f"r-{number}", model="gpt-5.4") for number in range(3)]
    lines.append(chat_line("hot", model="gpt-5.4", temperature=0.2))
    lines.append(chat_line("long", model="gpt-5.4", max_tokens=5))
    batch = api.run(lines)
    assert batch["status"] == "completed"
    assert batch["request_counts"] == {"total": 5, "completed": 3, "failed": 2}
    errors = {line["custom_id"]: line for line in api.errors(batch)}
    assert errors["hot"] == {
        "id": Like("batch_req_[0-9a-f]{32}"),
        "custom_id": "hot",
        "response": {
            "status_code": 400,
            "request_id": Like("req_[0-9a-f]{32}"),
            "body": {
                "error": {
                    "message": "Unsupported parameter: 'temperature' is not supported with this model.",
                    "type": "invalid_request_error",
                    "param": "temperature",
                    "code": "unsupported_parameter",
                }
            },
        },
        "error": None,
    }
    assert errors["long"]["response"]["body"]["error"]["param"] == "max_tokens"
    assert len(api.output(batch)) == 3


def test_all_refused_leaves_no_output_file(api):
    batch = api.run([chat_line("r-1", model="gpt-5.4", temperature=0)])
    assert (batch["status"], batch["output_file_id"], batch["error_file_id"]) == ("completed", None, Like("file-.+"))


def test_responses_batch(api):
    batch = api.run([responses_line()], endpoint=RESPONSES)
    body = api.output(batch)[0]["response"]["body"]
    assert "output_text" not in body
    assert [item["type"] for item in body["output"]] == ["reasoning", "message"]
    assert batch["usage"]["output_tokens_details"]["reasoning_tokens"] > 0
    assert batch["usage"]["total_tokens"] == body["usage"]["total_tokens"]


def test_result_files_are_ordinary_files(api):
    batch = api.run(LINES)
    content = api.content(batch["output_file_id"])
    assert api.get(f"/v1/files/{batch['output_file_id']}").json == {
        "object": "file",
        "id": batch["output_file_id"],
        "purpose": "batch_output",
        "filename": f"{batch['id']}_output.jsonl",
        "bytes": len(content),
        "created_at": Near(),
        "expires_at": Near(2_592_000),
        "status": "processed",
        "status_details": None,
    }
    assert content.endswith(b"}\n")


def test_output_files_expire_as_asked(api):
    batch = api.run(LINES[:1], output_expires_after={"anchor": "created_at", "seconds": 7200})
    assert api.get(f"/v1/files/{batch['output_file_id']}").json["expires_at"] == Near(7200)


def test_the_same_request_and_seed_give_the_same_text(api):
    def texts():
        lines = api.output(api.run(LINES))
        return {line["custom_id"]: line["response"]["body"]["choices"][0]["message"] for line in lines}

    first = texts()
    assert texts() == first
    assert len({message["content"] for message in first.values()}) == len(first)


def test_unicode_custom_ids_survive(api):
    lines = [
        chat_line("課程-1"),
        chat_line("\u2028"),
        chat_line("a" * 200),
        b'{"custom_id": "\\ud800", "method": "POST",'
        b' "url": "/v1/chat/completions", "body": {"model": "gpt-4o-mini", "messages": [{"role": "user",'
        b' "content": "lone \\ud800"}]}}',
    ]
    batch = api.run(lines)
    assert {line["custom_id"] for line in api.output(batch)} == {"課程-1", "\u2028", "a" * 200, "\ud800"}


def test_other_endpoints_fail_line_by_line(api):
    line = {"custom_id": "e", "method": "POST", "url": "/v1/embeddings", "body": {"model": "text-x", "input": "a"}}
    batch = api.run([line], endpoint="/v1/embeddings")
    assert batch["request_counts"] == {"total": 1, "completed": 0, "failed": 1}


def test_336_lessons_are_quick_and_do_not_block_other_calls(api):
    prompt = "Title: Lesson {0}\nLesson code: M0-L{0}\nLength: about 900 words\n- ## Aims\n- ## Practice"
    lines = [
        chat_line(f"r-{number}", messages=[{"role": "user", "content": prompt.format(number)}]) for number in range(336)
    ]
    file_id = api.upload(jsonl(lines)).json["id"]
    began = time.monotonic()
    ident = api.create(file_id).json["id"]
    slowest = 0.0
    while api.batch(ident)["status"] != "completed":
        start = time.monotonic()
        api.get("/v1/models/gpt-5.4")
        slowest = max(slowest, time.monotonic() - start)
    assert time.monotonic() - began < 3
    assert slowest < 1
