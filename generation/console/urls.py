"""Addresses of the console, beneath /admin/console/; names begin with `console_`."""

from django.urls import URLPattern, path

from generation.console import notices, remote_batches, remote_files

urlpatterns: list[URLPattern] = [
    path("notices/", notices.notices, name="console_notices"),
    path("remote-batches/", remote_batches.remote_batches, name="console_remote_batches"),
    path("remote-files/", remote_files.remote_files, name="console_remote_files"),
]
