"""`python -m demo.kinds`: the small collections beside the lessons, imported and generated directly.

A process of its own, which the demo waits for: it starts once for all of them.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import django
from django.apps import apps
from django.core.management import call_command

from demo.environment import ROOT

ACTIVE = ("planned", "running")
# The sandbox needs no pace, and who looks at a demo has no minute to wait for one.
QUICK = 60_000


@dataclass(frozen=True)
class Small:
    """A kind with its files: path below demo/, short name, title; and the recipes that have a pace of their own."""

    kind: str
    files: tuple[tuple[str, str, str], ...]
    paced: tuple[str, ...] = ()


KINDS = (
    Small(
        "questions",
        (("questions/1-hop.txt", "1-hop", "One hop"), ("questions/2-hop.txt", "2-hop", "Two hops")),
    ),
    Small(
        "materials",
        (("materials/workshop_materials.yaml", "workshop", "Workshop materials"),),
        ("frontmatter", "metatags", "text", "table", "tags"),
    ),
)


def bring() -> None:
    """Import every file and launch what is wanting; what is there or on its way is left alone."""
    for small in KINDS:
        for file, slug, name in small.files:
            path = str(ROOT / "demo" / file)
            call_command("import_items", small.kind, path, "--collection", slug, "--name", name)
        for recipe in small.paced:
            rows = apps.get_model("generation", "RecipeSettings").objects
            rows.get_or_create(recipe=f"{small.kind}.{recipe}", defaults={"requests_per_minute": QUICK})
        if not on_their_way(small.kind):
            chosen = [part for _, slug, _ in small.files for part in ("--collection", slug)]
            call_command("generate", small.kind, *chosen, "--mode", "direct", "--yes")


def on_their_way(kind: str) -> bool:
    """Whether a run of this kind is still at it."""
    runs = apps.get_model("generation", "Run").objects.filter(status__in=ACTIVE)
    return any(key.startswith(f"{kind}.") for keys in runs.values_list("recipes", flat=True) for key in keys)


def made() -> Iterator[tuple[str, int, int]]:
    """For each kind: how many requests its collections' runs have made good, of how many."""
    for small in KINDS:
        rows = apps.get_model("generation", "Request").objects.filter(recipe__startswith=f"{small.kind}.")
        yield small.kind, rows.filter(status="succeeded").count(), rows.count()


def main() -> int:
    """Bring them all."""
    django.setup()
    bring()
    return 0


if __name__ == "__main__":
    sys.exit(main())
