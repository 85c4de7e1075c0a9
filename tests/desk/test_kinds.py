"""Every kind has the desk, because its admin is one of artefacts: nothing else is needed."""

import json

import pytest
from django.contrib import admin
from django.urls import reverse

from generation.admin_base.artefacts import ArtefactAdmin
from generation.models import Revision
from generation.recipes import all_recipes
from tests.tiny.models import Fact, Thing
from tests.tiny.rows import box

ADMINS = [one for one in admin.site._registry.values() if isinstance(one, ArtefactAdmin)]


def address(model_admin, *args):
    name = f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}"
    return reverse(f"{name}_desk" if args else f"{name}_queue", args=args)


@pytest.mark.parametrize("model_admin", ADMINS, ids=lambda one: one.opts.label_lower)
def test_an_empty_desk_of_every_kind(client, roles, model_admin):
    client.force_login(roles["publisher"])
    for query in ("", "?order=source", "?status=any", "?findings=error&candidate=yes&source=changed", "?q=word"):
        answer = client.get(address(model_admin) + query)
        assert answer.status_code == 200, query
        assert "matches nothing any more" in answer.content.decode()
    assert client.get(address(model_admin, 1)).status_code == 410


@pytest.mark.parametrize("model_admin", ADMINS, ids=lambda one: one.opts.label_lower)
def test_every_kind_of_text_belongs_to_a_recipe(model_admin):
    assert model_admin.model in {recipe.artefact_model for recipe in all_recipes()}


@pytest.fixture
def facts(db):
    """Two facts: JSON, of a kind whose admin says nothing of its own."""
    box(2)
    made = []
    for thing in Thing.objects.all():
        text = json.dumps({"statement": f"{thing.name} is.", "words": ["a", "b"]})
        revision = Revision.objects.create(recipe="tiny.fact", item_id=thing.pk, origin="generated", text=text)
        made.append(Fact.objects.create(item=thing, recipe="tiny.fact", current=revision))
    return made


@pytest.mark.urls("tests.desk.fact_site")
def test_a_kind_without_a_page_of_its_own_is_read_mended_and_decided(client, roles, facts, settings):
    settings.UNFOLD = settings.UNFOLD | {"SIDEBAR": {}}
    client.force_login(roles["admin"])
    first, second = facts
    answer = client.get("/admin/tiny/fact/desk/", follow=True)
    assert answer.context["artefact"] == first
    assert "data-markdown" not in answer.content.decode()
    assert (
        client.post(
            f"/admin/tiny/fact/desk/{first.pk}/", {"deed": "save", "base": first.current_id, "text": "{"}
        ).status_code
        == 422
    )
    text = json.dumps({"statement": "Mended.", "words": ["a", "b"]})
    fields = {"deed": "approve", "base": first.current_id, "text": text}
    answer = client.post(f"/admin/tiny/fact/desk/{first.pk}/", fields)
    assert answer["Location"] == f"/admin/tiny/fact/desk/{second.pk}/"
    first.refresh_from_db()
    assert (first.status, first.statement) == ("approved", "Mended.")
