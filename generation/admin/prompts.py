"""Prompts with their versions."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from generation.admin.ledger import RecipeFilter
from generation.admin.prompt_forms import PromptForm
from generation.admin_base.access import may, visible_rows
from generation.admin_base.base import SiteAdmin, column
from generation.admin_base.filters import Dropdown
from generation.desk.differences import line_difference
from generation.desk.moments import ago
from generation.instructions import ensure_prompt
from generation.models import Prompt, PromptActivation, PromptTrial
from generation.recipes import all_recipes, recipe_class
from generation.review import actor_label

ACTIVATIONS_SHOWN = TRIALS_SHOWN = 20


class ActiveFilter(Dropdown):
    """In force or not."""

    title = "in force"
    parameter_name = "active"
    options = (("yes", "in force"), ("no", "earlier or tried"))

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Active ones or the others."""
        return rows.filter(active=value == "yes")


@admin.register(Prompt)
class PromptAdmin(SiteAdmin):
    """A version is never changed: saving makes the next one."""

    icon = "edit_note"
    menu_order = 5
    form = PromptForm
    list_display = ("__str__", "active_shown", "note", "created_by", "created_shown")
    list_filter = (RecipeFilter, ActiveFilter)
    list_select_related = ("created_by",)
    search_fields = ("note", "user", "system")
    fields = ("recipe", "collection", "system", "user", "note", "activate")
    change_form_outer_before_template = "generation/prompt_variables.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without those of hidden collections."""
        return visible_rows(super().get_queryset(request), request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: requests name their version."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The apps' own prompts are versions from the first look on."""
        known = set(Prompt.objects.filter(collection="").values_list("recipe", flat=True))
        for recipe in all_recipes():
            if recipe.prompt_file and recipe.key not in known:
                ensure_prompt(recipe)
        return super().changelist_view(request, extra_context)

    @column("State", label={"in force": "success", "not in force": "info"})
    def active_shown(self, prompt: Prompt) -> str:
        """In words on a colour."""
        return "in force" if prompt.active else "not in force"

    @column("Saved", ordering="created_at")
    def created_shown(self, prompt: Prompt) -> str:
        """When."""
        return ago(prompt.created_at)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The editor, with the list of variables beside it."""
        with_prompt = [recipe for recipe in all_recipes() if recipe.prompt_file]
        more: dict[str, Any] = {"variable_lists": [(recipe, recipe.variables) for recipe in with_prompt]}
        more |= {"title": "New version", "show_save_and_continue": False, "show_save_and_add_another": False}
        return super().add_view(request, form_url, {**more, **(extra_context or {})})

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form of this person."""
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"person": request.user})

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The version that `?from=` names."""
        number = request.GET.get("from", "")
        before = self.get_queryset(request).filter(pk=number).first() if number.isdecimal() else None
        names = ("recipe", "collection", "system", "user")
        return {name: getattr(before, name) for name in names} if before else {}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """As the next version, in force at once if asked."""
        obj.created_by = request.user
        obj.add(activate=form.cleaned_data["activate"], actor=actor_label(request.user))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A version to read, with what it changed; a POST puts it in force."""
        prompt = self.get_object(request, object_id)
        if not self.has_view_permission(request, prompt):
            raise PermissionDenied
        if prompt is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST":
            return self._activate(request, prompt)
        versions = Prompt.objects.versions_of(prompt.recipe, prompt.collection)
        against = request.GET.get("against", "")
        other = versions.filter(pk=against).first() if against.isdecimal() else None
        before = other or versions.filter(version__lt=prompt.version).first()
        known = prompt.recipe in {recipe.key for recipe in all_recipes()}
        context = {
            "original": prompt,
            "prompt": prompt,
            "before": before,
            "differences": [
                (name, line_difference(getattr(before, name), getattr(prompt, name))) for name in ("system", "user")
            ]
            if before
            else [],
            "versions": versions.defer("system", "user").select_related("created_by"),
            "activations": _activations(prompt),
            "may_try": known and may(request.user, "launch_run"),
            "trials": _trials(request.user, prompt),
            "variables": recipe_class(prompt.recipe).variables if known else {},
            "may_change": self.has_change_permission(request, prompt),
            "may_add": self.has_add_permission(request),
            "add_url": reverse("admin:generation_prompt_add"),
        }
        return self.page(request, "generation/prompt.html", str(prompt), **context)

    def _activate(self, request: HttpRequest, prompt: Prompt) -> HttpResponse:
        if not self.has_change_permission(request, prompt):
            raise PermissionDenied
        if request.POST.get("deed") != "activate":
            raise BadRequest("A version can only be put in force; a change of it is a new version.")
        if prompt.activate(request.user, actor_label(request.user)):
            messages.success(request, f"{prompt} is in force for every new run.")
        else:
            messages.info(request, f"{prompt} is in force already.")
        return redirect("admin:generation_prompt_change", prompt.pk)


def _activations(prompt: Prompt) -> QuerySet[PromptActivation]:
    """Who put which version of this prompt in force and when, newest first."""
    rows = PromptActivation.objects.filter(prompt__recipe=prompt.recipe, prompt__collection=prompt.collection)
    return rows.select_related("prompt", "instead_of")[:ACTIVATIONS_SHOWN]


def _trials(user: Any, prompt: Prompt) -> list[PromptTrial]:
    """The newest trials that this version was part of, of collections that the user sees."""
    if not (may(user, "launch_run") or may(user, "review_artefact")):
        return []
    rows = visible_rows(PromptTrial.objects.filter(Q(left=prompt) | Q(right=prompt)), user)
    return list(rows.select_related("left", "right")[:TRIALS_SHOWN])
