"""A consultation in a real browser: its charts, a second mapping, a person's mapping; axe, light and dark."""

import json

import pytest
from django.urls import reverse

from consultations.models import Labelling, Response, SecondMapping, ThemeList
from consultations.recipes import LabelsRecipe
from consultations.stored import vary_stored
from tests.browser.signed_in import desk_browser, signed_in  # noqa: F401 (fixtures)
from tests.browser.test_desk_accessibility import SMALL, violations
from tests.consultations.rows import TOPICS, approve, consultation, label, respond, theme_list

# ruff: noqa: F811 (the fixture is named as it is imported)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = ("cost", "safety", "fairness", "noise", "walking", "shifts", "parking", "light")


@pytest.fixture
def scene(db):
    """Eight responses, two of them alike, with labels."""
    made = consultation(8)
    respond(made, *(f"I care about {word} and say so at some length here." for word in (*WORDS[:7], WORDS[0])))
    theme_list(made)
    labelled = label(made, *[(TOPICS[number % 4], TOPICS[(number + 1) % 4]) for number in range(8)])
    LabelsRecipe().project([one.current for one in labelled])
    return made


def address(name, made, *more):
    return reverse(f"admin:consultations_consultation_{name}", args=[made.pk, *more])


def test_labels_are_varied_compared_and_shown_in_three_charts(signed_in, live_server, roles, scene):
    page = signed_in(roles["operator"])
    page.goto(address("page", scene))
    assert page.get_by_role("img").count() == 0
    page.get_by_label("Vary each label with probability").fill("0.6")
    page.get_by_role("button", name="Make second mapping").click()
    page.wait_for_url("**#comparison")
    names = ("by similarity", "by theme in both mappings", "beyond chance")
    for words in names:
        picture = page.get_by_role("img", name=words)
        picture.wait_for()
        assert picture.evaluate("one => one.complete && one.naturalWidth") == 720
    made = SecondMapping.objects.get()
    assert (made.variation, made.made_by) == (0.6, "operator")
    figure = page.get_by_role("row", name="response_agreement.count").get_by_role("cell")
    assert figure.inner_text() == str(sum(set(row.labels) == set(first_labels(row)) for row in made.rows.all()))


def first_labels(row):
    return Labelling.objects.get(item=row.slot_id).labels


def test_two_mappings_are_chosen_between(signed_in, live_server, roles, scene):
    vary_stored(scene, 0.9, "1", "wild")
    vary_stored(scene, 0.0, "1", "the same")
    page = signed_in(roles["viewer"])
    page.goto(address("page", scene))
    for name, percentage in (("wild", False), ("the same", True)):
        page.get_by_label("The labels beside").select_option(label=name)
        page.get_by_role("button", name="Compare").click()
        page.wait_for_url("**second=*")
        page.locator("#comparison ~ p strong", has_text=name).wait_for()
        row = page.get_by_role("row", name="response_agreement.percentage")
        assert (row.get_by_role("cell").inner_text() == "100.0000") is percentage


def test_a_person_s_mapping_comes_in_by_a_preview(signed_in, live_server, roles, scene):
    page = signed_in(roles["operator"])
    page.goto(address("page", scene))
    page.get_by_role("link", name="Import a person's").click()
    page.wait_for_url("**/mapping/")
    rows = [{"response_id": f"s0000{number}", "labels": ["Cost"]} for number in range(1, 9)]
    content = "\n".join(json.dumps(row) for row in rows).encode()
    page.locator("input[type=file]").set_input_files(
        {"name": "anna.jsonl", "mimeType": "application/json", "buffer": content}
    )
    page.get_by_role("button", name="Preview").click()
    page.get_by_text("8 responses").wait_for()
    assert not SecondMapping.objects.exists()
    page.get_by_role("button", name="Import", exact=True).click()
    page.wait_for_url("**#comparison")
    page.get_by_role("img", name="by similarity").wait_for()
    assert SecondMapping.objects.get().file_name == "anna.jsonl"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(signed_in, live_server, provider, roles, scene, theme, width):
    vary_stored(scene, 0.6, "1", "wild")
    vary_stored(scene, 0.2, "1", "mild")
    for model in (Response, ThemeList, Labelling):
        approve(model)
    bare = consultation(2, "bare")
    operator, publisher = roles["operator"], roles["publisher"]
    pages = [
        (operator, address("page", scene)), (operator, address("page", bare)), (operator, address("mapping", scene)),
        (operator, address("make", bare, "responses")), (operator, address("make", scene, "themes")),
        (publisher, address("publish", scene)), (publisher, address("publish", bare)),
        *(
            (publisher, reverse(f"admin:consultations_{model._meta.model_name}_desk", args=[model.objects.first().pk]))
            for model in (Response, ThemeList, Labelling)
        ),
    ]  # fmt: skip
    options = {"color_scheme": theme, "reduced_motion": "reduce", "bypass_csp": True}
    viewport = {"width": width, "height": 5000}
    shown = {user.pk: signed_in(user, viewport=viewport, **options) for user in (operator, publisher)}
    found = {}
    for user, where in pages:
        page = shown[user.pk]
        answer = page.goto(where)
        assert answer and answer.status == 200 and page.locator("main").count(), (where, page.url)
        page.evaluate("theme => document.documentElement.classList.toggle('dark', theme === 'dark')", theme)
        page.wait_for_function("document.getAnimations().every(one => one.playState !== 'running')")
        found[where] = violations(page) + [f"small: {one}" for one in page.evaluate(SMALL)]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found[where] += [f"{wide} px too wide"] if wide > 0 else []
    assert {where: troubles for where, troubles in found.items() if troubles} == {}
