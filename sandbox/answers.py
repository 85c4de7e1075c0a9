"""Answers to chat completions and responses calls: deterministic for the request's body and the seed."""

import hashlib
import random
from dataclasses import dataclass
from typing import Any

from sandbox.answer_text import Draft, write_draft
from sandbox.catalog import reasons, snapshot
from sandbox.known import Known
from sandbox.request_checks import CHAT, Body, check_length
from sandbox.wire import dumps, hex_id

REFUSAL = "I'm sorry, but I can't help with that request."


@dataclass(frozen=True)
class Usage:
    """Tokens of one answer; `output` includes `reasoning`."""

    input: int
    output: int
    reasoning: int
    cached: int

    @property
    def total(self) -> int:
        """Input and output together."""
        return self.input + self.output


@dataclass
class Answer:
    """A body for the wire and what it cost."""

    body: Body
    usage: Usage


def tokens(text: str) -> int:
    """Four bytes a token: close enough for a stand-in."""
    return (len(text.encode("utf-8", "replace")) + 3) // 4


def _texts(content: Any) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))


def prompt_texts(endpoint: str, body: Body) -> list[tuple[str, str]]:
    """Role and text of each message of a request."""
    raw = body.get("messages" if endpoint == CHAT else "input")
    messages = raw if isinstance(raw, list) else [{"role": "user", "content": raw}]
    parts = [part for part in messages if isinstance(part, dict)]
    texts = [(str(part.get("role", "user")), _texts(part.get("content"))) for part in parts]
    instructions = body.get("instructions")
    return [("system", instructions), *texts] if isinstance(instructions, str) else texts


def prompt_tokens(endpoint: str, body: Body) -> int:
    """Tokens of the prompt, with a few for each message's frame."""
    return 3 + sum(3 + tokens(text) for _, text in prompt_texts(endpoint, body))


def max_output(body: Body) -> int | None:
    """The limit on output tokens under any of its names."""
    for name in ("max_completion_tokens", "max_output_tokens", "max_tokens"):
        if isinstance(body.get(name), int):
            return int(body[name])
    return None


def _reasoning_tokens(endpoint: str, body: Body, dice: random.Random) -> int:
    effort = body.get("reasoning_effort") if endpoint == CHAT else (body.get("reasoning") or {}).get("effort")
    if not reasons(body["model"]) or effort in ("none", "minimal"):
        return 0
    return 64 * dice.randint(1, {"low": 2, "high": 12}.get(effort or "medium", 4))


def answer(
    endpoint: str, body: Body, seed: int, *, trick: str | None = None, cached: int = 0, now: float = 0,
    known: Known | None = None,
) -> Answer:  # fmt: skip
    """The answer to a request that passed `check_request`; `trick` names a fault of its content."""
    # Ids and times differ from call to call; text and usage depend on this digest alone.
    digest = hashlib.blake2b(dumps([endpoint, seed, body]), digest_size=8).digest()
    dice = random.Random(int.from_bytes(digest, "big"))
    prompt = prompt_tokens(endpoint, body)
    check_length(prompt)
    reasoning = _reasoning_tokens(endpoint, body, dice)
    limit = max_output(body)
    # The draft knows the limit only to stay below it, the cut is made here.
    texts = prompt_texts(endpoint, body)
    draft = write_draft(endpoint, body, texts, dice, trick=trick, limit=limit, known=known or Known())
    # Thinking counts against the limit too: it can use it up before the first word.
    if limit is not None and reasoning + tokens(draft.text) > limit:
        reasoning = min(reasoning, limit)
        cut = draft.text.encode("utf-8", "replace")[: 4 * (limit - reasoning)]
        draft = Draft(cut.decode("utf-8", "ignore"), "length", draft.shape)
    if draft.finish == "refusal":
        draft.text = REFUSAL
    usage = Usage(prompt, reasoning + tokens(draft.text), reasoning, min(cached, prompt))
    make = _chat_body if endpoint == CHAT else _responses_body
    return Answer(make(body, draft, usage, now), usage)


def _tier(body: Body) -> str:
    return "flex" if body.get("service_tier") == "flex" else "default"


def _chat_body(body: Body, draft: Draft, usage: Usage, now: float) -> Body:
    refused = draft.finish == "refusal"
    message: Body = {
        "role": "assistant",
        "content": None if refused else draft.text,
        "refusal": draft.text if refused else None,
        "annotations": [],
    }
    # A refusal is no reason to finish of its own.
    finish = "stop" if refused else draft.finish
    return {
        "id": hex_id("chatcmpl-"),
        "object": "chat.completion",
        "created": int(now),
        "model": snapshot(body["model"]),
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
        "usage": {
            "prompt_tokens": usage.input,
            "completion_tokens": usage.output,
            "total_tokens": usage.total,
            "prompt_tokens_details": {"cached_tokens": usage.cached, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": usage.reasoning,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        },
        "service_tier": _tier(body),
        "system_fingerprint": "fp_sandbox",
    }


def _message(text: str, status: str = "completed", phase: str | None = None) -> Body:
    content = [{"type": "output_text", "annotations": [], "logprobs": [], "text": text}]
    item = {"id": hex_id("msg_"), "type": "message", "status": status, "content": content, "role": "assistant"}
    return {**item, "phase": phase} if phase else item


def _output(body: Body, draft: Draft, status: str) -> list[Body]:
    items: list[Body] = []
    # Clients that take output[0] for the text shall notice.
    if reasons(body["model"]):
        items.append({"id": hex_id("rs_"), "type": "reasoning", "summary": []})
    if draft.finish == "refusal":
        refusal = _message("")
        refusal["content"] = [{"type": "refusal", "refusal": draft.text}]
        return [*items, refusal]
    if draft.shape == "split_messages":
        return [*items, _message(draft.text[: len(draft.text) // 3], "incomplete"), _message(draft.text)]
    if draft.shape == "commentary":
        return [*items, _message("Working on it ...", phase="commentary"), _message(draft.text, phase="final_answer")]
    if status == "incomplete" and not draft.text:
        return items
    return [*items, _message(draft.text, status)]


def _responses_body(body: Body, draft: Draft, usage: Usage, now: float) -> Body:
    reason = {"length": "max_output_tokens", "content_filter": "content_filter"}.get(draft.finish)
    status = "incomplete" if reason else "completed"
    # No output_text: the service does not send it, only the SDK computes it.
    made = {
        "id": hex_id("resp_"),
        "object": "response",
        "created_at": int(now),
        "status": status,
        "background": False,
        "error": None,
        "incomplete_details": {"reason": reason} if reason else None,
        "instructions": body.get("instructions"),
        "max_output_tokens": body.get("max_output_tokens"),
        "metadata": body.get("metadata") or {},
        "model": snapshot(body["model"]),
        "output": _output(body, draft, status),
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": (body.get("reasoning") or {}).get("effort"), "summary": None},
        "service_tier": _tier(body),
        "store": body.get("store", True),
        "temperature": body.get("temperature", 1.0),
        "text": body.get("text") or {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": body.get("top_p", 1.0),
        "truncation": "disabled",
        "usage": {
            "input_tokens": usage.input,
            "input_tokens_details": {"cached_tokens": usage.cached, "cache_write_tokens": 0},
            "output_tokens": usage.output,
            "output_tokens_details": {"reasoning_tokens": usage.reasoning},
            "total_tokens": usage.total,
        },
        "user": None,
    }
    if draft.shape == "output_text_only":
        made.update(output=[], output_text=draft.text)
    return made
