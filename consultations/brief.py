"""A brief: the question of a consultation, how many responses to make up, and what they vary over; YAML or JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from consultations.file_values import refuse, text_of
from consultations.mix import DIMENSIONS, USUAL, Mix, MixError, weights

EXPECTED = "a brief (question, responses, seed, vary)"
MOST = 100_000


@dataclass(frozen=True)
class Brief:
    """What a consultation with made-up responses needs."""

    question: str
    count: int
    seed: str = "1"
    background: str = ""
    mix: Mix = field(default_factory=lambda: USUAL)

    def to_bytes(self) -> bytes:
        """The brief as a JSON file."""
        value = {
            "question": self.question, "background": self.background, "responses": self.count, "seed": self.seed,
            "vary": self.mix,
        }  # fmt: skip
        return json.dumps(value, ensure_ascii=False, indent=2).encode()


def loaded(text: str) -> Any:
    """A YAML (or JSON) value with every scalar as written; None where it is neither."""
    try:
        return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  the base loader makes nothing but text
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def is_brief(value: Any) -> bool:
    """Whether a loaded value means to be a brief."""
    return isinstance(value, Mapping) and "question" in value


def read_brief(value: Any) -> Brief:
    """The brief in a loaded value; raises SourceError."""
    if not is_brief(value) or not text_of(value["question"]):
        raise refuse(EXPECTED, "no question in it")
    known = {"question", "background", "responses", "count", "seed", "vary"}
    if strange := sorted(set(map(str, value)) - known):
        raise refuse(EXPECTED, f"the unknown name '{strange[0]}'")
    try:
        mix = _mix(value.get("vary") or {})
    except MixError as error:
        raise refuse(EXPECTED, str(error)) from error
    return Brief(
        text_of(value["question"]), _count(value.get("responses", value.get("count"))),
        text_of(value.get("seed")) or "1", text_of(value.get("background")), mix,
    )  # fmt: skip


def _mix(vary: Any) -> Mix:
    if not isinstance(vary, Mapping):
        raise MixError("'vary' is no mapping")
    if strange := sorted(set(map(str, vary)) - set(DIMENSIONS)):
        raise MixError(f"'{strange[0]}' under 'vary' (there are: {', '.join(DIMENSIONS)})")
    return {name: weights(vary[name], name) if name in vary else USUAL[name] for name in DIMENSIONS}


def _count(value: Any) -> int:
    text = text_of(value)
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= MOST:
        raise refuse(EXPECTED, f"'{text}' as the number of responses (a whole number from 1 to {MOST:,})")
    return int(text)
