"""Notices: what this person was told of their runs, newest first; marked as read one by one or all at once."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from generation.admin_base.access import visible_by_run
from generation.console.shell import console_view, show
from generation.models import Notice, NoticePreference

PAGE = 50


def own(user: Any) -> Any:
    """The person's notices, without those of runs that they may not see any more."""
    return visible_by_run(Notice.objects.filter(user=user), user)


def unread_badge(request: HttpRequest) -> int:
    """How many are unread, for the sidebar: one query."""
    return Notice.objects.filter(user=request.user.pk).unread().count()


@console_view("view_run")
def notices(request: HttpRequest) -> HttpResponse:
    """The list; a POST marks as read or switches e-mail."""
    if request.method == "POST":
        _pressed(request)
        return redirect("console_notices")
    page = Paginator(own(request.user).select_related("run"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "unread": own(request.user).unread().count(),
        "by_mail": NoticePreference.objects.filter(user=request.user.pk, by_mail=True).exists(),
        "address": getattr(request.user, "email", ""),
    }
    return show(request, "generation/console/notices.html", "Notices", **context)


def _pressed(request: HttpRequest) -> None:
    deed, number = request.POST.get("deed", ""), request.POST.get("notice", "")
    unread = Notice.objects.filter(user=request.user.pk).unread()
    if deed == "read" and number.isascii() and number.isdigit():
        unread.filter(pk=int(number[:18])).update(read_at=timezone.now())
    elif deed == "read_all":
        messages.success(request, f"{unread.update(read_at=timezone.now()):,} marked as read.")
    elif deed in ("mail_on", "mail_off"):
        wished = {"by_mail": deed == "mail_on"}
        NoticePreference.objects.update_or_create(user_id=int(request.user.pk or 0), defaults=wished)
        messages.success(request, "You are told by e-mail as well." if wished["by_mail"] else "No more e-mails.")
    else:
        raise BadRequest(f"There is no button '{deed}'.")
