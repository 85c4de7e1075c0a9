"""Responses, theme lists and mappings as the database has them; second mappings varied and compared."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from django.db import transaction

from consultations.comparison import Comparison, compare
from consultations.mappings import Coding, Joined, Labelled, join
from consultations.models import Consultation, Labelling, Response, SecondLabels, SecondMapping, ThemeList
from consultations.recipes import labels_of_text, themes_of_text
from consultations.theme_lists import Resolver, Theme
from consultations.variation import varied
from generation.jsonl import chunked

CHUNK = 500
Pointer = Literal["current", "approved"]


class NothingStored(Exception):
    """The consultation lacks what the step needs; the message says what and how to get it."""


def texts_of(consultation: Consultation, pointer: Pointer = "current") -> dict[str, str]:
    """Key -> text of every response that there is, given or made up, in order."""
    slots = consultation.items.filter(removed_at=None).order_by("position", "pk")
    rows = Response.objects.filter(item__collection=consultation, **{f"{pointer}__isnull": False})
    made = dict(rows.values_list("item_id", f"{pointer}__text"))
    found = ((key, given or made.get(pk, "")) for pk, key, given in slots.values_list("pk", "key", "text"))
    return {key: text for key, text in found if text}


def themes_of(consultation: Consultation, pointer: Pointer = "current") -> list[Theme]:
    """The themes of the consultation's list; none while it has no list."""
    rows = ThemeList.objects.filter(item__collection=consultation, **{f"{pointer}__isnull": False})
    return [theme for text in rows.values_list(f"{pointer}__text", flat=True) for theme in themes_of_text(text)]


def first_coding(consultation: Consultation, pointer: Pointer = "current", labellings: Any = None) -> Coding:
    """The labels of the consultation's responses; `labellings` restricts them (a QuerySet)."""
    rows = Labelling.objects.all() if labellings is None else labellings
    rows = rows.filter(item__collection=consultation, item__removed_at=None, **{f"{pointer}__isnull": False})
    # A text still in review stands where none is approved: without it a label would speak of nothing.
    texts = texts_of(consultation) | (texts_of(consultation, "approved") if pointer == "approved" else {})
    values = rows.order_by("item__position", "item_id").values_list("item__key", f"{pointer}__text")
    spelled = Resolver(themes_of(consultation)).spelled
    return Coding([Labelled(key, texts.get(key, ""), tuple(spelled(labels_of_text(text)))) for key, text in values])


def second_coding(mapping: SecondMapping) -> Coding:
    """The labels of a second mapping."""
    texts = texts_of(mapping.consultation)
    rows = mapping.standing.order_by("slot__position", "slot_id").values_list("slot__key", "labels")
    return Coding([Labelled(key, texts.get(key, ""), tuple(labels)) for key, labels in rows])


def latest_second(consultation: Consultation, name: str = "") -> SecondMapping:
    """The second mapping of this name, or the one made last; raises NothingStored."""
    rows = consultation.second_mappings.filter(name=name) if name else consultation.second_mappings.all()
    found = rows.order_by("-made_at", "-pk").first()
    if found is None:
        known = ", ".join(consultation.second_mappings.values_list("name", flat=True)) or "none"
        raise NothingStored(
            f"'{consultation.slug}' has no second mapping{f' {name!r}' if name else ''} (there are: {known}): "
            "make one with vary_themes, or bring one with import_mapping."
        )
    return found


def vary_stored(consultation: Consultation, variation: float, seed: str, name: str, actor: str = "") -> SecondMapping:
    """Make (or make again) a second mapping by varying the labels that there are; raises NothingStored."""
    first = first_coding(consultation)
    if not first.rows:
        raise NothingStored(f"No response of '{consultation.slug}' has labels yet: run extract_themes first.")
    themes = [theme.topic for theme in themes_of(consultation)] or first.themes
    slots: Mapping[str, int] = dict(consultation.items.values_list("key", "pk"))
    rows = [(slots[row.id], list(row.labels)) for row in varied(first.rows, themes, variation, seed)]
    fields = {"variation": variation, "seed": seed, "made_by": actor[:150]}
    with transaction.atomic():
        if consultation.second_mappings.filter(name=name, variation=None).exists():
            raise NothingStored(f"The second mapping '{name}' is a person's: nothing was varied. Choose another name.")
        mapping, _ = SecondMapping.objects.update_or_create(consultation=consultation, name=name, defaults=fields)
        mapping.rows.all().delete()
        for chunk in chunked(rows, CHUNK):
            SecondLabels.objects.bulk_create(SecondLabels(mapping=mapping, slot_id=pk, labels=one) for pk, one in chunk)
    return mapping


def compare_stored(
    mapping: SecondMapping, pointer: Pointer = "current", labellings: Any = None
) -> tuple[Joined, Comparison]:
    """The consultation's labels beside those of a second mapping; raises SourceError without a common response."""
    joined = join(first_coding(mapping.consultation, pointer, labellings), second_coding(mapping))
    return joined, compare(joined)


def comparable(consultation: Consultation) -> Iterator[SecondMapping]:
    """Second mappings that have a response in common with the labels that there are."""
    labelled = Labelling.objects.filter(item__collection=consultation, current__isnull=False).values("item")
    for mapping in consultation.second_mappings.order_by("-made_at", "-pk"):
        if mapping.standing.filter(slot__in=labelled).exists():
            yield mapping
