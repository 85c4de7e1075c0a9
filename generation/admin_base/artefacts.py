"""The admin of artefacts: the list, bulk actions, and the page on which one is read, mended and decided."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin import action
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

from generation import advance, review
from generation.admin_base.access import may
from generation.admin_base.artefact_page import artefact_page, conflict_page
from generation.admin_base.base import SiteAdmin, column
from generation.admin_base.bulk import bulk_page
from generation.admin_base.filters import (
    ArtefactSourceFilter,
    CandidateFilter,
    FindingsFilter,
    ItemCollectionFilter,
    MadeInRunFilter,
    StatusFilter,
)
from generation.admin_base.share_filter import ShareFilter
from generation.base_models import digest
from generation.desk.deeds import Asked, carry_out
from generation.desk.markdown import Rendered, render_markdown
from generation.desk.menu import menu
from generation.desk.moments import ago
from generation.desk.page import desk_url
from generation.desk.preview import cached_preview, preview_page
from generation.desk.urls import desk_urls
from generation.drafts import tidy
from generation.findings import Severity
from generation.models import ArtefactFinding, Revision
from generation.pipeline.plan import PlanError
from generation.prompts import PromptError

STATUS_LABELS = {
    "needs review": "info", "changes requested": "warning", "approved": "success", "rejected": "danger",
    "published": "primary",
}  # fmt: skip


class ArtefactAdmin(SiteAdmin):
    """Artefacts of one kind. Rows come from runs and imports; people change them by review only."""

    icon = "article"
    saves_views = True
    menu_order = 3
    editor = "markdown"
    list_display: Sequence[Any] = ("item", "status_shown", "findings_shown", "updated_shown")
    list_filter: Sequence[Any] = (
        StatusFilter, ItemCollectionFilter, FindingsFilter, CandidateFilter, ArtefactSourceFilter, ShareFilter,
        MadeInRunFilter,
    )  # fmt: skip
    list_select_related: Sequence[str] = ("item",)
    search_fields: Sequence[str] = ("item__key",)
    ordering = ("item__collection", "item__position", "pk")
    actions = ("approve", "request_changes", "reject", "publish", "again")
    list_before_template = "generation/desk/list_link.html"
    empty_hint = "Nothing has been generated yet. Choose what to generate in the list of sources, then run “Generate”."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those of collections that the user may see."""
        return super().get_queryset(request).visible_to(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never alone: an artefact goes with its collection."""
        return False

    def has_review_permission(self, request: HttpRequest) -> bool:
        """Who approves, requests changes, rejects."""
        return may(request.user, "review_artefact")

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Who publishes."""
        return may(request.user, "publish_artefact")

    def has_launch_permission(self, request: HttpRequest) -> bool:
        """Who generates several again."""
        return may(request.user, "launch_run")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Adds the way to the desk with the same filter."""
        address = desk_url(self, None, f"?{request.GET.urlencode()}" if request.GET else "")
        ways = menu(self, request.user, request.GET)
        return super().changelist_view(request, {"desk_address": address, **ways, **(extra_context or {})})

    def attach(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """How many findings of each severity the present texts have."""
        by_id = {row.pk: row for row in rows}
        for row in rows:
            row.found = {}
        recipes = {row.recipe for row in rows}
        revisions = [row.current_id for row in rows]
        found = ArtefactFinding.objects.standing().filter(
            recipe__in=recipes, artefact_id__in=by_id, revision__in=revisions
        )
        for pk, severity, count in found.order_by().values_list("artefact_id", "severity").annotate(n=Count("pk")):
            by_id[pk].found[severity] = count

    @column("Status", ordering="status", label=STATUS_LABELS)
    def status_shown(self, row: Any) -> str:
        """In words on a colour."""
        return row.get_status_display()

    @column("Findings", ordering="weight")
    def findings_shown(self, row: Any) -> str:
        """`2 errors, 1 warning`."""
        found = [(row.found.get(one.value, 0), one.value) for one in Severity]
        return ", ".join(f"{count} {name}{'s' * (count > 1)}" for count, name in found if count) or "none"

    @column("Changed", ordering="updated_at")
    def updated_shown(self, row: Any) -> str:
        """When."""
        return ago(row.updated_at)

    @action(description="Approve …", permissions=["review"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Approve the chosen ones."""
        return bulk_page(self, request, queryset, "approve")

    @action(description="Request changes …", permissions=["review"])
    def request_changes(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Send the chosen ones back."""
        return bulk_page(self, request, queryset, "request_changes")

    @action(description="Reject …", permissions=["review"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Reject the chosen ones."""
        return bulk_page(self, request, queryset, "reject")

    @action(description="Publish …", permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Publish the approved ones among them."""
        return bulk_page(self, request, queryset, "publish")

    @action(description="Generate again …", permissions=["launch"])
    def again(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Generate the chosen ones again."""
        return bulk_page(self, request, queryset, "again")

    def get_urls(self) -> list[Any]:
        """Adds the desk and the preview."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_preview"
        view = self.admin_site.admin_view(self.preview_view)
        return [*desk_urls(self), path("<path:object_id>/preview/", view, name=name), *super().get_urls()]

    def source_facts(self, artefact: Any) -> list[tuple[str, str]]:
        """What the source says of the item: name and value."""
        return [("Item", artefact.item.label)]

    def neighbours(self, artefact: Any) -> tuple[Sequence[str], Sequence[str]]:
        """Titles before and after it in its source."""
        return (), ()

    def rendered(self, text: str) -> Rendered:
        """A text as its readers will see it."""
        return render_markdown(text)

    def editor_of(self, artefact: Any) -> str:
        """What the text is edited in: `markdown`, or plain text for anything else."""
        return self.editor

    def preview_of(self, artefact: Any, text: str) -> Rendered:
        """The same with what the artefact knows: for kinds whose texts mean something only beside their item."""
        return self.rendered(text)

    def preview_basis(self, artefact: Any) -> str:
        """What a preview depends on beside the text, in short; the item's own content by default."""
        return str(artefact.item.source_hash)

    def _visible(self, request: HttpRequest, object_id: str) -> Any:
        artefact = self.get_object(request, object_id)
        if artefact is not None and not self.has_view_permission(request, artefact):
            raise PermissionDenied
        return artefact

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one artefact; a POST is a press of one of its buttons."""
        artefact = self._visible(request, object_id)
        if artefact is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method != "POST":
            return artefact_page(self, request, artefact)
        asked = Asked.read(artefact, request.user, request.POST)
        try:
            messages.success(request, carry_out(asked))
        except review.Conflict as conflict:
            return conflict_page(self, request, artefact, conflict)
        except (review.ReviewRefused, PlanError, PromptError, advance.LaunchRefused) as refused:
            artefact = self.get_object(request, object_id)
            # The text was saved before the decision was refused: the next press starts from it.
            saved = artefact.current_id != asked.base and artefact.current.text == asked.text
            asked.base = artefact.current_id if saved else asked.base
            refusal = f"{refused} Your text was saved." if saved else str(refused)
            return artefact_page(self, request, artefact, asked=asked, refusal=refusal)
        return redirect(reverse(self.change_url, args=[artefact.pk]) + self._list_state(request))

    def _list_state(self, request: HttpRequest) -> str:
        return f"?{request.GET.urlencode()}" if request.GET else ""

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The present text, one of its revisions, or (by POST) a text that is not saved yet."""
        artefact = self._visible(request, object_id)
        if artefact is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST":
            return preview_page(request, self.preview_of(artefact, tidy(request.POST.get("text", ""))))
        revision = self._revision(request, artefact)
        if revision is None:
            return preview_page(request, self.rendered("There is no such revision of this record."))
        # Kept by what it is made of, not by numbers, which another database may have given to another text.
        name = digest([self.opts.label_lower, artefact.recipe, revision.text, self.preview_basis(artefact)])
        return preview_page(request, cached_preview(name, lambda: self.preview_of(artefact, tidy(revision.text))))

    def _revision(self, request: HttpRequest, artefact: Any) -> Revision | None:
        asked = request.GET.get("revision", "")
        if not asked:
            return artefact.current or Revision()
        if not asked.isdecimal():
            raise BadRequest("The number of the revision is no number.")
        rows = Revision.objects.of(artefact)
        return rows.filter(pk=asked).first()
