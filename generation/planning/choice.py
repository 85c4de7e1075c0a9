"""What a person wants to generate, and its start as a rehearsal, a pilot or a launch."""

from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from generation import advance, counting, launching, rehearsals
from generation.deletion import discard_run
from generation.models import Mode, Purpose, Run, TokenCount
from generation.pipeline.plan import PlanError, Selection
from generation.planning.problems import blocking, prompt_problems
from generation.recipes import Recipe, collection_model, recipe_class

MAX_REMARK = 2000


@dataclass(frozen=True)
class Choice:
    """Recipes x selected items, and how they are sent; `parent` is the pilot whose rest this is."""

    recipes: tuple[type[Recipe], ...]
    collections: tuple[Any, ...]
    selection: Selection
    mode: str = Mode.BATCH
    model: str = ""
    remark: str = ""
    parent: Run | None = None

    def prepared(self, **fields: Any) -> Run:
        """A planned run with its estimate; raises PlanError or PromptError."""
        if not self.collections:
            raise PlanError("No items are chosen.")
        return advance.prepare(self.recipes, self.collections, self.selection, **{**self._fields(), **fields})

    def count_all(self) -> list[TokenCount]:
        """Ask for a count of every prompt; the worker takes it on. Raises PlanError."""
        counts = counting.begin(self.recipes, self.collections, self.selection, **self._fields())
        for count in counts:
            if count.finished_at is None:
                count.wake_up()
        return counts

    def _fields(self) -> dict[str, Any]:
        return {"mode": self.mode, "model": self.model, "remark": self.remark, "parent": self.parent}

    def pilot(self, items: int) -> "Choice":
        """The same for the first items of each collection, in direct mode."""
        return replace(self, mode=Mode.DIRECT, selection=replace(self.selection, first=items))


def rest_of(pilot: Run, user: Any, mode: str, limit: int | None = None) -> Choice:
    """What the pilot was chosen from, without what it has made; of collections that the user may see."""
    chosen = Selection(**pilot.selection)
    most = limit or (None if chosen.limit is None else max(0, chosen.limit - (chosen.first or 0)))
    selection = replace(chosen, first=None, limit=most, besides=[*chosen.besides, pilot.pk])
    recipes = tuple(recipe_class(key) for key in pilot.recipes)
    return Choice(
        recipes, tuple(_collections(pilot, user)), selection, mode=mode, model=pilot.model, remark=pilot.remark,
        parent=pilot,
    )  # fmt: skip


def _collections(run: Run, user: Any) -> list[Any]:
    found: list[Any] = []
    for kind in dict.fromkeys(key.partition(".")[0] for key in run.recipes):
        rows = collection_model(kind)._default_manager.visible_to(user)  # type: ignore[attr-defined]
        found += rows.filter(slug__in=run.collections)
    return found


def start(choice: Choice, purpose: Purpose, user: Any, actor: str, seen: str = "") -> Run:
    """Plan and launch; raises LaunchRefused, PlanError or PromptError, and leaves nothing behind then.

    `seen` is the number of requests that the person has agreed to; empty: any.
    """
    if purpose == Purpose.REHEARSAL and not rehearsals.available():
        raise advance.LaunchRefused(launching.NO_SANDBOX)
    for wrong in prompt_problems(choice.recipes, choice.collections, choice.model):
        raise advance.LaunchRefused(f"{wrong.words} Nothing was sent and nothing is owed.")
    with transaction.atomic():
        run = choice.prepared(purpose=purpose, created_by=user, actor=actor)
        if seen and seen != str(run.total):
            raise advance.LaunchRefused(
                f"Meanwhile it is {run.total:,} requests and no longer {seen}. Nothing was sent: look again and launch."
            )
        if problem := blocking(run):
            raise advance.LaunchRefused(f"{problem} Nothing was sent and nothing is owed.")
    try:
        advance.launch(run, actor)
    except advance.LaunchRefused:
        discard_run(run)
        raise
    return run
