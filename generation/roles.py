"""The groups of the five roles. `setup` makes them; what somebody added to a group or made beside them always stays."""

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import models

from generation.recipes import all_recipes, collection_model, kinds

ENGINE = "generation"
# Codenames on generation.Run that each role has beyond the roles that it contains.
OWN_DEEDS = {
    "Viewer": (),
    "Editor": ("regenerate_single",),
    "Reviewer": ("review_artefact",),
    "Publisher": ("publish_artefact", "override_findings"),
    "Operator": ("import_items", "launch_run", "view_costs"),
}
CONTAINS = {"Editor": "Viewer", "Reviewer": "Editor", "Publisher": "Reviewer", "Operator": "Viewer"}
# What an operator may write of the engine's own tables; all others are written by the engine alone.
OPERATORS_TABLES = {"budget": ("add", "change"), "prompt": ("add", "change"), "recipesettings": ("add", "change")}

Name = tuple[str, str]


def permission_names() -> dict[str, set[Name]]:
    """For each role the (app label, codename) of everything that it may do."""
    names: dict[str, set[Name]] = {}
    for role, deeds in OWN_DEEDS.items():
        inherited = names.get(CONTAINS.get(role, ""), set())
        names[role] = inherited | _rows(role) | {(ENGINE, deed) for deed in deeds}
    return names


def _rows(role: str) -> set[Name]:
    if role == "Viewer":
        seen = [model for label in (ENGINE, *kinds()) for model in apps.get_app_config(label).get_models()]
        return {_name("view", model) for model in seen}
    if role == "Editor":
        return {_name("change", recipe.artefact_model) for recipe in all_recipes()}
    if role == "Operator":
        collections = [collection_model(kind) for kind in kinds()]
        rows = {_name(deed, model) for model in collections for deed in ("add", "change", "delete")}
        rows |= {_name("change", recipe.item_model) for recipe in all_recipes()}
        return rows | {(ENGINE, f"{deed}_{table}") for table, deeds in OPERATORS_TABLES.items() for deed in deeds}
    return set()


def _name(deed: str, model: type[models.Model]) -> Name:
    return model._meta.app_label, f"{deed}_{model._meta.model_name}"


def make_groups() -> dict[str, int]:
    """Make missing groups and give each what it lacks; nothing is ever taken away. Returns what was added to each."""
    known = {
        (permission.content_type.app_label, permission.codename): permission
        for permission in Permission.objects.select_related("content_type")
    }
    added = {}
    for role, names in permission_names().items():
        group, _ = Group.objects.get_or_create(name=role)
        standing = set(group.permissions.values_list("pk", flat=True))
        missing = [known[name] for name in sorted(names) if name in known and known[name].pk not in standing]
        group.permissions.add(*missing)
        added[role] = len(missing)
    return added
