"""The admin of collections: counts, import, deletion."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import action
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from generation.admin_base.access import may
from generation.admin_base.base import SiteAdmin, column
from generation.admin_base.import_page import import_page
from generation.admin_base.launch_page import collection_launch_page
from generation.admin_base.publish_page import publish_page
from generation.base_models import ArtefactStatus
from generation.deletion import belongings, delete_collection, recipes_of
from generation.desk.moments import ago


class CollectionAdmin(SiteAdmin):
    """Collections of one kind."""

    icon = "folder_open"
    menu_order = 1
    list_display: Sequence[Any] = ("name", "slug", "items_shown", "artefacts_shown", "created_shown")
    search_fields: Sequence[str] = ("name", "slug")
    filter_horizontal = ("groups",)
    actions = ("generate",)
    list_before_template = "generation/collection_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those that the user may see."""
        return super().get_queryset(request).visible_to(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A collection comes into being by an import."""
        return False

    def get_urls(self) -> list[Any]:
        """Adds the import page, and for each collection the one that publishes it."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("import/", self.admin_site.admin_view(self.import_view), name=f"{name}_import"),
            path("<int:pk>/generate/", self.admin_site.admin_view(self.generate_view), name=f"{name}_generate"),
            path("<int:pk>/publish/", self.admin_site.admin_view(self.publish_view), name=f"{name}_publish"),
            *super().get_urls(),
        ]

    def visible(self, request: HttpRequest, pk: int) -> Any:
        """A collection that the user may see; raises Http404."""
        found = self.get_queryset(request).filter(pk=pk).first()
        if found is None or not self.has_view_permission(request):
            raise Http404("There is no such collection.")
        return found

    def has_launch_permission(self, request: HttpRequest) -> bool:
        """Who may generate."""
        return may(request.user, "launch_run")

    @action(description="Generate …", permissions=["launch"])
    def generate(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """Plan a run of whole collections."""
        return collection_launch_page(self, request, queryset)

    def generate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Plan a run of one collection."""
        self.visible(request, pk)
        return collection_launch_page(self, request, self.get_queryset(request).filter(pk=pk))

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """All exports of a collection at once."""
        return publish_page(self, request, self.visible(request, pk))

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Upload, preview, confirm."""
        return import_page(self, request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with a way to the import for those who may."""
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_import"
        address = reverse(name) if may(request.user, "import_items") else ""
        return super().changelist_view(request, {"import_url": address, **(extra_context or {})})

    def attach(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Counts for the whole page: one query for each model that hangs on it."""
        recipes = recipes_of(self.model)
        publishes = may(request.user, "publish_artefact")
        for row in rows:
            row.item_count, row.states, row.publishes = 0, {}, publishes
        by_id = {row.pk: row for row in rows}
        for model in dict.fromkeys(recipe.item_model for recipe in recipes):
            items = model._default_manager.filter(collection__in=by_id, removed_at=None).order_by()
            for pk, count in items.values_list("collection").annotate(n=Count("pk")):
                by_id[pk].item_count += count
        for model in dict.fromkeys(recipe.artefact_model for recipe in recipes):
            made = model._default_manager.filter(item__collection__in=by_id).order_by()
            for pk, status, count in made.values_list("item__collection", "status").annotate(n=Count("pk")):
                by_id[pk].states[status] = by_id[pk].states.get(status, 0) + count

    @column("Items")
    def items_shown(self, row: Any) -> SafeString:
        """How many, leading to their list."""
        return format_html('<a class="bs-link" href="{}">{}</a>', self.items_url(row), row.item_count)

    @column("Made from them")
    def artefacts_shown(self, row: Any) -> SafeString:
        """How many in each state, each leading to their list."""
        words = dict(ArtefactStatus.choices)
        parts = [
            (f"{self.artefacts_url(row)}&status={status}", row.states[status], words[status])
            for status in words
            if row.states.get(status)
        ]
        shown = format_html_join(", ", '<a class="bs-link" href="{}">{} {}</a>', parts)
        if row.publishes and (row.states.get(ArtefactStatus.APPROVED) or row.states.get(ArtefactStatus.PUBLISHED)):
            name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_publish"
            shown += format_html(' · <a class="bs-link" href="{}">publish …</a>', reverse(name, args=[row.pk]))
        return shown or format_html("{}", "nothing yet")

    @column("Created", ordering="created_at")
    def created_shown(self, row: Any) -> str:
        """When."""
        return ago(row.created_at)

    def items_url(self, row: Any) -> str:
        """The list of the collection's items."""
        model = recipes_of(self.model)[0].item_model
        return f"{reverse(f'admin:{model._meta.app_label}_{model._meta.model_name}_changelist')}?collection={row.slug}"

    def artefacts_url(self, row: Any) -> str:
        """The list of what was made from them."""
        model = recipes_of(self.model)[0].artefact_model
        return f"{reverse(f'admin:{model._meta.app_label}_{model._meta.model_name}_changelist')}?collection={row.slug}"

    def run_links(self, run: Any) -> Sequence[tuple[str, str]]:
        """Words and addresses of what the kind itself has to show of a run."""
        return ()

    def waiting(self, request: HttpRequest) -> Sequence[tuple[str, int, str]]:
        """What of the kind waits for a person besides its drafts: words, how many, address. Always as many queries."""
        return ()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list[str], dict[str, int], set, list[str]]:
        """For the confirm page: counts instead of tens of thousands of names, and what stays."""
        found = belongings(objs)
        lines = [f"{row}: everything that was imported for it and made from it, counted above" for row in objs]
        lines.append(f"Not deleted: the ledger, {found.staying:,} requests with their runs, attempts and costs")
        if found.under_way:
            lines.append(f"{found.under_way:,} requests are under way: what they bring will have nowhere to go")
        names = {str(self.opts.verbose_name_plural): len(list(objs)), **found.going}
        missing = set() if self.has_delete_permission(request) else {str(self.opts.verbose_name)}
        return lines, names, missing, []

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Without Django's one transaction around it all: the deletion goes chunk by chunk."""
        return self._delete_view(request, object_id, extra_context)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """With all that was made from it; the ledger stays."""
        delete_collection(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Each one in the same way."""
        for collection in queryset:
            delete_collection(collection)
