"""Bulk actions of a list: a page that says what would happen to how many, then one call of the review's function."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from generation import review
from generation.base_models import ArtefactStatus
from generation.desk.again import again, priced_again
from generation.desk.deeds import published_words
from generation.desk.whole import ASKS, HINTS, NAMES, REFUSALS, done_words, in_background, job_url


def bulk_page(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any], action: str) -> HttpResponse | None:
    """The confirm page, or, when confirmed, the deed and a message (None leads back to the list)."""
    refusal = ""
    if request.POST.get("step") == "confirm":
        try:
            return _carried_out(model_admin, request, queryset, action)
        except REFUSALS as refused:
            refusal = str(refused)
    states = dict(queryset.order_by().values_list("status").annotate(n=Count("pk")))
    context = {
        "action": action,
        "name": NAMES[action],
        "hint": HINTS[action],
        "asks": ASKS.get(action, ""),
        "needed": action in ("request_changes", "reject"),
        "refusal": refusal,
        "total": sum(states.values()),
        "states": [(label, states[value]) for value, label in ArtefactStatus.choices if states.get(value)],
        "skipped": review.foreseen(queryset, action, request.user).items(),
        "across": request.POST.get("select_across", "0"),
        "ticked": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "ticked_name": ACTION_CHECKBOX_NAME,
        "reason": request.POST.get("reason", ""),
        **(priced_again(queryset, request.user) if action == "again" else {}),
    }
    return model_admin.page(request, "generation/bulk.html", NAMES[action], **context)


def _carried_out(
    model_admin: Any, request: HttpRequest, queryset: QuerySet[Any], action: str
) -> HttpResponse | None:
    reason = request.POST.get("reason", "").strip()
    if action == "again":
        return redirect("admin:generation_run_change", again(queryset, request, reason).pk)
    if in_background(action, queryset.count()):
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        job = review.start_bulk(queryset, action, request.user, reason, query=query)
        return redirect(job_url(model_admin, job.pk))
    if action == "publish":
        messages.success(request, published_words(review.publish_artefacts(queryset, request.user)))
    else:
        messages.success(request, done_words(action, review.bulk(queryset, action, request.user, reason)))
    return None
