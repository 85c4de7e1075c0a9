"""What is asked before prompts are tried, and before one is shown filled in."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from generation.admin_base.access import visible_rows
from generation.models import Prompt
from generation.recipes import collection_model, recipe_class
from generation.trials import MOST_ITEMS, Asked, spread


def collections_of(prompt: Prompt, person: Any) -> Any:
    """Those that the person sees and the prompt could be for; its own collection alone where it is for one."""
    model: Any = collection_model(prompt.recipe.partition(".")[0])
    rows = model._default_manager.visible_to(person).order_by("name")
    return rows.filter(slug=prompt.collection) if prompt.collection else rows


class TrialForm(forms.Form):
    """Beside which version, and on which items."""

    right = forms.ModelChoiceField(
        Prompt.objects.none(), required=False, empty_label="none: this version alone", label="Beside which version",
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip
    collection = forms.ModelChoiceField(Prompt.objects.none(), empty_label=None, widget=UnfoldAdminSelectWidget)
    count = forms.IntegerField(
        min_value=1, max_value=MOST_ITEMS, widget=UnfoldAdminIntegerFieldWidget, label="How many items",
        help_text=f"At most {MOST_ITEMS}, evenly spread over the source: the same ones each time.",
    )  # fmt: skip
    keys = forms.CharField(
        required=False, widget=UnfoldAdminTextareaWidget({"rows": 3}), label="Or exactly these",
        help_text="Keys of items, one a line. Then the number above does not count.",
    )  # fmt: skip

    def __init__(self, prompt: Prompt, person: Any, data: Any = None) -> None:
        self.prompt = prompt
        versions = visible_rows(Prompt.objects.filter(recipe=prompt.recipe), person).exclude(pk=prompt.pk)
        inforce = versions.filter(collection=prompt.collection, active=True).first()
        collections = collections_of(prompt, person)
        first = collections.first()
        usual = {"right": inforce.pk if inforce else None, "collection": first.pk if first else None, "count": 3}
        super().__init__(data if data is not None and "count" in data else usual, label_suffix="")
        self.fields["right"].queryset = versions.order_by("collection", "-version")  # type: ignore[attr-defined]
        self.fields["collection"].queryset = collections  # type: ignore[attr-defined]

    def clean_keys(self) -> list[str]:
        """The keys as a list; too many are refused."""
        keys = list(dict.fromkeys(key.strip() for key in self.cleaned_data["keys"].splitlines() if key.strip()))
        if len(keys) > MOST_ITEMS:
            raise forms.ValidationError(f"These are {len(keys)} items; at most {MOST_ITEMS} can be tried at once.")
        return keys

    def clean(self) -> dict[str, Any]:
        """Find the items."""
        cleaned = super().clean() or self.cleaned_data
        if "collection" not in cleaned or "keys" not in cleaned or "count" not in cleaned:
            return cleaned
        recipe = recipe_class(self.prompt.recipe)
        rows = recipe.item_model._default_manager.filter(
            collection=cleaned["collection"], removed_at=None, **recipe.made_for
        )
        if cleaned["keys"]:
            found = dict(rows.filter(key__in=cleaned["keys"]).values_list("key", "pk"))
            missing = [key for key in cleaned["keys"] if key not in found]
            if missing:
                self.add_error("keys", f"{cleaned['collection']} has no item {', '.join(missing[:5])}.")
            cleaned["item_ids"] = list(found.values())
        else:
            cleaned["item_ids"] = spread(rows, cleaned["count"])
        if not cleaned["item_ids"] and "keys" not in self.errors:
            self.add_error("collection", "It has no items for this recipe yet: import its source first.")
        return cleaned

    def asked(self) -> Asked:
        """The trial that is asked for."""
        cleaned = self.cleaned_data
        return Asked(self.prompt, cleaned["right"], cleaned["collection"], cleaned["item_ids"])


class PreviewForm(forms.Form):
    """On which item a prompt is shown."""

    collection = forms.ModelChoiceField(Prompt.objects.none(), empty_label=None, widget=UnfoldAdminSelectWidget)
    key = forms.CharField(
        required=False, widget=UnfoldAdminTextInputWidget, label="Key of the item", help_text="Empty: the first one."
    )

    def __init__(self, prompt: Prompt, person: Any, data: Any) -> None:
        collections = collections_of(prompt, person)
        first = collections.first()
        super().__init__(data if "collection" in data else {"collection": first.pk if first else ""}, label_suffix="")
        self.prompt = prompt
        self.fields["collection"].queryset = collections  # type: ignore[attr-defined]

    def item(self) -> Any:
        """The chosen item, or None with an error at its field."""
        if not self.is_valid():
            return None
        recipe = recipe_class(self.prompt.recipe)
        rows = recipe.item_model._default_manager.select_related(*recipe.select_related)
        rows = rows.filter(collection=self.cleaned_data["collection"], removed_at=None, **recipe.made_for)
        key = self.cleaned_data["key"].strip()
        found = (rows.filter(key=key) if key else rows).order_by("position", "pk").first()
        if found is None:
            where = self.cleaned_data["collection"]
            self.add_error("key", f"{where} has no item '{key}'." if key else f"{where} has no items for this recipe.")
        return found
