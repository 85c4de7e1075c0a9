from typing import Any

import pytest

from generation.jsonl import AnswerLine
from generation.models.requests import STATUS_OF_OUTCOME
from generation.outcomes import RETRIED, TRANSIENT, OutcomeKind, judge, message_texts, response_text

K = OutcomeKind


def chat(content: Any = "Text", finish: str | None = "stop", **message: Any) -> AnswerLine:
    choice = {"index": 0, "message": {"role": "assistant", "content": content, "refusal": None} | message}
    usage = {"prompt_tokens": 5, "completion_tokens": 7}
    choices = [choice | {"finish_reason": finish}]
    return AnswerLine("a", 200, {"object": "chat.completion", "model": "m-1", "choices": choices, "usage": usage})


def message(*texts: str, phase: str | None = None, **fields: Any) -> dict[str, Any]:
    parts = [{"type": "output_text", "text": text, "annotations": []} for text in texts]
    row = {"type": "message", "role": "assistant", "content": parts} | fields
    return row | ({"phase": phase} if phase else {})


def responses(*output: Any, **fields: Any) -> AnswerLine:
    usage = {"input_tokens": 5, "output_tokens": 7}
    body = {"object": "response", "status": "completed", "model": "m-1", "output": [*output], "usage": usage}
    return AnswerLine("a", 200, body | fields)


REFUSAL = {"type": "message", "content": [{"type": "refusal", "refusal": "I can't."}]}
REASONING = {"type": "reasoning", "summary": []}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (chat(), K.SUCCEEDED),
        (chat(finish=None), K.SUCCEEDED),
        (chat(content=None, refusal="I can't."), K.REFUSED),
        (chat(content="Half", finish="length", refusal="I can't."), K.REFUSED),
        (chat(content="Half", finish="length"), K.TRUNCATED),
        (chat(content="", finish="length"), K.TRUNCATED),
        (chat(content="", finish="content_filter"), K.FILTERED),
        (chat(content=""), K.EMPTY),
        (chat(content=" \n"), K.EMPTY),
        (chat(content=None), K.EMPTY),
        (responses(REASONING, message("Text")), K.SUCCEEDED),
        (responses(REASONING), K.EMPTY),
        (responses(REFUSAL), K.REFUSED),
        (responses(REFUSAL, status="incomplete", incomplete_details={"reason": "max_output_tokens"}), K.REFUSED),
        (responses(message("x"), status="incomplete", incomplete_details={"reason": "max_output_tokens"}), K.TRUNCATED),
        (responses(message("x"), status="incomplete", incomplete_details=None), K.TRUNCATED),
        (responses(status="incomplete", incomplete_details={"reason": "content_filter"}), K.FILTERED),
        (responses(status="failed", error={"code": "server_error", "message": "x"}), K.SERVER_ERROR),
        (responses(status="failed", error={"code": "invalid_prompt", "message": "x"}), K.REJECTED),
        (responses(status="failed", error="words"), K.SERVER_ERROR),
        (AnswerLine("a", 0), K.SERVER_ERROR),
        (AnswerLine("a", 200), K.UNREADABLE),
        (AnswerLine("a", 429, error_code="rate_limit_exceeded"), K.RATE_LIMITED),
        (AnswerLine("a", 400, error_code="context_length_exceeded"), K.REJECTED),
        (AnswerLine("a", 408), K.TIMED_OUT),
        (AnswerLine("a", 500), K.SERVER_ERROR),
        (AnswerLine("a", error_code="batch_expired"), K.EXPIRED),
        (AnswerLine("a", error_code="batch_cancelled"), K.CANCELLED),
        (AnswerLine("a", error_code="request_timeout"), K.TIMED_OUT),
        (AnswerLine("a", error_code="a_new_word"), K.SERVER_ERROR),
        (AnswerLine("a", broken="not JSON"), K.UNREADABLE),
    ],
)
def test_judgement(line, kind):
    assert judge(line).kind == kind


def test_a_judged_answer_carries_what_the_ledger_needs():
    outcome = judge(chat())
    assert (outcome.text, outcome.model, outcome.code, outcome.http_status) == ("Text", "m-1", "", 200)
    assert (outcome.usage.input, outcome.usage.output) == (5, 7)


def test_a_bad_answer_that_was_paid_keeps_its_usage():
    outcome = judge(chat(content=None, refusal="I can't."))
    assert (outcome.usage.output, outcome.message, outcome.code) == (7, "I can't.", "refused")


@pytest.mark.parametrize(
    "body",
    [
        {"choices": None}, {"choices": []}, {"choices": ["x"]}, {"choices": [{"message": "text"}]}, {"choices": "text"},
        {"choices": [{"message": {"content": ["a list"]}}]}, {"choices": [{"message": {"content": 7}}]},
        {"output": None}, {"output": ["x", {"type": "message"}]}, {"output": [{"type": "message", "content": "text"}]},
        {"output": [{"type": "message", "content": [{"type": "output_text", "text": 5}]}]}, {"output": {"a": 1}},
        {"output": [{"type": "message", "content": [{"type": "refusal"}]}]},
        {"status": "incomplete", "incomplete_details": "x", "output": []},
        {"choices": {"a": 1}}, {"choices": [{"finish_reason": []}]}, {"output": [{"type": []}]},
        {"model": {}, "choices": []},
        {"choices": [], "usage": "none"}, {"choices": [], "usage": {"prompt_tokens": "7"}},
        {"choices": [], "usage": {"prompt_tokens": 7, "prompt_tokens_details": []}},
        {"output": [], "usage": {"input_tokens": -3, "output_tokens": None}}, {"unknown": 1},
    ],
)  # fmt: skip
def test_no_body_makes_it_fail(body):
    """A line is data: whatever a compatible server puts into it, the rest of the file must go on."""
    outcome = judge(AnswerLine("a", 200, body))
    assert outcome.kind in OutcomeKind.values
    assert isinstance(outcome.text, str)
    assert all(isinstance(count, int) and count >= 0 for count in (outcome.usage.input, outcome.usage.output))


def test_parts_of_a_chat_message_are_joined():
    line = chat(content=[{"type": "text", "text": "One. "}, {"type": "text", "text": "Two."}])
    assert (judge(line).kind, judge(line).text) == (K.SUCCEEDED, "One. Two.")


def test_zero_characters_are_taken_out_because_postgresql_refuses_them():
    assert judge(chat(content="a\x00b")).text == "ab"
    assert judge(responses(message("a\x00b"))).text == "ab"
    assert judge(AnswerLine("a", 400, error_message="a\x00b")).message == "ab"


def test_commentary_is_not_part_of_the_answer():
    line = responses(message("Working...", phase="commentary"), message('{"a":1}', phase="final_answer"))
    assert judge(line).text == '{"a":1}'


def test_unmarked_messages_are_joined_and_commentary_left_out():
    line = responses(message("Working...", phase="commentary"), message("One. ", "Two. "), message("Three."))
    assert judge(line).text == "One. Two. Three."


def test_commentary_alone_is_better_than_nothing_that_was_paid():
    assert judge(responses(message("All there is", phase="commentary"))).text == "All there is"


def test_output_text_counts_only_where_nothing_else_does():
    assert response_text({"output": [], "output_text": "x"}) == "x"
    assert response_text({"output": [message("y")], "output_text": "x"}) == "y"
    assert judge(AnswerLine("a", 200, {"object": "response", "status": "completed", "output_text": "x"})).text == "x"


def test_fragments_can_be_read_one_by_one():
    body = responses(message('{"a":'), message('{"a":1}')).body
    assert message_texts(body) == ['{"a":', '{"a":1}']


def test_every_outcome_has_a_state():
    assert set(STATUS_OF_OUTCOME) == set(OutcomeKind)


def test_what_may_have_been_paid_is_never_sent_again_unasked():
    assert RETRIED <= TRANSIENT
    assert RETRIED.isdisjoint({K.MISSING, K.UNREADABLE, K.UNKNOWN, K.TRUNCATED, K.REFUSED, K.CANCELLED})
