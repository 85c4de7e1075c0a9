"""Addresses of the console, beneath /admin/console/; names begin with `console_`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
