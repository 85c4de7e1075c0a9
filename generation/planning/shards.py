"""The shard plan: how many files go where, how large they are, and whether the model's token queue has room."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from django.conf import settings

from generation.models import BatchJob, EnqueuedLimit, Run
from generation.pipeline.build import most_bytes
from generation.planning.samples import Sample
from generation.recipes import recipe_class

WAYS = {"batch": "files of the Batch API", "direct": "one by one, at once", "local": "computed here, nothing is sent"}


@dataclass
class Shards:
    """What goes to one provider, model and endpoint in one way. Bytes and tokens are estimated from a sample."""

    provider: str
    model: str
    endpoint: str
    way: str
    requests: int = 0
    files: int = 0
    bytes: int = 0
    tokens: int = 0
    room: str = ""

    @property
    def words(self) -> str:
        """How it travels."""
        return WAYS[self.way]


def shard_plan(run: Run, taken: Sequence[Sample]) -> list[Shards]:
    """One entry for each target; what waits for another recipe of the run goes in files of its own."""
    parts = {(part["recipe"], part["collection"]): part for part in run.estimate["parts"]}
    plan: dict[tuple[str, ...], Shards] = {}
    waves: dict[tuple[tuple[str, ...], int], list[int]] = {}
    for sample in taken:
        inforce = sample.inforce
        way = inforce.way(run.mode)
        where = (inforce.provider, inforce.model, inforce.endpoint) if way != "local" else ("", "", "")
        target: tuple[str, ...] = (*where, way)
        shards = plan.setdefault(target, Shards(*where, way))
        part = parts[sample.key, sample.collection]
        size = round((sample.mean_line or part["input_bytes"] / max(1, sample.requests)) * sample.requests)
        shards.requests += sample.requests
        shards.bytes += size if way != "local" else 0
        shards.tokens += part["input_tokens"]
        if way == "batch":
            wave = waves.setdefault((target, _wave(sample.key, run.recipes)), [0, 0])
            wave[0] += sample.requests
            wave[1] += size
    for (target, _), (requests, total) in waves.items():
        plan[target].files += _files(run, plan[target], requests, total)
    for shards in plan.values():
        shards.room = _room(shards) if shards.way == "batch" else ""
    return list(plan.values())


def _wave(key: str, present: Sequence[str]) -> int:
    """How many recipes of the run come before this one, one after the other."""
    before = [need.recipe for need in recipe_class(key).needs if need.recipe in present]
    return 1 + max(_wave(one, present) for one in before) if before else 0


def _files(run: Run, shards: Shards, requests: int, size: int) -> int:
    largest = max(1, most_bytes(run, (shards.provider, shards.model, shards.endpoint)))
    return max(ceil(requests / settings.BATCH_MAX_REQUESTS), ceil(size / largest))


def _room(shards: Shards) -> str:
    limit = EnqueuedLimit.objects.of(shards.provider, shards.model).first()
    if limit is None or limit.tokens is None:
        return "its limit is not known: nothing is held back until the provider says no"
    held = limit.reserved(BatchJob.objects.all())
    taken = f"{held:,} of {limit.tokens:,} tokens are taken"
    return f"{taken}: there is room" if held + shards.tokens <= limit.tokens else f"{taken}: some files wait their turn"
