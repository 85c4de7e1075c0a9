"""Consultations, their slots, responses, theme lists and labels in the admin."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from unfold.admin import StackedInline

from consultations.consultation_page import consultation_page
from consultations.filters import PerspectiveFilter, StanceFilter, TextFilter, ThemeFilter
from consultations.mapping_page import mapping_page
from consultations.mix import LENGTHS
from consultations.models import Consultation, Labelling, Response, ResponseSlot, SecondLabels, ThemeList, ThemeSheet
from consultations.page_deeds import download_view, make_page, vary_view
from consultations.previews import labels_preview, named_themes, response_preview, response_text, themes_preview
from consultations.recipes import LABELS, RESPONSE, THEMES
from generation.admin_base.artefacts import ArtefactAdmin
from generation.admin_base.base import column
from generation.admin_base.collections import CollectionAdmin
from generation.admin_base.filters import CollectionFilter, MadeFilter, SourceFilter
from generation.admin_base.items import SourceItemAdmin
from generation.admin_base.previews import Rendered
from generation.base_models import digest

SHOWN_CHARACTERS = 120
FACT_CHARACTERS = 3000


def cut(text: str, most: int = SHOWN_CHARACTERS) -> str:
    """The beginning of a text in one line."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


class ThemeSheetInline(StackedInline):
    """From how many responses themes are found, and how many there may be."""

    model = ThemeSheet
    fields = ("sample_size", "most_themes")
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Every consultation has its one already."""
        return False


@admin.register(Consultation)
class ConsultationAdmin(CollectionAdmin):
    """Consultations: one question each, put to many people."""

    icon = "forum"
    list_display = ("name", "slug", "page_shown", "items_shown", "artefacts_shown", "created_shown")
    fields = (
        "name", "slug", "question", "background", "seed", "mix", "threshold", "file_name", "file_format",
        "imported_at", "groups",
    )  # fmt: skip
    inlines = (ThemeSheetInline,)
    readonly_fields = ("slug", "mix", "file_name", "file_format", "imported_at")
    empty_hint = (
        "There is no consultation yet. Import one to begin: a brief for made-up responses, or a file of responses."
    )

    def get_urls(self) -> list[Any]:
        """Adds the page of a consultation with its buttons."""
        name = "consultations_consultation"

        def at(address: str, view: Callable[..., HttpResponse], word: str) -> Any:
            def shown(request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
                return view(self, request, self.visible(request, pk), **more)

            return path(f"<int:pk>/{address}", self.admin_site.admin_view(shown), name=f"{name}_{word}")

        return [
            at("page/", consultation_page, "page"),
            at("make/<slug:deed>/", make_page, "make"),
            at("vary/", self.vary, "vary"),
            at("mapping/", mapping_page, "mapping"),
            at("download/", download_view, "download"),
            *super().get_urls(),
        ]

    @staticmethod
    def vary(model_admin: Any, request: HttpRequest, consultation: Consultation) -> HttpResponse:
        """Only by a press of its button."""
        return require_POST(lambda asked: vary_view(model_admin, asked, consultation))(request)

    @column("Page")
    def page_shown(self, row: Any) -> SafeString:
        """A way to it."""
        address = reverse(f"{self.admin_site.name}:consultations_consultation_page", args=[row.pk])
        return format_html('<a class="bs-link" href="{}">mix, themes, comparison</a>', address)

    def run_links(self, run: Any) -> Sequence[tuple[str, str]]:
        """The consultations that the run works on."""
        if not {RESPONSE, THEMES, LABELS} & set(run.recipes):
            return ()
        rows = Consultation.objects.filter(slug__in=run.collections).order_by("name")
        name = f"{self.admin_site.name}:consultations_consultation_page"
        return [(f"{row}: themes and comparison", reverse(name, args=[row.pk])) for row in rows]


@admin.register(ResponseSlot)
class ResponseSlotAdmin(SourceItemAdmin):
    """Response slots: what is to be made up, or what somebody has given."""

    list_display = ("key", "text_shown", "perspective", "length", "stance", "made_shown", "source_shown")
    list_display_links = ("key", "text_shown")
    list_filter = (CollectionFilter, TextFilter, PerspectiveFilter, StanceFilter, MadeFilter, SourceFilter)
    search_fields = ("key", "text", "perspective", "focus", "stance")
    fields = (
        "collection", "key", "perspective", "length", "focus", "stance", "text", "demographics_shown", "avoid",
        "position", "imported_at", "changed_at", "removed_at",
    )  # fmt: skip
    readonly_fields = ("demographics_shown",)
    empty_hint = "There are no slots yet. Import a brief or a file of responses on the page of the consultations."

    @column("Given response", ordering="text")
    def text_shown(self, slot: ResponseSlot) -> str:
        """Its beginning."""
        return cut(slot.text) or "to be made up"

    @column("Other columns of the file")
    def demographics_shown(self, slot: ResponseSlot) -> str:
        """`age: 30-44, district: North`."""
        return ", ".join(f"{name}: {value}" for name, value in slot.demographics.items()) or "none"


class ConsultationArtefactAdmin(ArtefactAdmin):
    """What the three have in common."""

    editor = "plain"

    def common_facts(self, consultation: Consultation) -> list[tuple[str, str]]:
        """The consultation, leading to its page, and what was asked."""
        address = reverse(f"{self.admin_site.name}:consultations_consultation_page", args=[consultation.pk])
        name = format_html('<a class="bs-link" href="{}">{}</a>', address, consultation.name)
        return [("Consultation", name), ("Question", cut(consultation.question, FACT_CHARACTERS))]


@admin.register(Response)
class ResponseAdmin(ConsultationArtefactAdmin):
    """Made-up responses: read beside what each was to be, mended, decided."""

    icon = "chat"
    list_display = ("item_shown", "start_shown", "status_shown", "findings_shown", "words", "updated_shown")
    list_select_related = ("item", "current")
    search_fields = ("item__key", "current__text")
    empty_hint = "There are no responses yet. Open a consultation's page and make them."

    @column("Slot", ordering="item__position")
    def item_shown(self, response: Response) -> str:
        """Key and what it was to be."""
        return cut(response.item.label)

    @column("Response")
    def start_shown(self, response: Response) -> str:
        """Its beginning."""
        return cut(response.current.text) if response.current else "–"

    def source_facts(self, artefact: Any) -> list[tuple[str, str]]:
        """What the response was to be."""
        slot = artefact.item
        low, high = LENGTHS.get(slot.length, (0, 0))
        facts = [
            *self.common_facts(slot.collection),
            ("Background", cut(slot.collection.background, FACT_CHARACTERS)),
            ("Who answers", slot.perspective),
            ("Stance", slot.stance),
            ("Cares about", slot.focus),
            ("Length", f"{slot.length}: {low} to {high} words" if high else slot.length),
            ("Was to differ from", cut(slot.avoid, FACT_CHARACTERS)),
        ]
        return [(name, value) for name, value in facts if value]

    def rendered(self, text: str) -> Rendered:
        """Paragraphs."""
        return response_preview(text)


@admin.register(ThemeList)
class ThemeListAdmin(ConsultationArtefactAdmin):
    """Theme lists: one for each consultation."""

    icon = "category"
    list_display = ("item", "themes", "status_shown", "findings_shown", "updated_shown")
    list_select_related = ("item__collection",)
    search_fields = ("item__collection__name",)
    empty_hint = "There is no theme list yet. Open a consultation's page and find its themes."

    def source_facts(self, artefact: Any) -> list[tuple[str, str]]:
        """What the themes were found in."""
        sheet = artefact.item
        slots = sheet.collection.items.filter(removed_at=None).count()
        facts = [
            *self.common_facts(sheet.collection),
            ("Responses", f"{slots:,}, of which at most {sheet.sample_size:,} are read for it"),
            ("At most", f"{sheet.most_themes} themes"),
        ]
        return [(name, value) for name, value in facts if value]

    def rendered(self, text: str) -> Rendered:
        """A table."""
        return themes_preview(text)


@admin.register(Labelling)
class LabellingAdmin(ConsultationArtefactAdmin):
    """The themes of each response: read beside it, mended, decided."""

    icon = "label"
    list_display = ("item_shown", "labels_shown", "status_shown", "findings_shown", "updated_shown")
    list_filter = (*ArtefactAdmin.list_filter[:2], ThemeFilter, *ArtefactAdmin.list_filter[2:])
    search_fields = ("item__key", "item__text", "current__text")
    empty_hint = "There are no labels yet. Open a consultation's page, find its themes and label its responses."

    @column("Response", ordering="item__position")
    def item_shown(self, labelling: Labelling) -> str:
        """Key, and the beginning or what it was to be."""
        return cut(labelling.item.label)

    @column("Themes")
    def labels_shown(self, labelling: Labelling) -> str:
        """By name."""
        return cut(", ".join(labelling.labels)) or "none fits"

    def source_facts(self, artefact: Any) -> list[tuple[str, Any]]:
        """The response, the list to choose from, and how others have coded it."""
        slot = artefact.item
        others = SecondLabels.objects.filter(slot=slot, removed_at=None).select_related("mapping")
        facts = [
            *self.common_facts(slot.collection),
            ("Response", f"{slot.key}: {cut(response_text(slot), FACT_CHARACTERS)}"),
            ("Themes", "; ".join(named_themes(slot.collection))),
            *((f"In '{one.mapping.name}'", ", ".join(one.labels) or "none") for one in others),
        ]
        return [(name, value) for name, value in facts if value]

    def preview_basis(self, artefact: Any) -> str:
        """The response and the theme list are shown with the labels."""
        return digest([response_text(artefact.item), named_themes(artefact.item.collection)])

    def preview_of(self, artefact: Any, text: str) -> Rendered:
        """The response with its themes."""
        return labels_preview(artefact.item, response_text(artefact.item), text)
