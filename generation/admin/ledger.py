"""Batch jobs, requests and attempts: the ledger, read-only everywhere."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString

from generation.admin.job_deeds import carry_out, deed_context
from generation.admin_base.access import may, visible_by_run, visible_rows
from generation.admin_base.base import ReadOnlyAdmin, column
from generation.admin_base.filters import Choices, Dropdown
from generation.costs import dollars
from generation.desk.moments import ago
from generation.models import Attempt, BatchJob, JobStatus, RawAnswer, Request, RequestStatus, Run
from generation.outcomes import OutcomeKind
from generation.recipes import all_recipes

RAW_SHOWN = 20_000
JOB_LABELS = {
    "ingested": "success", "completed": "success", "failed": "danger", "expired": "warning", "cancelled": "warning",
    "needs attention": "danger", "in progress": "primary",
}  # fmt: skip
REQUEST_LABELS = {
    "succeeded": "success", "invalid": "danger", "failed": "danger", "expired": "warning", "cancelled": "warning",
    "missing": "danger", "blocked": "warning", "queued": "primary", "planned": "info",
}  # fmt: skip


class RunFilter(Dropdown):
    """By run; the last hundred are offered, any number works in the address."""

    title = "run"
    parameter_name = "run"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Newest first."""
        rows = visible_by_run(Run.objects.all(), request.user, "pk").order_by("-pk")
        chosen = str(request.GET.get("run") or "")
        numbers = [str(pk) for pk in rows.values_list("pk", flat=True)[:100]]
        if chosen.isdecimal() and chosen not in numbers:
            numbers.append(chosen)
        return [(pk, f"Run {pk}") for pk in numbers]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Rows of this run."""
        return rows.filter(run_id=value) if value.isdecimal() else rows.none()


class JobStatusFilter(Dropdown):
    """By state."""

    title = "status"
    parameter_name = "status"
    options = tuple(JobStatus.choices)


class RequestStatusFilter(JobStatusFilter):
    """By state."""

    options = tuple(RequestStatus.choices)


class OutcomeFilter(Dropdown):
    """By outcome."""

    title = "outcome"
    parameter_name = "outcome"
    options = tuple(OutcomeKind.choices)


class RecipeFilter(Dropdown):
    """By recipe."""

    title = "recipe"
    parameter_name = "recipe"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Those that are registered."""
        return [(recipe.key, recipe.key) for recipe in all_recipes()]


class CostsHidden(ReadOnlyAdmin):
    """Hides every column of money from those who may not see costs."""

    money: Sequence[str] = ("cost_shown",)

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        """Without money."""
        return self._without(request, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        """Without money."""
        return self._without(request, super().get_fields(request, obj))

    def _without(self, request: HttpRequest, names: Sequence[Any]) -> Sequence[Any]:
        return names if may(request.user, "view_costs") else [name for name in names if name not in self.money]


@admin.register(BatchJob)
class BatchJobAdmin(ReadOnlyAdmin):
    """One batch at the provider each."""

    icon = "inventory_2"
    menu_order = 2
    list_display = ("__str__", "status_shown", "run", "model", "request_count", "remote_batch_id", "created_shown")
    list_filter = (JobStatusFilter, RunFilter)
    list_select_related = ("run",)
    search_fields = ("remote_batch_id", "key", "input_file_id")
    fields = (
        "run", "status", "provider", "model", "endpoint", "request_count", "input_bytes", "remote_batch_id",
        "remote_status", "remote_counts", "remote_errors", "input_file_id", "output_file_id", "error_file_id", "error",
        "submissions", "polls", "failures", "cancel_requested", "created_at", "submitting_at", "expires_at",
        "collected_at", "next_due",
    )  # fmt: skip
    change_form_outer_after_template = "generation/job_timeline.html"
    empty_hint = "No batch job yet. A run in batch mode makes one for each file that it uploads."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Of visible runs."""
        return visible_by_run(super().get_queryset(request), request.user, "run_id")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With its timeline, its buttons, and the lines that belong to nothing; a POST is a press of a button."""
        job = self.get_object(request, object_id)
        more: dict[str, Any] = {}
        if job is not None:
            stray = job.stray_lines.defer("line")[:100]
            if request.method == "POST":
                carry_out(request, job)
                return redirect("admin:generation_batchjob_change", job.pk)
            more = {"transitions": job.transitions.order_by("-at", "-pk")[:100], "stray_lines": stray}
            more |= deed_context(request, job)
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    @column("Status", ordering="status", label=JOB_LABELS)
    def status_shown(self, job: BatchJob) -> str:
        """In words; a word that we don't know is shown as it came."""
        return JobStatus(job.status).label if job.status in JobStatus else job.status

    @column("Created", ordering="created_at")
    def created_shown(self, job: BatchJob) -> str:
        """When."""
        return ago(job.created_at)


@admin.register(Request)
class RequestAdmin(ReadOnlyAdmin):
    """What was asked, and where it stands."""

    saves_views = True
    icon = "outgoing_mail"
    menu_order = 3
    list_display = ("label", "recipe", "status_shown", "run", "attempt_count", "error_message_shown")
    list_filter = (RunFilter, RequestStatusFilter, RecipeFilter)
    list_select_related = ("run",)
    ordering = ("-id",)
    search_fields = ("custom_id", "label")
    fields = (
        "run", "recipe", "label", "collection", "custom_id", "status", "prompt", "batch_job", "attempt_count",
        "error_code", "error_message", "accepted_at", "next_due",
    )  # fmt: skip
    change_form_outer_after_template = "generation/request_attempts.html"
    empty_hint = "No request yet. Each run makes one for every item that it takes."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Of visible collections."""
        return visible_rows(super().get_queryset(request), request.user)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With its attempts."""
        row = self.get_object(request, object_id)
        attempts = row.attempts.order_by("number") if row is not None else []
        more = {"attempts": attempts, "sees_costs": may(request.user, "view_costs")}
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    @column("Status", ordering="status", label=REQUEST_LABELS)
    def status_shown(self, row: Request) -> str:
        """In words on a colour."""
        return row.get_status_display()

    @column("Reason")
    def error_message_shown(self, row: Request) -> str:
        """Its beginning."""
        return row.error_message[:120] or "–"


@admin.register(Attempt)
class AttemptAdmin(CostsHidden):
    """Every time that something was sent: never changed, never deleted."""

    icon = "receipt_long"
    menu_order = 4
    list_display = (
        "label_shown", "number", "mode", "model", "outcome", "input_tokens", "output_tokens", "cost_shown",
        "started_shown",
    )  # fmt: skip
    list_filter = (RunFilter, OutcomeFilter)
    list_select_related = ("request",)
    ordering = ("-id",)
    search_fields = ("request__custom_id", "remote_id")
    fields = (
        "request", "run", "batch_job", "number", "mode", "provider", "model", "outcome", "http_status", "error_code",
        "error_message", "place", "remote_id", "input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens",
        "cost_shown", "started_at", "finished_at", "raw_shown",
    )  # fmt: skip
    readonly_fields = ("cost_shown", "raw_shown")
    empty_hint = "No attempt yet. Each sending of a request is one, and keeps its tokens and its cost."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Of visible runs."""
        return visible_by_run(super().get_queryset(request), request.user, "run_id")

    @column("Request")
    def label_shown(self, attempt: Attempt) -> str:
        """What was asked for."""
        return str(attempt.request)

    @column("Cost", ordering="cost_nano")
    def cost_shown(self, attempt: Attempt) -> str:
        """In dollars."""
        return dollars(attempt.cost_nano)

    @column("Started", ordering="started_at")
    def started_shown(self, attempt: Attempt) -> str:
        """When."""
        return ago(attempt.started_at)

    @column("Raw answer")
    def raw_shown(self, attempt: Attempt) -> SafeString | str:
        """As it came, cut for the page."""
        raw = RawAnswer.objects.filter(attempt=attempt).first()
        if raw is None:
            return "not kept"
        text = bytes(raw.line).decode(errors="replace")
        return format_html('<pre class="bs-raw">{}</pre>', text[:RAW_SHOWN] + ("…" if len(text) > RAW_SHOWN else ""))
