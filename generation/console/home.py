"""The first page of the admin: what needs a person, then how the work goes. Each part for those who may see it."""

import hashlib
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from generation.admin_base.access import may
from generation.base_models import ArtefactStatus
from generation.console.home_days import chart, days, decisions, month
from generation.console.home_work import funnel, needs, running, sees
from generation.models import Attempt
from generation.recipes import collection_model, kinds

SECONDS = 5


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's callback for the index: adds our parts, counted anew every few seconds for each kind of visitor."""
    key = f"home:{_visibility(request.user)}"
    home = cache.get(key)
    if home is None:
        home = _home(request)
        cache.set(key, home, SECONDS)
    return context | {"home": home, "is_fullwidth": "1"}


def _visibility(user: Any) -> str:
    """Alike for all who see the same: by permissions and by groups, which collections may be restricted to."""
    groups = sorted(user.groups.values_list("pk", flat=True))
    seen = f"{user.is_superuser} {groups} {sorted(user.get_all_permissions())}"
    return hashlib.sha256(seen.encode()).hexdigest()


def _home(request: HttpRequest) -> dict[str, Any]:
    user = request.user
    stages = funnel(request)
    bars = running(user)
    home: dict[str, Any] = {
        "needs": needs(request, stages),
        "running": bars,
        "stages": stages,
        "statuses": [status.label for status in ArtefactStatus],
        "month": month(user),
        "decisions": decisions(user),
        "costs": may(user, "view_costs"),
        "empty": not stages and not bars,
        "first_steps": _first_steps(user) if not stages else [],
    }
    if sees(user, Attempt):
        found = days()
        home["days"] = found
        home["any_day"] = any(day.answers or day.cost for day in found)
        home["throughput"] = chart(found, "Answers", "--color-primary-600")
        if home["costs"]:
            home["spend"] = chart(found, "Dollars", "--color-primary-600", money=True)
    return home


def _first_steps(user: Any) -> list[tuple[str, str]]:
    """Where to import a source; nothing for those who may not."""
    if not may(user, "import_items"):
        return []
    steps = []
    for kind in kinds():
        meta = collection_model(kind)._meta
        try:
            steps.append((f"Import a {meta.verbose_name}", reverse(f"admin:{meta.app_label}_{meta.model_name}_import")))
        except NoReverseMatch:
            # Its sources come by command only.
            continue
    return steps
