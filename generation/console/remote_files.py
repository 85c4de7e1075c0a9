"""Files at the provider: which are ours, when they expire, and the deletion of input files that are not needed."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from generation.admin_base.access import visible_by_run
from generation.console.remote_batches import provider_named
from generation.console.shell import console_view, show
from generation.models import BatchJob
from generation.provider import ProviderError, RemoteFile, get_provider, patience
from generation.remote_inputs import deletable, delete_input

PAGE = 20


@console_view("launch_run")
def remote_files(request: HttpRequest) -> HttpResponse:
    """One page of the account's files, newest first; a POST deletes one input file of ours."""
    provider = provider_named(request)
    if request.method == "POST":
        _delete(request, provider)
        return redirect(f"{reverse('console_remote_files')}?provider={provider}")
    files: list[RemoteFile] = []
    after, trouble, more = request.GET.get("after", "")[:100], "", False
    try:
        with patience(settings.PROVIDER_PAGE_SECONDS):
            files, more = get_provider(provider).file_page(PAGE, after)
    except ProviderError as error:
        trouble = str(error)
    context = {
        "provider": provider,
        "providers": list(settings.PROVIDERS),
        "rows": _rows(request, provider, files),
        "more": files[-1].id if more and files else "",
        "first": not after,
        "trouble": trouble,
        "days": settings.REMOTE_INPUT_DAYS,
    }
    return show(request, "generation/console/remote_files.html", "Files at the provider", **context)


def _rows(request: HttpRequest, provider: str, files: list[RemoteFile]) -> list[dict[str, Any]]:
    """Each file with the job that it belongs to; three queries for all of them."""
    ids = [file.id for file in files]
    roles = {"input": "input_file_id", "output": "output_file_id", "errors": "error_file_id"}
    named = Q()
    for column in roles.values():
        named |= Q(**{f"{column}__in": ids})
    jobs = list(visible_by_run(BatchJob.objects.filter(named, provider=provider), request.user))
    free = set(deletable().filter(pk__in=[job.pk for job in jobs]).values_list("pk", flat=True))
    owners = {getattr(job, column): (role, job) for role, column in roles.items() for job in jobs}
    rows = []
    for file in files:
        role, job = owners.get(file.id, ("", None))
        rows.append({
            "file": file, "role": role, "job": job,
            "made": _moment(file.created_at), "expires": _moment(file.expires_at),
            "may_delete": job is not None and role == "input" and job.pk in free,
        })  # fmt: skip
    return rows


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _delete(request: HttpRequest, provider: str) -> None:
    if request.POST.get("deed") != "delete":
        raise BadRequest("There is no such button.")
    rows = deletable().filter(provider=provider, input_file_id=request.POST.get("file", ""))
    job = visible_by_run(rows, request.user).first()
    if job is None:
        messages.error(request, "It is no input file of ours whose results have been read: nothing was deleted.")
        return
    try:
        with patience(settings.PROVIDER_PAGE_SECONDS):
            delete_input(job)
    except ProviderError as error:
        messages.error(request, f"{error} Nothing was deleted.")
        return
    when = f"{timezone.localtime():%H:%M}"
    messages.success(request, f"The input file of batch job {job.pk} was deleted at the provider at {when}.")
