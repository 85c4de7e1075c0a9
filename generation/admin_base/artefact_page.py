"""The page of one artefact, and the one that two people see who saved the same one."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from generation import review
from generation.admin_base.access import may
from generation.base_models import ArtefactStatus
from generation.desk.deeds import Asked
from generation.desk.differences import line_difference
from generation.desk.form import form_of
from generation.desk.provenance import candidate_lines, findings_of, history_of, provenance
from generation.review.commenting import comments_of


def allowed(model_admin: Any, request: HttpRequest, artefact: Any) -> dict[str, bool]:
    """Which buttons this user gets on this artefact: permission and state both fit."""
    user, status = request.user, artefact.status
    edits = model_admin.has_change_permission(request, artefact)
    reviews = may(user, "review_artefact")
    publishes = may(user, "publish_artefact")
    again = may(user, "launch_run") or may(user, "regenerate_single")
    return {
        "edit": edits,
        "approve": reviews and status not in (ArtefactStatus.APPROVED, ArtefactStatus.PUBLISHED),
        "request_changes": reviews and status != ArtefactStatus.CHANGES_REQUESTED,
        "reject": reviews and status != ArtefactStatus.REJECTED,
        "resubmit": edits and status in (ArtefactStatus.CHANGES_REQUESTED, ArtefactStatus.REJECTED),
        "publish": publishes and artefact.approved_id is not None and artefact.published_id != artefact.approved_id,
        "unpublish": publishes and artefact.published_id is not None,
        "again": again and artefact.item.removed_at is None,
        "candidate": edits and artefact.candidate_id is not None,
    }


def artefact_page(
    model_admin: Any, request: HttpRequest, artefact: Any, *, asked: Asked | None = None, refusal: str = ""
) -> HttpResponse:
    """Text, preview, source, findings, candidate, history; after a refusal with what was typed still in it."""
    current = artefact.current
    can = allowed(model_admin, request, artefact)
    text = asked.text if asked else (current.text if current else "")
    context = {
        "original": artefact,
        "artefact": artefact,
        "typed": asked,
        "text": text,
        "base": asked.base if asked else artefact.current_id,
        "reason": asked.reason if asked else "",
        "remark": asked.remark if asked else "",
        "refusal": refusal,
        "can": can,
        "sees_costs": may(request.user, "view_costs"),
        "facts": model_admin.source_facts(artefact),
        "neighbours": model_admin.neighbours(artefact),
        "made": provenance(artefact),
        "findings": findings_of(artefact),
        "history": history_of(artefact),
        "comments": comments_of(artefact),
        "candidate_lines": candidate_lines(artefact),
        "markdown_editor": model_admin.editor_of(artefact) == "markdown",
        **(form_of(model_admin, artefact, text) if can["edit"] else {}),
        "preview_url": _preview_url(model_admin, artefact),
        "publish_url": _publish_url(model_admin, artefact),
        "allowance": None if may(request.user, "launch_run") else review.allowance_left(request.user),
        "monthly": settings.EDITOR_MONTHLY_REGENERATIONS,
    }
    return model_admin.page(
        request, "generation/artefact.html", str(artefact), status=422 if refusal else 200, **context
    )


def _preview_url(model_admin: Any, artefact: Any) -> str:
    name = model_admin.change_url.removesuffix("_change") + "_preview"
    return reverse(name, args=[artefact.pk])


def _publish_url(model_admin: Any, artefact: Any) -> str:
    name = model_admin.change_url.removesuffix("_change") + "_desk_publish"
    return reverse(name, args=[artefact.pk]) + "?back=record"


def conflict_page(model_admin: Any, request: HttpRequest, artefact: Any, conflict: review.Conflict) -> HttpResponse:
    """Both texts, their difference, and a form that saves on top of the newer one."""
    artefact.refresh_from_db()
    context = {
        "original": artefact,
        "artefact": artefact,
        "theirs": conflict.current,
        "yours": conflict.text,
        "lines": line_difference(conflict.current.text, conflict.text),
        **form_of(model_admin, artefact, conflict.text),
        "action": reverse(model_admin.change_url, args=[artefact.pk]),
    }
    title = f"Somebody saved before you: {artefact}"
    return model_admin.page(request, "generation/conflict.html", title, status=409, **context)
