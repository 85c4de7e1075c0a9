"""Counting the prompts of a plan: what is counted, what a count is good for, and one slice of the work."""

from collections.abc import Callable, Sequence

from django.db.models import Count, Max

from generation import costs
from generation.base_models import digest
from generation.instructions import Instruction, instruction, instruction_of, needs_of
from generation.models import Run, TokenCount
from generation.prompts import PromptError
from generation.recipes import Recipe, recipe_class

CHUNK = 100


def texts_of(inforce: Instruction, ids: Sequence[int], remark: str) -> list[tuple[str, str]]:
    """System and user text for each of the items that are there; raises PromptError."""
    recipe = type(inforce.recipe)
    items = list(recipe.item_model._default_manager.filter(pk__in=ids).select_related(*recipe.select_related))
    return inforce.texts(items, needs_of(recipe, items), remark)


def counted_before(run: Run, inforce: Instruction, key: str, collection: str) -> TokenCount | None:
    """The count of just these prompts, under way or finished; None where nobody has asked for it of late."""
    rows = TokenCount.objects.filter(recipe=key, collection=collection)
    # The fingerprint reads every request of the plan: not for nothing.
    if not rows.exists():
        return None
    return rows.filter(fingerprint=_fingerprint(run, inforce, key, collection)).first()


def counts_of(run: Run) -> list[TokenCount]:
    """The counts of a planned run's prompts that were asked for, under way or finished."""
    known = TokenCount.objects.filter(recipe__in=run.recipes, collection__in=run.collections)
    if not known.exists():
        return []
    return list(known.filter(fingerprint__in=[one.fingerprint for one in to_count(run)]).order_by("pk"))


def to_count(run: Run) -> list[TokenCount]:
    """An unsaved count for each recipe and collection of a planned run; nothing for what is computed here."""
    found = []
    for key, collection in run.groups():
        rows = run.requests.filter(recipe=key, collection=collection).order_by("pk")
        first = rows.select_related("prompt").first()
        inforce = instruction_of(run, key, collection, first.prompt if first else None)
        if not inforce.recipe.local:
            ids = list(rows.values_list("item_id", flat=True))
            named = {"recipe": key, "collection": collection, "prompt": inforce.prompt, "model": run.model}
            mark = _fingerprint(run, inforce, key, collection)
            found.append(TokenCount(fingerprint=mark, ids=ids, total=len(ids), remark=run.remark, **named))
    return found


def _fingerprint(run: Run, inforce: Instruction, key: str, collection: str) -> str:
    """Moves with the prompt, the model, the remark, the items and their sources, and the texts they are made from."""
    rows = run.requests.filter(recipe=key, collection=collection).order_by("pk")
    sources = [list(row) for row in rows.values_list("item_id", "source_hash")]
    needed = [_needed(recipe_class(need.recipe), collection) for need in type(inforce.recipe).needs]
    return digest([key, collection, inforce.recipe_hash, run.model, run.remark, sources, needed])


def _needed(recipe: type[Recipe], collection: str) -> list[int | None]:
    rows = recipe.artefact_model._default_manager.filter(recipe=recipe.key, item__collection__slug=collection)
    found = rows.aggregate(n=Count("pk"), current=Max("current"), approved=Max("approved"))
    return [found["n"], found["current"], found["approved"]]


def count_slice(count: TokenCount, alive: Callable[[], bool]) -> bool:
    """Go on counting while `alive`; True when the count has ended. It may be killed anywhere and taken again."""
    inforce = instruction(count.recipe, count.collection, count.model, count.prompt)
    try:
        while count.position < count.total:
            if not alive():
                return False
            pairs = texts_of(inforce, ids := count.ids[count.position : count.position + CHUNK], count.remark)
            size = sum(len(text.encode()) for pair in pairs for text in pair)
            if not count.advance(len(ids), len(pairs), sum(map(costs.count_tokens, pairs)), size):
                return False
    except PromptError as error:
        count.end(f"{error}.")
    else:
        count.end()
    return True
