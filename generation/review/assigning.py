"""Whose share of the queue a record is."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef

from generation.models import Assignment
from generation.review.rights import ReviewRefused, actor_label, edit_right


def assign_chunk(model: Any, ids: Sequence[int], user: Any, assignee: Any) -> int:
    """Give these to a person, or take them back from whoever has them (None); how many are looked at."""
    if assignee is not None and not assignee.has_perm(edit_right(model)):
        raise ReviewRefused(f"{actor_label(assignee)} may not edit these records.")
    rows = list(model._default_manager.visible_to(user).filter(pk__in=ids).values_list("recipe", "item_id"))
    with transaction.atomic():
        for recipe in {recipe for recipe, _ in rows}:
            items = [item for key, item in rows if key == recipe]
            Assignment.objects.filter(recipe=recipe, item_id__in=items).delete()
            if assignee is not None:
                by = actor_label(user)
                Assignment.objects.bulk_create(
                    Assignment(recipe=recipe, item_id=item, user=assignee, by=by) for item in items
                )
    return len(rows)


def assigned_to(rows: Any, user: Any) -> Any:
    """The artefacts that are this person's share."""
    mine = Assignment.objects.filter(user=user, recipe=OuterRef("recipe"), item_id=OuterRef("item_id"))
    return rows.filter(Exists(mine))


def unassigned(rows: Any) -> Any:
    """The artefacts that are nobody's share."""
    return rows.filter(~Exists(Assignment.objects.filter(recipe=OuterRef("recipe"), item_id=OuterRef("item_id"))))


def assignable(model: Any) -> list[Any]:
    """People who may edit such records, by name."""
    people = get_user_model()._default_manager.with_perm(
        edit_right(model), backend="django.contrib.auth.backends.ModelBackend"
    )
    return list(people.filter(is_active=True).order_by("username"))
