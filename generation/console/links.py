"""The console's entries in the sidebar: title, icon, name of the address, and the deed that opens it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """One entry; shown to those who hold the deed."""

    title: str
    icon: str
    address: str
    deed: str


LINKS: tuple[Link, ...] = ()
