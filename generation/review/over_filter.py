"""Deeds over a filter: chunk by chunk, with a count of what was left out and why."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from generation.jsonl import chunked
from generation.review.assigning import assign_chunk
from generation.review.decisions import DECISIONS, Decision, check_reason, decide, objections
from generation.review.publishing import chosen_export, publish_artefacts
from generation.review.rights import ASSIGN, PUBLISH, REVIEW, ReviewRefused, require

CHUNK = 500
PUBLISHES, ASSIGNS = "publish", "assign"
RIGHTS = {**dict.fromkeys(DECISIONS, REVIEW), PUBLISHES: PUBLISH, ASSIGNS: ASSIGN}


@dataclass
class BulkResult:
    """How many were decided, and how many were left out for which reason."""

    done: int = 0
    skipped: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Wish:
    """What is to be done to everything in a filter, and who wants it."""

    action: str
    user: Any
    reason: str = ""
    assignee: Any = None
    # Texts that are newer than this were not among those that the person has confirmed; 0: all are.
    newest_revision: int = 0

    def check(self) -> None:
        """Raise ReviewRefused or PermissionDenied when it can't be done at all."""
        if self.action not in RIGHTS:
            raise ReviewRefused(f"There is no bulk action '{self.action}'. There are: {', '.join(RIGHTS)}.")
        require(self.user, RIGHTS[self.action])
        if self.action in DECISIONS:
            check_reason(DECISIONS[self.action], self.reason)


def bulk(queryset: Any, action: str, user: Any, reason: str = "", assignee: Any = None) -> BulkResult:
    """Do it (approve, request_changes, reject, publish, assign) to everything in the filter that allows it.

    Each chunk is a transaction of its own. Errors among the findings are never overridden here.
    """
    wish = Wish(action, user, reason, assignee)
    wish.check()
    ids = ids_of(queryset, user)
    result = BulkResult()
    skipped: Counter[str] = Counter()
    # By id from here on: the first chunk may change what the filter finds.
    for chunk in chunked(ids, chunk_size(queryset.model, wish, len(ids), CHUNK)):
        done, left_out = do_chunk(queryset.model, chunk, wish)
        result.done += done
        skipped.update(left_out)
    result.skipped = dict(skipped)
    return result


def ids_of(queryset: Any, user: Any) -> list[int]:
    """What the filter holds now, of what the user may see."""
    rows = queryset.visible_to(user).select_related(None)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def chunk_size(model: Any, wish: Wish, total: int, size: int) -> int:
    """An export that makes one file of many records needs them all at once."""
    if wish.action == PUBLISHES and chosen_export(model).scope != "artefact":
        return max(1, total)
    return size


def do_chunk(model: Any, ids: list[int], wish: Wish) -> tuple[int, Counter[str]]:
    """Do it to these; how many were done, and reason -> how many were not. It may be repeated."""
    if wish.action == PUBLISHES:
        return _publish_chunk(model, ids, wish)
    if wish.action == ASSIGNS:
        return assign_chunk(model, ids, wish.user, wish.assignee), Counter()
    return _decide_chunk(model, ids, wish, DECISIONS[wish.action])


def foreseen(queryset: Any, action: str, user: Any) -> dict[str, int]:
    """What would be left out now: reason -> how many; nothing is changed."""
    decision = DECISIONS.get(action)
    skipped: Counter[str] = Counter()
    if action == PUBLISHES:
        for row in _bare(queryset.filter(approved=None)):
            skipped[f"not approved ({row.get_status_display()})"] += 1
    elif decision:
        for chunk in chunked(_bare(queryset), CHUNK):
            skipped.update(objections(chunk, decision, user).values())
    return dict(skipped)


def _bare(queryset: Any) -> Iterable[Any]:
    rows = queryset.select_related(None).order_by("pk")
    found: Iterable[Any] = rows.only("pk", "recipe", "item_id", "status", "current_id").iterator(CHUNK)
    return found


def _publish_chunk(model: Any, ids: list[int], wish: Wish) -> tuple[int, Counter[str]]:
    result = publish_artefacts(model._default_manager.filter(pk__in=ids), wish.user)
    return len(result.written) + len(result.unchanged), Counter(result.skipped)


@transaction.atomic
def _decide_chunk(model: Any, ids: list[int], wish: Wish, decision: Decision) -> tuple[int, Counter[str]]:
    rows = model._default_manager.select_for_update(of=("self",)).select_related("item").filter(pk__in=ids)
    found = list(rows)
    refusals = objections(found, decision, wish.user)
    if wish.newest_revision:
        newer = [row.pk for row in found if (row.current_id or 0) > wish.newest_revision]
        refusals |= dict.fromkeys(newer, "its text has changed since")
    free = [row for row in found if row.pk not in refusals]
    skipped = Counter(refusals.values())
    if free and decide(free, decision, wish.user, wish.reason) != len(free):
        transaction.set_rollback(True)
        skipped["somebody was faster"] += len(free)
        return 0, skipped
    return len(free), skipped
