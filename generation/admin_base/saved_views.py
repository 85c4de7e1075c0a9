"""Views of a list that a person has saved: what of an address may be kept, and what the list shows of them."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR
from django.http import HttpRequest
from django.urls import reverse

from generation.models import SavedView

MOST_FIELDS, MOST_VALUE, MOST_VIEWS = 30, 200, 30
# Opens the list as it is without any view, also without the default one.
EVERYTHING = f"?{SEARCH_VAR}="


def table_of(model_admin: Any) -> str:
    """How views name the list that they belong to."""
    return str(model_admin.opts.label_lower)


def list_named(table: str, request: HttpRequest) -> Any:
    """The list of this name if it has views and the user may see it, else None."""
    found = {table_of(one): one for one in admin.site._registry.values() if getattr(one, "saves_views", False)}
    model_admin = found.get(table)
    return model_admin if model_admin and model_admin.has_view_permission(request) else None


def _parameters(model_admin: Any, request: HttpRequest) -> Iterator[str]:
    yield from (SEARCH_VAR, ORDER_VAR)
    for entry in model_admin.get_list_filter(request):
        name = getattr(entry, "parameter_name", None)
        if name:
            yield str(name)


def clean_query(model_admin: Any, request: HttpRequest, query: str) -> str:
    """Filter, order and search of this list in an address, encoded anew; anything else in it is left out."""
    known = set(_parameters(model_admin, request))
    try:
        pairs = parse_qsl(query.removeprefix("?"), max_num_fields=MOST_FIELDS)
    except ValueError:
        return ""
    kept = {name: value for name, value in pairs if name in known and len(value) <= MOST_VALUE and "\x00" not in value}
    return urlencode(sorted(kept.items()))


def address_of(model_admin: Any, view: SavedView) -> str:
    """The list with the view's own parameters; never another place."""
    return reverse(model_admin.list_url) + (f"?{view.query}" if view.query else EVERYTHING)


def default_address(model_admin: Any, request: HttpRequest) -> str:
    """Where a list that was opened without any choice goes: the person's default view, if there is one."""
    if request.method != "GET" or request.GET:
        return ""
    view = SavedView.objects.of(request.user, table_of(model_admin)).filter(is_default=True).first()
    return address_of(model_admin, view) if view else ""


def views_context(model_admin: Any, request: HttpRequest) -> dict[str, Any]:
    """The person's own views of this list, and the present one as it could be saved; one query."""
    present = clean_query(model_admin, request, request.GET.urlencode())
    views = [
        {"row": view, "address": address_of(model_admin, view), "current": bool(present) and view.query == present}
        for view in SavedView.objects.of(request.user, table_of(model_admin))
    ]
    return {"saved_views": views, "views_table": table_of(model_admin), "view_query": present, "everything": EVERYTHING}
