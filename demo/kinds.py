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
    """A kind with its files: path below demo/, short name, title; the recipes that have a pace of their own.

    `then` are commands with their arguments for when everything is generated; they may be repeated.
    """

    kind: str
    files: tuple[tuple[str, str, str], ...]
    paced: tuple[str, ...] = ()
    # Further lists of the first file's collection: what is imported, and the path.
    lists: tuple[tuple[str, str], ...] = ()
    then: tuple[tuple[str, ...], ...] = ()


KINDS = (
    Small(
        "questions",
        (("questions/1-hop.txt", "1-hop", "One hop"), ("questions/2-hop.txt", "2-hop", "Two hops")),
    ),
    Small(
        "consultations",
        (
            ("consultations/night_buses.yaml", "night-buses", "Night buses"),
            ("consultations/library_hours.csv", "library-hours", "Library hours"),
        ),
        then=(("vary_themes", "--collection", "night-buses", "--variation", "0.3", "--seed", "7"),),
    ),
    Small(
        "stories",
        (("stories/harbour-league.json", "harbour", "Harbour League"),),
        lists=(("stories.entities", "stories/entities.csv"), ("stories.topics", "stories/topics.csv")),
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
        for kind, file in small.lists:
            _, slug, name = small.files[0]
            call_command("import_items", kind, str(ROOT / "demo" / file), "--collection", slug, "--name", name)
        for recipe in small.paced:
            rows = apps.get_model("generation", "RecipeSettings").objects
            rows.get_or_create(recipe=f"{small.kind}.{recipe}", defaults={"requests_per_minute": QUICK})
        if not on_their_way(small.kind):
            chosen = [part for _, slug, _ in small.files for part in ("--collection", slug)]
            call_command("generate", small.kind, *chosen, "--mode", "direct", "--yes")


def then() -> None:
    """Carry out what follows the generation, of every kind whose runs have ended well."""
    finished = {kind for kind, good, wanted in made() if 0 < good == wanted and not on_their_way(kind)}
    for small in KINDS:
        for name, *arguments in small.then if small.kind in finished else ():
            call_command(name, *arguments)


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
    """Bring them all, or (`then`) do what follows."""
    django.setup()
    if sys.argv[1:] == ["then"]:
        then()
    else:
        bring()
    return 0


if __name__ == "__main__":
    sys.exit(main())
