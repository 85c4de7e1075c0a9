"""Consultations for tests."""

import json
from typing import Any

from consultations.models import Consultation, Labelling, Response, ResponseSlot, ThemeList, ThemeSheet
from consultations.recipes import LABELS, RESPONSE, THEMES
from consultations.theme_lists import Theme, as_json
from generation.models import Revision

TOPICS = ("Cost", "Safety", "Fairness", "Noise")


def consultation(slots: int = 3, slug: str = "buses", *, texts: tuple[str, ...] = ()) -> Consultation:
    """A consultation with so many slots to be made up, or with these given responses."""
    made = Consultation.objects.create(slug=slug, name=slug.capitalize(), question="Should buses be free?")
    rows = [ResponseSlot(text=text) for text in texts] or [
        ResponseSlot(perspective="a resident", length="medium", focus="cost", stance="in favour") for _ in range(slots)
    ]
    for number, row in enumerate(rows, start=1):
        row.collection, row.key, row.position = made, f"s{number:05}", number
        row.source_hash = row.compute_hash()
    ResponseSlot.objects.bulk_create(rows)
    return made


def artefact(model: Any, recipe: str, item: Any, text: str, **fields: Any) -> Any:
    """An artefact with one revision."""
    revision = Revision.objects.create(
        recipe=recipe, item_id=item.pk, origin="generated", text=text, source_hash=item.source_hash
    )
    return model.objects.create(item=item, recipe=recipe, current=revision, source_hash=item.source_hash, **fields)


def respond(collection: Consultation, *texts: str) -> list[Response]:
    """Responses of the first slots."""
    slots = collection.items.order_by("position")
    return [artefact(Response, RESPONSE, slot, text) for slot, text in zip(slots, texts, strict=False)]


def theme_list(collection: Consultation, *topics: str) -> ThemeList:
    """A theme list with these topics, A, B ..."""
    themes = [Theme("ABCDEFGH"[number], topic) for number, topic in enumerate(topics or TOPICS)]
    return artefact(ThemeList, THEMES, ThemeSheet.objects.get(collection=collection), as_json(themes))


def label(collection: Consultation, *labels: tuple[str, ...]) -> list[Labelling]:
    """Labellings of the first slots."""
    slots = collection.items.order_by("position")
    return [
        artefact(Labelling, LABELS, slot, json.dumps({"labels": list(chosen)}), labels=list(chosen))
        for slot, chosen in zip(slots, labels, strict=False)
    ]


def approve(model: Any) -> None:
    """Approve every artefact of a model."""
    for row in model.objects.all():
        row.approved, row.status = row.current, "approved"
        row.save()
