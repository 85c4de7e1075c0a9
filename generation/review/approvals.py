"""Who has approved a text: some sites want several people to."""

from collections.abc import Sequence
from typing import Any

from generation.models import ReviewEvent

APPROVES, TURNS_DOWN = "approve", ("request_changes", "reject")


def approvals(rows: Sequence[Any]) -> dict[int, set[int | None]]:
    """Artefact id -> who has approved its present text since it was last turned down; one query."""
    keys = {(row.recipe, row.item_id): row for row in rows}
    events = ReviewEvent.objects.filter(
        recipe__in={row.recipe for row in rows}, item_id__in=[row.item_id for row in rows],
        action__in=(APPROVES, *TURNS_DOWN), undone=False,
    )  # fmt: skip
    people: dict[int, set[int | None]] = {row.pk: set() for row in rows}
    for recipe, item, action, revision, person in events.order_by("pk").values_list(
        "recipe", "item_id", "action", "revision_id", "user_id"
    ):
        row = keys.get((recipe, item))
        if row is None:
            continue
        if action != APPROVES:
            people[row.pk].clear()
        elif revision == row.current_id:
            people[row.pk].add(person)
    return people
