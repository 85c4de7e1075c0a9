"""What is asked before a run: recipes, which items, how they are sent."""

from typing import Any

from django import forms
from django.conf import settings
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from generation.instructions import instruction
from generation.models import Mode, RecipeSettings
from generation.recipes import Recipe, all_recipes

ONLY = (
    ("new", "new: nothing made from them yet"),
    ("changed", "changed: their source moved since"),
    ("outdated", "outdated: made with another prompt, model or parameters"),
    ("failed", "failed the last time"),
    ("all", "all of them"),
)


class LaunchForm(forms.Form):
    """Bound from the first look on, with the usual answers, so that the estimate is there at once."""

    recipes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, label="Generate")
    only = forms.ChoiceField(choices=ONLY, widget=UnfoldAdminSelectWidget, label="Of the chosen items")
    mode = forms.ChoiceField(choices=Mode.choices, widget=UnfoldAdminSelectWidget)
    model = forms.CharField(
        max_length=100, required=False, widget=UnfoldAdminTextInputWidget,
        help_text="Empty: the model of the recipe's settings.",
    )  # fmt: skip
    limit = forms.IntegerField(
        min_value=1, required=False, widget=UnfoldAdminIntegerFieldWidget, help_text="At most so many. Empty: all."
    )
    include_approved = forms.BooleanField(
        required=False, label="Also what is approved or published",
        help_text="The approved text stays; the new one is offered beside it.",
    )  # fmt: skip

    def __init__(self, item_model: Any, data: Any = None) -> None:
        self.known = {recipe.key: recipe for recipe in all_recipes() if recipe.item_model is item_model}
        super().__init__(data if data is not None and "only" in data else self.usual(), label_suffix="")
        self.fields["recipes"].choices = [(key, recipe.title) for key, recipe in self.known.items()]  # type: ignore[attr-defined]
        self.fields["model"].widget.attrs["placeholder"] = settings.DEFAULT_MODEL

    def usual(self) -> dict[str, Any]:
        """The answers to start from: every enabled recipe, what is new, as a batch."""
        stored = dict(RecipeSettings.objects.filter(recipe__in=self.known).values_list("recipe", "enabled"))
        enabled = [key for key, recipe in self.known.items() if stored.get(key, recipe.enabled)]
        batch = all(settings.PROVIDERS.get(instruction(key).provider, {}).get("batch", True) for key in enabled)
        return {"recipes": enabled, "only": "new", "mode": Mode.BATCH if batch else Mode.DIRECT}

    def chosen(self) -> list[type[Recipe]]:
        """The chosen recipes in their order."""
        return sorted((self.known[key] for key in self.cleaned_data["recipes"]), key=lambda one: (one.order, one.key))
