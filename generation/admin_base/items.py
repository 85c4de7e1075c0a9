"""The admin of source items: what was imported, what became of it, and the action that generates."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import action
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from generation.admin_base.access import may
from generation.admin_base.base import ReadOnlyAdmin, column
from generation.admin_base.filters import CollectionFilter, MadeFilter, SourceFilter
from generation.admin_base.launch_page import launch_page
from generation.models import Request, RequestStatus
from generation.recipes import all_recipes

WORDS = {RequestStatus.PLANNED: "waiting to be sent", RequestStatus.QUEUED: "being generated"}


class SourceItemAdmin(ReadOnlyAdmin):
    """Items of one kind. They change by importing their source again, never by hand."""

    icon = "list_alt"
    saves_views = True
    menu_order = 2
    list_display: Sequence[Any] = ("label", "made_shown", "source_shown")
    list_filter: Sequence[Any] = (CollectionFilter, MadeFilter, SourceFilter)
    list_select_related = ("collection",)
    search_fields: Sequence[str] = ("key",)
    actions = ("generate",)
    ordering = ("collection", "position")
    empty_hint = "Nothing has been imported yet. An operator imports a source; its items then stand here."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those of collections that the user may see."""
        return super().get_queryset(request).visible_to(request.user)

    def has_launch_permission(self, request: HttpRequest) -> bool:
        """Who may generate."""
        return may(request.user, "launch_run")

    @action(description="Generate …", permissions=["launch"])
    def generate(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """Count, estimate, launch."""
        return launch_page(self, request, queryset)

    def attach(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """What was made from each row, and where its last request stands."""
        recipes = [recipe for recipe in all_recipes() if recipe.item_model is self.model]
        by_id = {row.pk: row for row in rows}
        for row in rows:
            row.made, row.last = [], {}
        for model in dict.fromkeys(recipe.artefact_model for recipe in recipes):
            made = model._default_manager.filter(item__in=by_id).order_by("pk")
            for artefact in made.only("pk", "item_id", "recipe", "status", "source_hash"):
                by_id[artefact.item_id].made.append(artefact)
        asked = Request.objects.making().filter(recipe__in=[recipe.key for recipe in recipes], item_id__in=by_id)
        asked = asked.order_by("pk")
        for item_id, recipe, status in asked.values_list("item_id", "recipe", "status"):
            by_id[item_id].last[recipe] = status

    @column("Made from it")
    def made_shown(self, row: Any) -> SafeString:
        """Each artefact's state, or where its request stands."""
        titles = {recipe.key: recipe.title for recipe in all_recipes() if recipe.item_model is self.model}
        several = len(titles) > 1
        there = [
            (self._address(artefact), f"{titles[artefact.recipe]}: " * several, artefact.get_status_display())
            for artefact in row.made
        ]
        missing = {key: status for key, status in row.last.items() if key not in {made.recipe for made in row.made}}
        waiting = [
            (f"{titles[key]}: " * several, WORDS.get(RequestStatus(status), status)) for key, status in missing.items()
        ]
        shown = format_html_join(", ", '<a class="bs-link" href="{}">{}{}</a>', there)
        shown += format_html_join(", ", "{}{}", waiting)
        return shown or format_html('<span class="bs-quiet">{}</span>', "not generated")

    def _address(self, artefact: Any) -> str:
        meta = artefact._meta
        return reverse(f"{self.admin_site.name}:{meta.app_label}_{meta.model_name}_change", args=[artefact.pk])

    @column("Source")
    def source_shown(self, row: Any) -> str:
        """Whether the item is gone or has moved on since its text was made."""
        if row.removed_at:
            return "removed"
        return "changed since" if any(made.source_hash != row.source_hash for made in row.made) else "–"
