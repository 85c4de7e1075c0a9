"""Counting every prompt of a plan: begun from its choices, taken on by the worker or by the command that asked."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction

from generation.instructions import ensure_prompt
from generation.models import Run, TokenCount
from generation.pipeline.plan import Selection, plan
from generation.recipes import Recipe
from generation.token_counts import count_slice, to_count

LOOK_SECONDS = 0.5


def begin(
    recipes: Sequence[type[Recipe]], collections: Sequence[Any], selection: Selection, **fields: Any
) -> list[TokenCount]:
    """Note what such a plan would send, and take the plan back; those counted before are not counted again.

    Raises PlanError. Nothing is counted yet: wake them, or count here.
    """
    for recipe in recipes:
        # Else a prompt that the app's file becomes only now would be taken back with the plan.
        ensure_prompt(recipe)
    with transaction.atomic():
        wanted = to_count(plan(Run(**fields), recipes, collections, selection))
        transaction.set_rollback(True)
    with transaction.atomic():
        named = TokenCount.objects.filter(fingerprint__in=[one.fingerprint for one in wanted])
        named.outdated().delete()
        TokenCount.objects.bulk_create(wanted, ignore_conflicts=True)
        return list(named.order_by("pk"))


def count_here(counts: Sequence[TokenCount], tell: Callable[[int, int], None]) -> None:
    """Count all of it in this process; `tell` hears after each chunk how many prompts of how many are counted."""
    whole = sum(count.total for count in counts)
    before = 0
    for count in counts:
        while count.finished_at is None:
            tell(before + count.position, whole)
            if not count.claim():
                # A worker is at it.
                time.sleep(LOOK_SECONDS)
                continue
            try:
                count_slice(count, partial(_told, tell, count, before, whole))
            finally:
                count.release()
        before += count.total
    tell(whole, whole)


def _told(tell: Callable[[int, int], None], count: TokenCount, before: int, whole: int) -> bool:
    tell(before + count.position, whole)
    return True


def advance_count(pk: int) -> None:
    """Take one slice of a count; it may run twice or be killed anywhere."""
    count = TokenCount.objects.filter(pk=pk).first()
    if count is None or not count.claim():
        return
    ends = time.monotonic() + settings.DIRECT_SLICE_SECONDS
    if not count_slice(count, lambda: time.monotonic() < ends) and count.finished_at is None:
        count.release()
        count.wake_up()


def wake_due() -> int:
    """Wake what a killed worker left, for the tick; how many."""
    due = list(TokenCount.objects.due().defer("ids"))
    for count in due:
        count.wake_up()
    return len(due)
