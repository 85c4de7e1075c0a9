"""What an operator may set for a feed, checked before a prompt is built on it."""

from typing import Any

from django import forms

from stories.models import Feed
from stories.outputs import OWN_FIELDS

NAME_CHARACTERS = 40


class FeedForm(forms.ModelForm):
    """The feed's own columns."""

    class Meta:
        model = Feed
        exclude: tuple[str, ...] = ()

    def clean_threshold(self) -> float:
        """A likeness between 1 and 100."""
        threshold = float(self.cleaned_data["threshold"])
        if not 1 <= threshold <= 100:
            raise forms.ValidationError(f"A likeness is between 1 and 100, not {threshold:g}.")
        return threshold

    def clean_most_topics(self) -> int:
        """At least one."""
        return _at_least_one(self.cleaned_data["most_topics"])

    def clean_most_entities(self) -> int:
        """At least one."""
        return _at_least_one(self.cleaned_data["most_entities"])

    def clean_entity_types(self) -> dict[str, list[str]]:
        """A mapping from types to the names of their extra fields."""
        types = self.cleaned_data["entity_types"]
        if not isinstance(types, dict) or not types:
            raise forms.ValidationError('Expected types with their extra fields, such as {"team": ["team_abbr"]}.')
        for name, fields in types.items():
            _check_type(name, fields)
        return types


def _at_least_one(number: int) -> int:
    if number < 1:
        raise forms.ValidationError("At least one must be allowed.")
    return number


def _check_type(name: str, fields: Any) -> None:
    if not name.strip() or len(name) > NAME_CHARACTERS or name != name.strip().lower():
        raise forms.ValidationError(
            f"'{name[:NAME_CHARACTERS]}': a type is a name in small letters, without spaces around."
        )
    if not isinstance(fields, list) or not all(isinstance(one, str) for one in fields):
        raise forms.ValidationError(f"'{name}': expected a list of the names of its extra fields.")
    bad = [one for one in fields if not one.isidentifier() or one in OWN_FIELDS]
    if bad:
        raise forms.ValidationError(f"'{bad[0]}' of '{name}' can't be a field: use letters, digits and '_'.")
