"""Estimate: what a planned run would cost, before anything is sent. Money is in nano-dollars."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean, pvariance
from typing import Any

from generation import costs
from generation.instructions import Instruction, instruction_of
from generation.jsonl import chunked
from generation.measured import Measured, measured
from generation.models import Mode, Run
from generation.token_counts import counted_before, texts_of

SAMPLE = 500
# Counting tokens is the slow part: of long prompts fewer are counted.
SAMPLE_BYTES = 1_000_000
# Prompts are only measured in bytes much faster: so many are, to scale the counted ones by.
MEASURED, MEASURED_BYTES = 1000, 4_000_000
CHUNK = 100
# Without history an answer is taken to use half of what it may; low and high are a quarter and all of it.
UNKNOWN_LIMIT = 4096


@dataclass(frozen=True)
class Counted:
    """Input of one recipe: requests, and mean and standard error of tokens and bytes in the sample."""

    requests: int
    tokens: float
    error: float
    bytes: float
    sampled: int


def estimate(run: Run, *, sample: int = SAMPLE, seed: int = 1) -> dict[str, Any]:
    """Tokens and cost of the run, low, likely and high, for each mode; also saved on the run."""
    parts = [_part(run, key, collection, sample, seed) for key, collection in run.groups()]
    run.estimate = {
        "requests": sum(part["requests"] for part in parts),
        "input_tokens": sum(part["input_tokens"] for part in parts),
        "input_error": round(sum(part["input_error"] ** 2 for part in parts) ** 0.5),
        "input_bytes": sum(part["input_bytes"] for part in parts),
        "output_tokens": {level: sum(part["output_tokens"][level] for part in parts) for level in _LEVELS},
        "cost_nano": {mode: {level: _added(parts, mode, level) for level in _LEVELS} for mode in Mode.values},
        "parts": parts,
    }
    run.save(update_fields=["estimate"])
    return run.estimate


_LEVELS = ("low", "likely", "high")


def _added(parts: Sequence[dict[str, Any]], mode: str, level: str) -> int | None:
    known = [part["cost_nano"][mode][level] for part in parts]
    return None if None in known else sum(known)


def _part(run: Run, key: str, collection: str, sample: int, seed: int) -> dict[str, Any]:
    first = run.requests.filter(recipe=key, collection=collection).select_related("prompt").first()
    inforce = instruction_of(run, key, collection, first.prompt if first else None)
    counted = _count(run, inforce, key, collection, sample if not inforce.recipe.local else 0, seed)
    known = measured(run, key)
    counted = replace(counted, tokens=counted.tokens * known.input_factor, error=counted.error * known.input_factor)
    output = _output_tokens(known, inforce)
    tokens_in = round(counted.tokens * counted.requests)
    tokens_out = {level: round(output[level] * counted.requests) for level in _LEVELS}
    discounted = {mode: costs.rates(inforce.model, inforce.provider, mode) for mode in Mode.values}
    return {
        "recipe": key,
        "collection": collection,
        "model": inforce.model,
        "provider": inforce.provider,
        "requests": counted.requests,
        "sampled": counted.sampled,
        "input_tokens": tokens_in,
        "input_error": round(2 * counted.error * counted.requests),
        "input_bytes": round(counted.bytes * counted.requests),
        "output_tokens": tokens_out,
        "output_basis": output["basis"],
        # Its prompts are counted as they can be written now.
        "waits_for": sorted({need.recipe for need in inforce.recipe.needs} & set(run.recipes)),
        "discounted": {mode: bool(known and known.discounted) for mode, known in discounted.items()},
        "cost_nano": {
            mode: {level: _cost(inforce, mode, counted, output[level]) for level in _LEVELS} for mode in Mode.values
        },
    }


def _cost(inforce: Instruction, mode: str, counted: Counted, output: float) -> int | None:
    usage = costs.Usage(input=round(counted.tokens), output=round(output))
    single = 0 if inforce.recipe.local else costs.price(usage, inforce.model, inforce.provider, mode)
    return None if single is None else single * counted.requests


def _count(run: Run, inforce: Instruction, key: str, collection: str, sample: int, seed: int) -> Counted:
    rows = run.requests.filter(recipe=key, collection=collection).order_by("pk")
    ids = list(rows.values_list("item_id", flat=True))
    if not sample:
        return Counted(len(ids), 0.0, 0.0, 0.0, 0)
    whole = counted_before(run, inforce, key, collection)
    if whole and whole.is_good and whole.counted:
        return Counted(len(ids), whole.tokens / whole.counted, 0.0, whole.bytes / whole.counted, len(ids))
    # Seeded, so that asking twice gives the same figure.
    chosen = random.Random(seed).sample(ids, min(max(sample, MEASURED), len(ids)))
    sizes: list[int] = []
    tokens: list[int] = []
    for part in (*chunked(chosen[:sample], CHUNK), *chunked(chosen[sample:], CHUNK)):
        pairs = texts_of(inforce, part, run.remark)
        # Whole chunks, whose texts come in an order of their own; and not after a gap: the first sizes are the tokens'.
        if len(tokens) == len(sizes) < sample and sum(sizes) < SAMPLE_BYTES:
            tokens += [costs.count_tokens(pair) for pair in pairs]
        sizes += [sum(len(text.encode()) for text in pair) for pair in pairs]
        if sum(sizes) >= MEASURED_BYTES:
            break
    return _scaled(len(ids), sizes, tokens)


def _scaled(requests: int, sizes: Sequence[int], tokens: Sequence[int]) -> Counted:
    """Tokens of all by the bytes of those measured: the ratio estimator in two phases, with its standard error.

    The first of `sizes` are those of `tokens`. Source: Cochran, Sampling Techniques, chapter 12 (double sampling).
    """
    if not tokens or not sum(sizes[: len(tokens)]):
        return Counted(requests, 0.0, 0.0, 0.0, 0)
    ratio = sum(tokens) / sum(sizes[: len(tokens)])
    off = sum((count - ratio * size) ** 2 for count, size in zip(tokens, sizes, strict=False))
    unseen = 1 / len(tokens) - 1 / requests
    unmeasured = 1 / len(sizes) - 1 / requests
    variance = off / max(1, len(tokens) - 1) * unseen + ratio**2 * pvariance(sizes) * unmeasured
    return Counted(requests, ratio * fmean(sizes), max(0.0, variance) ** 0.5, fmean(sizes), len(tokens))


def _output_tokens(known: Measured, inforce: Instruction) -> dict[str, Any]:
    if known.answers:
        return {
            "low": max(0.0, known.mean - known.spread), "likely": known.mean, "high": known.mean + known.spread,
            "basis": known.basis,
        }  # fmt: skip
    if inforce.recipe.local:
        return {"low": 0.0, "likely": 0.0, "high": 0.0, "basis": "computed here, nothing is sent"}
    limit = inforce.parameters.max_output_tokens or UNKNOWN_LIMIT
    basis = f"no history: from the limit of {limit}"
    return {"low": limit / 4, "likely": limit / 2, "high": float(limit), "basis": basis}
