"""What an operator sets for one component in the admin, and where it shows: launches, requests, pages."""

import pytest
import yaml
from django.urls import reverse

from generation.exports import export_named
from generation.instructions import instruction
from generation.models import RecipeSettings
from generation.recipe_choice import chosen_recipes
from materials.models import Component, Material
from tests.materials.rows import catalogue, component

ORDER = [
    "frontmatter", "metatags", "propertiestable", "badgesymbol", "author", "text", "table", "tags", "bullets",
    "caption", "jsonld",
]  # fmt: skip
# As an operator types it -> as it is then in force.
TYPED = {
    "order": "40", "provider": "other", "model": "gpt-4o-mini", "max_output_tokens": "900", "temperature": "0.25",
    "read_timeout": "7.5", "requests_per_minute": "12", "concurrency": "1", "attempts": "5", "retry_window": "60",
}  # fmt: skip
IN_FORCE = {
    "order": 40, "provider": "other", "model": "gpt-4o-mini", "read_timeout": 7.5, "requests_per_minute": 12,
    "concurrency": 1, "attempts": 5, "retry_window": 60,
}  # fmt: skip


@pytest.fixture
def operator(client, roles, settings):
    settings.PROVIDERS = settings.PROVIDERS | {"other": {"base_url": "http://x/v1", "api_key": "k", "batch": True}}
    client.force_login(roles["operator"])
    client.get(reverse("admin:generation_recipesettings_changelist"))
    return client


def press(client, name, **fields):
    row = RecipeSettings.objects.get(recipe=f"materials.{name}")
    address = reverse("admin:generation_recipesettings_change", args=[row.pk])
    return client.post(address, {"options": "{}"} | fields)


@pytest.mark.parametrize("name", ["frontmatter", "table", "jsonld"])
def test_every_setting_of_a_component_is_entered_in_the_admin(operator, name):
    assert press(operator, name, enabled="on", **TYPED).status_code == 302
    found = instruction(f"materials.{name}")
    assert {field: getattr(found, field) for field in IN_FORCE} == IN_FORCE and found.enabled
    assert (found.parameters.max_output_tokens, found.parameters.temperature) == (900, 0.25)
    others = [instruction(f"materials.{other}") for other in ORDER if other != name]
    assert {(one.provider, one.read_timeout, one.attempts, one.retry_window) for one in others} == {
        ("default", 30, 3, 300)
    }
    assert {(one.requests_per_minute, one.concurrency, one.parameters.max_output_tokens) for one in others} == {
        (30, 3, 600)
    }


def test_the_page_has_a_field_for_each(operator):
    row = RecipeSettings.objects.get(recipe="materials.caption")
    page = operator.get(reverse("admin:generation_recipesettings_change", args=[row.pk])).content.decode()
    assert [name for name in ("enabled", *TYPED) if f'name="{name}"' not in page] == []


@pytest.mark.parametrize("role", ["viewer", "editor", "reviewer", "publisher"])
def test_only_operators_set_them(client, roles, operator, role):
    client.force_login(roles[role])
    assert press(client, "tags", **TYPED).status_code == 403
    assert instruction("materials.tags").attempts == 3


def test_what_is_switched_on_and_off_is_what_a_launch_takes(operator):
    press(operator, "text")
    press(operator, "caption", enabled="on")
    chosen = [recipe.key.partition(".")[2] for recipe in chosen_recipes(["materials"])]
    assert chosen == ["frontmatter", "metatags", "table", "tags", "caption"]
    everything = chosen_recipes(["materials"], also_disabled=True)
    assert [recipe.key.partition(".")[2] for recipe in everything] == ORDER


def test_a_launch_takes_them_in_the_order_that_was_set(operator):
    press(operator, "tags", enabled="on", order="1")
    press(operator, "metatags", enabled="on", order="40")
    chosen = [recipe.key.partition(".")[2] for recipe in chosen_recipes(["materials"])]
    assert chosen == ["frontmatter", "tags", "text", "table", "metatags"]


def test_the_page_and_the_desk_follow_the_order_that_was_set(operator):
    oak = catalogue("Oak").items.get()
    parts = {name: component(oak, name, f"The {name}.") for name in ("text", "table", "caption", "frontmatter")}
    Component.objects.filter(pk=parts["frontmatter"].pk).update(title="frontmatter")
    parts["frontmatter"].current.text = "title: Oak"
    parts["frontmatter"].current.save()
    for order, name in ((20, "text"), (2, "caption")):
        press(operator, name, enabled="on", order=str(order))
    (file,) = export_named("materials", "pages")().files(Component.objects.publishable())
    assert file.content.decode().partition("---\n\n")[2] == "The caption.\n\nThe table.\n\nThe text.\n"
    assert yaml.safe_load(file.content.decode().split("---\n")[1]) == {"title": "Oak"}
    shown = operator.get(reverse("admin:materials_material_page_preview", args=[oak.pk])).content.decode()
    assert shown.index("The caption.") < shown.index("The table.") < shown.index("The text.")
    desk = operator.get(reverse("admin:materials_component_desk", args=[parts["table"].pk])).context["neighbours"]
    assert desk == (["frontmatter", "caption"], ["text"])


@pytest.mark.parametrize("name", ["frontmatter", "metatags", "text", "tags", "bullets", "caption", "jsonld"])
def test_the_limits_stand_in_every_request_to_a_model(db, name):
    catalogue("Oak")
    items = list(Material.objects.select_related("collection"))
    (body,) = instruction(f"materials.{name}", model="gpt-4o-mini").bodies(items, [{}])
    assert (body["max_tokens"], body["temperature"]) == (600, 0.6)
