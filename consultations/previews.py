"""Responses, theme lists and labels as people read them."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.html import linebreaks
from django.utils.safestring import mark_safe

from consultations.models import Consultation, ResponseSlot
from consultations.recipes import LabelsRecipe, ThemeListRecipe, labels_of_text, themes_of_text
from consultations.stored import themes_of
from consultations.theme_lists import Resolver, letter
from generation.admin_base.previews import Rendered, as_code
from generation.recipes import InvalidOutput

MAX_CHARACTERS = 80_000


def response_preview(text: str) -> Rendered:
    """Paragraphs as they were written; a response is no Markdown."""
    notice = "" if len(text) <= MAX_CHARACTERS else f"Only the first {MAX_CHARACTERS:,} characters are shown."
    return Rendered(mark_safe(linebreaks(text[:MAX_CHARACTERS], autoescape=True)), notice)  # noqa: S308 (escaped there)


def themes_preview(text: str) -> Rendered:
    """A table of the themes; a text in another form as it is."""
    try:
        ThemeListRecipe().read(text)
    except InvalidOutput as error:
        return Rendered(as_code(text, "json").html, f"No theme list can be read from it: {error}.")
    themes = [(letter(number), theme) for number, theme in enumerate(themes_of_text(text))]
    return Rendered(render_to_string("consultations/theme_table.html", {"themes": themes}))


def labels_preview(slot: ResponseSlot, response: str, text: str) -> Rendered:
    """The response with its themes and what belongs to them; a text in another form as it is."""
    try:
        LabelsRecipe().read(text)
    except InvalidOutput as error:
        return Rendered(as_code(text, "json").html, f"No labels can be read from it: {error}.")
    themes = themes_of(slot.collection)
    known = {theme.topic: theme for theme in themes}
    names = Resolver(themes).spelled(labels_of_text(text))
    context = {"response": response, "labels": [(name, known.get(name)) for name in names], "listed": bool(themes)}
    return Rendered(render_to_string("consultations/labels.html", context))


def named_themes(consultation: Consultation) -> list[str]:
    """`A: Cost` for each theme of the list."""
    return [f"{letter(number)}: {theme.topic}" for number, theme in enumerate(themes_of(consultation))]


def response_text(slot: Any) -> str:
    """What the slot's response says now: given, or made up; empty while there is none."""
    if slot.text:
        return str(slot.text)
    return "".join(slot.responses.exclude(current=None).values_list("current__text", flat=True)[:1])
