"""Forms that refuse prompts and settings which no run could use."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.conf import settings
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from generation.drafts import tidy
from generation.model_limits import EFFORTS, VERBOSITIES, refused_parameters
from generation.models import Prompt, RecipeSettings
from generation.parameters import Parameters
from generation.prompts import PromptError, unknown_variables
from generation.recipes import all_recipes, collection_model, recipe_class

MOST_CHARACTERS = 200_000


def chooser(values: Any, empty: str = "as the recipe says") -> forms.ChoiceField:
    """A drop-down that may stay empty."""
    choices = [("", empty), *((value, value) for value in values)]
    return forms.ChoiceField(choices=choices, required=False, widget=UnfoldAdminSelectWidget)


class PromptForm(forms.ModelForm):
    """A new version of a prompt. The admin sets `person`: only collections that they see are offered."""

    person: Any = None
    recipe = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    collection = forms.ChoiceField(
        required=False, widget=UnfoldAdminSelectWidget, help_text="Only for one collection, or for all."
    )
    system = forms.CharField(
        required=False,
        strip=False,
        max_length=MOST_CHARACTERS,
        widget=UnfoldAdminTextareaWidget({"rows": 8, "class": "bs-mono"}),
        label="System",
    )
    user = forms.CharField(
        strip=False,
        max_length=MOST_CHARACTERS,
        widget=UnfoldAdminTextareaWidget({"rows": 24, "class": "bs-mono"}),
        label="User",
    )
    note = forms.CharField(
        required=False, max_length=200, widget=UnfoldAdminTextInputWidget, help_text="What changed and why."
    )
    activate = forms.BooleanField(
        required=False, initial=True, widget=UnfoldBooleanWidget, label="In force at once",
        help_text="For every new run.",
    )  # fmt: skip

    class Meta:
        model = Prompt
        fields = ("recipe", "collection", "system", "user", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with_prompt = [recipe for recipe in all_recipes() if recipe.prompt_file]
        self.fields["recipe"].choices = [(one.key, f"{one.title} ({one.key})") for one in with_prompt]  # type: ignore[attr-defined]
        kinds = dict.fromkeys(recipe.key.partition(".")[0] for recipe in with_prompt)
        slugs = [slug for kind in kinds for slug in self._slugs(kind)]
        self.fields["collection"].choices = [("", "every collection"), *((slug, slug) for slug in slugs)]  # type: ignore[attr-defined]

    def _slugs(self, kind: str) -> list[str]:
        rows = collection_model(kind)._default_manager.visible_to(self.person)  # type: ignore[attr-defined]
        return list(rows.values_list("slug", flat=True))

    def clean(self) -> dict[str, Any]:
        """Refuse what the engine can't render: broken syntax, variables that the recipe does not give."""
        cleaned = super().clean() or self.cleaned_data
        if "recipe" not in cleaned:
            return cleaned
        known = {*recipe_class(cleaned["recipe"]).variables, "remark"}
        for part in ("system", "user"):
            cleaned[part] = tidy(cleaned.get(part) or "")
            problem = prompt_problem(cleaned[part], known)
            if problem:
                self.add_error(part, problem)
        return cleaned


def prompt_problem(text: str, known: set[str]) -> str:
    """Why a part can't be used, as a sentence; empty when it can."""
    try:
        unknown = unknown_variables(text, known)
    except PromptError as error:
        return f"The template can't be read: {error}"
    if not unknown:
        return ""
    names = ", ".join(f"{{{{ {name} }}}}" for name in unknown)
    return f"The recipe gives no {names}. It gives: {', '.join(sorted(known))}."


class RecipeSettingsForm(forms.ModelForm):
    """What an operator sets for a recipe."""

    provider = chooser(())
    reasoning_effort = chooser(EFFORTS)
    verbosity = chooser(VERBOSITIES)

    class Meta:
        model = RecipeSettings
        fields = (
            "enabled", "order", "provider", "model", "endpoint", "max_output_tokens", "temperature",
            "reasoning_effort", "verbosity", "attempts", "retry_window", "read_timeout", "requests_per_minute",
            "concurrency", "options",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "provider" in self.fields:
            self.fields["provider"].choices = chooser(sorted(settings.PROVIDERS)).choices  # type: ignore[attr-defined]
        for name, value in self._defaults().items():
            if name in self.fields and value not in (None, ""):
                self.fields[name].widget.attrs["placeholder"] = value

    def _defaults(self) -> dict[str, Any]:
        """What is in force where a field stays empty."""
        recipe = recipe_class(self.instance.recipe)
        return {
            "order": recipe.order, "model": recipe.model or settings.DEFAULT_MODEL, "attempts": recipe.attempts,
            "read_timeout": recipe.read_timeout, "requests_per_minute": recipe.requests_per_minute or "no limit",
            "concurrency": settings.DIRECT_CONCURRENCY, **asdict(recipe.parameters),
        }  # fmt: skip

    def clean_provider(self) -> str:
        """The sandbox makes its texts up: outside of a trial site it is for rehearsals only."""
        provider = str(self.cleaned_data["provider"])
        if provider == "sandbox" and not settings.DEBUG:
            raise forms.ValidationError("The provider 'sandbox' takes rehearsals only: its texts are made up.")
        return provider

    def clean_model(self) -> str:
        """A name as it stands in a request."""
        model = str(self.cleaned_data["model"]).strip()
        if any(character.isspace() for character in model):
            raise forms.ValidationError("The name of a model has no space in it.")
        return model

    def clean(self) -> dict[str, Any]:
        """Refuse values that the model in force would not take; what the recipe itself says is left out instead."""
        cleaned = super().clean() or self.cleaned_data
        recipe = recipe_class(self.instance.recipe)
        model = cleaned.get("model") or recipe.model or settings.DEFAULT_MODEL
        chosen = Parameters(
            cleaned.get("max_output_tokens"), cleaned.get("temperature"), cleaned.get("reasoning_effort") or None,
            cleaned.get("verbosity") or None,
        )  # fmt: skip
        for name, sentence in refused_parameters(cleaned.get("endpoint") or recipe.endpoint, model, chosen).items():
            self.add_error(name, sentence)
        return cleaned

    def clean_options(self) -> dict[str, Any]:
        """An object of options, by name."""
        options = self.cleaned_data["options"]
        if options in (None, ""):
            return {}
        if not isinstance(options, dict):
            raise forms.ValidationError('The options are an object, for example {"sections": ["Overview"]}.')
        return options
