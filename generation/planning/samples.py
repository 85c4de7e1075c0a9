"""A few of a planned run's requests as they would be sent: what shards, problems and the shown prompt are made from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from generation.instructions import Instruction, instruction_of, needs_of
from generation.jsonl import request_line
from generation.models import Request, Run
from generation.prompts import PromptError
from generation.recipes import Needs, recipe_class
from generation.rehearsals import with_rehearsed

SAMPLE = 100


@dataclass
class Sample:
    """Of one recipe and collection: how many requests, lines of some of them, and what could not be rendered."""

    key: str
    collection: str
    inforce: Instruction
    requests: int
    lines: list[bytes] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    waits: bool = False

    @property
    def mean_line(self) -> float:
        """Bytes of a line on average; 0 where none could be made yet."""
        return sum(map(len, self.lines)) / len(self.lines) if self.lines else 0.0


def samples(run: Run, size: int = SAMPLE) -> list[Sample]:
    """Evenly spread requests of each recipe and collection, rendered; a fixed number of queries for each."""
    return [_sample(run, key, collection, size) for key, collection in run.groups()]


def _sample(run: Run, key: str, collection: str, size: int) -> Sample:
    rows = run.requests.filter(recipe=key, collection=collection).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    chosen = list(rows.filter(pk__in=ids[:: max(1, len(ids) // size)][:size]).select_related("prompt"))
    inforce = instruction_of(run, key, collection, chosen[0].prompt if chosen else None)
    sample = Sample(key, collection, inforce, len(ids))
    sample.waits = any(need.recipe in run.recipes for need in recipe_class(key).needs)
    if not inforce.recipe.local:
        _render(run, sample, chosen)
    return sample


def _render(run: Run, sample: Sample, requests: Sequence[Request]) -> None:
    for request, body in zip(requests, bodies_of(run, sample.inforce, requests), strict=True):
        if isinstance(body, PromptError):
            sample.problems.append(f"{request.label}: {body}.")
        else:
            sample.bodies.append(body)
            sample.lines.append(request_line(request.custom_id, sample.inforce.endpoint, body))
            sample.labels.append(request.label)


def bodies_of(run: Run, inforce: Instruction, requests: Sequence[Request]) -> list[dict[str, Any] | PromptError]:
    """The body of each request, or why its prompt can't be filled in."""
    recipe = type(inforce.recipe)
    rows = recipe.item_model._default_manager.select_related(*recipe.select_related)
    items = rows.in_bulk([request.item_id for request in requests])
    present = [items[request.item_id] for request in requests]
    needs = with_rehearsed(run, recipe, present, needs_of(recipe, present))
    try:
        return [*inforce.bodies(present, needs, run.remark)]
    except PromptError:
        return _one_by_one(run, inforce, present, needs)


def _one_by_one(
    run: Run, inforce: Instruction, items: Sequence[Any], needs: Sequence[Needs]
) -> list[dict[str, Any] | PromptError]:
    found: list[dict[str, Any] | PromptError] = []
    for item, need in zip(items, needs, strict=True):
        try:
            found += inforce.bodies([item], [need], run.remark)
        except PromptError as error:
            found.append(error)
    return found


def options_of(body: dict[str, Any]) -> str:
    """What a body asks beside its texts, as indented JSON."""
    rest = {name: value for name, value in body.items() if name not in ("messages", "input")}
    return orjson.dumps(rest, option=orjson.OPT_INDENT_2).decode()


def texts_of(body: dict[str, Any]) -> list[tuple[str, str]]:
    """Role and text of each message."""
    return [(message["role"], message["content"]) for message in body.get("messages") or body.get("input") or ()]
