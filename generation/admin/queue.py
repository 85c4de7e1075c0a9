"""The queue's own tables, for superusers only: a schedule runs any function that it names."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django_q import admin as stock
from django_q.models import Failure, OrmQ, Schedule, Success

from generation.admin_base.base import SiteAdmin


class SuperusersOnly(SiteAdmin):
    """Whatever the user's groups say."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Superusers."""
        return bool(request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return bool(request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Superusers, where the table takes additions at all."""
        return bool(request.user.is_superuser) and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return bool(request.user.is_superuser)


class ScheduleAdmin(SuperusersOnly, stock.ScheduleAdmin):
    """When tasks start."""


class SuccessAdmin(SuperusersOnly, stock.TaskAdmin):
    """Finished tasks."""


class FailureAdmin(SuperusersOnly, stock.FailAdmin):
    """Failed tasks."""


class QueuedAdmin(SuperusersOnly, stock.QueueAdmin):
    """Waiting tasks."""


for model, model_admin in (
    (Schedule, ScheduleAdmin), (Success, SuccessAdmin), (Failure, FailureAdmin), (OrmQ, QueuedAdmin),
):  # fmt: skip
    # With another broker than the ORM, django-q2 registers no queue table.
    if admin.site.is_registered(model):
        admin.site.unregister(model)
        admin.site.register(model, model_admin)
