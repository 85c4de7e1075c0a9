"""What would go wrong with a planned run: prompts, schemas, limits of tokens and bytes, keys, prices."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from generation import costs
from generation.instructions import instruction
from generation.models import Prompt, Run
from generation.parameters import strict_schema
from generation.planning.samples import Sample, samples, texts_of
from generation.prompts import PromptError, unknown_variables
from generation.provider import ProviderError, get_provider
from generation.recipes import Recipe

# What OpenAI's structured outputs take.
SCHEMA_DEPTH, SCHEMA_PROPERTIES = 10, 5000
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing in a sentence; a blocking one refuses every launch. `prompt` is the version to mend."""

    words: str
    blocks: bool = True
    prompt: Prompt | None = None


def prompt_problems(recipes: Iterable[type[Recipe]], collections: Iterable[Any], model: str = "") -> list[Problem]:
    """Prompts in force that ask for what their recipe does not give, each version once."""
    slugs = [collection.slug for collection in collections]
    found: dict[int, Problem] = {}
    for recipe in recipes:
        for slug in slugs if not recipe.local else ():
            prompt = instruction(recipe.key, slug, model).prompt
            if words := _wrong(recipe, prompt):
                found[prompt.pk] = Problem(f"{recipe.title}, prompt version {prompt.version}: {words}", prompt=prompt)
    return list(found.values())


def _wrong(recipe: type[Recipe], prompt: Prompt) -> str:
    known = {*recipe.variables, "remark"}
    try:
        unknown = [name for text in (prompt.system, prompt.user) for name in unknown_variables(text, known)]
    except PromptError as error:
        return f"the template can't be read: {error}."
    names = ", ".join(f"{{{{ {name} }}}}" for name in dict.fromkeys(unknown))
    return f"it uses {names}, which this recipe does not give. It gives: {', '.join(sorted(known))}." if names else ""


def problems(run: Run, taken: Sequence[Sample]) -> list[Problem]:
    """Everything that these samples and the site's own settings show."""
    return [*_providers(taken), *(problem for sample in taken for problem in _of_sample(run, sample))]


def blocking(run: Run) -> str:
    """The first reason in its requests not to start this run; empty: none. Keys are the launch's own question."""
    found = (problem for sample in samples(run) for problem in _of_sample(run, sample))
    return next((problem.words for problem in found if problem.blocks), "")


def _providers(taken: Iterable[Sample]) -> Iterator[Problem]:
    for name in dict.fromkeys(sample.inforce.provider for sample in taken if not sample.inforce.recipe.local):
        try:
            get_provider(name)
        except ProviderError as error:
            yield Problem(str(error))


def _of_sample(run: Run, sample: Sample) -> Iterator[Problem]:
    for words in sample.problems[:SHOWN]:
        # What it needs is made in this very run: its prompt can only be filled in then.
        yield Problem(f"{sample.key}, {words}", blocks=not sample.waits, prompt=sample.inforce.prompt)
    if sample.inforce.recipe.local:
        return
    yield from _of_schema(sample)
    if sample.lines:
        yield from _of_sizes(sample)
    if costs.rates(sample.inforce.model, sample.inforce.provider, run.mode) is None:
        yield Problem(
            f"Nobody knows the price of {sample.inforce.model} at {sample.inforce.provider}. Enter it in MODEL_PRICES.",
            blocks=False,
        )
    if run.mode == "batch" and sample.inforce.way("batch") == "direct":
        words = f"{sample.inforce.provider} has no Batch API: {sample.key} goes in direct mode, at full price."
        yield Problem(words, blocks=False)


def _of_schema(sample: Sample) -> Iterator[Problem]:
    if sample.inforce.recipe.schema is None:
        return
    schema = strict_schema(sample.inforce.recipe.schema)
    depth, properties = _measure(schema)
    if schema.get("type") != "object":
        yield Problem(f"{sample.key}: the schema of its answer is no object, and the service takes only objects.")
    if depth > SCHEMA_DEPTH or properties > SCHEMA_PROPERTIES:
        yield Problem(
            f"{sample.key}: its schema has {properties:,} properties in {depth} levels; the service takes "
            f"{SCHEMA_PROPERTIES:,} in {SCHEMA_DEPTH}."
        )


def _measure(node: Any, depth: int = 0) -> tuple[int, int]:
    """Levels of objects within each other, and properties in all."""
    if isinstance(node, list):
        node = dict(enumerate(node))
    if not isinstance(node, dict):
        return depth, 0
    inner = depth + ("properties" in node)
    own = len(node["properties"]) if "properties" in node else 0
    measured = [_measure(child, inner) for child in node.values()]
    return max([inner, *(levels for levels, _ in measured)]), own + sum(count for _, count in measured)


def _of_sizes(sample: Sample) -> Iterator[Problem]:
    place = max(range(len(sample.lines)), key=lambda at: len(sample.lines[at]))
    label, size = sample.labels[place], len(sample.lines[place])
    if size > settings.BATCH_MAX_BYTES:
        yield Problem(f"{label}: its request has {size:,} bytes, and a file may hold {settings.BATCH_MAX_BYTES:,}.")
    window = costs.context_window(sample.inforce.model, sample.inforce.provider)
    # A token has at least a byte: most requests need no count.
    if window and size > window:
        tokens = costs.count_tokens(text for _, text in texts_of(sample.bodies[place]))
        room = window - (sample.inforce.parameters.max_output_tokens or 0)
        if tokens > room:
            yield Problem(
                f"{label}: its prompt has about {tokens:,} tokens. {sample.inforce.model} takes {window:,} together "
                "with the answer: shorten the source or the prompt, or choose a model with a larger window."
            )
