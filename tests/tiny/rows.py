"""Rows of the tiny kind for tests."""

from tests.tiny.models import Box, Thing, Whole, hashed


def box(things: int = 3, slug: str = "box") -> Box:
    """A box with so many things, and the row that stands for it."""
    made = Box.objects.create(slug=slug, name=slug.capitalize())
    Thing.objects.bulk_create(
        hashed([Thing(collection=made, key=f"T{n}", position=n, name=f"thing {n}") for n in range(1, things + 1)])
    )
    Whole.objects.bulk_create(hashed([Whole(collection=made, key="all")]))
    return made
