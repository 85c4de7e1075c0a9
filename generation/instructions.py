"""What a recipe asks in the end: its defaults, the operator's settings and the active prompt, brought together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.conf import settings

from generation.base_models import digest
from generation.models import Prompt, Purpose, RecipeSettings, Revision, Run
from generation.parameters import Parameters, request_body
from generation.prompts import render, unknown_variables
from generation.recipes import Needs, Recipe, recipe_class


@dataclass(frozen=True)
class Instruction:
    """A recipe as it is in force for one collection now."""

    recipe: Recipe
    prompt: Prompt
    provider: str
    model: str
    endpoint: str
    parameters: Parameters
    enabled: bool
    order: int
    attempts: int
    retry_window: float
    read_timeout: float
    requests_per_minute: int
    concurrency: int

    def way(self, mode: str) -> Literal["local", "batch", "direct"]:
        """How its requests travel in a run of this mode: a provider without a Batch API is asked directly."""
        if self.recipe.local:
            return "local"
        has_batch = settings.PROVIDERS.get(self.provider, {}).get("batch", True)
        return "batch" if mode == "batch" and has_batch else "direct"

    @property
    def recipe_hash(self) -> str:
        """Moves with the prompt's text, the parameters or the model: what makes a generated text outdated."""
        schema = self.recipe.schema.model_json_schema() if self.recipe.schema else None
        fields = [self.prompt.text_hash, self.model, self.endpoint, str(self.parameters), schema]
        return digest(fields)

    def bodies(self, items: Sequence[Any], needs: Sequence[Needs], remark: str = "") -> list[dict[str, Any]]:
        """Request bodies of a chunk of items, in order; raises PromptError where the prompt can't be filled in."""
        return [
            request_body(self.endpoint, self.model, self.parameters, system, user, self.recipe.schema_for(item))
            for item, (system, user) in zip(items, self.texts(items, needs, remark), strict=True)
        ]

    def texts(self, items: Sequence[Any], needs: Sequence[Needs], remark: str = "") -> list[tuple[str, str]]:
        """System and user text for each item."""
        contexts = self.recipe.contexts(items, needs)
        # A prompt without a place for the remark gets it at the end: an editor's wish is never lost.
        loose = remark and "remark" not in unknown_variables(self.prompt.user, ())
        end = f"\n\nRemark of the editor, to be followed: {remark}" if loose else ""
        return [
            (render(self.prompt.system, context), render(self.prompt.user, context) + end)
            for context in ({**context, "remark": remark} for context in contexts)
        ]


def ensure_prompt(recipe: type[Recipe]) -> Prompt:
    """The recipe's general prompt in force; the app's file becomes a version when there is none or the file moved."""
    active = Prompt.objects.active_for(recipe.key)
    if active and not active.from_file:
        return active
    text = recipe().default_prompt()
    if active and (active.system, active.user) == (text.system, text.user):
        return active
    return Prompt(recipe=recipe.key, system=text.system, user=text.user, from_file=True, note="from the app").add()


def instruction(key: str, collection: str = "", model: str = "", prompt: Prompt | None = None) -> Instruction:
    """The recipe as in force for this collection; `model` overrides, `prompt` names another version."""
    known = recipe_class(key)
    row = RecipeSettings.objects.filter(recipe=key).first() or RecipeSettings(recipe=key, enabled=known.enabled)
    return Instruction(
        recipe=known(row.options),
        prompt=prompt or _prompt_for(known, collection),
        provider=row.provider or known.provider,
        model=model or row.model or known.model or settings.DEFAULT_MODEL,
        endpoint=row.endpoint or known.endpoint,
        parameters=known.parameters.changed(
            max_output_tokens=row.max_output_tokens,
            temperature=row.temperature,
            reasoning_effort=row.reasoning_effort,
            verbosity=row.verbosity,
        ),
        enabled=row.enabled,
        order=known.order if row.order is None else row.order,
        attempts=row.attempts or known.attempts,
        retry_window=row.retry_window or known.retry_window,
        read_timeout=row.read_timeout or known.read_timeout,
        requests_per_minute=row.requests_per_minute or known.requests_per_minute,
        concurrency=row.concurrency or known.concurrency,
    )


def instruction_of(run: Run, key: str, collection: str = "", prompt: Prompt | None = None) -> Instruction:
    """The recipe as this run asks it: with the run's model, and a rehearsal at the sandbox and nowhere else."""
    found = instruction(key, collection, run.model, prompt)
    return replace(found, provider="sandbox") if run.purpose == Purpose.REHEARSAL else found


def _prompt_for(recipe: type[Recipe], collection: str) -> Prompt:
    own = Prompt.objects.active_for(recipe.key, collection) if collection else None
    return own if own and own.collection else ensure_prompt(recipe)


def needs_of(recipe: type[Recipe], items: Sequence[Any]) -> list[dict[str, list[Revision]]]:
    """For each item the revisions that its recipe depends on; a fixed number of queries for the chunk."""
    found: list[dict[str, list[Revision]]] = [{} for _ in items]
    for dependency in recipe.needs:
        model = recipe_class(dependency.recipe).artefact_model
        pointer = "approved" if dependency.level == "approved" else "current"
        rows = model._default_manager.filter(recipe=dependency.recipe, **{f"{pointer}__isnull": False})
        by = "item_id" if dependency.scope == "item" else "item__collection_id"
        of_item = {item.pk: item.pk if dependency.scope == "item" else item.collection_id for item in items}
        rows = rows.filter(**{f"{by}__in": set(of_item.values())}).select_related(pointer).order_by("item_id")
        grouped: dict[int, list[Revision]] = {}
        for artefact, group in zip(rows, rows.values_list(by, flat=True), strict=True):
            grouped.setdefault(group, []).append(getattr(artefact, pointer))
        for item, need in zip(items, found, strict=True):
            need[dependency.recipe] = grouped.get(of_item[item.pk], [])
    return found
