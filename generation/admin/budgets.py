"""Budgets: what may be spent, what is spent and committed of it, and who has set it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget

from generation.admin_base.access import may
from generation.admin_base.base import SiteAdmin, column
from generation.costs import NANO, dollars
from generation.desk.moments import ago
from generation.models import Budget, Run
from generation.models.budgets import standings

MOST = Decimal(1_000_000)


class BudgetForm(forms.ModelForm):
    """Dollars for people, nano-dollars in the table."""

    dollars = forms.DecimalField(
        min_value=Decimal(0), max_value=MOST, decimal_places=4, widget=UnfoldAdminDecimalFieldWidget,
        help_text="In dollars, for example 25 or 0.50. With 0 nothing can be launched.",
    )  # fmt: skip

    class Meta:
        model = Budget
        fields = ("scope",)
        widgets = {"scope": UnfoldAdminSelectWidget}
        labels = {"scope": "Covers"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["dollars"] = f"{(Decimal(self.instance.amount_nano) / NANO).normalize():f}"

    def save(self, commit: bool = True) -> Any:
        """With the amount in nano-dollars."""
        self.instance.amount_nano = int(self.cleaned_data["dollars"] * NANO)
        return super().save(commit)


@admin.register(Budget)
class BudgetAdmin(SiteAdmin):
    """Operators see and set them; only a superuser takes one away."""

    icon = "savings"
    menu_order = 5
    form = BudgetForm
    fields = ("scope", "dollars")
    list_display = (
        "scope_shown", "amount_shown", "spent_shown", "committed_shown", "left_shown", "changed_shown",
        "by_shown",
    )  # fmt: skip
    list_select_related = ("updated_by",)
    empty_hint = "No budget yet: any sum can be launched. Add one for a calendar month, and one for any single run."

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only for those who see costs."""
        return may(request.user, "view_costs") and super().has_view_permission(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """As for the list."""
        return self.has_view_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        """What a budget covers stays."""
        return ("scope",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """With the name of who set it."""
        obj.updated_by = request.user
        super().save_model(request, obj, form, change)

    def attach(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """What is spent and committed."""
        found = {standing.budget.pk: standing for standing in standings(Run())}
        for row in rows:
            row.standing = found[row.pk]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """All of them: there are two."""
        return super().get_queryset(request).order_by("scope")

    @column("Covers")
    def scope_shown(self, row: Budget) -> str:
        """In words."""
        return row.get_scope_display()

    @column("Budget")
    def amount_shown(self, row: Budget) -> str:
        """In dollars."""
        return dollars(row.amount_nano)

    @column("Spent this month")
    def spent_shown(self, row: Any) -> str:
        """Of all answers, also of failed ones."""
        return dollars(row.standing.spent) if row.scope == Budget.Scope.MONTH else "–"

    @column("Running runs may still take")
    def committed_shown(self, row: Any) -> str:
        """By their estimates."""
        return dollars(row.standing.committed) if row.scope == Budget.Scope.MONTH else "–"

    @column("Left")
    def left_shown(self, row: Any) -> str:
        """For the next launch."""
        return dollars(row.standing.left)

    @column("Set")
    def changed_shown(self, row: Budget) -> str:
        """When."""
        return ago(row.updated_at)

    @column("By")
    def by_shown(self, row: Budget) -> str:
        """Who set it last."""
        return str(row.updated_by or "–")
