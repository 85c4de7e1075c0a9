"""Ways from a filter to the pages that work on all of it."""

from typing import Any

from django.http import QueryDict
from django.urls import reverse

from generation.desk.queue import ANY, ORDER, PASSING, STATUS
from generation.desk.whole import whole_actions

PAGES = {"search": "Search in texts", "similar": "Similar", "people": "By person"}


def menu(model_admin: Any, user: Any, params: QueryDict, *, state: str = ANY) -> dict[str, Any]:
    """Addresses with this filter: what may be done to all of it, and the pages beside the desk.

    `state` stands for a missing state: a list without one shows all, and a queue without one what needs review.
    """
    query = params.copy()
    for name in (ORDER, "page", "p", "all", "o", *PASSING):
        query.pop(name, None)
    query[STATUS] = query.get(STATUS) or state
    tail, prefix = f"?{query.urlencode()}", model_admin.change_url.removesuffix("_change")
    return {
        "whole_actions": [
            (words, reverse(f"{prefix}_desk_whole", args=[action]) + tail) for action, words in whole_actions(user)
        ],
        "desk_pages": [(words, reverse(f"{prefix}_desk_{name}") + tail) for name, words in PAGES.items()],
    }
