"""The settings of recipes: what an operator sets, checked against what the model takes, and what is sent in the end."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from generation.admin.prompt_forms import RecipeSettingsForm
from generation.admin_base.access import may, visible_rows
from generation.admin_base.base import SiteAdmin, column
from generation.costs import rates
from generation.desk.moments import ago
from generation.estimate_errors import RUNS, accuracy
from generation.instructions import Instruction, instruction
from generation.model_limits import left_out, schema_problems, unusual_service, what_is_sent
from generation.models import EstimateError, RecipeSettings
from generation.parameters import strict_schema
from generation.recipes import all_recipes, recipe_class


def warnings_of(inforce: Instruction) -> list[str]:
    """What an operator should know of settings that are possible."""
    provider, model = inforce.provider, inforce.model
    found = [unusual_service(provider, inforce.endpoint)]
    if provider not in settings.PROVIDERS:
        found.append(f"No provider '{provider}' is configured: a launch is refused.")
    if rates(model, provider, "direct") is None:
        found.append(f"Nobody knows the price of {model}: its cost is shown as unknown. Enter it in MODEL_PRICES.")
    if not settings.PROVIDERS.get(provider, {}).get("batch", True):
        found.append(f"'{provider}' has no Batch API: its requests go in direct mode, at full price.")
    schema = inforce.recipe.schema
    problems = schema_problems(strict_schema(schema)) if schema else []
    found += [f"Structured outputs would refuse the recipe's schema: {problem}." for problem in problems]
    return [sentence for sentence in found if sentence]


@admin.register(RecipeSettings)
class RecipeSettingsAdmin(SiteAdmin):
    """One row for each recipe; what is empty stays as the recipe says."""

    icon = "tune"
    menu_order = 6
    form = RecipeSettingsForm
    list_display = ("recipe", "enabled", "order_shown", "model_shown", "provider_shown", "updated_shown")
    list_filter_submit = False
    readonly_fields = ("recipe",)
    change_form_outer_before_template = "generation/recipe_sent.html"
    fieldsets = (
        (None, {"fields": ("recipe", "enabled", "order")}),
        ("Service", {"fields": ("provider", "model", "endpoint")}),
        ("Parameters", {"fields": ("max_output_tokens", "temperature", "reasoning_effort", "verbosity")}),
        ("Sending", {"fields": ("attempts", "retry_window", "read_timeout", "requests_per_minute", "concurrency")}),
        ("The recipe's own", {"fields": ("options",)}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come of themselves."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Empty the fields instead."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Makes the rows of recipes that are new."""
        known = set(RecipeSettings.objects.values_list("recipe", flat=True))
        for recipe in all_recipes():
            if recipe.key not in known:
                RecipeSettings.objects.get_or_create(recipe=recipe.key, defaults={"enabled": recipe.enabled})
        return super().changelist_view(request, extra_context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form, with what is sent as the settings stand."""
        row = self.get_object(request, object_id)
        more: dict[str, Any] = {}
        if row is not None and not recipe_class(row.recipe).local:
            inforce = instruction(row.recipe)
            asked = (inforce.endpoint, inforce.model, inforce.parameters)
            more = {
                "sent": what_is_sent(*asked), "left_out": left_out(*asked).items(), "warnings": warnings_of(inforce),
                "estimate_errors": visible_rows(EstimateError.objects.newest_of(row.recipe), request.user)[:RUNS],
                "accuracy": accuracy(row.recipe), "sees_costs": may(request.user, "view_costs"),
                "inforce": inforce, "has_schema": inforce.recipe.schema is not None, "way": inforce.way("batch"),
            }  # fmt: skip
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Of recipes that are installed."""
        return super().get_queryset(request).filter(recipe__in=[recipe.key for recipe in all_recipes()])

    def attach(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """What is in force."""
        for row in rows:
            row.inforce = instruction(row.recipe)

    @column("Order")
    def order_shown(self, row: Any) -> int:
        """As in force."""
        return int(row.inforce.order)

    @column("Model")
    def model_shown(self, row: Any) -> str:
        """As in force."""
        return str(row.inforce.model) + ("" if row.model else " (default)")

    @column("Provider")
    def provider_shown(self, row: Any) -> str:
        """As in force."""
        return str(row.inforce.provider)

    @column("Changed", ordering="updated_at")
    def updated_shown(self, row: Any) -> str:
        """When."""
        return ago(row.updated_at)

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """With who did it."""
        obj.updated_by = request.user
        super().save_model(request, obj, form, change)
