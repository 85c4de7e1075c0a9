"""Findings that a person has looked at and does not share."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from generation.base_models import Artefact
from generation.findings import WEIGHTS, Severity
from generation.models import ArtefactFinding
from generation.review.decisions import add_events, locked
from generation.review.rights import OVERRIDE, ReviewRefused, actor_label, edit_right, require

MAX_REMARK = 300


@transaction.atomic
def dismiss_finding(artefact: Artefact, finding_id: int, user: Any, remark: str) -> None:
    """Leave a finding out of the weight, for the present revision. It needs a remark; an error also the override right.

    An error that is dismissed blocks the approval no more, so it asks for the right that approving in spite of it asks.
    """
    finding = _finding(artefact, finding_id, user)
    remark = remark.strip().replace("\x00", "")
    if finding.severity == Severity.ERROR:
        require(user, OVERRIDE)
    if not remark:
        raise ReviewRefused("Please say why: a dismissed finding needs a remark.")
    if len(remark) > MAX_REMARK:
        raise ReviewRefused(f"The remark has {len(remark):,} characters, and at most {MAX_REMARK} are possible.")
    if finding.dismissed_at is not None:
        raise ReviewRefused(f"It was dismissed already, by {finding.dismissed_by}.")
    _set(finding, dismissed_at=timezone.now(), dismissed_by=actor_label(user), remark=remark)
    _weigh(artefact, "dismiss_finding", user, f"{finding.message} – {remark}")


@transaction.atomic
def restore_finding(artefact: Artefact, finding_id: int, user: Any) -> None:
    """Let a dismissed finding count again."""
    finding = _finding(artefact, finding_id, user)
    if finding.dismissed_at is None:
        raise ReviewRefused("It was not dismissed.")
    _set(finding, dismissed_at=None, dismissed_by="", remark="")
    _weigh(artefact, "restore_finding", user, finding.message)


def _finding(artefact: Any, finding_id: int, user: Any) -> ArtefactFinding:
    require(user, edit_right(type(artefact)), artefact)
    row = locked(artefact)
    rows = ArtefactFinding.objects.filter(recipe=row.recipe, artefact_id=row.pk, revision=row.current_id)
    finding = rows.filter(pk=finding_id).first()
    if finding is None:
        raise ReviewRefused("This finding is not one of the present text. Nothing was changed.")
    return finding


def _set(finding: ArtefactFinding, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(finding, name, value)
    finding.save(update_fields=list(changes))


def _weigh(artefact: Any, action: str, user: Any, reason: str) -> None:
    """The sum over what still stands, and the event that tells of it."""
    row = locked(artefact)
    rows = ArtefactFinding.objects.standing().filter(recipe=row.recipe, artefact_id=row.pk, revision=row.current_id)
    weight = sum(WEIGHTS[Severity(value)] for value in rows.values_list("severity", flat=True))
    type(row)._default_manager.filter(pk=row.pk).update(weight=weight, updated_at=timezone.now())
    add_events([row], action, row.status, user, reason)
    artefact.refresh_from_db()
