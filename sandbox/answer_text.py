"""The text of an answer: a lesson, an instance of a schema, or plain paragraphs; and its faults on request."""

import json
import random
from dataclasses import dataclass

from sandbox.known import Known
from sandbox.lessons_text import lesson, read_ask
from sandbox.prose import MARK, plain_text, sentence, subject_words
from sandbox.request_checks import Body, asked_format
from sandbox.schema_instance import instance

SHAPES = ("split_messages", "commentary", "output_text_only")


@dataclass
class Draft:
    """What the model would say, how it ends (stop, length, content_filter, refusal), and an odd shape if asked for."""

    text: str
    finish: str = "stop"
    shape: str | None = None


def _text(
    endpoint: str, body: Body, prompt: list[tuple[str, str]], dice: random.Random, limit: int | None, known: Known
) -> str:
    # The system message may explain the labels that the user message then uses.
    user = "\n".join(text for role, text in prompt if role not in ("system", "developer"))
    ask = read_ask(user) or read_ask("\n".join(text for _, text in prompt))
    words = subject_words(ask.title if ask else user[:400])
    kind, asked = asked_format(endpoint, body)
    if kind == "json_schema":
        made = instance(asked["schema"], dice, words)
        if known.rules:
            made = known.fill(made, "\n".join(text for _, text in prompt), dice)
        return json.dumps(made, ensure_ascii=False)
    if kind == "json_object":
        return json.dumps({"note": MARK, "text": sentence(dice, words)}, ensure_ascii=False)
    if ask:
        return lesson(ask, dice)
    # Well below a limit on the output, so that only requests which ask for too much are cut.
    return plain_text(dice, user[:400], min(dice.randint(80, 200), (limit or 1000) // 3 + 1))


def write_draft(
    endpoint: str,
    body: Body,
    prompt: list[tuple[str, str]],
    dice: random.Random,
    *,
    trick: str | None,
    limit: int | None,
    known: Known,
) -> Draft:
    """The draft for a request, bent as the fault `trick` says."""
    text = _text(endpoint, body, prompt, dice, limit, known)
    if trick in ("refusal", "content_filter"):
        return Draft(text[: len(text) // 4], trick)
    if trick in ("length", "broken_json_text"):
        return Draft(text[: len(text) // 2], "length" if trick == "length" else "stop")
    bent = {
        "empty_content": "",
        "u2028": text[:40] + "\u2028" + text[40:80] + "\u0085" + text[80:],
        "json_fence": f"Here is the result:\n```json\n{text}\n```",
        "schema_violation": '{"unexpected": [1, 2, 3]}',
    }.get(trick or "", text)
    return Draft(bent, "stop", trick if trick in SHAPES else None)
