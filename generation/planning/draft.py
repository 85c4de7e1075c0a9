"""A run as it would be, with everything that a person wants to see before the launch; nothing of it stays."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from generation import costs, launching
from generation.instructions import instruction, instruction_of
from generation.models import Request, Run, TokenCount
from generation.models.budgets import Standing, likely_cost, standings
from generation.pipeline.plan import PlanError, left_out
from generation.planning.choice import Choice
from generation.planning.problems import Problem, problems, prompt_problems
from generation.planning.samples import bodies_of, options_of, samples, texts_of
from generation.planning.shards import Shards, shard_plan
from generation.prompts import PromptError
from generation.token_counts import counts_of


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Items of a collection that are not taken for a recipe, with the reason."""

    recipe: str
    collection: str
    reason: str
    count: int


@dataclass
class Shown:
    """One request of the plan as it would be sent. `position` counts from 1."""

    position: int
    label: str
    title: str
    texts: list[tuple[str, str]] = field(default_factory=list)
    options: str = ""
    tokens: int = 0
    problem: str = ""


@dataclass
class Draft:
    """The plan. Without a run it can't be made: `refusal` and `problems` say why."""

    run: Run | None = None
    refusal: str = ""
    problems: list[Problem] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    shards: list[Shards] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    shown: Shown | None = None
    counts: list[TokenCount] = field(default_factory=list)
    likely: int | None = None
    needs_approval: bool = False

    @property
    def blocked(self) -> bool:
        """Whether any launch would be refused for one of the problems."""
        return self.run is None or any(problem.blocks for problem in self.problems)


def draft(choice: Choice, wanted: str = "", *, details: bool = True) -> Draft:
    """Plan, estimate and look at it, then take everything back. `wanted` names the request to show: number or label."""
    made = Draft(problems=prompt_problems(choice.recipes, choice.collections, choice.model))
    try:
        with transaction.atomic():
            if details:
                made.left_out = _left_out(choice)
            if not made.problems:
                made.run = choice.prepared()
                if details:
                    _look(made, made.run, wanted)
            transaction.set_rollback(True)
    except (PlanError, PromptError) as error:
        made.run, made.refusal = None, str(error)
    if made.problems and made.run is None:
        made.refusal = made.problems[0].words
    return made


def _look(made: Draft, run: Run, wanted: str) -> None:
    taken = samples(run)
    made.problems = problems(run, taken)
    made.shards = shard_plan(run, taken)
    made.shown = shown(run, wanted)
    made.counts = counts_of(run)
    made.standings, made.likely = standings(run), likely_cost(run)
    made.needs_approval = launching.needs_approval(run)


def _left_out(choice: Choice) -> list[LeftOut]:
    found: list[LeftOut] = []
    for recipe in choice.recipes:
        for collection in choice.collections:
            if isinstance(collection, recipe.item_model._meta.get_field("collection").related_model):
                inforce = instruction(recipe.key, collection.slug, choice.model)
                reasons = left_out(recipe, collection, choice.selection, inforce)
                found += [LeftOut(recipe.title, collection.name, *pair) for pair in reasons.items()]
    return found


def shown(run: Run, wanted: str = "") -> Shown | None:
    """The request of this number in the plan, or the first whose label holds these words; else the first."""
    rows = run.requests.order_by("pk").select_related("prompt")
    request, position = _found(rows, wanted.strip())
    if request is None:
        return None
    inforce = instruction_of(run, request.recipe, request.collection, request.prompt)
    one = Shown(position, request.label, inforce.recipe.title)
    if inforce.recipe.local:
        one.problem = "It is computed here: nothing is sent, and there is no prompt."
        return one
    (body,) = bodies_of(run, inforce, [request])
    if isinstance(body, PromptError):
        one.problem = f"{body}."
        return one
    one.texts, one.options = texts_of(body), options_of(body)
    one.tokens = costs.count_tokens(text for _, text in one.texts)
    return one


def _found(rows: Any, wanted: str) -> tuple[Request | None, int]:
    if wanted.isdecimal() and 0 < int(wanted) <= 10**9 and (request := rows[int(wanted) - 1 : int(wanted)].first()):
        return request, int(wanted)
    named = rows.filter(label__icontains=wanted).first() if wanted and not wanted.isdecimal() else None
    request = named or rows.first()
    return request, rows.filter(pk__lte=request.pk).count() if request else 0
