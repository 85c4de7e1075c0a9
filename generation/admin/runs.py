"""Runs in the admin: the list, and a page that follows one while it goes on."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from generation import advance
from generation.admin.run_approval import APPROVAL_DEEDS, approval_context
from generation.admin.run_failures import TYPES, failures_file
from generation.admin.run_page import progress, run_context
from generation.admin_base.access import may, require, visible_by_run
from generation.admin_base.base import ReadOnlyAdmin, column
from generation.admin_base.collections import CollectionAdmin
from generation.admin_base.filters import Dropdown
from generation.costs import dollars
from generation.deletion import discard_run
from generation.desk.moments import ago
from generation.going_on import go_on_without, held_up, likely_added
from generation.health import worker_silent
from generation.launching import on_its_way
from generation.models import Mode, Purpose, Request, Run, RunStatus
from generation.recipes import collection_model, kinds
from generation.review import actor_label

LABELS = {
    "planned": "info", "awaiting approval": "warning", "running": "primary", "completed": "success",
    "cancelled": "warning", "failed": "danger",
}  # fmt: skip


class StatusFilter(Dropdown):
    """By state."""

    title = "status"
    parameter_name = "status"
    options = tuple(RunStatus.choices)


class ModeFilter(Dropdown):
    """By mode."""

    title = "mode"
    parameter_name = "mode"
    options = tuple(Mode.choices)


class PurposeFilter(Dropdown):
    """By purpose; without a choice all but single texts that an editor has had made again."""

    title = "purpose"
    parameter_name = "purpose"
    options = tuple(Purpose.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Hundreds of single texts would bury the launches; the choice of this purpose shows them."""
        found = super().queryset(request, queryset)
        return found if self.value() else found.exclude(purpose=Purpose.REGENERATION, total=1)


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    """What was launched. Nothing of it can be edited; it can be launched, cancelled, retried."""

    icon = "rocket_launch"
    saves_views = True
    menu_order = 1
    list_display = (
        "run_shown", "status_shown", "progress_shown", "mode_shown", "collections_shown", "cost_shown", "started_shown",
        "actor",
    )  # fmt: skip
    list_filter = (StatusFilter, ModeFilter, PurposeFilter)
    search_fields = ("key", "actor")
    empty_hint = "No run yet. Choose what to generate in the list of sources, run “Generate”, and follow it here."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without runs that hold something of a collection that the user may not see."""
        return visible_by_run(super().get_queryset(request), request.user, "pk")

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        """Costs only for those who may see them."""
        shown = super().get_list_display(request)
        return shown if may(request.user, "view_costs") else [name for name in shown if name != "cost_shown"]

    def attach(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Live counts of those that are running."""
        live = [row.pk for row in rows if row.status == RunStatus.RUNNING]
        counted = Request.objects.filter(run__in=live).order_by().values_list("run", "status").annotate(n=Count("pk"))
        counts: dict[int, dict[str, int]] = {}
        for pk, status, count in counted:
            counts.setdefault(pk, {})[status] = count
        for row in rows:
            row.live_counts = counts.get(row.pk, row.counts)

    @column("Run", ordering="pk")
    def run_shown(self, run: Run) -> str:
        """Its number, and its purpose unless that is the usual one."""
        return str(run) if run.purpose == Purpose.LAUNCH else f"{run} ({run.get_purpose_display()})"

    @column("Status", ordering="status", label=LABELS)
    def status_shown(self, run: Run) -> str:
        """In words on a colour."""
        return RunStatus(run.status).label if run.status in RunStatus else run.status

    @column("Progress")
    def progress_shown(self, run: Any) -> SafeString:
        """A bar with its figures."""
        figures = progress(run, run.live_counts)
        return format_html(
            '<progress class="bs-bar" max="{0}" value="{1}" aria-label="{1} of {0} requests"></progress> {1} of {0}',
            figures["total"], figures["done"],
        )  # fmt: skip

    @column("Mode", ordering="mode")
    def mode_shown(self, run: Run) -> str:
        """The word alone."""
        return run.mode

    @column("Collections")
    def collections_shown(self, run: Run) -> str:
        """Their short names."""
        return ", ".join(run.collections[:3]) + (" …" if len(run.collections) > 3 else "")

    @column("Cost", ordering="cost_nano")
    def cost_shown(self, run: Run) -> str:
        """What is known of it."""
        return dollars(run.cost_nano) + (f" + {run.unpriced} unpriced" if run.unpriced else "")

    @column("Launched", ordering="started_at")
    def started_shown(self, run: Run) -> str:
        """When."""
        return ago(run.started_at)

    def get_urls(self) -> list[Any]:
        """Adds the fragment that the page fetches while the run goes on."""
        view, failures = self.admin_site.admin_view(self.progress_view), self.admin_site.admin_view(self.failures_view)
        own = [
            path("<path:object_id>/progress/", view, name="generation_run_progress"),
            path("<path:object_id>/failures.<str:form>", failures, name="generation_run_failures"),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one run; a POST is a press of one of its buttons."""
        run = self._visible(request, object_id)
        if run is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST":
            return self._pressed(request, run)
        return self.page(request, "generation/run.html", str(run), **self._context(request, run))

    def progress_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The part of the page that changes, without the frame around it."""
        run = self._visible(request, object_id)
        if run is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        context = {**run_context(run), **self._shown_to(request, run)}
        answer = TemplateResponse(request, "generation/run_progress.html", context)
        answer["Cache-Control"] = "no-store"
        return answer

    def failures_view(self, request: HttpRequest, object_id: str, form: str) -> HttpResponseBase:
        """What failed, as a file."""
        run = self._visible(request, object_id)
        if run is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if form not in TYPES or request.method not in ("GET", "HEAD"):
            raise BadRequest(f"There is no file of failures in the form '{form}'.")
        return failures_file(run, form)

    def _visible(self, request: HttpRequest, object_id: str) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, object_id)

    def _context(self, request: HttpRequest, run: Run) -> dict[str, Any]:
        return {
            **run_context(run),
            **self._shown_to(request, run),
            **approval_context(request, run),
            "original": run,
            "silent": worker_silent(),
            "direct_cost": dollars(run.estimate.get("cost_nano", {}).get("direct", {}).get("high")),
            "held_up": held_up(run).count(),
            "without_cost": dollars(likely_added(run)),
            "kind_links": self._kind_links(run),
            "progress_url": reverse("admin:generation_run_progress", args=[run.pk]),
        }

    def _shown_to(self, request: HttpRequest, run: Run) -> dict[str, Any]:
        """What depends on the person who looks."""
        requests = reverse("admin:generation_request_changelist")
        return {
            "may_launch": may(request.user, "launch_run"),
            "sees_costs": may(request.user, "view_costs"),
            "requests_url": f"{requests}?run={run.pk}",
            "jobs_url": f"{reverse('admin:generation_batchjob_changelist')}?run={run.pk}",
        }

    def _kind_links(self, run: Run) -> list[tuple[str, str]]:
        """What the kinds in the run offer beside this page."""
        present = {key.partition(".")[0] for key in run.recipes} & set(kinds())
        admins = [self.admin_site._registry.get(collection_model(kind)) for kind in sorted(present)]
        return [link for one in admins if isinstance(one, CollectionAdmin) for link in one.run_links(run)]

    def _pressed(self, request: HttpRequest, run: Run) -> HttpResponse:
        require(request.user, "launch_run")
        deed = request.POST.get("deed", "")
        if deed not in DEEDS and deed not in APPROVAL_DEEDS:
            raise BadRequest(f"There is no button '{deed}'.")
        try:
            if deed in APPROVAL_DEEDS:
                messages.success(request, APPROVAL_DEEDS[deed](request, run))
            else:
                messages.success(request, DEEDS[deed](run, request.user, request.POST))
        except advance.LaunchRefused as refused:
            messages.error(request, str(refused))
        if not Run.objects.filter(pk=run.pk).exists():
            return redirect("admin:generation_run_changelist")
        return redirect("admin:generation_run_change", run.pk)


def _launch(run: Run, user: Any, post: Any) -> str:
    if not advance.launch(run, actor_label(user)):
        raise advance.LaunchRefused("It was launched or cancelled by somebody else meanwhile.")
    return on_its_way(run)


def _discard(run: Run, user: Any, post: Any) -> str:
    if not discard_run(run):
        raise advance.LaunchRefused("It has been launched meanwhile: cancel it instead.")
    return f"{run} was discarded. Nothing was sent and nothing is owed."


def _cancel(run: Run, user: Any, post: Any) -> str:
    advance.cancel_run(run, actor_label(user))
    return "It is being cancelled. What the provider has finished by then comes in and is kept."


def _retry(run: Run, user: Any, post: Any) -> str:
    rows = run.requests.retryable()
    if "code" in post:
        rows = rows.filter(error_code=post["code"])
    if "cause" in post:
        rows = rows.filter(cause=post["cause"])
    if post.get("status"):
        rows = rows.filter(status=post["status"])
    if not rows.exists():
        raise advance.LaunchRefused("Nothing is left to retry.")
    again = advance.retry(run, rows, actor_label(user), user)
    run.due_at(None)
    run.wake_up()
    return f"{again:,} requests are sent again. An answer that comes is paid anew."


def _finish(run: Run, user: Any, post: Any) -> str:
    if not advance.finish_in_direct(run, actor_label(user), user):
        raise advance.LaunchRefused("It is not running any more.")
    return "Its batches are being cancelled; what has no answer then goes in direct mode."


def _without(run: Run, user: Any, post: Any) -> str:
    count = go_on_without(run, actor_label(user), user)
    if not count:
        raise advance.LaunchRefused("Nothing waits for texts that are not in.")
    run.wake_up()
    return f"Made from the texts that are in, as far as these are enough: {count:,} of the run's requests."


DEEDS = {
    "launch": _launch, "discard": _discard, "cancel": _cancel, "retry": _retry, "finish": _finish, "without": _without,
}  # fmt: skip
