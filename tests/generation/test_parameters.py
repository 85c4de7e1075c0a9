import pytest
from pydantic import BaseModel, Field

from generation.parameters import CHAT, RESPONSES, Parameters, is_reasoning, request_body, strict_schema

ALL = Parameters(max_output_tokens=100, temperature=0.5, reasoning_effort="low", verbosity="high")


class Tag(BaseModel):
    name: str
    title: str | None = None


class Tags(BaseModel):
    tags: list[Tag] = Field(default_factory=list)
    default: int = 3


def test_a_chat_request_of_a_plain_model():
    assert request_body(CHAT, "gpt-4.1-mini", ALL, "sys", "usr") == {
        "model": "gpt-4.1-mini",
        "messages": [{"role": "system", "content": "sys"}, {"role": "user", "content": "usr"}],
        "max_tokens": 100,
        "temperature": 0.5,
    }


def test_a_chat_request_of_a_reasoning_model():
    assert request_body(CHAT, "gpt-5.4-mini", ALL, "", "usr") == {
        "model": "gpt-5.4-mini",
        "messages": [{"role": "user", "content": "usr"}],
        "max_completion_tokens": 100,
        "reasoning_effort": "low",
        "verbosity": "high",
    }


def test_a_responses_request_of_a_reasoning_model():
    assert request_body(RESPONSES, "o3", ALL, "sys", "usr") == {
        "model": "o3",
        "input": [{"role": "system", "content": "sys"}, {"role": "user", "content": "usr"}],
        "max_output_tokens": 100,
        "reasoning": {"effort": "low"},
    }


def test_a_responses_request_of_a_plain_model():
    body = request_body(RESPONSES, "gpt-4.1", ALL, "", "usr")
    assert body.keys() == {"model", "input", "max_output_tokens", "temperature"}


@pytest.mark.parametrize("endpoint", [CHAT, RESPONSES])
def test_what_is_not_set_is_not_sent(endpoint):
    assert len(request_body(endpoint, "gpt-5.4", Parameters(), "", "usr")) == 2


def test_a_temperature_of_0_is_sent():
    assert request_body(CHAT, "gpt-4.1", Parameters(temperature=0.0), "", "usr")["temperature"] == 0


def test_where_the_schema_stands_on_each_endpoint():
    chat = request_body(CHAT, "m", Parameters(), "", "usr", Tags)["response_format"]
    responses = request_body(RESPONSES, "m", Parameters(), "", "usr", Tags)["text"]["format"]
    assert (chat["type"], chat["json_schema"]["name"], chat["json_schema"]["strict"]) == ("json_schema", "Tags", True)
    assert responses == {"type": "json_schema", "name": "Tags", "strict": True, "schema": strict_schema(Tags)}


def test_a_strict_schema_requires_everything_and_allows_nothing_more():
    schema = strict_schema(Tags)
    for node in (schema, schema["$defs"]["Tag"]):
        assert node["required"] == list(node["properties"])
        assert node["additionalProperties"] is False


def test_fields_called_title_and_default_stay_in_a_strict_schema():
    schema = strict_schema(Tags)
    assert "title" in schema["$defs"]["Tag"]["properties"]
    assert schema["properties"]["default"] == {"type": "integer"}


@pytest.mark.parametrize("model", ["o1", "o3-mini", "o4-mini", "gpt-5", "gpt-5.4-nano", "gpt-6-sol", "gpt-10"])
def test_reasoning_models(model):
    assert is_reasoning(model)


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-4.1-mini", "deepseek-chat", "llama-3", "my-o3", "gpt-oss-20b"])
def test_other_models(model):
    assert not is_reasoning(model)


def test_set_values_change_a_copy_and_empty_ones_don_t():
    changed = ALL.changed(max_output_tokens=None, temperature=0.0, reasoning_effort="", verbosity="low")
    assert changed == Parameters(100, 0.0, "low", "low")
    assert ALL.temperature == 0.5
