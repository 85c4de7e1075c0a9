"""Texts by hand: saving an edit, taking or dismissing a candidate."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from generation.base_models import Artefact, ArtefactStatus
from generation.drafts import Seen, look_at, own_fields, tidy, working_recipe
from generation.likeness import keep_likeness
from generation.models import ArtefactFinding, Origin, Revision
from generation.models.revisions import finding_rows
from generation.recipes import Draft, InvalidOutput, Recipe
from generation.review.decisions import add_events, locked, overtaken
from generation.review.rights import Conflict, ReviewRefused, actor_label, edit_right, require


@transaction.atomic
def save_text(artefact: Artefact, text: str, user: Any, *, base_revision_id: int | None, note: str = "") -> Revision:
    """Save a person's text as the current revision, up for review again; approved and published ones stand.

    An unchanged text makes no revision. Raises Conflict when `base_revision_id` is not the current one any more.
    """
    require(user, edit_right(type(artefact)), artefact)
    text = tidy(text)
    row = locked(artefact)
    if row.current and tidy(row.current.text) == text:
        return _current(row)
    if row.current_id != base_revision_id:
        raise Conflict(row.current, text)
    revision = _replace(row, text, user, Origin.EDITED, "edit", note)
    artefact.refresh_from_db()
    return revision


@transaction.atomic
def take_candidate(artefact: Artefact, user: Any, text: str | None = None) -> Revision:
    """Make the candidate current, as it is or as the person has edited it (`text`); the text before stays a revision.

    Raises Conflict or ReviewRefused when the candidate or the current text is not what `artefact` shows.
    """
    require(user, edit_right(type(artefact)), artefact)
    row = locked(artefact)
    candidate = row.candidate
    taken = tidy(text) if text is not None else candidate.text if candidate else ""
    if row.current_id != artefact.current_id or (text is not None and row.candidate_id != artefact.candidate_id):
        raise Conflict(row.current, taken)
    _check_candidate(row, artefact)
    origin = Origin.TAKEN if taken == candidate.text else Origin.EDITED
    revision = _replace(row, taken, user, origin, "take_candidate", "", candidate)
    artefact.refresh_from_db()
    return revision


@transaction.atomic
def dismiss_candidate(artefact: Artefact, user: Any) -> None:
    """Leave the candidate; it stays among the revisions."""
    require(user, edit_right(type(artefact)), artefact)
    row = locked(artefact)
    _check_candidate(row, artefact)
    rows = type(artefact)._default_manager.filter(pk=row.pk, candidate=row.candidate_id)
    if rows.update(candidate=None, updated_at=timezone.now()) != 1:
        raise ReviewRefused(overtaken(row))
    add_events([row], "dismiss_candidate", row.status, user, f"revision {row.candidate_id}")
    artefact.refresh_from_db()


def _check_candidate(row: Any, artefact: Any) -> None:
    if row.candidate_id is None:
        raise ReviewRefused("There is no candidate any more. Nothing was changed.")
    if row.candidate_id != artefact.candidate_id:
        raise ReviewRefused("A newer candidate has come meanwhile: look at it first. Nothing was changed.")


def _current(row: Any) -> Revision:
    revision: Revision = row.current
    return revision


def _replace(
    row: Any, text: str, user: Any, origin: str, action: str, note: str, source: Revision | None = None
) -> Revision:
    """A new current revision with its columns, findings, event and derived rows, claimed from the one before."""
    recipe = working_recipe(row.recipe)
    seen = _look(recipe, row, text)
    parent = source or row.current
    revision = Revision.objects.create(
        recipe=row.recipe, item_id=row.item_id, origin=origin, text=text, parent=parent, author=user,
        author_label=actor_label(user), note=note.replace("\x00", "")[:300],
        source_hash=parent.source_hash if parent else row.source_hash,
        recipe_hash=parent.recipe_hash if parent else row.recipe_hash,
        dependencies=parent.dependencies if parent else [],
    )  # fmt: skip
    changes = {
        "current": revision, "status": ArtefactStatus.NEEDS_REVIEW, "touched": True, "weight": seen.weight,
        "updated_at": timezone.now(), **seen.fields,
    }  # fmt: skip
    if source:
        changes["candidate"] = None
    claim = type(row)._default_manager.filter(pk=row.pk, status=row.status, current=row.current_id)
    if claim.update(**changes) != 1:
        raise Conflict(locked(row).current, text)
    ArtefactFinding.objects.bulk_create(finding_rows(row.recipe, row.pk, revision, seen.findings))
    # The event shows the state before and the revision after.
    row.current_id = revision.pk
    add_events([row], action, ArtefactStatus.NEEDS_REVIEW, user, note)
    recipe.project([revision])
    row.current = revision
    keep_likeness(recipe, [row])
    return revision


def _look(recipe: Recipe, row: Any, text: str) -> Seen:
    try:
        fields = own_fields(recipe, row.item, text)
    except InvalidOutput as error:
        raise ReviewRefused(f"Not saved: {str(error).rstrip('.')}.", error.place) from error
    return look_at(recipe, [Draft(row.item, text, row.pk)], [fields])[0]
