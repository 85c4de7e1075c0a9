"""Who has what open at the desk. A claim is soft: it steers "next" and tells others, and it forbids nothing."""

from typing import Any

from generation.desk.moments import relative
from generation.models import DeskClaim
from generation.review import actor_label


def claimed_by_others(model: Any, user: Any) -> dict[int, DeskClaim]:
    """Artefact id -> the newest live claim of somebody else; one query."""
    rows = DeskClaim.objects.live().filter(model=model._meta.label_lower).exclude(user=user)
    return {claim.artefact_id: claim for claim in rows.select_related("user").order_by("renewed_at")}


def claim(artefact: Any, user: Any) -> None:
    """The user has it open now."""
    DeskClaim.objects.renew(type(artefact), artefact.pk, user)


def release(model: Any, artefact_id: int, user: Any) -> None:
    """The user has moved on."""
    DeskClaim.objects.filter(model=model._meta.label_lower, artefact_id=artefact_id, user=user).delete()


def claim_sentence(found: DeskClaim | None) -> str:
    """`Ann Lee (ann) has it open, 3 min ago`; empty when nobody has."""
    return f"{actor_label(found.user)} has it open ({relative(found.renewed_at)})." if found else ""
