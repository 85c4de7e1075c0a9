"""What all our admin classes share."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from generation.admin_base.saved_views import default_address, views_context

Shown = TypeVar("Shown", bound=Callable[..., Any])


def column(description: str, *, ordering: str = "", label: dict[str, str] | None = None) -> Callable[[Shown], Shown]:
    """A method as a column of a list: its heading, what it sorts by, and unfold's colours for its words."""

    def named(method: Shown) -> Shown:
        attributes = {"short_description": description, "admin_order_field": ordering or None, "label": label}
        for name, value in attributes.items():
            if value is not None:
                setattr(method, name, value)
        return method

    return named


class AttachingChangeList(ChangeList):
    """A list whose admin looks up what its rows show for the whole page at once."""

    def get_results(self, request: HttpRequest) -> None:
        """Fetch the page, then let the admin attach to its rows."""
        super().get_results(request)
        rows: list[Any] = list(self.result_list)  # type: ignore[has-type]
        self.result_list = rows
        self.model_admin.attach(request, rows)


class SiteAdmin(ModelAdmin):
    """Unfold's ModelAdmin with our defaults; a refused action is a 403, not a hint."""

    icon = "database"
    empty_hint = ""
    # Whether a person can save views of the list.
    saves_views = False
    list_before_template = "generation/list_hint.html"
    list_filter_submit = True
    list_fullwidth = True
    list_per_page = 50
    show_full_result_count = False
    warn_unsaved_form = True

    def attach(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Set attributes on the rows of one page, in a fixed number of queries."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Our list."""
        return AttachingChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with the person's own views; refuses an action that this user may not run."""
        asked = request.POST.get("action") if request.method == "POST" else None
        if asked and asked not in self.get_actions(request):
            raise PermissionDenied(f"The action '{asked}' is not allowed here.")
        more: dict[str, Any] = {"empty_hint": self.empty_hint}
        if self.saves_views and self.has_view_or_change_permission(request):
            address = default_address(self, request)
            if address:
                return redirect(address)
            more |= views_context(self, request)
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def page(self, request: HttpRequest, template: str, title: str, status: int = 200, **context: Any) -> HttpResponse:
        """One of our own pages inside unfold's layout."""
        request.current_app = self.admin_site.name
        common = {"opts": self.opts, "title": title, "media": self.media, "model_admin": self, "is_fullwidth": "1"}
        return TemplateResponse(
            request, template, {**self.admin_site.each_context(request), **common, **context}, status=status
        )

    @property
    def list_url(self) -> str:
        """Name of the list's address."""
        return f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist"

    @property
    def change_url(self) -> str:
        """Name of a row's address."""
        return f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change"


class ReadOnlyAdmin(SiteAdmin):
    """Rows that only the machine writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False
