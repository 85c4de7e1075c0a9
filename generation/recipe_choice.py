"""Which recipes a launch takes, those named by key and of a kind those that are switched on, and in which order."""

from collections.abc import Sequence

from generation.models import RecipeSettings
from generation.recipes import Recipe, UnknownRecipe, all_recipes, recipes_named


def chosen_recipes(names: Sequence[str], *, also_disabled: bool = False) -> list[type[Recipe]]:
    """Recipes of these kinds and keys, in the order in force; raises UnknownRecipe when a kind has none switched on."""
    switched = dict(RecipeSettings.objects.values_list("recipe", "enabled"))
    found = recipes_named(names)
    chosen = [
        recipe
        for recipe in found
        if also_disabled or recipe.key in names or switched.get(recipe.key, recipe.enabled)
    ]
    if not chosen:
        keys = ", ".join(recipe.key for recipe in found)
        raise UnknownRecipe(f"Every recipe of {' and '.join(names)} is switched off: name one ({keys}) or add --all.")
    orders = orders_in_force()
    return sorted(chosen, key=lambda recipe: (orders[recipe.key], recipe.key))


def orders_in_force() -> dict[str, int]:
    """The place of each recipe: as an operator has set it, else its own."""
    rows = RecipeSettings.objects.values_list("recipe", "order")
    placed = {recipe: order for recipe, order in rows if order is not None}
    return {recipe.key: placed.get(recipe.key, recipe.order) for recipe in all_recipes()}
