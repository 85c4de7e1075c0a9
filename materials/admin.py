"""Catalogues, materials and components in the admin."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from generation.admin_base.artefacts import ArtefactAdmin
from generation.admin_base.base import column
from generation.admin_base.collections import CollectionAdmin
from generation.admin_base.filters import Choices, CollectionFilter, Dropdown, MadeFilter, SourceFilter
from generation.admin_base.items import SourceItemAdmin
from generation.admin_base.previews import Rendered
from generation.recipes import recipe_class, recipes_named
from materials.models import Catalogue, Component, Material
from materials.outputs import as_yaml
from materials.page_view import page_preview, page_view, rendered_component
from materials.pages import in_head
from materials.publish import in_order

DATA_CHARACTERS = 3000


class CategoryFilter(Dropdown):
    """By category; of the chosen catalogue where one is chosen."""

    title = "category"
    parameter_name = "category"
    path = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Those that visible catalogues have."""
        rows = Material.objects.visible_to(request.user)
        catalogue = request.GET.get("collection")
        rows = rows.filter(collection__slug=catalogue) if catalogue else rows
        names = rows.order_by("category").values_list("category", flat=True).distinct()
        return [(name or "none", name or "without a category") for name in names]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Rows of this category."""
        return rows.filter(**{f"{self.path}category": "" if value == "none" else value})


class ComponentCategoryFilter(CategoryFilter):
    """The same for components."""

    path = "item__"


class ComponentFilter(Dropdown):
    """By component."""

    title = "component"
    parameter_name = "component"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """All of them, in the order of the page."""
        return [(one.key.partition(".")[2], one.title) for one in recipes_named([Material._meta.app_label])]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Rows of this component."""
        return rows.filter(recipe=f"{Material._meta.app_label}.{value}")


@admin.register(Catalogue)
class CatalogueAdmin(CollectionAdmin):
    """Catalogues: one file of materials each."""

    icon = "inventory"
    fields = (
        "name", "slug", "subject", "audience", "language", "suffix", "site_url", "authors", "source_name",
        "imported_at", "groups",
    )  # fmt: skip
    readonly_fields = ("slug", "source_name", "imported_at")
    empty_hint = "There is no catalogue yet. Import one to begin: a YAML or JSON file of materials by category."

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest | None, **kwargs: Any) -> Any:
        """An address without its scheme is one of https."""
        more = {"assume_scheme": "https"} if db_field.name == "site_url" else {}
        return super().formfield_for_dbfield(db_field, request, **kwargs, **more)


@admin.register(Material)
class MaterialAdmin(SourceItemAdmin):
    """Materials, as their catalogues have them."""

    list_display = ("name", "category", "author_id", "made_shown", "page_shown", "source_shown")
    list_filter = (CollectionFilter, CategoryFilter, MadeFilter, SourceFilter)
    search_fields = ("key", "name", "formula")
    fields = (
        "collection", "key", "name", "category", "category_description", "article_type", "identifier", "author_id",
        "complexity", "formula", "data_shown", "position", "imported_at", "changed_at", "removed_at",
    )  # fmt: skip
    readonly_fields = ("data_shown",)
    empty_hint = "There are no materials yet. Import a catalogue on the page of the catalogues."

    def get_urls(self) -> list[Any]:
        """Adds the page of a material."""
        shown = self.admin_site.admin_view(self.page_view)
        framed = self.admin_site.admin_view(self.page_preview_view)
        return [
            path("<int:pk>/page/", shown, name="materials_material_page"),
            path("<int:pk>/page/preview/", framed, name="materials_material_page_preview"),
            *super().get_urls(),
        ]

    def page_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page as it would look now, with the state of its parts."""
        return page_view(self, request, self._material(request, pk))

    def page_preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The same alone, for the frame."""
        return page_preview(request, self._material(request, pk))

    def _material(self, request: HttpRequest, pk: int) -> Material:
        """One that the user may see with its components; raises Http404."""
        seen = self.admin_site._registry[Component].has_view_permission(request)
        found = self.get_queryset(request).filter(pk=pk).first()
        if found is None or not (seen and self.has_view_permission(request)):
            raise Http404
        return found

    @column("Page")
    def page_shown(self, material: Any) -> SafeString | str:
        """A way to it once something was made."""
        if not material.made:
            return "–"
        address = reverse(f"{self.admin_site.name}:materials_material_page", args=[material.pk])
        return format_html('<a class="bs-link" href="{}">{}</a>', address, "look")

    @column("Whatever else the file says")
    def data_shown(self, material: Material) -> SafeString:
        """As YAML."""
        return format_html('<pre class="bs-raw">{}</pre>', as_yaml(material.data) if material.data else "nothing")


@admin.register(Component)
class ComponentAdmin(ArtefactAdmin):
    """Components: read, mended, decided."""

    icon = "widgets"
    list_display = (
        "title", "component_shown", "category_shown", "status_shown", "findings_shown", "words", "updated_shown",
    )  # fmt: skip
    list_filter = (
        *ArtefactAdmin.list_filter[:2], ComponentFilter, ComponentCategoryFilter, *ArtefactAdmin.list_filter[2:],
    )  # fmt: skip
    search_fields = ("item__key", "item__name", "title")
    empty_hint = "There are no components yet. Choose materials in their list and run “Generate”."

    @column("Component", ordering="recipe")
    def component_shown(self, component: Component) -> str:
        """Its title."""
        return recipe_class(component.recipe).title

    @column("Category", ordering="item__category")
    def category_shown(self, component: Component) -> str:
        """The material's."""
        return component.item.category or "–"

    def source_facts(self, artefact: Any) -> list[tuple[str, str]]:
        """The material with all that the catalogue says of it, and its page."""
        item, author = artefact.item, artefact.item.author()
        address = reverse(f"{self.admin_site.name}:materials_material_page", args=[item.pk])
        facts = [
            ("Catalogue", item.collection.name),
            ("Material", item.name),
            ("Category", f"{item.category}: {item.category_description}".strip(": ")),
            ("Sort of page", item.article_type),
            ("Formula", item.formula),
            ("Complexity", item.complexity),
            ("Author", str(author["name"]) if author else item.author_id and f"{item.author_id}, not in the catalogue"),
            ("Parameters", as_yaml(item.data)[:DATA_CHARACTERS] if item.data else ""),
            ("Page", format_html('<a class="bs-link" href="{}">{}</a>', address, "the whole page")),
        ]
        return [(name, value) for name, value in facts if value]

    def neighbours(self, artefact: Any) -> tuple[Sequence[str], Sequence[str]]:
        """The other components of its page, in order."""
        parts = in_order(Component.objects.filter(item=artefact.item_id))
        place = next((number for number, part in enumerate(parts) if part.pk == artefact.pk), len(parts))
        return [part.title for part in parts[:place]], [part.title for part in parts[place + 1 :]]

    def editor_of(self, artefact: Any) -> str:
        """Data is no Markdown."""
        return "plain" if in_head(artefact.kind) else self.editor

    def preview_of(self, artefact: Any, text: str) -> Rendered:
        """Data as code, prose as its readers will see it."""
        return rendered_component(artefact.kind, recipe_class(artefact.recipe)().from_form(text))
