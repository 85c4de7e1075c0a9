"""The form of one record's text, for the page that edits it."""

import json
from typing import Any

from generation.drafts import working_recipe
from generation.recipes import UnknownRecipe
from generation.schema_form import form_shape


def form_of(model_admin: Any, artefact: Any) -> str:
    """The form's shape as JSON; empty where the text is edited as text."""
    if model_admin.editor_of(artefact) == "markdown":
        return ""
    try:
        recipe = working_recipe(artefact.recipe)
    except UnknownRecipe:
        return ""
    schema = recipe.schema_to_edit(artefact.item) if recipe.schema and recipe.editor else None
    return json.dumps(form_shape(schema, recipe.editor)) if schema else ""
