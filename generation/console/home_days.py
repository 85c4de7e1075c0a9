"""What the home page says of days: answers and money by day, the month's budget, decisions of the last 30 days."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.formats import date_format

from generation.admin_base.access import may
from generation.console.home_work import sees
from generation.models import Attempt, Budget, Origin, Purpose, ReviewEvent
from generation.models.budgets import spent_this_month
from generation.outcomes import OutcomeKind
from generation.recipes import all_recipes, collection_model, kinds

DAYS = 14
PAST_SECONDS = 3600
DECISIONS = timedelta(days=30)
MOST_REASONS = 6
USD = 10**9


@dataclass(frozen=True, slots=True)
class Day:
    """Good answers of one day, and what all its attempts cost in nano-dollars."""

    day: date
    answers: int
    cost: int

    @property
    def label(self) -> str:
        """As the charts name it."""
        return date_format(self.day, "j M")


def days() -> list[Day]:
    """The last fourteen, oldest first. Past ones are counted once an hour, today's at every call."""
    today = timezone.localdate()
    wanted = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    kept = cache.get_many([_key(day) for day in wanted[:-1]])
    fresh = {_key(day): _count(day) for day in wanted if _key(day) not in kept}
    cache.set_many({key: day for key, day in fresh.items() if key != _key(today)}, PAST_SECONDS)
    return [(kept | fresh)[_key(day)] for day in wanted]


def _key(day: date) -> str:
    return f"home-day:{day.isoformat()}"


def _count(day: date) -> Day:
    start, end = (timezone.make_aware(datetime.combine(one, time.min)) for one in (day, day + timedelta(days=1)))
    rows = Attempt.objects.filter(started_at__gte=start, started_at__lt=end).exclude(run__purpose=Purpose.REHEARSAL)
    sums = rows.aggregate(answers=Count("outcome", filter=Q(outcome=OutcomeKind.SUCCEEDED)), cost=Sum("cost_nano"))
    return Day(day, sums["answers"], sums["cost"] or 0)


def chart(found: Iterable[Day], label: str, colour: str, *, money: bool = False) -> str:
    """The data of a bar chart as unfold's component takes it."""
    shown = list(found)
    values = [round(day.cost / USD, 6) if money else day.answers for day in shown]
    dataset = {"label": label, "data": values, "backgroundColor": f"var({colour})", "displayYAxis": True}
    return json.dumps({"labels": [day.label for day in shown], "datasets": [dataset | {"maxTicksXLimit": 7}]})


def month(user: Any) -> dict[str, Any]:
    """What this month has cost, and of how much; nothing for those who may not see costs."""
    if not may(user, "view_costs"):
        return {}
    spent = spent_this_month()
    budget = Budget.objects.filter(scope=Budget.Scope.MONTH).values_list("amount_nano", flat=True).first()
    return {"spent": spent, "budget": budget, "percent": round(100 * spent / budget) if budget else None}


def decisions(user: Any) -> dict[str, Any]:
    """Reasons of rejections, and of the approvals the share whose text a person had edited before."""
    if not sees(user, ReviewEvent):
        return {}
    events = ReviewEvent.objects.filter(at__gte=timezone.now() - DECISIONS, undone=False).exclude(_hidden(user))
    rejected = events.filter(action="reject").order_by().values_list("reason").annotate(n=Count("*"))
    approved = events.filter(action="approve").aggregate(
        all=Count("pk"), edited=Count("pk", filter=Q(revision__origin__in=(Origin.EDITED, Origin.TAKEN)))
    )
    share = round(100 * approved["edited"] / approved["all"]) if approved["all"] else None
    reasons = list(rejected.order_by("-n", "reason")[:MOST_REASONS])
    return {"reasons": reasons, "approved": approved["all"], "edited": approved["edited"], "edited_share": share}


def _hidden(user: Any) -> Q:
    """Events of items in collections that the user may not see."""
    hidden = Q(pk__in=())
    if user.is_superuser:
        return hidden
    for kind in kinds():
        model: Any = collection_model(kind)
        if not model.groups.through.objects.exists():
            continue
        closed = model._default_manager.exclude(pk__in=model._default_manager.visible_to(user).values("pk"))
        for items in {recipe.item_model for recipe in all_recipes() if recipe.key.startswith(f"{kind}.")}:
            of_items = items._default_manager.filter(collection__in=closed.values("pk")).values("pk")
            hidden |= Q(recipe__startswith=f"{kind}.", item_id__in=of_items)
    return hidden
