"""The buttons of saved views: save, rename, make it what the list opens with, delete. Everybody has their own."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from generation.admin_base.saved_views import EVERYTHING, MOST_VIEWS, address_of, clean_query, list_named, table_of
from generation.console.shell import console_view
from generation.models import SavedView

MOST_NAME = 60


@console_view("view_run")
@require_POST
def saved_views(request: HttpRequest) -> HttpResponse:
    """A press of one of the buttons; leads back to the list, with the view where there is one."""
    deed = request.POST.get("deed", "")
    if deed not in ("save", *DEEDS):
        raise BadRequest(f"There is no button '{deed}'.")
    table = request.POST.get("table", "")
    model_admin = list_named(table, request)
    if model_admin is None:
        raise PermissionDenied("There is no such list, or you may not see it.")
    if deed == "save":
        return _save(request, model_admin)
    number = request.POST.get("view", "")
    rows = SavedView.objects.of(request.user, table)
    view = get_object_or_404(rows, pk=number if number.isdecimal() and number.isascii() else 0)
    messages.success(request, DEEDS[deed](view, request.POST))
    return redirect(address_of(model_admin, view) if view.pk else reverse(model_admin.list_url) + EVERYTHING)


def _name(given: Any) -> str:
    name = " ".join(str(given.get("name", "")).replace("\x00", "").split())
    if not 0 < len(name) <= MOST_NAME:
        raise BadRequest(f"A view needs a name of at most {MOST_NAME} characters.")
    return name


def _save(request: HttpRequest, model_admin: Any) -> HttpResponse:
    name, rows = _name(request.POST), SavedView.objects.of(request.user, table_of(model_admin))
    if rows.exclude(name=name).count() >= MOST_VIEWS:
        raise BadRequest(f"You have {MOST_VIEWS} views of this list: delete one of them first.")
    query = clean_query(model_admin, request, request.POST.get("query", ""))
    user: Any = request.user
    view, _ = SavedView.objects.update_or_create(
        user=user, table=table_of(model_admin), name=name, defaults={"query": query}
    )
    if request.POST.get("default"):
        _default(view, request.POST)
    messages.success(request, f"The view “{view}” is saved.")
    return redirect(address_of(model_admin, view))


def _rename(view: SavedView, given: Any) -> str:
    name = _name(given)
    if SavedView.objects.of(view.user, view.table).filter(name=name).exclude(pk=view.pk).exists():
        raise BadRequest(f"You have another view with the name “{name}”.")
    view.name = name
    view.save(update_fields=["name"])
    return f"The view is called “{name}” now."


def _delete(view: SavedView, given: Any) -> str:
    view.delete()
    return f"The view “{view}” is deleted."


def _default(view: SavedView, given: Any) -> str:
    with transaction.atomic():
        SavedView.objects.of(view.user, view.table).filter(is_default=True).update(is_default=False)
        SavedView.objects.filter(pk=view.pk).update(is_default=True)
    return f"The list opens with “{view}” from now on."


def _no_default(view: SavedView, given: Any) -> str:
    SavedView.objects.filter(pk=view.pk).update(is_default=False)
    return "The list opens with everything from now on."


DEEDS = {"rename": _rename, "delete": _delete, "default": _default, "no_default": _no_default}
