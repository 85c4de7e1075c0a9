"""The forms of stories, consultations and materials: choices from their own lists, rows of fields, what is kept."""

import json

import pytest
import yaml
from django.urls import reverse

from consultations.models import ThemeList
from tests.browser.signed_in import desk_browser, signed_in  # noqa: F401 (fixtures)
from tests.browser.test_desk_accessibility import SMALL, violations
from tests.consultations import rows as responses
from tests.materials.rows import FRONTMATTER, catalogue, component
from tests.stories.rows import feed, found, output, topic

# ruff: noqa: F811 (the fixture is named as it is imported)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(db):
    return feed(2).items.order_by("position").first()


@pytest.fixture
def opened(signed_in, live_server, roles):
    """`opened(row)`: its desk, with the form in view."""

    def page_of(row, **options):
        page = signed_in(roles["reviewer"], **options)
        page.goto(reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_desk", args=[row.pk]))
        page.wait_for_selector(".form-editor", state="attached")
        return page

    return page_of


def saved(page, row):
    page.keyboard.press("ControlOrMeta+s")
    page.wait_for_function("document.getElementById('desk-said').textContent.includes('Saved')")
    row = type(row).objects.select_related("current").get(pk=row.pk)
    return json.loads(row.current.text)


def in_row(page, name, field):
    return page.get_by_role("group", name=name, exact=True).get_by_label(field, exact=True)


def test_topics_are_chosen_from_the_feeds_list(opened, story):
    row = output(story, topic("Injury"), recipe="stories.topics")
    page = opened(row)
    page.get_by_role("button", name="Add topic").click()
    in_row(page, "Topic 2", "Topic").select_option("Transfer")
    in_row(page, "Topic 2", "Confidence").fill("0.5")
    in_row(page, "Topic 2", "Rank").fill("second")
    page.keyboard.press("ControlOrMeta+s")
    page.wait_for_selector(".form-wrong")
    assert "topics.1.rank" in page.inner_text("#desk-alert")
    assert in_row(page, "Topic 2", "Rank").evaluate("one => one === document.activeElement")
    in_row(page, "Topic 2", "Rank").fill("2")
    assert [one["topic"] for one in saved(page, row)["topics"]] == ["Injury", "Transfer"]


def test_an_entity_with_fields_of_its_own(opened, story):
    row = output(story, found("Mira Castellane", position="keeper"))
    page = opened(row)
    in_row(page, "Entity 1", "Position").fill("forward")
    page.get_by_role("button", name="Add entity").click()
    in_row(page, "Entity 2", "As the text names it").fill('<b onclick="x">"Quarry" \\ Vale</b>')
    in_row(page, "Entity 2", "Type").select_option("team")
    in_row(page, "Entity 2", "Confidence").fill("1")
    in_row(page, "Entity 2", "Rank").fill("2")
    one, two = saved(page, row)["entities"]
    assert (one["position"], one["mention_text"]) == ("forward", "Mira Castellane")
    # A field that the text did not have and nobody filled in stays out of it.
    assert "team_abbr" not in one
    assert (two["type"], two["mention_text"], two["confidence"]) == ("team", '<b onclick="x">"Quarry" \\ Vale</b>', 1)


def test_a_themes_own_number_moves_with_it(opened, db):
    collection = responses.consultation(2)
    row = responses.theme_list(collection, "Fares", "Routes")
    page = opened(row)
    page.get_by_role("button", name="Move down, Theme 1").click()
    in_row(page, "Theme 1", "Name").fill("All routes")
    before = json.loads(ThemeList.objects.get(pk=row.pk).current.text)["themes"]
    after = saved(page, row)["themes"]
    assert [one["topic"] for one in after] == ["All routes", "Fares"]
    assert [one["topic_id"] for one in after] == [before[1]["topic_id"], before[0]["topic_id"]]


def test_labels_are_chosen_from_the_themes(opened, db):
    collection = responses.consultation(1, texts=("Too dear.",))
    responses.theme_list(collection, "Fares", "Routes")
    (row,) = responses.label(collection, ("Fares",))
    page = opened(row)
    page.get_by_role("button", name="Add label").click()
    choice = page.get_by_role("combobox", name="Label 2")
    assert choice.locator("option").all_inner_texts() == ["Choose …", "Fares", "Routes"]
    page.keyboard.press("ControlOrMeta+s")
    page.wait_for_selector(".form-wrong")
    assert "'' is no theme of the list" in page.inner_text("#desk-alert")
    choice.select_option("Routes")
    assert saved(page, row) == {"labels": ["Fares", "Routes"]}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_in_rows_of_several_fields(opened, story, width, theme):
    row = output(story, found("Mira Castellane", position="keeper"), found("Quarry Vale", "team", 2))
    page = opened(row, viewport={"width": width, "height": 2400}, color_scheme=theme, bypass_csp=True)
    page.evaluate("theme => document.documentElement.classList.toggle('dark', theme === 'dark')", theme)
    if width == 390:
        page.get_by_role("button", name="Editor", exact=True).click()
    page.get_by_text("What the fields mean").click()
    page.evaluate("window.deskEditor.refuse('entities.1.confidence', 'It is not so.')")
    assert violations(page) + page.evaluate(SMALL) == []
    assert page.evaluate("document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth")


def test_a_materials_tables_are_edited_as_rows_and_kept_as_yaml(opened, db):
    row = component(catalogue("Oak").items.get(), "frontmatter", status="needs_review", approved=None)
    page = opened(row)
    page.get_by_role("button", name="Add property").click()
    in_row(page, "Property 3", "Name").fill("age")
    in_row(page, "Property 3", "Value").fill("200: or more")
    page.get_by_role("button", name="Remove, Keyword 1").click()
    page.keyboard.press("ControlOrMeta+s")
    page.wait_for_function("document.getElementById('desk-said').textContent.includes('Saved')")
    page.get_by_role("button", name="Text", exact=True).click()
    kept = yaml.safe_load(page.input_value("#text"))
    assert kept["properties"][2] == {"name": "age", "value": "200: or more", "unit": ""}
    assert kept | {"properties": kept["properties"][:2]} == FRONTMATTER | {"keywords": ["hardwood"]}
