"""Decisions: approve, request changes, reject, resubmit; of one artefact and of many by the same code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from generation.base_models import Artefact, ArtefactStatus
from generation.findings import Severity
from generation.models import ArtefactFinding, ReviewEvent, Revision
from generation.review.approvals import approvals
from generation.review.rights import OVERRIDE, REVIEW, Conflict, ReviewRefused, actor_label, edit_right, require

HAS_ERRORS = "its findings hold errors"


@dataclass(frozen=True)
class Decision:
    """One decision: its name, the state that it leads to, and those that it may start from."""

    action: str
    to: str
    allowed: frozenset[str]
    needs_reason: bool = False

    @property
    def approves(self) -> bool:
        """Whether it pins the current revision as approved."""
        return self.to == ArtefactStatus.APPROVED


_DRAFT = frozenset({ArtefactStatus.NEEDS_REVIEW, ArtefactStatus.CHANGES_REQUESTED})
_GOOD = frozenset({ArtefactStatus.APPROVED, ArtefactStatus.PUBLISHED})
_BAD = frozenset({ArtefactStatus.CHANGES_REQUESTED, ArtefactStatus.REJECTED})
APPROVE = Decision("approve", ArtefactStatus.APPROVED, _DRAFT)
REQUEST_CHANGES = Decision(
    "request_changes", ArtefactStatus.CHANGES_REQUESTED, _GOOD | {ArtefactStatus.NEEDS_REVIEW, ArtefactStatus.REJECTED},
    needs_reason=True,
)  # fmt: skip
REJECT = Decision("reject", ArtefactStatus.REJECTED, _DRAFT | _GOOD, needs_reason=True)
RESUBMIT = Decision("resubmit", ArtefactStatus.NEEDS_REVIEW, _BAD)
DECISIONS = {decision.action: decision for decision in (APPROVE, REQUEST_CHANGES, REJECT)}


def approve(artefact: Artefact, user: Any, *, revision_id: int | None = None, comment: str = "") -> None:
    """Pin the current revision as approved. `revision_id` is the one that the person read (default: the row's).

    Errors among its findings block, unless the user may override them and says why. Raises Conflict, ReviewRefused.
    """
    require(user, REVIEW, artefact)
    overrides = bool(comment.strip()) and user.has_perm(OVERRIDE)
    _decide_one(artefact, APPROVE, user, comment, revision_id or artefact.current_id, overrides)


def request_changes(artefact: Artefact, user: Any, reason: str) -> None:
    """Send it back to the editors. If its current revision was approved, it is not any more."""
    require(user, REVIEW, artefact)
    _decide_one(artefact, REQUEST_CHANGES, user, reason, artefact.current_id)


def reject(artefact: Artefact, user: Any, reason: str) -> None:
    """Turn it down. If its current revision was approved, it is not any more; published files stay."""
    require(user, REVIEW, artefact)
    _decide_one(artefact, REJECT, user, reason, artefact.current_id)


def resubmit(artefact: Artefact, user: Any) -> None:
    """Put a returned or rejected text up for review again as it is."""
    require(user, edit_right(type(artefact)), artefact)
    _decide_one(artefact, RESUBMIT, user, "", artefact.current_id)


@transaction.atomic
def _decide_one(
    artefact: Any, decision: Decision, user: Any, reason: str, seen: int | None, overrides: bool = False
) -> None:
    check_reason(decision, reason)
    row = locked(artefact)
    if seen is not None and row.current_id != seen:
        raise Conflict(row.current, Revision.objects.get(pk=seen).text)
    if row.status != artefact.status:
        raise ReviewRefused(overtaken(row))
    refusal = objections([row], decision, user).get(row.pk, "")
    if refusal == HAS_ERRORS and overrides:
        refusal = ""
    if refusal:
        raise ReviewRefused(_sentence(decision, refusal, user))
    if decide([row], decision, user, reason) != 1:
        raise ReviewRefused(overtaken(locked(artefact)))
    artefact.refresh_from_db()


def locked(artefact: Any) -> Any:
    """The artefact as it is in the database now, held until the transaction ends."""
    # No joins: PostgreSQL reads the row anew after a wait, but what was joined is as old as the statement.
    row = type(artefact)._default_manager.select_for_update().filter(pk=artefact.pk).first()
    if row is None:
        raise ReviewRefused("It was deleted meanwhile.")
    return row


def overtaken(row: Artefact) -> str:
    """The sentence for somebody whose page is older than the row."""
    last = ReviewEvent.objects.filter(recipe=row.recipe, item_id=row.item_id).last()
    by = f" ({last.actor})" if last and last.actor else ""
    return f"Somebody was faster{by}: it is '{row.get_status_display()}' now. Nothing was changed."


def check_reason(decision: Decision, reason: str) -> None:
    """Raise ReviewRefused where a reason is missing or is longer than a page."""
    if decision.needs_reason and not reason.strip():
        raise ReviewRefused("Please say why: the editors need a reason.")
    if len(reason) > 5000:
        raise ReviewRefused(f"The reason has {len(reason):,} characters, and at most 5,000 are possible.")


def objections(rows: Sequence[Any], decision: Decision, user: Any) -> dict[int, str]:
    """Why the decision can't be taken for some of the rows: artefact id -> reason. Two queries for all of them."""
    currents = {row.current_id for row in rows if row.current_id}
    found: dict[int, str] = {}
    blocked, own = set(), set()
    if decision.approves:
        errors = ArtefactFinding.objects.standing().filter(revision_id__in=currents, severity=Severity.ERROR)
        blocked = set(errors.values_list("revision_id", flat=True))
        if settings.FOUR_EYES:
            own = set(Revision.objects.filter(pk__in=currents, author=user).values_list("pk", flat=True))
    for row in rows:
        if row.status not in decision.allowed:
            found[row.pk] = f"it is '{row.get_status_display()}'"
        elif row.current_id is None:
            found[row.pk] = "it has no text"
        elif row.current_id in own:
            found[row.pk] = "its text is your own, and another person has to approve it"
        elif row.current_id in blocked:
            found[row.pk] = HAS_ERRORS
    if decision.approves and settings.REQUIRED_APPROVALS > 1:
        mine = [pk for pk, people in approvals(rows).items() if user.pk in people]
        twice = "you have approved it already, and another person has to"
        # Before the errors: those can be overridden, and a person still counts once.
        found |= {pk: twice for pk in mine if found.get(pk, HAS_ERRORS) == HAS_ERRORS}
    return found


def _sentence(decision: Decision, refusal: str, user: Any) -> str:
    hint = ""
    if refusal == HAS_ERRORS and decision.approves:
        hint = " Say in a comment why it is good nevertheless." if user.has_perm(OVERRIDE) else " Mend the text first."
    return f"Can't {decision.action.replace('_', ' ')}: {refusal}.{hint}"


def decide(rows: Sequence[Any], decision: Decision, user: Any, reason: str) -> int:
    """Claim the decision for rows as they were read (their state and revision) and write the events; how many.

    Call inside a transaction, with rows that nobody objects to.
    """
    if decision.approves and settings.REQUIRED_APPROVALS > 1:
        people = approvals(rows)
        waiting = [row for row in rows if len(people[row.pk] | {user.pk}) < settings.REQUIRED_APPROVALS]
        if waiting:
            counted = _count_in(waiting, decision, user, reason)
            enough = [row for row in rows if row not in waiting]
            return counted + (_settle(enough, decision, user, reason) if enough else 0)
    return _settle(rows, decision, user, reason)


def _count_in(rows: Sequence[Any], decision: Decision, user: Any, reason: str) -> int:
    """An approval that needs more people: the state stays, and the draft is not replaced any more."""
    model, claimed = type(rows[0])._default_manager, 0
    for status in {row.status for row in rows}:
        group = [row for row in rows if row.status == status]
        texts = [row.current_id for row in group]
        standing = model.filter(pk__in=[row.pk for row in group], status=status, current_id__in=texts)
        claimed += standing.update(touched=True, updated_at=timezone.now())
        add_events(group, decision.action, status, user, reason)
    return claimed


def _settle(rows: Sequence[Any], decision: Decision, user: Any, reason: str) -> int:
    model = type(rows[0])._default_manager
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.status, []).append(row)
    claimed = 0
    for status, group in groups.items():
        ids, texts = [row.pk for row in group], [row.current_id for row in group]
        changes: dict[str, Any] = {"status": decision.to, "touched": True, "updated_at": timezone.now()}
        if decision.approves:
            changes["approved"] = F("current")
        claimed += model.filter(pk__in=ids, status=status, current_id__in=texts).update(**changes)
        if decision.needs_reason:
            # An approval of this very revision is taken back; an older approved one stands.
            model.filter(pk__in=ids, status=decision.to, approved_id=F("current_id")).update(approved=None)
    if claimed == len(rows):
        add_events(rows, decision.action, decision.to, user, reason)
    return claimed


def add_events(rows: Sequence[Any], action: str, to: str, user: Any, reason: str = "") -> None:
    """One ReviewEvent for each row, from the state that the row shows."""
    ReviewEvent.objects.bulk_create(
        ReviewEvent(
            recipe=row.recipe, item_id=row.item_id, label=row.item.label[:200], action=action, from_status=row.status,
            to_status=to, reason=reason.strip().replace("\x00", ""), revision_id=row.current_id, user=user,
            actor=actor_label(user), before={"approved": row.approved_id, "touched": row.touched},
        )
        for row in rows
    )  # fmt: skip
