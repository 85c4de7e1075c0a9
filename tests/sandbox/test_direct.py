"""Chat completions, responses, models, keys."""

import http.client
import time

import pytest

from sandbox.faults import Fault, UnknownFault, read_fault
from tests.sandbox.raw import CHAT, RESPONSES, Api, Like, Near
from tests.sandbox_fixture import Sandbox, SandboxProcess

ASK = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "What is a data steward?"}]}
ASK_RESPONSES = {"model": "gpt-5.4", "input": "What is a data steward?"}


def text_of(answer):
    return answer.json["choices"][0]["message"]["content"]


def test_chat_is_deterministic_and_marked(api):
    first, second = api.post(CHAT, ASK), api.post(CHAT, ASK)
    assert first.status == 200
    assert text_of(first) == text_of(second)
    assert first.json["id"] != second.json["id"]
    assert "Sandbox text: written by a local stand-in, not by a model." in text_of(first)


def test_rate_limit_headers(api):
    headers = api.post(CHAT, ASK).headers
    shapes = {
        "x-ratelimit-limit-requests": r"\d+",
        "x-ratelimit-limit-tokens": r"\d+",
        "x-ratelimit-remaining-requests": r"\d+",
        "x-ratelimit-remaining-tokens": r"\d+",
        "x-ratelimit-reset-requests": r"(\d+m)?\d+m?s",
        "x-ratelimit-reset-tokens": r"(\d+m)?\d+m?s",
        "x-request-id": r"req_[0-9a-f]{32}",
        "openai-processing-ms": r"\d+",
    }
    assert {name: headers.get(name) for name in shapes} == {name: Like(shape) for name, shape in shapes.items()}


def test_response_field_by_field(api):
    body = api.post(RESPONSES, ASK_RESPONSES).json
    usage = body["usage"]
    reasoning = usage["output_tokens_details"]["reasoning_tokens"]
    assert body == {
        "id": Like("resp_[0-9a-f]{32}"),
        "object": "response",
        "created_at": Near(),
        "status": "completed",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "metadata": {},
        "model": "gpt-5.4",
        "output": [
            {"id": Like("rs_[0-9a-f]{32}"), "type": "reasoning", "summary": []},
            {
                "id": Like("msg_[0-9a-f]{32}"),
                "type": "message",
                "status": "completed",
                "role": "assistant",
                "content": [
                    {"type": "output_text", "annotations": [], "logprobs": [], "text": Like("(?s).{50,}")},
                ],
            },
        ],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "service_tier": "default",
        "store": True,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": {
            "input_tokens": usage["input_tokens"],
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": usage["output_tokens"],
            "output_tokens_details": {"reasoning_tokens": reasoning},
            "total_tokens": usage["input_tokens"] + usage["output_tokens"],
        },
        "user": None,
    }
    assert 0 < reasoning < usage["output_tokens"]


def test_a_model_that_does_not_reason_has_no_reasoning_item(api):
    body = api.post(RESPONSES, {**ASK_RESPONSES, "model": "gpt-4.1-mini", "temperature": 0.2}).json
    assert [item["type"] for item in body["output"]] == ["message"]
    assert (body["model"], body["temperature"]) == ("gpt-4.1-mini-2025-04-14", 0.2)


def test_messages_in_parts_and_instructions_count_as_prompt(api):
    parts = [{"role": "user", "content": [{"type": "input_text", "text": "x" * 400}]}]
    short = api.post(RESPONSES, {"model": "gpt-5.4", "input": "x"}).json["usage"]["input_tokens"]
    body = {"model": "gpt-5.4", "input": parts, "instructions": "y" * 400}
    assert api.post(RESPONSES, body).json["usage"]["input_tokens"] >= short + 199


def test_flex_is_echoed(api):
    assert api.post(CHAT, {**ASK, "service_tier": "flex"}).json["service_tier"] == "flex"
    assert api.post(RESPONSES, {**ASK_RESPONSES, "service_tier": "flex"}).json["service_tier"] == "flex"


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_chat_stops_at_the_limit(api, name):
    full = text_of(api.post(CHAT, ASK))
    body = api.post(CHAT, {**ASK, name: 10}).json
    choice = body["choices"][0]
    assert choice["finish_reason"] == "length"
    assert body["usage"]["completion_tokens"] == 10
    assert 0 < len(choice["message"]["content"]) < len(full)


def test_responses_stop_at_the_limit_perhaps_before_the_first_word(api):
    body = api.post(RESPONSES, {**ASK_RESPONSES, "max_output_tokens": 16}).json
    assert (body["status"], body["incomplete_details"]) == ("incomplete", {"reason": "max_output_tokens"})
    assert [item["type"] for item in body["output"]] == ["reasoning"]
    assert body["usage"]["output_tokens"] == 16


@pytest.mark.parametrize("model", ["o4-large", "gpt-5.4-mini", "gpt-6-luna"])
@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "max_tokens",
            5,
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
        ),
        ("temperature", 0.2, "Unsupported parameter: 'temperature' is not supported with this model."),
    ],
)
def test_reasoning_models_refuse(api, model, name, value, message):
    answer = api.post(CHAT, {**ASK, "model": model, name: value})
    assert answer.status == 400
    assert answer.json == {
        "error": {
            "message": message,
            "type": "invalid_request_error",
            "param": name,
            "code": "unsupported_parameter",
        }
    }
    assert api.post(CHAT, {**ASK, "model": model, "temperature": 1, "max_completion_tokens": 900}).status == 200


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        (CHAT, {"model": "gpt-5.4"}, "messages"),
        (RESPONSES, {"model": "gpt-5.4"}, "input"),
        (RESPONSES, {**ASK_RESPONSES, "max_tokens": 5}, "max_tokens"),
        (CHAT, {**ASK, "stream": True}, "stream"),
        (CHAT, {"messages": ASK["messages"]}, None),
    ],
)
def test_other_refusals(api, path, body, param):
    answer = api.post(path, body)
    assert (answer.status, answer.error["type"], answer.error["param"]) == (400, "invalid_request_error", param)


@pytest.mark.parametrize("model", ["no-such-model", "gpt-3.5-turbo", "gpt-4-turbo", "o1", "gpt-4.1-nano"])
def test_unknown_and_retired_models(api, model):
    answer = api.post(CHAT, {**ASK, "model": model})
    assert answer.status == 404
    assert answer.json == {
        "error": {
            "message": f"The model `{model}` does not exist or you do not have access to it.",
            "type": "invalid_request_error",
            "param": None,
            "code": "model_not_found",
        }
    }
    assert api.get(f"/v1/models/{model}").json == answer.json


def test_models(api):
    listed = api.get("/v1/models").json
    names = [model["id"] for model in listed["data"]]
    assert listed["object"] == "list"
    assert {"gpt-5.4", "gpt-4o-mini"} <= set(names)
    assert "gpt-3.5-turbo" not in names
    one = {"id": "deepseek-chat", "object": "model", "created": 1715367049, "owned_by": "system"}
    assert api.get("/v1/models/deepseek-chat").json == one


def test_without_a_key(sandbox):
    for path in ("/v1/models", "/v1/files", "/v1/batches/batch_1"):
        answer = Api(sandbox, None).get(path)
        assert answer.status == 401
        assert answer.error == {
            "message": Like("You didn't provide an API key.*"),
            "type": "invalid_request_error",
            "param": None,
            "code": None,
        }


def test_with_the_wrong_key(sandbox):
    answer = Api(sandbox, "sk-wrong").post(CHAT, ASK)
    assert answer.status == 401
    assert answer.error == {
        "message": "Incorrect API key provided: sk-wrong. "
        "You can find your API key at https://platform.openai.com/account/api-keys.",
        "type": "invalid_request_error",
        "param": None,
        "code": "invalid_api_key",
    }


def test_unknown_paths_and_methods(api):
    answer = api.get("/v1/audio")
    assert (answer.status, answer.error["message"]) == (404, "Invalid URL (GET /v1/audio)")
    answer = api.call("PUT", "/v1/files")
    assert (answer.status, answer.error["message"]) == (405, "Not allowed to PUT on /v1/files.")


def test_limits_are_enforced_when_asked_for(api, sandbox):
    sandbox.options(requests_per_minute=3, tokens_per_minute=100_000)
    answers = [api.post(CHAT, ASK) for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["x-ratelimit-limit-requests"] == "3"
    assert answers[2].headers["x-ratelimit-remaining-requests"] == "0"
    assert answers[3].error["code"] == "rate_limit_exceeded"
    assert 15_000 < int(answers[3].headers["retry-after-ms"]) <= 20_001
    assert Api(sandbox, "sk-other").post(CHAT, ASK).status == 200


def test_tokens_a_minute(api, sandbox):
    sandbox.options(tokens_per_minute=1000)
    assert api.post(CHAT, {**ASK, "max_tokens": 900}).status == 200
    answer = api.post(CHAT, {**ASK, "max_tokens": 500})
    assert (answer.status, answer.error["type"]) == (429, "tokens")


def test_latency(api, sandbox):
    sandbox.options(latency=0.2)
    began = time.monotonic()
    assert api.post(CHAT, ASK).status == 200
    assert time.monotonic() - began >= 0.2


def test_latency_by_chance_lies_between_the_two(api, sandbox):
    sandbox.options(latency=0.1, latency_most=0.3)
    took = []
    for _ in range(6):
        began = time.monotonic()
        assert api.post(CHAT, ASK).status == 200
        took.append(time.monotonic() - began)
    assert min(took) >= 0.1 and max(took) - min(took) > 0.001


def test_a_share_of_the_calls_is_struck_by_chance(api, sandbox):
    sandbox.control("faults", set="error_503", share=0.5)
    statuses = [api.post(CHAT, ASK).status for _ in range(40)]
    # So many alike come once in 10^9.
    assert set(statuses) == {200, 503} and 5 < statuses.count(503) < 35
    sandbox.control("faults", set="error_503", share=0)
    assert {api.post(CHAT, ASK).status for _ in range(5)} == {200}


def test_shares_on_the_command_line():
    assert read_fault("error_503~0.05=7@responses*3") == Fault("error_503", "7", 3, {"op": "responses"}, 0.05)
    for wrong in ("error_503~2", "error_503~x", "error_503~-1"):
        with pytest.raises(UnknownFault, match="share from 0 to 1"):
            read_fault(wrong)


def test_a_fixed_list_of_models():
    process = SandboxProcess(
        "--models", "house-model,gpt-5.4", "--requests-per-minute", "7", "--tokens-per-minute", "900"
    )
    try:
        api = Api(Sandbox(process))
        headers = api.post(CHAT, {**ASK, "model": "house-model"}).headers
        assert (headers["x-ratelimit-limit-requests"], headers["x-ratelimit-limit-tokens"]) == ("7", "900")
        assert api.post(CHAT, ASK).status == 404
        assert [model["id"] for model in api.get("/v1/models").json["data"]] == ["house-model", "gpt-5.4"]
    finally:
        process.close()


def test_answers_do_not_wait_for_the_network(api):
    """A connection that is kept open gets its answers at once (Nagle's algorithm would take 40 ms for each)."""
    connection = http.client.HTTPConnection("127.0.0.1", api.sandbox.process.port, timeout=10)
    began = time.monotonic()
    for _ in range(40):
        connection.request("GET", "/v1/models/gpt-5.4", headers={"authorization": "Bearer sk-test"})
        connection.getresponse().read()
    connection.close()
    assert time.monotonic() - began < 1.2
