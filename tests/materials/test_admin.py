"""The admin of materials: lists, previews, assembled pages, the run's report; for each role, by address and by POST."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generation.models import Request, Revision, Run
from materials.models import Catalogue, Component, Material
from tests.materials.rows import catalogue, component

LISTS = ("catalogue", "material", "component")
ROLES = ("viewer", "editor", "reviewer", "publisher", "operator")
FILE = b"materials:\n  wood:\n    items: [Oak, Ash]\n  metal:\n    items:\n      - {name: Tin, formula: Sn}\n"


@pytest.fixture
def operator(client, roles):
    client.force_login(roles["operator"])
    return client


@pytest.fixture
def viewer(client, roles):
    client.force_login(roles["viewer"])
    return client


@pytest.fixture
def oak(db):
    """Oak (wood) beside tin (metal)."""
    return catalogue("Oak", "Tin").items.get(key="oak")


def address(name, *args):
    return reverse(f"admin:materials_{name}", args=args)


def framed(client, row, name="component_preview", query=""):
    return client.get(address(name, row.pk) + query).content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_every_role_reads_all_pages(client, roles, oak, role):
    part = component(oak, "frontmatter")
    client.force_login(roles[role])
    pages = [address(f"{name}_changelist") for name in LISTS]
    pages += [address("catalogue_change", oak.collection_id), address("material_change", oak.pk)]
    pages += [address("material_page", oak.pk), address("material_page_preview", oak.pk)]
    pages += [address(f"component_{name}", part.pk) for name in ("change", "desk", "preview")]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_a_stranger_and_a_person_without_rights_see_no_page(client, django_user_model, oak):
    pages = [address("material_page", oak.pk), address("material_page_preview", oak.pk)]
    assert [client.get(page).status_code for page in pages] == [302, 302]
    client.force_login(django_user_model.objects.create(username="nobody", is_staff=True))
    assert [client.get(page).status_code for page in pages] == [404, 404]
    assert client.get(address("component_changelist")).status_code == 403


@pytest.mark.parametrize("role", [role for role in ROLES if role != "operator"])
def test_only_operators_import_change_and_generate(client, roles, oak, role):
    client.force_login(roles[role])
    upload = {"step": "preview", "format": "auto", "file": SimpleUploadedFile("a.yaml", FILE)}
    generate = {"action": "generate", "_selected_action": [oak.pk], "index": 0}
    assert client.get(address("catalogue_import")).status_code == 403
    assert client.post(address("catalogue_import"), upload).status_code == 403
    assert client.post(address("catalogue_change", oak.collection_id), {"name": "Other"}).status_code == 403
    assert client.post(address("material_changelist"), generate).status_code == 403


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", "needs_review"), ("editor", "needs_review"), ("reviewer", "approved")]
)
def test_only_reviewers_approve(client, roles, oak, role, status):
    part = component(oak, "text", "Oak is hard.", status="needs_review", approved=None)
    client.force_login(roles[role])
    post = {"deed": "approve", "base": part.current_id, "text": "Oak is hard."}
    answer = client.post(address("component_desk", part.pk), post)
    part.refresh_from_db()
    assert (part.status, answer.status_code == 403) == (status, status == "needs_review")


def test_a_component_that_an_editor_breaks_is_refused(client, roles, oak):
    part = component(oak, "tags", "- oak", status="needs_review", approved=None)
    client.force_login(roles["editor"])
    answer = client.post(address("component_desk", part.pk), {"deed": "save", "base": part.current_id, "text": "a, b"})
    part.refresh_from_db()
    assert answer.status_code == 422 and part.current.text == "- oak"
    assert "exactly 8 different ones" in answer.content.decode()


def test_materials_are_changed_by_nobody(client, roles, oak):
    client.force_login(roles["admin"])
    assert client.post(address("material_change", oak.pk), {"name": "Elm"}).status_code == 403
    assert client.post(address("material_delete", oak.pk), {"post": "yes"}).status_code == 403


def test_a_file_is_imported_and_offered_for_generation(operator):
    upload = {"step": "preview", "format": "auto", "slug": "shop", "file": SimpleUploadedFile("a.yaml", FILE)}
    preview = operator.post(address("catalogue_import"), upload)
    assert preview.context["counts"]["new"] == 3 and "oak Oak" in preview.content.decode()
    end = operator.post(
        address("catalogue_import"), {"step": "confirm", "token": preview.context["token"]}, follow=True
    )
    assert end.redirect_chain[-1][0] == f"{address('material_changelist')}?collection=shop"
    chosen = {"action": "generate", "_selected_action": list(Material.objects.values_list("pk", flat=True)), "index": 0}
    launch = operator.post(address("material_changelist"), chosen)
    assert launch.context["form"].usual()["recipes"] == [
        f"materials.{name}" for name in ("frontmatter", "metatags", "text", "table", "tags")
    ]


def test_an_operator_sets_the_catalogue_s_own_columns(operator, oak):
    fields = {"name": "Cat", "subject": "laser cleaning", "suffix": "laser", "site_url": "pages.example"}
    fields["authors"] = '[{"id": "7", "name": "Ada"}]'
    operator.post(address("catalogue_change", oak.collection_id), fields)
    home = Catalogue.objects.get()
    assert (home.subject, home.suffix, home.authors) == ("laser cleaning", "laser", [{"id": "7", "name": "Ada"}])
    assert home.site_url == "https://pages.example"


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        ("frontmatter", "title: <b>Oak</b>", '<code class="language-yaml">title: &lt;b&gt;Oak&lt;/b&gt;</code>'),
        ("tags", "- a\n- b", '<code class="language-yaml">- a\n- b</code>'),
        ("jsonld", '{"a": 1}', '<code class="language-json">{&quot;a&quot;: 1}</code>'),
        ("text", "## Use\n\n<script>x</script>", "<h2>Use</h2>"),
        ("table", "| A |\n| --- |\n| 1 |", "<td>1</td>"),
    ],
)
def test_data_is_shown_as_code_and_prose_as_a_page(viewer, oak, kind, text, shown):
    page = framed(viewer, component(oak, kind, text))
    assert shown in page and "<script" not in page


def test_only_prose_is_edited_as_markdown(viewer, oak):
    kinds = {kind: component(oak, kind, "x") for kind in ("text", "table", "frontmatter", "tags", "jsonld")}
    pages = {kind: viewer.get(address("component_desk", part.pk)).context for kind, part in kinds.items()}
    assert [kind for kind, context in pages.items() if context["markdown_editor"]] == ["text", "table"]


def test_an_unsaved_text_is_shown_in_the_same_way(viewer, oak):
    where = address("component_preview", component(oak, "tags", "- a").pk)
    assert '<code class="language-yaml">- typed</code>' in viewer.post(where, {"text": "- typed"}).content.decode()


def test_the_page_is_assembled_in_its_order(viewer, oak):
    component(oak, "caption", "The caption.")
    component(oak, "text", "## Use\n\nThe text.")
    component(oak, "tags", "- hard-wood")
    component(oak, "frontmatter", "title: Oak")
    page = framed(viewer, oak, "material_page_preview")
    assert '<code class="language-yaml">title: Oak\ntags:\n- hard-wood\n</code>' in page
    assert page.index("hard-wood") < page.index("<h2>Use</h2>") < page.index("The caption.")
    assert 'class="notice"' not in page


def test_present_and_approved_texts_are_told_apart(viewer, oak):
    component(oak, "frontmatter", "title: Oak")
    part = component(oak, "text", "The approved text.")
    newer = Revision.objects.create(recipe=part.recipe, item_id=oak.pk, origin="edited", text="The newer text.")
    Component.objects.filter(pk=part.pk).update(current=newer, status="needs_review")
    now, approved = (framed(viewer, oak, "material_page_preview", f"?texts={one}") for one in ("current", "approved"))
    assert ("The newer text." in now, "The approved text." in now) == (True, False)
    assert ("The newer text." in approved, "The approved text." in approved) == (False, True)
    assert "an earlier text is approved" in viewer.get(address("material_page", oak.pk)).content.decode()


def test_without_frontmatter_or_anything_the_page_says_so(viewer, oak):
    assert "There is nothing to show yet" in framed(viewer, oak, "material_page_preview")
    component(oak, "tags", "- a")
    page = framed(viewer, oak, "material_page_preview")
    assert "There is no frontmatter among these texts" in page and "- a" in page


def test_a_preview_can_neither_run_nor_load_anything(viewer, oak):
    component(oak, "frontmatter")
    policy = viewer.get(address("material_page_preview", oak.pk))["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy


def test_the_desk_shows_the_material_and_the_parts_around(viewer, oak):
    Material.objects.filter(pk=oak.pk).update(author_id="9", formula="C6", data={"surface": {"finish": ["oil"]}})
    for kind in ("tags", "frontmatter", "text"):
        component(oak, kind)
    context = viewer.get(address("component_desk", Component.objects.get(recipe="materials.text").pk)).context
    facts = dict(context["facts"])
    assert facts.pop("Page") == f'<a class="bs-link" href="{address("material_page", oak.pk)}">the whole page</a>'
    assert facts == {
        "Catalogue": "Cat", "Material": "Oak", "Category": "wood", "Formula": "C6",
        "Author": "9, not in the catalogue", "Parameters": "surface:\n  finish:\n  - oil\n",
    }  # fmt: skip
    assert context["neighbours"] == (["frontmatter"], ["tags"])


@pytest.mark.parametrize(
    ("name", "query", "found"),
    [
        ("material", "?category=wood", ["oak"]),
        ("material", "?category=none", ["gel"]),
        ("material", "?made=no", ["gel"]),
        ("material", "?q=Sn", ["tin"]),
        ("component", "?component=tags", ["oak", "tin"]),
        ("component", "?component=text", ["oak"]),
        ("component", "?component=nothing", []),
        ("component", "?category=metal", ["tin"]),
        ("component", "?q=oak&component=tags", ["oak"]),
    ],
)
def test_lists_are_filtered_and_searched(viewer, name, query, found):
    home = catalogue("Oak", "Tin", "Gel")
    Material.objects.filter(key="tin").update(formula="Sn")
    Material.objects.filter(key="gel").update(category="")
    for key, kinds in (("oak", ("tags", "text")), ("tin", ("tags",))):
        for kind in kinds:
            component(home.items.get(key=key), kind)
    listed = viewer.get(address(f"{name}_changelist") + query).context["cl"].result_list
    assert [getattr(row, "key", None) or row.item.key for row in listed] == found


@pytest.mark.parametrize("name", LISTS)
def test_the_number_of_queries_does_not_grow_with_the_rows(viewer, name):
    counts = []
    for number in range(3):
        for item in catalogue("Oak", "Tin", "Ash", slug=f"cat-{number}").items.all():
            component(item, "tags")
            component(item, "text")
        with CaptureQueriesContext(connection) as captured:
            viewer.get(address(f"{name}_changelist"))
        counts.append(len(captured))
    assert counts[0] == counts[2] < 25


def test_the_run_s_page_reports_by_category_and_component(viewer, oak):
    recipes = ["materials.tags", "materials.frontmatter"]
    run = Run.objects.create(mode="direct", status="running", total=4, recipes=recipes)
    tin = Material.objects.get(key="tin")
    rows = [(oak, "frontmatter", "succeeded"), (oak, "tags", "succeeded")]
    rows += [(tin, "frontmatter", "failed"), (tin, "tags", "blocked")]
    for number, (item, kind, status) in enumerate(rows):
        Request.objects.create(
            run=run, recipe=f"materials.{kind}", item_id=item.pk, label=item.name, collection="cat", status=status,
            custom_id=f"c{number}", category=item.category,
        )  # fmt: skip
    report = viewer.get(reverse("admin:generation_run_change", args=[run.pk])).context["report"]
    by_recipe = [(title, line.made, line.failed) for title, line in report["recipes"]]
    assert by_recipe == [("Frontmatter", 1, 1), ("Tags", 1, 1)]
    groups = [(group.category, group.made, group.failed) for group, _ in report["categories"]]
    assert groups == [("metal", 0, 2), ("wood", 2, 0)]
    assert [title for title, _ in report["categories"][0][1]] == ["Frontmatter", "Tags"]


def test_a_restricted_catalogue_is_seen_by_its_groups_only(client, roles, oak):
    component(oak, "frontmatter")
    oak.collection.groups.add(roles["viewer"].groups.get())
    client.force_login(roles["operator"])
    assert [client.get(address(f"{name}_changelist")).context["cl"].result_count for name in LISTS] == [0, 0, 0]
    assert client.get(address("material_page", oak.pk)).status_code == 404
    assert client.get(address("material_page_preview", oak.pk)).status_code == 404
    assert "wood" not in client.get(address("material_changelist")).content.decode()
    client.force_login(roles["viewer"])
    assert client.get(address("material_page", oak.pk)).status_code == 200


def test_the_sidebar_and_the_list_lead_to_everything(viewer, oak):
    component(oak, "frontmatter")
    page = viewer.get(address("material_changelist")).content.decode()
    wanted = [address(f"{name}_changelist") for name in LISTS] + [address("material_page", oak.pk)]
    assert [where for where in wanted if f'href="{where}"' not in page] == []
