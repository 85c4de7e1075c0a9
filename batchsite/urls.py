"""Addresses of the site: the admin is the whole of it."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from generation.health import healthz, readyz
from generation.webhooks import openai_webhook

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/console/", include("generation.console.urls")),
    path("admin/", admin.site.urls),
    path("webhooks/openai/", openai_webhook, name="openai_webhook"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
