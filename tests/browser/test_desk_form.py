"""JSON as a form, in a real browser: fields, rows, keys, refusals, drafts, conflicts, on both pages that have it."""

import json

import pytest
from django.urls import reverse

from generation import review
from generation.models import Revision
from questions.models import Answer
from tests.browser.signed_in import desk_browser, signed_in  # noqa: F401 (fixtures)
from tests.browser.test_desk_accessibility import SMALL, violations
from tests.questions.rows import dataset

# ruff: noqa: F811 (the fixture is named as it is imported)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RECIPE = "questions.answer"


@pytest.fixture
def answers(db):
    """Two answers that wait, of two questions."""
    made = []
    for question in dataset(("Danube",), ("Phobos", "Deimos")).items.order_by("position"):
        text = json.dumps({"answers": ["Danube", "Rhine"]}, indent=1)
        revision = Revision.objects.create(recipe=RECIPE, item_id=question.pk, origin="generated", text=text)
        made.append(Answer.objects.create(item=question, recipe=RECIPE, current=revision, answers=["Danube", "Rhine"]))
    return made


@pytest.fixture
def desk(signed_in, live_server, roles, answers):
    """`desk("reviewer", ...)`: the desk on the first answer, with its form."""

    def opened(role="reviewer", page_of="desk", **options):
        page = signed_in(roles[role], **options)
        page.goto(address(answers[0], page_of))
        page.wait_for_selector("#text", state="attached")
        return page

    return opened


def address(answer, page_of="desk"):
    return reverse(f"admin:questions_answer_{page_of}", args=[answer.pk])


def fresh(answer):
    return Answer.objects.select_related("current").get(pk=answer.pk)


def stored(answer):
    return json.loads(fresh(answer).current.text)


def row(page, number):
    return page.get_by_role("textbox", name=f"Answer {number}", exact=True)


def told(page, words, where="desk-said"):
    page.wait_for_function(
        "([id, words]) => document.getElementById(id).textContent.includes(words)", arg=[where, words]
    )


def test_a_field_is_edited_and_saved(desk, answers):
    page = desk()
    row(page, 1).fill("The Danube")
    page.keyboard.press("ControlOrMeta+s")
    told(page, "Saved as a new revision")
    assert stored(answers[0]) == {"answers": ["The Danube", "Rhine"]}
    assert fresh(answers[0]).current.text == json.dumps({"answers": ["The Danube", "Rhine"]}, indent=1)
    # The focus is where it was, so that typing goes on.
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Answer 1"


def test_rows_come_move_and_go_by_keys_alone(desk, answers):
    page = desk()
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Answer 1"
    page.get_by_role("button", name="Add answer").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("a x")
    assert row(page, 3).input_value() == "a x"
    page.get_by_role("button", name="Move up, Answer 3").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert row(page, 1).input_value() == "a x"
    page.get_by_role("button", name="Remove, Answer 3").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Remove, Answer 2"
    # A letter on one of the form's buttons decides nothing.
    page.keyboard.press("x")
    page.keyboard.press("ControlOrMeta+Enter")
    told(page, "Approved")
    assert stored(answers[0]) == {"answers": ["a x", "Danube"]}
    assert fresh(answers[0]).status == "approved"
    assert page.inner_text("#desk-heading") == str(answers[1])


def test_the_last_row_leaves_an_empty_list(desk, answers):
    page = desk("editor")
    for _ in range(2):
        page.get_by_role("button", name="Remove, Answer 1").click()
    assert page.evaluate("document.activeElement.textContent") == "Add answer"
    page.keyboard.press("ControlOrMeta+s")
    told(page, "Saved")
    assert stored(answers[0]) == {"answers": []}


def test_what_is_put_back_is_no_change(desk, answers):
    page = desk()
    row(page, 1).fill("Other")
    row(page, 1).fill("Danube")
    page.keyboard.press("ControlOrMeta+s")
    told(page, "Nothing was changed")
    assert fresh(answers[0]).current_id == answers[0].current_id


def test_the_json_is_one_button_away(desk, answers):
    page = desk()
    row(page, 2).fill("Elbe")
    page.get_by_role("button", name="JSON", exact=True).click()
    assert json.loads(page.input_value("#text")) == {"answers": ["Danube", "Elbe"]}
    page.fill("#text", '{"answers": ["Weser"]}')
    page.get_by_role("button", name="Form", exact=True).click()
    assert row(page, 1).input_value() == "Weser"
    page.get_by_role("button", name="JSON", exact=True).click()
    page.fill("#text", '{"answers": "Weser"}')
    page.get_by_role("button", name="Form", exact=True).click()
    assert "“Answers” is no list" in page.inner_text("#desk-text")
    assert page.input_value("#text") == '{"answers": "Weser"}'


def test_a_refusal_stands_at_its_field_and_nothing_is_lost(desk, answers):
    page = desk()
    page.evaluate("window.deskEditor.fill(JSON.stringify({answers: ['Danube', true]}))")
    assert row(page, 2).input_value() == "true"
    page.keyboard.press("ControlOrMeta+s")
    told(page, "Not saved: not the asked JSON: answers.1", "desk-alert")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Answer 2"
    assert row(page, 2).get_attribute("aria-invalid") == "true"
    assert "Input should be a valid string" in page.inner_text(".form-wrong")
    row(page, 2).fill("Rhône")
    assert page.locator(".form-wrong").count() == 0
    page.keyboard.press("ControlOrMeta+s")
    told(page, "Saved")
    assert stored(answers[0]) == {"answers": ["Danube", "Rhône"]}


def test_unsaved_fields_survive_a_reload(desk, answers):
    page = desk()
    row(page, 1).fill("Typed for an hour")
    page.reload()
    page.wait_for_selector(".form-editor")
    assert row(page, 1).input_value() == "Typed for an hour"
    page.get_by_role("button", name="Throw it away").click()
    assert row(page, 1).input_value() == "Danube"


def test_two_people_in_one_record(desk, answers, roles):
    page = desk()
    row(page, 1).fill("Mine")
    review.save_text(
        fresh(answers[0]), '{"answers": ["Theirs"]}', roles["editor"], base_revision_id=answers[0].current_id
    )
    page.keyboard.press("ControlOrMeta+s")
    page.wait_for_selector("#conflict-form")
    assert row(page, 1).input_value() == "Mine"
    row(page, 1).fill("Mine, mended")
    page.get_by_role("button", name="Save mine on top").click()
    told(page, "Saved")
    assert stored(answers[0]) == {"answers": ["Mine, mended", "Rhine"]}


def test_the_record_s_own_page_has_the_form_too(desk, answers):
    page = desk(page_of="change")
    row(page, 1).fill("Donau")
    row(page, 1).press("Tab")
    page.get_by_role("button", name="Approve", exact=True).click()
    page.wait_for_load_state()
    assert stored(answers[0]) == {"answers": ["Donau", "Rhine"]} and fresh(answers[0]).status == "approved"
    page.evaluate("window.deskEditor.fill(JSON.stringify({answers: [false]}))")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector(".form-wrong")
    assert row(page, 1).input_value() == "false" and row(page, 1).get_attribute("aria-invalid") == "true"


def test_readers_get_the_json(desk):
    page = desk("viewer")
    assert page.locator(".form-editor").count() == 0 and "Danube" in page.input_value("#text")


def test_without_scripts_the_json_is_edited(desk, answers):
    page = desk(java_script_enabled=False)
    page.fill("#text", '{"answers": ["Ister"]}')
    page.get_by_role("button", name="Save", exact=False).first.click()
    page.wait_for_load_state()
    assert stored(answers[0]) == {"answers": ["Ister"]}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_in_the_form(desk, width, theme):
    page = desk(viewport={"width": width, "height": 1600}, color_scheme=theme, bypass_csp=True)
    page.evaluate("theme => document.documentElement.classList.toggle('dark', theme === 'dark')", theme)
    if width == 390:
        page.get_by_role("button", name="Editor", exact=True).click()
    page.evaluate("window.deskEditor.refuse('answers.1', 'It is not so.')")
    assert violations(page) + page.evaluate(SMALL) == []
    assert page.evaluate("document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth")
