"""Addresses that several lists lead to."""

from urllib.parse import urlencode

from django.urls import reverse


def queue_address(**query: str) -> str:
    """The queue of mentions, with a filter."""
    return reverse("admin:stories_storyentity_queue") + (f"?{urlencode(query)}" if query else "")
