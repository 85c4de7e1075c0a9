"""Who may do and see what, asked in one place by every page of the admin."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet

from generation.models import Request
from generation.recipes import collection_model, kinds


def may(user: Any, deed: str) -> bool:
    """Whether the user holds one of the deeds that generation.Run declares, for example `launch_run`."""
    return bool(user.has_perm(f"generation.{deed}"))


def require(user: Any, deed: str) -> None:
    """Raise PermissionDenied unless the user holds the deed."""
    if not may(user, deed):
        raise PermissionDenied(f"This needs the permission '{deed.replace('_', ' ')}'.")


def hidden_requests(user: Any) -> Q | None:
    """Which requests belong to collections that the user may not see; None when there is no such collection."""
    if user.is_superuser:
        return None
    hidden: Q | None = None
    for kind in kinds():
        model: Any = collection_model(kind)
        rows = model._default_manager
        # Most sites restrict nothing, and live pages ask this every few seconds.
        if not model.groups.through.objects.exists():
            continue
        visible = rows.visible_to(user).values("pk")
        slugs = list(rows.exclude(pk__in=visible).values_list("slug", flat=True))
        if slugs:
            part = Q(recipe__startswith=f"{kind}.", collection__in=slugs)
            hidden = part if hidden is None else hidden | part
    return hidden


def visible_rows(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Rows with the columns recipe and collection (requests, prompts) without those of hidden collections."""
    hidden = hidden_requests(user)
    return rows if hidden is None else rows.exclude(hidden)


def visible_by_run(rows: QuerySet[Any], user: Any, run: str = "run") -> QuerySet[Any]:
    """Rows of runs that hold no request of a hidden collection; `run` is the path to the run's id."""
    hidden = hidden_requests(user)
    if hidden is None:
        return rows
    return rows.filter(~Exists(Request.objects.filter(hidden, run=OuterRef(run))))
