"""Generating many records again: what it would send and cost, then one run over all of them."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest

from generation import review
from generation.admin_base.access import may
from generation.desk.estimates import estimate_rows

MAX_AGAIN = 5000


def again(rows: QuerySet[Any], request: HttpRequest, remark: str) -> Any:
    """Launch one run over all of them."""
    run = review.generate_again(_found(rows), request.user, remark, mode=request.POST.get("mode", "batch"))
    messages.success(request, f"{run.total:,} asked for again in {run}.")
    return run


def priced_again(rows: QuerySet[Any], user: Any) -> dict[str, Any]:
    """For the confirm page: the number of requests, and the cost by mode for those who may see it; or why not."""
    try:
        run = review.planned_again(_found(rows), user)
    except review.ReviewRefused as refused:
        return {"not_planned": str(refused)}
    costs = [row | {"own": False} for row in estimate_rows(run)] if may(user, "view_costs") else []
    return {"requests": run.total, "estimates": costs}


def _found(rows: QuerySet[Any]) -> list[Any]:
    found = list(rows.select_related("item__collection")[: MAX_AGAIN + 1])
    if len(found) > MAX_AGAIN:
        raise review.ReviewRefused(f"At most {MAX_AGAIN:,} at once; more are generated from the list of their sources.")
    return found
