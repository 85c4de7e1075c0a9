"""A material's page as it would look now: how each component stands, and the whole in a preview frame."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from generation.admin_base.previews import Rendered, as_code, preview_page, render_markdown
from generation.models import Revision
from generation.recipes import recipe_class
from materials.models import Component, Material
from materials.pages import JSON, assembled, in_head
from materials.publish import in_order

APPROVED, CURRENT = "approved", "current"
NO_HEAD = "There is no frontmatter among these texts: without it no page is published. What there is stands below."


def chosen_texts(request: HttpRequest) -> str:
    """Whether the approved texts or the present ones are asked for."""
    return APPROVED if request.GET.get("texts") == APPROVED else CURRENT


def parts_of(material: Material) -> list[Component]:
    """The material's components in the order of the page."""
    return in_order(material.components.select_related("current", "approved"))


def page_view(model_admin: Any, request: HttpRequest, material: Material) -> HttpResponse:
    """The states, and the frame with the page."""
    texts, base = chosen_texts(request), f"{model_admin.admin_site.name}:materials_"
    rows = [
        (recipe_class(part.recipe).title, part, reverse(f"{base}component_desk", args=[part.pk]))
        for part in parts_of(material)
    ]
    context = {
        "material": material,
        "rows": rows,
        "texts": texts,
        "page_url": reverse(f"{base}material_page", args=[material.pk]),
        "preview_url": f"{reverse(f'{base}material_page_preview', args=[material.pk])}?texts={texts}",
    }
    return model_admin.page(request, "materials/page.html", f"Page of {material.name}", **context)


def page_preview(request: HttpRequest, material: Material) -> HttpResponse:
    """What stands in the frame."""
    return preview_page(request, rendered_page(parts_of(material), chosen_texts(request)))


def rendered_page(parts: list[Component], texts: str = CURRENT) -> Rendered:
    """The head as code, the body as its readers will see it."""
    found = [(part, _revision(part, texts)) for part in parts]
    written = [(part.kind, revision.text.strip("\n")) for part, revision in found if revision]
    page = assembled(written)
    if page is not None:
        pieces = [as_code(page.head, "yaml"), *map(render_markdown, page.body)]
    else:
        pieces = [rendered_component(component, text) for component, text in written]
    html = format_html_join("", "{}", ((piece.html,) for piece in pieces))
    notices = [piece.notice for piece in pieces if piece.notice]
    if not written:
        return Rendered(format_html("<p>{}</p>", "There is nothing to show yet."))
    return Rendered(html, " ".join(([] if page else [NO_HEAD]) + notices))


def _revision(part: Component, texts: str) -> Revision | None:
    return part.approved if texts == APPROVED else part.current


def rendered_component(component: str, text: str) -> Rendered:
    """Data as code, prose as Markdown."""
    if in_head(component):
        return as_code(text, "json" if component == JSON else "yaml")
    return render_markdown(text)
