"""The sandboxed page that a preview frame shows."""

from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from generation.base_models import digest
from generation.desk.markdown import Rendered


def policy() -> str:
    """The page's own CSP: no script, no frame, no form, nothing from elsewhere but images of IMAGE_HOSTS."""
    images = " ".join(["'self'", "data:", *settings.IMAGE_HOSTS])
    return (
        f"default-src 'none'; style-src 'self'; img-src {images}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox"
    )


def cached_preview(name: str, make: Callable[[], Rendered]) -> Rendered:
    """What `make` gives, kept for an hour beneath a name that says all that it depends on."""
    key = f"preview:{name}:{digest(list(settings.IMAGE_HOSTS))}"
    found = cache.get(key)
    if not isinstance(found, Rendered):
        found = make()
        cache.set(key, found, 3600)
    return found


def preview_page(request: HttpRequest, rendered: Rendered) -> HttpResponse:
    """The rendered text as a page of its own."""
    response = render(request, "generation/preview.html", {"rendered": rendered})
    response["Content-Security-Policy"] = policy()
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
