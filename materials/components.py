"""What all components share: their pace, what a prompt may say of a material, and the frontmatter that they need."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from generation.findings import Finding
from generation.parameters import Parameters
from generation.recipes import Accepted, Dependency, Draft, InvalidOutput, Needs, Recipe
from generation.schema_form import FormWords
from materials import outputs
from materials.checks import common_findings
from materials.file_tree import TreeError, strings_of
from materials.models import Component, Material

FRONTMATTER = "materials.frontmatter"
# The prompts have a place for it that may stay empty, and the tables then say what the catalogue knows.
FRONTMATTER_NEED = Dependency(FRONTMATTER, dispensable=True)


class ComponentRecipe(Recipe):
    """What all components share: their pace, and what a prompt may say of a material."""

    item_model = Material
    artefact_model = Component
    category_field = "category"
    editor: ClassVar[FormWords | None] = None
    # Little reasoning: the limit counts it, and these texts need none.
    parameters = Parameters(max_output_tokens=600, temperature=0.6, reasoning_effort="low")
    read_timeout = 30.0
    attempts = 3
    retry_window = 300.0
    requests_per_minute = 30
    concurrency = 3
    variables: ClassVar[Mapping[str, str]] = {
        "name": "name of the material",
        "category": "its category (may be empty)",
        "category_description": "what the catalogue says of the category (may be empty)",
        "article_type": "what sort of page it is, such as material or application (may be empty)",
        "formula": "chemical formula (may be empty)",
        "complexity": "how demanding the page is to be (may be empty)",
        "author": "name of its author (may be empty)",
        "parameters": "everything else that the catalogue says of it, as YAML (may be empty)",
        "frontmatter": "the frontmatter made before, as YAML (empty for the frontmatter itself)",
        "catalogue": "name of the catalogue",
        "subject": "what the pages are about (may be empty)",
        "audience": "who reads them (may be empty)",
        "language": "language of the texts",
        "remark": "an editor's wish (may be empty)",
    }

    def contexts(self, items: Sequence[Material], needs: Sequence[Needs]) -> list[dict[str, Any]]:
        """Variables for a chunk; nothing is asked of the database."""
        return [self._context(item, need) for item, need in zip(items, needs, strict=True)]

    def _context(self, item: Material, need: Needs) -> dict[str, Any]:
        catalogue, author = item.collection, item.author()
        return {
            "name": item.name,
            "category": item.category,
            "category_description": item.category_description,
            "article_type": item.article_type,
            "formula": item.formula,
            "complexity": item.complexity,
            "author": author["name"] if author else "",
            "parameters": outputs.as_yaml(item.data).strip() if item.data else "",
            "frontmatter": frontmatter_text(need),
            "catalogue": catalogue.name,
            "subject": catalogue.subject,
            "audience": catalogue.audience,
            "language": catalogue.language or "English",
        }

    def accept(self, item: Material, output: Any) -> Accepted:
        """The text that `made_of` gives, with the component's title and length."""
        text = self.made_of(item, output)
        title = f"{item.name}: {self.title.lower()}"
        return Accepted(text, {"title": title[:300], "words": len(text.split())})

    def made_of(self, item: Material, output: Any) -> str:
        """The component's text of what `read` gave."""
        return str(output).strip()

    def checks(self, drafts: Sequence[Draft]) -> list[list[Finding]]:
        """What is wrong in any component, then what `look` finds in this one."""
        return [common_findings(draft.text) + self.look(draft) for draft in drafts]

    def look(self, draft: Draft) -> list[Finding]:
        """The component's own findings."""
        return []


class DataRecipe(ComponentRecipe):
    """A component in YAML, which people edit as a form."""

    editor = FormWords(rows={"properties": "Property", "applications": "Application", "keywords": "Keyword"})

    def to_form(self, text: str) -> str:
        """Its values, numbers as they are written; raises InvalidOutput."""
        return json.dumps(outputs.read_mapping(text), ensure_ascii=False)

    def from_form(self, text: str) -> str:
        """YAML of the form's JSON; any other text as it is."""
        try:
            return outputs.as_yaml(outputs.read_mapping(text)).strip() if text.lstrip().startswith("{") else text
        except InvalidOutput:
            return text


class ComputedRecipe(ComponentRecipe):
    """A component that is computed, without an API call."""

    local = True
    needs = (FRONTMATTER_NEED,)

    def compute(self, items: Sequence[Material], needs: Sequence[Needs]) -> list[str | InvalidOutput]:
        """Texts in order; one that can't be made fails its own item only."""
        return [self._computed(item, need) for item, need in zip(items, needs, strict=True)]

    def _computed(self, item: Material, need: Needs) -> str | InvalidOutput:
        try:
            return self.made_from(item, frontmatter_values(need))
        except InvalidOutput as error:
            return error

    def made_from(self, item: Material, frontmatter: Mapping[str, Any]) -> str:
        """The text of one component; raises InvalidOutput."""
        raise InvalidOutput("this component computes nothing")


def frontmatter_text(need: Needs) -> str:
    """The frontmatter's YAML; empty where there is none yet, as in an estimate."""
    return next((revision.text for revision in need.get(FRONTMATTER, ())), "")


def frontmatter_values(need: Needs) -> Mapping[str, Any]:
    """The frontmatter as plain values, none where a person goes on without it; raises InvalidOutput."""
    if not need.get(FRONTMATTER):
        return {}
    try:
        values = strings_of(frontmatter_text(need))
    except TreeError as error:
        raise InvalidOutput(f"its frontmatter can't be read: {error}") from error
    if not isinstance(values, dict):
        raise InvalidOutput("its frontmatter can't be read: it is no mapping")
    return values
