"""What the console's pages share: who may open one, and unfold's layout around it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from generation.admin_base.access import may, require

View = Callable[..., HttpResponse]


def console_view(*deeds: str) -> Callable[[View], View]:
    """A page for signed-in staff who hold one of the deeds (`launch_run`, for example); others are refused: 403."""

    def guarded(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not any(may(request.user, deed) for deed in deeds):
                require(request.user, deeds[0])
            return view(request, *args, **kwargs)

        page: View = admin.site.admin_view(checked)
        return page

    return guarded


def show(request: HttpRequest, template: str, title: str, status: int = 200, **context: Any) -> HttpResponse:
    """One page inside unfold's layout."""
    request.current_app = admin.site.name
    common = {"title": title, "is_fullwidth": "1"}
    return TemplateResponse(request, template, {**admin.site.each_context(request), **common, **context}, status=status)
