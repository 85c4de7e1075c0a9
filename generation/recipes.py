"""The port between the engine and the domain apps: a Recipe is one kind of output made from one kind of item."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, cast

from django.apps import apps
from django.db import models
from pydantic import BaseModel, ValidationError

from generation.findings import Finding
from generation.models import Revision
from generation.parameters import CHAT, Parameters
from generation.prompts import PromptText, read_prompt_file
from generation.schema_form import FormWords
from generation.shingles import signature

_FENCE = re.compile(r"```\w*\s*")
# An escaped zero character, which PostgreSQL takes in no text; a backslash that is itself escaped is another thing.
_ZERO = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


class InvalidOutput(Exception):
    """The model's output can't become an artefact; the message is the reason that people read.

    `place` is where in a JSON value, such as `topics.0.rank`; empty for the whole.
    """

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(reason)
        self.place = place


class UnknownRecipe(Exception):
    """No recipe or kind of this name; the message lists those that there are."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """Another recipe whose artefact is needed first: of the same item, or all of it in the item's collection.

    `dispensable`: where a person says so, the text can be made without it, and not only from a part of it.
    """

    recipe: str
    scope: Literal["item", "collection"] = "item"
    level: Literal["in", "approved"] = "in"
    dispensable: bool = False


# For one item: recipe key -> the revisions that it depends on.
Needs = Mapping[str, Sequence[Revision]]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What becomes of a good output: the revision's text and the artefact's own columns."""

    text: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A text under check, with its item and the id of its artefact."""

    item: Any
    text: str
    artefact_id: int = 0


class Recipe:
    """One kind of output. It knows nothing of batches, files, money or HTTP."""

    key: ClassVar[str]
    title: ClassVar[str]
    # Subclasses of SourceItem and Artefact. Any, because only they have the columns that queries name.
    item_model: ClassVar[Any]
    artefact_model: ClassVar[Any]
    endpoint: ClassVar[str] = CHAT
    model: ClassVar[str] = ""
    provider: ClassVar[str] = "default"
    parameters: ClassVar[Parameters] = Parameters()
    prompt_file: ClassVar[str] = ""
    variables: ClassVar[Mapping[str, str]] = {}
    schema: ClassVar[type[BaseModel] | None] = None
    # The form in which people edit a text that holds a value of the schema; None: as text only.
    editor: ClassVar[FormWords | None] = FormWords()
    local: ClassVar[bool] = False
    needs: ClassVar[tuple[Dependency, ...]] = ()
    order: ClassVar[int] = 1
    enabled: ClassVar[bool] = True
    # Columns of the item with the values they must have: the recipe makes nothing of other items, and what depends
    # on it goes without it there.
    made_for: ClassVar[Mapping[str, Any]] = {}
    attempts: ClassVar[int] = 3
    # Seconds from the first try within which the others begin (direct mode); 0: no limit.
    retry_window: ClassVar[float] = 0.0
    read_timeout: ClassVar[float] = 600.0
    requests_per_minute: ClassVar[int] = 0
    concurrency: ClassVar[int] = 0
    select_related: ClassVar[tuple[str, ...]] = ("collection",)
    # A column of the item by which reports group; empty: none.
    category_field: ClassVar[str] = ""

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        """`options` are the operator's own settings of this recipe. An instance lives for one piece of work."""
        self.options = dict(options or {})

    @property
    def app_label(self) -> str:
        """The kind that this recipe belongs to."""
        return self.key.partition(".")[0]

    @classmethod
    def takes(cls, item: Any) -> bool:
        """Whether the recipe makes anything of this item."""
        return all(getattr(item, name) == value for name, value in cls.made_for.items())

    @classmethod
    def can_go_without(cls) -> bool:
        """Whether something can be made of less than what is needed: a part of a collection's texts, or none."""
        return any(need.dispensable or need.scope == "collection" for need in cls.needs)

    @classmethod
    def category_of(cls, item: Any) -> str:
        """What the ledger remembers of the item's category; empty where the kind has none."""
        value = getattr(item, cls.category_field) if cls.category_field else None
        return "" if value is None else str(value)[:200]

    @classmethod
    def items(cls, ids: Sequence[int]) -> dict[int, Any]:
        """Its items by id, with what `select_related` names; those that are gone are left out."""
        joined = [name for name in cls.select_related if name != "collection"]
        rows = cls.item_model._default_manager.order_by()
        found: dict[int, Any] = (rows.select_related(*joined) if joined else rows).in_bulk(ids)
        if "collection" in cls.select_related:
            # Once for all its items: joined, an instance would be made for each.
            field = cls.item_model._meta.get_field("collection")
            collections = field.related_model._default_manager.in_bulk({item.collection_id for item in found.values()})
            for item in found.values():
                field.set_cached_value(item, collections[item.collection_id])
        return found

    def default_prompt(self) -> PromptText:
        """The prompt that ships with the app; a local recipe has none."""
        if self.local:
            return PromptText("", "")
        return read_prompt_file(Path(apps.get_app_config(self.app_label).path) / "prompts" / self.prompt_file)

    def schema_for(self, item: Any) -> type[BaseModel] | None:
        """What is asked for this item: `schema`, or a narrower one (the names of a list as the only ones allowed)."""
        return self.schema

    def schema_to_edit(self, item: Any) -> type[BaseModel] | None:
        """What a person may enter for this item, for example names of a list to choose from."""
        return self.schema_for(item)

    def to_form(self, text: str) -> str:
        """A kept text as JSON of the schema, for its form; raises InvalidOutput for one that is edited as text."""
        return text

    def from_form(self, text: str) -> str:
        """What a page sent as it is kept: JSON of the form in the kind's own notation, any other text as it is."""
        return text

    def contexts(self, items: Sequence[Any], needs: Sequence[Needs]) -> list[dict[str, Any]]:
        """Template variables for a whole chunk, in its order, without a query for each item."""
        return [{name: getattr(item, name, "") for name in self.variables} for item in items]

    def compute(self, items: Sequence[Any], needs: Sequence[Needs]) -> "list[str | InvalidOutput]":
        """Outputs of a `local` recipe for a chunk, in order, without any API call; an InvalidOutput fails its item."""
        return [InvalidOutput("this recipe computes nothing") for _ in items]

    def read(self, output: str) -> Any:
        """The output as a value: text, or an instance of the schema (also out of a code fence)."""
        return output if self.schema is None else parse_json(output, self.schema)

    def accept(self, item: Any, output: Any) -> Accepted:
        """Make an artefact's text and columns of what `read` gave; raises InvalidOutput."""
        text = output if isinstance(output, str) else json.dumps(output.model_dump(), ensure_ascii=False, indent=2)
        return Accepted(text)

    def checks(self, drafts: Sequence[Draft]) -> list[list[Finding]]:
        """Findings for a whole chunk, in its order."""
        return [[] for _ in drafts]

    def likeness(self, text: str) -> list[int]:
        """The text's signature, a number below 2**63 for each band: texts that share one are probably similar."""
        return signature(text)

    def project(self, revisions: Sequence[Revision]) -> None:
        """Make the domain's own rows from current revisions; must be repeatable."""

    def figures(self, collection: Any) -> dict[str, int]:
        """What else there is to say of a collection's progress: words for people -> a number."""
        return {}


def parse_json(output: str, schema: type[BaseModel]) -> BaseModel:
    """An instance of the schema from a model's text, also out of a code fence in it; raises InvalidOutput."""
    text = output.strip()
    fence = None if text.startswith(("{", "[")) else _FENCE.search(text)
    if fence:
        # The last fence closes it: a JSON string may hold some of its own.
        text = text[fence.end() :].rsplit("```", 1)[0]
    try:
        return schema.model_validate_json(_ZERO.sub(r"\1", text))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidOutput(f"not the asked JSON: {place or 'the whole'}: {first['msg']}", place) from error


_registry: dict[str, type[Recipe]] = {}


def register(recipe: type[Recipe]) -> type[Recipe]:
    """Class decorator: make a recipe known to the engine."""
    _registry[recipe.key] = recipe
    return recipe


def all_recipes() -> list[type[Recipe]]:
    """Every registered recipe, by kind and order."""
    return sorted(_registry.values(), key=lambda recipe: (recipe.key.partition(".")[0], recipe.order, recipe.key))


def kinds() -> list[str]:
    """Names of the kinds of work that are installed."""
    return sorted({key.partition(".")[0] for key in _registry})


def recipe_class(key: str) -> type[Recipe]:
    """The recipe of this key; raises UnknownRecipe."""
    try:
        return _registry[key]
    except KeyError:
        known = ", ".join(sorted(_registry)) or "none"
        raise UnknownRecipe(f"There is no recipe '{key}'. There are: {known}.") from None


def recipes_named(names: Iterable[str]) -> list[type[Recipe]]:
    """Recipes of kinds (`lessons`) or keys (`lessons.lesson`), each once, in order; raises UnknownRecipe."""
    wanted: dict[str, type[Recipe]] = {}
    for name in names:
        found = [recipe for recipe in all_recipes() if name in (recipe.key, recipe.key.partition(".")[0])]
        if not found:
            raise UnknownRecipe(
                f"There is no kind or recipe '{name}'. Kinds: {', '.join(kinds())}; "
                f"recipes: {', '.join(sorted(_registry))}."
            )
        wanted |= {recipe.key: recipe for recipe in found}
    return sorted(wanted.values(), key=lambda recipe: (recipe.order, recipe.key))


def collection_model(kind: str) -> type[models.Model]:
    """The model of a kind's collections, found by way of its recipes."""
    recipe = recipes_named([kind])[0]
    return cast("type[models.Model]", recipe.item_model._meta.get_field("collection").related_model)
