"""What is asked before a run: recipes, which items, how they are sent, what the editor wishes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)  # fmt: skip

from generation.costs import dollars
from generation.instructions import instruction
from generation.models import Mode, RecipeSettings
from generation.pipeline.plan import Selection
from generation.planning.choice import MAX_REMARK, Choice
from generation.recipes import Recipe

ONLY = (
    ("new", "new: nothing made from them yet"),
    ("changed", "changed: their source moved since"),
    ("outdated", "outdated: made with another prompt, model or parameters"),
    ("failed", "failed the last time"),
    ("all", "all of them"),
)


class LaunchForm(forms.Form):
    """Bound from the first look on, with the usual answers, so that prices are there at once."""

    recipes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, label="Generate")
    only = forms.ChoiceField(choices=ONLY, widget=UnfoldAdminSelectWidget, label="Of the chosen items")
    mode = forms.ChoiceField(choices=Mode.choices, widget=forms.RadioSelect, label="Send them")
    model = forms.CharField(
        max_length=100, required=False, widget=UnfoldAdminTextInputWidget,
        help_text="Empty: the model of the recipe's settings.",
    )  # fmt: skip
    limit = forms.IntegerField(
        min_value=1, required=False, widget=UnfoldAdminIntegerFieldWidget,
        help_text="At most so many of each collection. Empty: all.",
    )  # fmt: skip
    include_approved = forms.BooleanField(
        required=False, label="Also what is approved or published",
        help_text="The approved text stays; the new one is offered beside it.",
    )  # fmt: skip
    remark = forms.CharField(
        max_length=MAX_REMARK, required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        label="Remark for every prompt", help_text="For example: shorter, with an example. Empty: none.",
    )  # fmt: skip

    def __init__(self, recipes: Sequence[type[Recipe]], data: Any = None) -> None:
        self.known = {recipe.key: recipe for recipe in recipes}
        super().__init__(data if data is not None and "only" in data else self.usual(), label_suffix="")
        self.fields["recipes"].choices = [(key, recipe.title) for key, recipe in self.known.items()]  # type: ignore[attr-defined]
        self.fields["model"].widget.attrs["placeholder"] = settings.DEFAULT_MODEL

    def usual(self) -> dict[str, Any]:
        """The answers to start from: every enabled recipe, what is new, as a batch."""
        stored = dict(RecipeSettings.objects.filter(recipe__in=self.known).values_list("recipe", "enabled"))
        enabled = [key for key, recipe in self.known.items() if stored.get(key, recipe.enabled)]
        batch = all(settings.PROVIDERS.get(instruction(key).provider, {}).get("batch", True) for key in enabled)
        return {"recipes": enabled, "only": "new", "mode": Mode.BATCH if batch else Mode.DIRECT}

    def clean_remark(self) -> str:
        """Without the zero characters that PostgreSQL refuses."""
        return str(self.cleaned_data["remark"]).replace("\x00", "").strip()

    def priced(self, estimate: dict[str, Any]) -> None:
        """Put what each mode is likely to cost beside it."""
        prices = {mode: levels["likely"] for mode, levels in estimate["cost_nano"].items()}
        labels = [(mode, f"{words}: likely {dollars(prices[mode])}") for mode, words in Mode.choices]
        self.fields["mode"].choices = labels  # type: ignore[attr-defined]

    def answers(self) -> list[tuple[str, str]]:
        """Name and value of every answer, to be posted again."""
        found = []
        for name, field in self.fields.items():
            value = field.widget.value_from_datadict(self.data, self.files, name)
            found += [(name, one) for one in (value if isinstance(value, list) else [value]) if one]
        return found

    def chosen(self) -> tuple[type[Recipe], ...]:
        """The chosen recipes in their order."""
        wanted = [self.known[key] for key in self.cleaned_data["recipes"]]
        return tuple(sorted(wanted, key=lambda one: (one.order, one.key)))

    def choice(self, collections: Sequence[Any], item_ids: list[int]) -> Choice:
        """What was answered, for these collections or only these of their items."""
        cleaned = self.cleaned_data
        selection = Selection(
            only=cleaned["only"], item_ids=item_ids, limit=cleaned["limit"],
            include_approved=cleaned["include_approved"],
        )  # fmt: skip
        return Choice(
            self.chosen(), tuple(collections), selection, mode=cleaned["mode"], model=cleaned["model"].strip(),
            remark=cleaned["remark"],
        )  # fmt: skip
