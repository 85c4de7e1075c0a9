"""Batches at the provider: the account's own list, whose each is, and what can be done about it."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from generation import advance
from generation.admin_base.access import visible_by_run
from generation.console.remote_upload import take_file, upload_context
from generation.console.shell import console_view, show
from generation.models import BatchJob, Run
from generation.models.jobs import SETTLED, TERMINAL
from generation.models.wakeups import without_wakeups
from generation.pipeline.adopt import AccountBatch, AdoptError, adopt, owners
from generation.provider import ProviderError, get_provider, patience
from generation.review import actor_label

PAGE = 20


def provider_named(request: HttpRequest) -> str:
    """The provider that the page is about; the first of the configured ones unless another is asked for."""
    names = list(settings.PROVIDERS) or ["default"]
    asked = request.POST.get("provider") or request.GET.get("provider") or names[0]
    if asked not in names:
        raise BadRequest(f"There is no provider '{asked}'.")
    return asked


@console_view("launch_run")
def remote_batches(request: HttpRequest) -> HttpResponse:
    """One page of the account's batches, newest first; a POST adopts, cancels or takes a file."""
    provider = provider_named(request)
    if request.method == "POST":
        job = _pressed(request, provider)
        if job is not None:
            return redirect("admin:generation_batchjob_change", job.pk)
        return redirect(f"{reverse('console_remote_batches')}?provider={provider}")
    rows, more, trouble = _listed(request, provider)
    context = {
        "provider": provider,
        "providers": list(settings.PROVIDERS),
        "rows": rows,
        "more": more,
        "first": not request.GET.get("after"),
        "trouble": trouble,
        "seconds": f"{settings.PROVIDER_PAGE_SECONDS:g}",
        **upload_context(request),
    }
    return show(request, "generation/console/remote_batches.html", "Batches at the provider", **context)


def _listed(request: HttpRequest, provider: str) -> tuple[list[dict[str, Any]], str, str]:
    """Rows, the id to go on after, and a sentence where the provider can't be asked."""
    after = request.GET.get("after", "")[:100]
    try:
        with patience(settings.PROVIDER_PAGE_SECONDS):
            batches, more = get_provider(provider).batch_page(PAGE, after)
    except ProviderError as error:
        return [], "", str(error)
    found = owners(batches)
    jobs = [one.job.pk for one in found if one.job]
    seen = set(visible_by_run(BatchJob.objects.filter(pk__in=jobs), request.user).values_list("pk", flat=True))
    return [_row(one, seen) for one in found], batches[-1].id if more and batches else "", ""


def _row(one: AccountBatch, seen: set[int]) -> dict[str, Any]:
    remote, job = one.remote, one.job
    hidden = job is not None and job.pk not in seen
    return {
        "remote": remote,
        "owner": one.owner,
        "job": None if hidden else job,
        "hidden": hidden,
        "made": datetime.fromtimestamp(remote.created_at, UTC) if remote.created_at else None,
        "expires": datetime.fromtimestamp(remote.expires_at, UTC) if remote.expires_at else None,
        "description": "" if hidden else remote.metadata.get("description", ""),
        "may_adopt": one.owner == "orphaned" and not hidden,
        "may_cancel": one.owner == "ours" and not hidden and job is not None and _cancellable(job),
    }


def _cancellable(job: BatchJob) -> bool:
    return not job.cancel_requested and job.status not in (*TERMINAL, *SETTLED)


def _pressed(request: HttpRequest, provider: str) -> BatchJob | None:
    """Do what was pressed; the job that it led to, if it did."""
    deeds = {"adopt": _adopt, "cancel": _cancel, "ingest": take_file}
    deed = request.POST.get("deed", "")
    if deed not in deeds:
        raise BadRequest(f"There is no button '{deed}'.")
    try:
        with patience(settings.PROVIDER_PAGE_SECONDS):
            return deeds[deed](request, provider)
    except (AdoptError, ProviderError) as error:
        messages.error(request, f"{error} Nothing was changed.")
    return None


def _adopt(request: HttpRequest, provider: str) -> BatchJob:
    batch_id = request.POST.get("batch", "").strip()[:100]
    if not batch_id:
        raise AdoptError("Which batch? Enter its id.")

    def may_see(run_id: int) -> bool:
        return visible_by_run(Run.objects.filter(pk=run_id), request.user, "pk").exists()

    with without_wakeups():
        job = adopt(batch_id, provider, actor_label(request.user), may_see)
    job.refresh_from_db()
    job.wake_up()
    messages.success(request, f"{batch_id} is batch job {job.pk} of run {job.run_id} now; the worker goes on with it.")
    return job


def _cancel(request: HttpRequest, provider: str) -> BatchJob | None:
    rows = visible_by_run(BatchJob.objects.filter(remote_batch_id=request.POST.get("batch", "")), request.user)
    job = rows.first()
    if job is None or not _cancellable(job):
        raise AdoptError("It is not one of ours, or it has ended already: there is nothing to cancel.")
    advance.cancel_job(job)
    messages.success(request, "Cancel asked. What was answered by then is fetched and kept (and paid).")
    return None
