"""What an answer means: one line of an output file, or one direct answer, judged the same way."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices

from generation.costs import Usage, usage_of
from generation.jsonl import AnswerLine, mapping, words


class OutcomeKind(TextChoices):
    """Outcome of one attempt. What `TRANSIENT` holds may go better the next time."""

    UNKNOWN = "unknown", "unknown (sent, then we stopped; perhaps paid)"
    SUCCEEDED = "succeeded", "succeeded"
    REFUSED = "refused", "refused by the model"
    TRUNCATED = "truncated", "cut off at the token limit"
    FILTERED = "content_filter", "stopped by the content filter"
    EMPTY = "empty", "empty answer"
    INVALID_OUTPUT = "invalid_output", "not in the asked form"
    REJECTED = "rejected", "request rejected by the service"
    RATE_LIMITED = "rate_limited", "rate limit"
    SERVER_ERROR = "server_error", "error at the service"
    TIMED_OUT = "timed_out", "timed out"
    EXPIRED = "expired", "batch expired first"
    CANCELLED = "cancelled", "batch cancelled first"
    UNREADABLE = "unreadable", "unreadable line"
    MISSING = "missing", "no answer in the files"


TRANSIENT = frozenset(
    {
        OutcomeKind.UNKNOWN, OutcomeKind.EMPTY, OutcomeKind.RATE_LIMITED, OutcomeKind.SERVER_ERROR,
        OutcomeKind.TIMED_OUT, OutcomeKind.EXPIRED, OutcomeKind.CANCELLED, OutcomeKind.UNREADABLE, OutcomeKind.MISSING,
    }
)  # fmt: skip
# Tried again without being asked. A missing or unreadable answer may have been paid: that is a person's decision.
RETRIED = frozenset({OutcomeKind.RATE_LIMITED, OutcomeKind.SERVER_ERROR, OutcomeKind.TIMED_OUT, OutcomeKind.EXPIRED})
_UNEXECUTED = {
    "batch_expired": OutcomeKind.EXPIRED,
    "batch_cancelled": OutcomeKind.CANCELLED,
    "request_timeout": OutcomeKind.TIMED_OUT,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One judged answer: its kind, its text where there is one, its usage, and words for people."""

    custom_id: str
    kind: OutcomeKind
    text: str = ""
    model: str = ""
    usage: Usage = field(default_factory=Usage)
    http_status: int | None = None
    code: str = ""
    message: str = ""
    request_id: str = ""
    service_tier: str = ""


def judge(line: AnswerLine) -> Outcome:
    """Classify an answer: refusal, then truncation, then filter, then empty; the text's own form is the recipe's."""
    common: dict[str, Any] = {"custom_id": line.custom_id, "http_status": line.status, "request_id": line.request_id}
    if line.broken:
        return Outcome(kind=OutcomeKind.UNREADABLE, code="unreadable_line", message=line.broken, **common)
    if line.status == 200 and line.body and not line.error_code:
        kind, text, message = _judge_body(line.body)
        return Outcome(
            kind=kind,
            text=text,
            model=words(line.body.get("model")),
            usage=usage_of(line.body),
            code="" if kind == OutcomeKind.SUCCEEDED else kind.value,
            message=message,
            service_tier=words(line.body.get("service_tier")),
            **common,
        )
    if line.status == 200 and not line.error_code:
        # Perhaps paid: sent again only when a person says so.
        nothing = "the service says 200, but the answer has no body"
        return Outcome(kind=OutcomeKind.UNREADABLE, code="no_body", message=nothing, **common)
    code = line.error_code or (f"http_{line.status}" if line.status else "no_response")
    return Outcome(
        kind=_failure_kind(line), code=code, message=words(line.error_message), usage=usage_of(line.body), **common
    )


def _failure_kind(line: AnswerLine) -> OutcomeKind:
    if line.error_code in _UNEXECUTED:
        return _UNEXECUTED[line.error_code]
    if line.status == 429:
        return OutcomeKind.RATE_LIMITED
    if line.status == 408:
        return OutcomeKind.TIMED_OUT
    if line.status and 400 <= line.status < 500:
        return OutcomeKind.REJECTED
    return OutcomeKind.SERVER_ERROR


def _judge_body(body: dict[str, Any]) -> tuple[OutcomeKind, str, str]:
    return _judge_responses(body) if "output" in body or body.get("object") == "response" else _judge_chat(body)


def _judge_chat(body: dict[str, Any]) -> tuple[OutcomeKind, str, str]:
    choice = next(_objects(body.get("choices")), {})
    message = mapping(choice.get("message"))
    text = _text(message.get("content"))
    if message.get("refusal"):
        return OutcomeKind.REFUSED, text, words(message["refusal"])
    return _judge_end(text, choice.get("finish_reason") or "stop")


def _judge_responses(body: dict[str, Any]) -> tuple[OutcomeKind, str, str]:
    failure = body.get("error")
    if body.get("status") == "failed" or failure:
        failure = failure if isinstance(failure, dict) else {"message": words(failure)}
        kind = OutcomeKind.REJECTED if failure.get("code") == "invalid_prompt" else OutcomeKind.SERVER_ERROR
        return kind, "", words(f"{failure.get('code') or 'failed'}: {failure.get('message') or ''}")
    parts = [part for message in _messages(body) for part in _objects(message.get("content"))]
    refusal = next((part for part in parts if part.get("type") == "refusal"), None)
    text = response_text(body)
    if refusal:
        return OutcomeKind.REFUSED, text, words(refusal.get("refusal"))
    reason = "stop"
    if body.get("status") == "incomplete":
        reason = str(mapping(body.get("incomplete_details")).get("reason") or "max_output_tokens")
    return _judge_end(text, reason)


def _judge_end(text: str, reason: str) -> tuple[OutcomeKind, str, str]:
    if reason in ("length", "max_output_tokens"):
        return OutcomeKind.TRUNCATED, text, "the answer reached its token limit: raise the recipe's maximum"
    if reason == "content_filter":
        return OutcomeKind.FILTERED, text, "the service's content filter stopped the answer"
    if not text.strip():
        return OutcomeKind.EMPTY, "", "the answer holds no text"
    return OutcomeKind.SUCCEEDED, text, ""


def _objects(values: Any) -> Iterator[dict[str, Any]]:
    """The objects of a list; nothing where there is no list."""
    return (value for value in values if isinstance(value, dict)) if isinstance(values, list) else iter(())


def _text(content: Any) -> str:
    """A content as text; some compatible services send a list of parts for a chat message, too."""
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in _objects(content))
    return words(content) if isinstance(content, str) else ""


def _messages(body: dict[str, Any]) -> list[dict[str, Any]]:
    messages = [item for item in _objects(body.get("output")) if item.get("type") == "message"]
    final = [message for message in messages if message.get("phase") == "final_answer"]
    return final or [message for message in messages if message.get("phase") != "commentary"] or messages


def message_texts(body: dict[str, Any]) -> list[str]:
    """The texts of a responses body, message by message (a real batch can hold a fragment before the whole)."""
    return [
        _text([part for part in _objects(message.get("content")) if part.get("type") == "output_text"])
        for message in _messages(body)
    ]


def response_text(body: dict[str, Any]) -> str:
    """Text of a responses body: the final answer's messages joined; `output_text` only where nothing else is usable."""
    return "".join(message_texts(body)) or _text(body.get("output_text"))
