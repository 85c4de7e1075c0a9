"""Where an artefact's text came from, and everything else that stands beside it on its page."""

from dataclasses import dataclass, field
from typing import Any

from generation.desk.differences import Line, line_difference
from generation.instructions import instruction
from generation.models import ArtefactFinding, Attempt, Origin, Request, ReviewEvent, Revision

MAX_REVISIONS = 50


@dataclass
class Provenance:
    """How the generated text behind the present one was made; of a record without any, the newest there is."""

    revision: Revision | None = None
    attempt: Attempt | None = None
    request: Request | None = None
    source_changed: bool = False
    source_removed: bool = False
    outdated: bool = False


@dataclass
class History:
    """Revisions and events, newest first, and how many revisions are not shown."""

    revisions: list[Revision] = field(default_factory=list)
    events: list[ReviewEvent] = field(default_factory=list)
    more: int = 0


def provenance(artefact: Any) -> Provenance:
    """The attempt behind the text, and whether source, prompt or model have moved since."""
    rows = Revision.objects.of(artefact).filter(attempt__isnull=False)
    related = ("attempt__request__prompt", "attempt__run", "attempt__batch_job")
    behind, current = generated_behind(artefact), artefact.current
    if behind is not None:
        rows = rows.filter(pk=behind)
    revision = rows.select_related(*related).defer("text").order_by("-pk").first()
    attempt = revision.attempt if revision else None
    found = Provenance(revision, attempt, attempt.request if attempt else None)
    # The text's own, where it has one: the record's moves on with each candidate, also with one that is dismissed.
    source_hash = (current.source_hash if current else "") or artefact.source_hash
    found.source_changed = source_hash != artefact.item.source_hash
    found.source_removed = artefact.item.removed_at is not None
    if attempt:
        inforce = instruction(artefact.recipe, artefact.item.collection.slug)
        recipe_hash = (current.recipe_hash if current else "") or artefact.recipe_hash
        found.outdated = recipe_hash != inforce.recipe_hash
    return found


def generated_behind(artefact: Any) -> int | None:
    """Key of the generated text that the present one was made of, edit by edit; a dismissed candidate is none."""
    current = artefact.current
    if current is None or current.origin == Origin.GENERATED:
        return current.pk if current else None
    rows = Revision.objects.of(artefact).values_list("pk", "origin", "parent_id")
    made = {pk: (origin, parent) for pk, origin, parent in rows}
    found = current.parent_id
    while found in made and made[found][0] != Origin.GENERATED:
        found = made[found][1]
    return found if found in made else None


def findings_of(artefact: Any) -> list[ArtefactFinding]:
    """What the checks found in the present text, the worst first; dismissed ones stand at the end."""
    rows = ArtefactFinding.objects.filter(recipe=artefact.recipe, artefact_id=artefact.pk, revision=artefact.current_id)
    order = {"error": 0, "warning": 1}
    return sorted(rows, key=lambda row: (row.dismissed_at is not None, order.get(row.severity, 2), row.line, row.pk))


def history_of(artefact: Any) -> History:
    """Revisions (without their texts) and what people did."""
    made = {"recipe": artefact.recipe, "item_id": artefact.item_id}
    rows = Revision.objects.of(artefact)
    shown = list(rows.defer("text").select_related("author").order_by("-pk")[:MAX_REVISIONS])
    events = list(ReviewEvent.objects.filter(**made).order_by("-pk")[:MAX_REVISIONS])
    return History(shown, events, max(0, rows.count() - len(shown)) if len(shown) == MAX_REVISIONS else 0)


def candidate_lines(artefact: Any) -> list[Line]:
    """The candidate against the present text; empty without one, or when they are the same."""
    if artefact.candidate is None or artefact.current is None:
        return []
    return line_difference(artefact.current.text, artefact.candidate.text)
