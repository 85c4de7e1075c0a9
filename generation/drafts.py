"""A text that a person wrote or brought along, seen with the recipe's eyes: its columns, findings and weight."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from generation.findings import Finding, weight
from generation.models import RecipeSettings
from generation.recipes import Draft, InvalidOutput, Recipe, recipe_class

MAX_TEXT_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Seen:
    """What the artefact's row gets from a text."""

    fields: dict[str, Any]
    findings: list[Finding]

    @property
    def weight(self) -> int:
        """The weight of the findings."""
        return weight(self.findings)


def working_recipe(key: str) -> Recipe:
    """The recipe with the operator's options, for work that needs no prompt; raises UnknownRecipe."""
    options = RecipeSettings.objects.filter(recipe=key).values_list("options", flat=True).first()
    return recipe_class(key)(options)


def tidy(text: str) -> str:
    """The text with plain line ends (browsers send CRLF) and without NUL, which no database takes."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def own_fields(recipe: Recipe, item: Any, text: str) -> dict[str, Any]:
    """The artefact's columns for a text that stays as it is; raises InvalidOutput for one that can't be kept."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_TEXT_BYTES:
        raise InvalidOutput(f"the text has {size:,} bytes, and at most {MAX_TEXT_BYTES:,} are possible")
    if not text.strip():
        raise InvalidOutput("the text is empty")
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise InvalidOutput("the text holds half of a character (a lone surrogate)")
    return recipe.accept(item, recipe.read(text)).fields


def look_at(recipe: Recipe, drafts: Sequence[Draft], fields: Sequence[dict[str, Any]]) -> list[Seen]:
    """Check texts whose columns are known, a whole chunk at once."""
    found = recipe.checks(drafts)
    return [Seen(columns, findings) for columns, findings in zip(fields, found, strict=True)]
