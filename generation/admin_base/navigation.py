"""The sidebar: one group for each app, built from what is registered, so that a new app needs no line here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from generation.admin_base.access import may
from generation.console.links import LINKS

DEFAULT_ICON = "database"
# Apps of Django's and the queue's own, last; with the icon of their models.
LAST = {"auth": "group", "django_q": "schedule"}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups of links for unfold: domain apps, then the engine, then accounts and the queue."""
    apps = admin.site.get_app_list(request)
    ordered = sorted(apps, key=lambda app: (app["app_label"] in LAST, app["app_label"] == "generation", app["name"]))
    groups = [{"title": app["name"], "separator": True, "items": _items(app)} for app in ordered]
    console = _console(request)
    return [{"title": "Console", "separator": True, "items": console}, *groups] if console else groups


def _console(request: HttpRequest) -> list[dict[str, Any]]:
    shown = [link for link in LINKS if may(request.user, link.deed)]
    entries = []
    for link in shown:
        entry: dict[str, Any] = {"title": link.title, "icon": link.icon, "link": reverse(link.address)}
        count = link.badge(request) if link.badge else 0
        entries.append(entry | {"badge": count} if count else entry)
    return entries


def _items(app: dict[str, Any]) -> list[dict[str, Any]]:
    models = sorted(app["models"], key=lambda entry: getattr(_admin_of(entry), "menu_order", 50))
    return [{"title": _title(entry), "icon": _icon(app, entry), "link": entry["admin_url"]} for entry in models]


def _admin_of(entry: dict[str, Any]) -> Any:
    return admin.site._registry.get(entry["model"])


def _title(entry: dict[str, Any]) -> str:
    name = str(entry["name"])
    return name[:1].upper() + name[1:]


def _icon(app: dict[str, Any], entry: dict[str, Any]) -> str:
    return LAST.get(app["app_label"]) or str(getattr(_admin_of(entry), "icon", DEFAULT_ICON))
