"""Deeds over the whole filter: a page that says what would happen to how many, and how far the work has come."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from generation import advance, review
from generation.admin_base.access import may
from generation.base_models import ArtefactStatus
from generation.desk.again import again, priced_again
from generation.desk.queue import Queue
from generation.models import BulkJob
from generation.pipeline.plan import PlanError
from generation.prompts import PromptError
from generation.review.assigning import assignable

REFUSALS = (review.ReviewRefused, PlanError, PromptError, advance.LaunchRefused)
# So many files are compared at once before a publish; more only when they are asked for.
FILES_AT_ONCE = 300
SHOWN_FILES = 200
NAMES = {
    "approve": "Approve", "request_changes": "Request changes", "reject": "Reject", "publish": "Publish",
    "again": "Generate again", "assign": "Assign",
}  # fmt: skip
DEEDS = {
    "approve": "review_artefact", "request_changes": "review_artefact", "reject": "review_artefact",
    "publish": "publish_artefact", "again": "launch_run", "assign": "review_artefact",
}  # fmt: skip
DONE = {
    "approve": "approved", "request_changes": "sent back for changes", "reject": "rejected", "publish": "published",
    "assign": "assigned",
}  # fmt: skip
ASKS = {
    "request_changes": "What should change (goes to the editors)", "reject": "Why they are rejected",
    "again": "Remark for the prompt, for example “shorter, add an example”",
}  # fmt: skip
HINTS = {
    "approve": "Texts with an error are left out: each of them needs a look and a comment.",
    "request_changes": "They go back to the editors with your reason.",
    "reject": "They stay, but are never published.",
    "publish": "Only approved texts leave. What is published already and has not changed is not written again.",
    "again": "Untouched drafts are replaced; the others get a candidate beside their text.",
    "assign": "Each becomes a part of this person's share of the queue; whoever had it before has it no more.",
}


def whole_actions(user: Any) -> list[tuple[str, str]]:
    """Names and words of what this user may do to a whole filter."""
    return [(action, words) for action, words in NAMES.items() if may(user, DEEDS[action])]


def whole_view(model_admin: Any, request: HttpRequest, action: str) -> HttpResponse:
    """The confirm page; a POST does it, at once or in the background. The filter is in the address."""
    if action not in NAMES:
        raise Http404(f"There is no bulk action '{action}'.")
    if not model_admin.has_view_permission(request) or not may(request.user, DEEDS[action]):
        raise PermissionDenied(f"This needs the permission '{DEEDS[action].replace('_', ' ')}'.")
    queue = Queue.of(model_admin, request)
    refusal = ""
    if request.method == "POST":
        try:
            return _carried_out(model_admin, request, queue, action)
        except REFUSALS as refused:
            refusal = str(refused)
    states = dict(queue.rows.order_by().values_list("status").annotate(n=Count("pk")))
    skipped = review.foreseen(queue.rows, action, request.user)
    total = sum(states.values())
    context = {
        "action": action, "name": NAMES[action], "hint": HINTS[action], "asks": ASKS.get(action, ""),
        "needed": action in ("request_changes", "reject"), "reason": request.POST.get("reason", ""),
        "states": [(label, states[value]) for value, label in ArtefactStatus.choices if states.get(value)],
        "total": total, "skipped": skipped.items(), "doable": total - sum(skipped.values()), "queue": queue,
        "background": in_background(action, total), "refusal": refusal,
        "list_address": reverse(model_admin.list_url) + queue.list_query,
        "people": assignable(model_admin.model) if action == "assign" else [],
        **(_files(request, queue.rows) if action == "publish" else {}),
        **(priced_again(queue.rows, request.user) if action == "again" and total else {}),
    }  # fmt: skip
    title = f"{NAMES[action]}: the whole filter"
    return model_admin.page(request, "generation/desk/whole.html", title, status=422 if refusal else 200, **context)


def in_background(action: str, total: int) -> bool:
    """Whether so many are done by the worker; generating again always is, by its run."""
    return action != "again" and total >= settings.BULK_BACKGROUND_FROM


def _files(request: HttpRequest, rows: QuerySet[Any]) -> dict[str, Any]:
    number = rows.filter(approved__isnull=False).count()
    if number > FILES_AT_ONCE and not request.GET.get("files"):
        return {"many_files": number}
    try:
        found = review.what_would_change(rows, request.user)
    except review.ReviewRefused as refused:
        return {"files_refused": str(refused)}
    return {"files": file_lists(found)}


def file_lists(found: Any) -> list[tuple[str, int, list[str]]]:
    """Word, number and the first names of what would be written, removed and left as it is."""
    named = [("written", found.written), ("removed", found.removed), ("unchanged", found.unchanged)]
    return [(word, len(paths), paths[:SHOWN_FILES]) for word, paths in named]


def _carried_out(model_admin: Any, request: HttpRequest, queue: Queue, action: str) -> HttpResponse:
    reason, rows = request.POST.get("reason", "").strip(), queue.rows
    seen, total = request.POST.get("total", ""), rows.count()
    if not total:
        raise review.ReviewRefused("The filter finds nothing any more: somebody has been here meanwhile.")
    if seen and seen != str(total):
        raise review.ReviewRefused(
            f"The filter holds {total:,} now, and not {seen} as when you looked. Look again and confirm."
        )
    if action == "again":
        run = again(rows, request, reason)
        return redirect("admin:generation_run_change", run.pk)
    assignee = _assignee(request) if action == "assign" else None
    if in_background(action, total):
        job = review.start_bulk(rows, action, request.user, reason, assignee=assignee, query=queue.query)
        return redirect(job_url(model_admin, job.pk))
    messages.success(request, done_words(action, review.bulk(rows, action, request.user, reason, assignee)))
    return redirect(reverse(model_admin.list_url) + queue.list_query)


def _assignee(request: HttpRequest) -> Any:
    chosen = request.POST.get("assignee", "")
    if chosen == "":
        return None
    person = get_user_model()._default_manager.filter(pk=chosen, is_active=True).first() if chosen.isdecimal() else None
    if person is None:
        raise BadRequest("There is no such person.")
    return person


def done_words(action: str, result: Any) -> str:
    """`12 approved; 3 skipped: it is 'rejected'.`"""
    skipped = "".join(f"; {count:,} skipped: {why}" for why, count in result.skipped.items())
    return f"{result.done:,} {DONE[action]}{skipped}."


def job_url(model_admin: Any, pk: int) -> str:
    """Address of the page that shows how far a bulk job is."""
    return reverse(model_admin.change_url.removesuffix("_change") + "_desk_job", args=[pk])


def job_view(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """How far a bulk job is; a POST stops it. Its script asks for the inner part alone."""
    job = BulkJob.objects.defer("ids").filter(pk=pk, model=model_admin.model._meta.label_lower).first()
    if not model_admin.has_view_permission(request) or (job and not _sees(model_admin, request, job)):
        raise PermissionDenied
    if job is None:
        raise Http404("There is no such work.")
    if request.method == "POST":
        try:
            review.stop_bulk(job, request.user)
        except review.ReviewRefused as refused:
            messages.error(request, str(refused))
        return redirect(request.path)
    context = {
        "job": job, "name": NAMES.get(job.action, job.action), "done_word": DONE.get(job.action, "done"),
        "skipped": job.skipped.items(), "may_stop": job.is_open and request.user.pk == job.user_id,
        "list_address": reverse(model_admin.list_url) + job.query,
    }  # fmt: skip
    if request.headers.get("X-Desk") == "1":
        return HttpResponse(render_to_string("generation/desk/job_progress.html", context, request))
    return model_admin.page(request, "generation/desk/job.html", str(job).capitalize(), **context)


def _sees(model_admin: Any, request: HttpRequest, job: BulkJob) -> bool:
    if request.user.is_superuser or request.user.pk == job.user_id:
        return True
    # Of a hidden collection not even the number of its records is told.
    shown = model_admin.get_queryset(request).filter(pk__in=job.ids[:500])
    return may(request.user, "review_artefact") and shown.exists()
