"""The form of one record's text, for the page that edits it."""

import json
from typing import Any

from generation.drafts import working_recipe
from generation.recipes import InvalidOutput, UnknownRecipe
from generation.schema_form import form_shape


def form_of(model_admin: Any, artefact: Any, text: str) -> dict[str, str]:
    """The form's `shape` as JSON, and the text's `form_value` where it is no JSON itself; empty: edited as text."""
    if model_admin.editor_of(artefact) == "markdown":
        return {}
    try:
        recipe = working_recipe(artefact.recipe)
        value = recipe.to_form(text)
    except (UnknownRecipe, InvalidOutput):
        return {}
    schema = recipe.schema_to_edit(artefact.item) if recipe.schema and recipe.editor else None
    if schema is None:
        return {}
    return {"shape": json.dumps(form_shape(schema, recipe.editor)), "form_value": "" if value == text else value}
