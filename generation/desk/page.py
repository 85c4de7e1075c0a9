"""What the desk shows of one record: the text with its source, its findings, its place in the queue."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from generation import review
from generation.admin_base.access import may
from generation.admin_base.artefact_page import allowed
from generation.base_models import ArtefactStatus
from generation.desk.candidates import changes
from generation.desk.claims import claim, claim_sentence
from generation.desk.deeds import Asked
from generation.desk.differences import Line, line_difference
from generation.desk.form import form_of
from generation.desk.keys import KEYS, keys_off
from generation.desk.menu import menu
from generation.desk.provenance import findings_of, generated_behind, history_of, provenance
from generation.desk.queue import ORDERS, SOURCE, Queue
from generation.desk.similar_texts import like_this
from generation.findings import Severity
from generation.models import ArtefactFinding, Revision
from generation.review.approvals import approvals
from generation.review.commenting import comments_of

TEXT, DIFFERENCES, CHECKS, HISTORY, COMMENTS = "text", "differences", "checks", "history", "comments"
TABS = {
    TEXT: "Text", DIFFERENCES: "Differences", CHECKS: "Checks", HISTORY: "History", COMMENTS: "Comments and similar",
}  # fmt: skip
ORDER_WORDS = {"worst": "worst findings first", "source": "order of the source"}


def desk_url(model_admin: Any, pk: int | None, query: str = "") -> str:
    """Address of the desk, of one record or of the queue's first."""
    name = model_admin.change_url.removesuffix("_change") + ("_desk" if pk else "_queue")
    return reverse(name, args=[pk] if pk else []) + query


def record_of(model_admin: Any, request: HttpRequest, pk: int) -> Any:
    """The record with all that its page needs of it, or None when it is gone or hidden from the user."""
    rows = model_admin.get_queryset(request).select_related("item__collection", "current")
    return rows.filter(pk=pk).first()


def works_here(model_admin: Any, request: HttpRequest) -> bool:
    """Whether the user does more than read: only then a record is claimed."""
    return model_admin.has_change_permission(request) or may(request.user, "review_artefact")


def desk_context(
    model_admin: Any, request: HttpRequest, queue: Queue, artefact: Any, *, asked: Asked | None = None
) -> dict[str, Any]:
    """Everything of one record; `asked` brings what was typed back after a refusal."""
    tab = request.GET.get("tab", TEXT)
    tab = tab if tab in TABS else TEXT
    if works_here(model_admin, request):
        claim(artefact, request.user)
    context = {
        **frame_context(model_admin, request, queue),
        **_text_context(model_admin, request, artefact, asked),
        **queue_context(model_admin, queue, artefact),
        "tab": tab,
        "tabs": _tabs(model_admin, queue, artefact),
        "others": claim_sentence(queue.claimed.get(artefact.pk)),
        "claim_url": desk_url(model_admin, artefact.pk) + "claim/",
        "comments": comments_of(artefact),
        "draft_key": f"desk:{request.user.pk}:{artefact._meta.label_lower}:{artefact.pk}",
    }
    if tab == DIFFERENCES:
        context |= differences_context(artefact)
    elif tab == CHECKS:
        context |= checks_context(artefact, context["findings"])
    elif tab == HISTORY:
        context["history"] = history_of(artefact)
    elif tab == COMMENTS:
        context["alike"] = like_this(model_admin, request, artefact)
        context["beside_name"] = model_admin.change_url.removesuffix("_change") + "_desk_beside"
    return context


def frame_context(model_admin: Any, request: HttpRequest, queue: Queue) -> dict[str, Any]:
    """What every page of the desk has, also the one without a record."""
    off = keys_off(request.user)
    event = review.last_decision(request.user, model_admin.model)
    return {
        "opts": model_admin.opts,
        "queue": queue,
        "keys": {key.name: key for key in KEYS if key.name not in off},
        "all_keys": [(key, key.name in off) for key in KEYS],
        "undo_event": event,
        "queue_url": desk_url(model_admin, None, queue.query),
        "list_address": reverse(model_admin.list_url) + queue.list_query,
        "settings_url": reverse(model_admin.change_url.removesuffix("_change") + "_desk_keys"),
        "orders": [(order, ORDER_WORDS[order], order == queue.order) for order in ORDERS],
        "by_source": queue.order == SOURCE,
        **menu(model_admin, request.user, queue.params, state=queue.state),
    }


def queue_context(model_admin: Any, queue: Queue, artefact: Any) -> dict[str, Any]:
    """Its number, how many wait, and the addresses of its neighbours."""
    address = desk_url(model_admin, artefact.pk)
    joined = f"{queue.query}&" if queue.query else "?"
    position = queue.position(artefact)
    return {
        "position": position,
        "is_first": position == 1,
        "is_last": position == queue.waiting and position > 0,
        "here": address + queue.query,
        "publish_url": f"{address}publish/{queue.query}",
        "go": {name: f"{address}{joined}go={name}" for name in ("next", "previous", "skip")},
    }


def _text_context(model_admin: Any, request: HttpRequest, artefact: Any, asked: Asked | None) -> dict[str, Any]:
    current, user = artefact.current, request.user
    can = allowed(model_admin, request, artefact)
    text = asked.text if asked else (current.text if current else "")
    findings = findings_of(artefact)
    standing = [finding for finding in findings if finding.dismissed_at is None]
    override = user.has_perm("generation.override_findings")
    errors = any(finding.severity == Severity.ERROR for finding in standing)
    return {
        "artefact": artefact,
        "text": text,
        "base": asked.base if asked else artefact.current_id,
        "typed": asked,
        "can": can,
        "overrides": can["approve"] and errors and override,
        "blocked": can["approve"] and errors and not override,
        "approved_so_far": _approved_so_far(artefact),
        "may_override": override,
        "sees_costs": may(user, "view_costs"),
        "facts": model_admin.source_facts(artefact),
        "neighbours": model_admin.neighbours(artefact),
        "made": provenance(artefact),
        "findings": findings,
        "standing": standing,
        "markdown_editor": model_admin.editor_of(artefact) == "markdown",
        **(form_of(model_admin, artefact, text) if can["edit"] else {}),
        "preview_url": reverse(model_admin.change_url.removesuffix("_change") + "_preview", args=[artefact.pk]),
        "allowance": review.allowance_left(user) if can["again"] else None,
        "monthly": settings.EDITOR_MONTHLY_REGENERATIONS,
    }


def _approved_so_far(artefact: Any) -> str:
    """`1 of 2 approvals`; empty where one is enough or nobody has approved the present text yet."""
    wanted = settings.REQUIRED_APPROVALS
    if wanted < 2 or artefact.status in (ArtefactStatus.APPROVED, ArtefactStatus.PUBLISHED):
        return ""
    count = len(approvals([artefact])[artefact.pk])
    return f"{count} of {wanted} approvals" if count else ""


def _tabs(model_admin: Any, queue: Queue, artefact: Any) -> list[tuple[str, str, str]]:
    address = desk_url(model_admin, artefact.pk)
    joined = f"{queue.query}&" if queue.query else "?"
    return [(name, shown, f"{address}{joined}tab={name}") for name, shown in TABS.items()]


def differences_context(artefact: Any) -> dict[str, Any]:
    """Generated against edited, published against present, and the candidate's changes one by one."""
    current = artefact.current
    behind = generated_behind(artefact)
    generated = Revision.objects.filter(pk=behind).first() if behind else None
    pairs: list[tuple[str, Revision | None]] = [
        ("From the generated text to the present one", generated if generated != current else None),
        ("From the published text to the present one", artefact.published),
    ]
    if artefact.approved_id != artefact.published_id:
        pairs.append(("From the approved text to the present one", artefact.approved))
    compared: list[tuple[str, Revision, list[Line]]] = []
    for caption, older in pairs:
        if older is not None and current is not None:
            compared.append((caption, older, line_difference(older.text, current.text)))
    candidate = artefact.candidate if current else None
    return {
        "compared": compared,
        "candidate": candidate,
        "changes": changes(current.text, candidate.text) if candidate else [],
        "same_candidate": candidate is not None and candidate.text == current.text,
    }


def checks_context(artefact: Any, findings: list[ArtefactFinding]) -> dict[str, Any]:
    """Each finding with the line that it is about."""
    lines = artefact.current.text.split("\n") if artefact.current else []
    placed = []
    for finding in findings:
        line = lines[finding.line - 1][:300] if 0 < finding.line <= len(lines) else ""
        placed.append((finding, line))
    return {"placed": placed}
