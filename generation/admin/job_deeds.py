"""What a person may do with one batch job: cancel it, or say that it is not at the provider and submit it again."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest

from generation import advance
from generation.admin_base.access import may, require
from generation.costs import dollars
from generation.models import BatchJob, JobStatus
from generation.models.budgets import likely_share
from generation.models.jobs import SETTLED, TERMINAL
from generation.review import actor_label
from generation.standstill import stuck_words
from generation.usage_check import usage_words


def phrase(job: BatchJob) -> str:
    """What must be typed before a job is submitted again."""
    return f"submit job {job.pk} again"


def deed_context(request: HttpRequest, job: BatchJob) -> dict[str, Any]:
    """Which buttons the page shows, and what a second batch would cost."""
    allowed = may(request.user, "launch_run")
    return {
        "job": job,
        "may_cancel": allowed and not job.cancel_requested and job.status not in (*TERMINAL, *SETTLED),
        "may_fetch": allowed and job.status == JobStatus.NEEDS_ATTENTION and bool(job.remote_batch_id),
        "may_submit": allowed and job.status == JobStatus.NEEDS_ATTENTION and not job.remote_batch_id,
        "phrase": phrase(job),
        "again_cost": dollars(likely_share(job.run, job.request_count)),
        "place": job.place(),
        "stuck": stuck_words(job) if BatchJob.objects.stuck().filter(pk=job.pk).exists() else "",
        "usage_differs": usage_words(job),
        "waits": job.status == JobStatus.PREPARED and job.next_due,
    }


def carry_out(request: HttpRequest, job: BatchJob) -> None:
    """Do what was pressed and say what it means."""
    require(request.user, "launch_run")
    deed = request.POST.get("deed", "")
    if deed == "cancel":
        advance.cancel_job(job)
        messages.success(request, "Cancel asked. What was answered by then is fetched and kept (and paid).")
    elif deed == "fetch":
        _fetch_again(request, job)
    elif deed == "submit":
        _submit_again(request, job)
    else:
        raise BadRequest(f"There is no button '{deed}'.")


def _fetch_again(request: HttpRequest, job: BatchJob) -> None:
    if advance.fetch_again(job, actor_label(request.user)):
        messages.success(request, "It is looked at again. Fetching costs nothing.")
    else:
        messages.error(request, "Nothing was done: the job does not wait for a person any more.")


def _submit_again(request: HttpRequest, job: BatchJob) -> None:
    if request.POST.get("typed", "").strip() != phrase(job):
        messages.error(request, f"Nothing was sent: type exactly '{phrase(job)}' to confirm.")
    elif advance.submit_again(job, actor_label(request.user)):
        job.due_at(None)
        messages.success(request, "It is submitted again. If the first batch turns up after all, both are paid.")
    else:
        messages.error(request, "Nothing was sent: the job does not wait for a person any more.")
