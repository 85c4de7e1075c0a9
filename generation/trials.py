"""Trials of prompts: one version or two on the same items, in direct mode, to look at and to vote on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from generation import advance
from generation.drafts import working_recipe
from generation.findings import Finding, Severity
from generation.models import (
    Attempt,
    Choice,
    Mode,
    Origin,
    Prompt,
    PromptTrial,
    PromptVote,
    Purpose,
    Request,
    RequestStatus,
    Revision,
    Run,
)
from generation.recipes import Draft, InvalidOutput, recipe_class

MOST_ITEMS = 50


@dataclass(frozen=True)
class Asked:
    """What is to be tried: a version or two, on which items of one collection."""

    left: Prompt
    right: Prompt | None
    collection: Any
    item_ids: list[int]


@dataclass
class Side:
    """What one version made of one item, with all that was paid for it."""

    status: str = ""
    error: str = ""
    text: str = ""
    findings: list[Finding] = field(default_factory=list)
    input_tokens: int = 0
    output_tokens: int = 0
    cost_nano: int | None = 0


@dataclass
class Tried:
    """One item of a trial; `own` is the reader's vote."""

    item_id: int
    label: str
    left: Side
    right: Side | None = None
    own: str = ""


@dataclass
class Total:
    """Sums of one version over all items of a trial."""

    prompt: Prompt
    run: Run
    answered: int = 0
    failed: int = 0
    errors: int = 0
    warnings: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_nano: int | None = 0


def spread(rows: QuerySet[Any], count: int) -> list[int]:
    """Ids of so many items, evenly spread over their source, so that the same are taken each time."""
    ids = list(rows.filter(removed_at=None).order_by("position", "pk").values_list("pk", flat=True))
    count = min(count, len(ids))
    return [ids[place * len(ids) // count] for place in range(count)]


def foreseen(asked: Asked) -> list[Run]:
    """The runs as they would be planned, with their estimates; raises PlanError or PromptError. Nothing is kept."""
    with transaction.atomic():
        runs = _runs(asked)
        transaction.set_rollback(True)
    return runs


def _runs(asked: Asked, **fields: Any) -> list[Run]:
    chosen = advance.Selection(only="all", item_ids=asked.item_ids, include_approved=True)
    recipes = [recipe_class(asked.left.recipe)]
    shared = {"mode": Mode.DIRECT, "purpose": Purpose.COMPARISON, **fields}
    prompts = [prompt for prompt in (asked.left, asked.right) if prompt]
    return [advance.prepare(recipes, [asked.collection], chosen, prompt, **shared) for prompt in prompts]


def start(asked: Asked, user: Any, actor: str, seen: int | None = None) -> PromptTrial:
    """Launch a trial; raises PlanError, PromptError or LaunchRefused: then nothing of it goes on.

    `seen` is the number of requests that the person has agreed to.
    """
    with transaction.atomic():
        runs = _runs(asked, created_by=user, actor=actor)
        total = sum(run.total for run in runs)
        if seen is not None and seen != total:
            raise advance.LaunchRefused(
                f"Meanwhile it is {total:,} requests and no longer {seen:,}. Nothing was sent: look again and launch."
            )
        trial = PromptTrial.objects.create(
            recipe=asked.left.recipe, collection=asked.collection.slug, left=asked.left, right=asked.right,
            left_run=runs[0], right_run=runs[1] if asked.right else None, created_by=user, actor=actor,
        )  # fmt: skip
    try:
        for run in runs:
            advance.launch(run, actor)
    except advance.LaunchRefused:
        for run in runs:
            advance.cancel_run(run, actor)
        trial.delete()
        raise
    return trial


def runs_of(trial: PromptTrial) -> list[Run]:
    """The one or two runs of a trial, left first."""
    return [run for run in (trial.left_run, trial.right_run) if run]


def progress(trial: PromptTrial) -> tuple[int, int, bool]:
    """How many requests have their end, of how many, and whether anything may still happen."""
    runs = runs_of(trial)
    requests = Request.objects.filter(run__in=runs)
    total = sum(run.total for run in runs)
    return requests.finished().count(), total, any(run.open for run in runs)


def look(trial: PromptTrial, user: Any) -> list[Tried]:
    """What each version made of each item, in the order of the source; a fixed number of queries."""
    asked = Request.objects.filter(run__in=runs_of(trial)).order_by("pk")
    sides = {request.pk: Side(request.status, request.error_message) for request in asked}
    _count(sides, asked)
    _read(sides, asked)
    own = dict(PromptVote.objects.filter(trial=trial, user=user).values_list("item_id", "choice"))
    by_run: dict[int, dict[int, Side]] = {run.pk: {} for run in runs_of(trial)}
    labels: dict[int, str] = {}
    for request in asked:
        by_run[request.run_id][request.item_id] = sides[request.pk]
        labels.setdefault(request.item_id, request.label)
    _check(trial.recipe, list(by_run.values()))
    left, right = by_run[trial.left_run_id], by_run.get(trial.right_run_id or 0)
    return [
        Tried(pk, label, left.get(pk, Side()), right.get(pk, Side()) if right is not None else None, own.get(pk, ""))
        for pk, label in labels.items()
    ]


def _count(sides: dict[int, Side], asked: QuerySet[Request]) -> None:
    paid = Attempt.objects.filter(request__in=asked.values("pk"))
    for request, tokens_in, tokens_out, cost in paid.values_list(
        "request", "input_tokens", "output_tokens", "cost_nano"
    ):
        side = sides[request]
        side.input_tokens += tokens_in
        side.output_tokens += tokens_out
        side.cost_nano = None if cost is None or side.cost_nano is None else side.cost_nano + cost


def _read(sides: dict[int, Side], asked: QuerySet[Request]) -> None:
    made = Revision.objects.filter(origin=Origin.TRIED, attempt__request__in=asked.values("pk")).order_by("pk")
    for request, text in made.values_list("attempt__request", "text"):
        sides[request].text = text


def _check(key: str, versions: Sequence[dict[int, Side]]) -> None:
    """Look at each version's texts as a chunk of its own, as they would be in a run."""
    recipe = working_recipe(key)
    rows = recipe.item_model._default_manager.select_related(*recipe.select_related)
    items = rows.in_bulk({pk for sides in versions for pk in sides})
    for sides in versions:
        read = {pk: side for pk, side in sides.items() if side.text and pk in items}
        try:
            found = recipe.checks([Draft(items[pk], side.text) for pk, side in read.items()])
        except InvalidOutput:
            # The recipe's options have moved since: the texts are shown without findings.
            continue
        for side, findings in zip(read.values(), found, strict=True):
            side.findings = findings


def totals(trial: PromptTrial, tried: Sequence[Tried]) -> list[Total]:
    """The sums of each version, left first."""
    found = [_total(trial.left, trial.left_run, [one.left for one in tried])]
    if trial.right and trial.right_run:
        found.append(_total(trial.right, trial.right_run, [one.right for one in tried if one.right]))
    return found


def _total(prompt: Prompt, run: Run, sides: Sequence[Side]) -> Total:
    def found(severity: Severity) -> int:
        return sum(finding.severity == severity for side in sides for finding in side.findings)

    costs = [side.cost_nano for side in sides]
    open_states = (RequestStatus.PLANNED, RequestStatus.QUEUED, "")
    good = sum(side.status == RequestStatus.SUCCEEDED for side in sides)
    return Total(
        prompt, run, good, sum(side.status not in open_states for side in sides) - good, found(Severity.ERROR),
        found(Severity.WARNING), sum(side.input_tokens for side in sides), sum(side.output_tokens for side in sides),
        None if None in costs else sum(cost or 0 for cost in costs),
    )  # fmt: skip


def votes_by_person(trial: PromptTrial) -> list[tuple[str, dict[str, int]]]:
    """Name and votes by choice of everybody who has voted, the sum of all last; nothing before the first vote."""
    counted: dict[str, dict[str, int]] = {}
    everybody = dict.fromkeys(Choice.values, 0)
    for vote in PromptVote.objects.of(trial):
        own = counted.setdefault(str(vote.user), dict.fromkeys(Choice.values, 0))
        own[vote.choice] += 1
        everybody[vote.choice] += 1
    return [*counted.items(), ("all", everybody)] if counted else []


def vote(trial: PromptTrial, item_id: int, user: Any, choice: str) -> bool:
    """Note a person's vote on an item of the trial; False where the trial has no such item or no second version."""
    asked = Request.objects.filter(run=trial.left_run_id, item_id=item_id)
    if choice not in Choice.values or trial.right_run_id is None or not asked.exists():
        return False
    PromptVote.objects.cast(trial, item_id, user, choice)
    return True
