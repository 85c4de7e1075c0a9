"""The console's entries in the sidebar: title, icon, name of the address, the deed that opens it, perhaps a count."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from generation.console.notices import unread_badge


@dataclass(frozen=True, slots=True)
class Link:
    """One entry; shown to those who hold the deed."""

    title: str
    icon: str
    address: str
    deed: str
    badge: Callable[[HttpRequest], int] | None = None


LINKS: tuple[Link, ...] = (
    Link("Plan a run", "rocket_launch", "console_plan", "launch_run"),
    Link("Notices", "notifications", "console_notices", "view_run", unread_badge),
    Link("Batches at the provider", "cloud_sync", "console_remote_batches", "launch_run"),
    Link("Trials of prompts", "science", "console_trials", "launch_run"),
)
