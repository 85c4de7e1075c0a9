"""The source's own options as fields of the import page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from questions.models import Question

ROWS = b'[{"prompt": "who?", "gold": "a;b"}, {"prompt": "where?", "gold": "c"}]'
CHOSEN = {"option_question_field": "prompt", "option_answers_field": "gold", "option_answer_separator": ";"}


@pytest.fixture
def operator(client, roles):
    client.force_login(roles["operator"])
    return client


def address(name="questions_dataset"):
    return reverse(f"admin:{name}_import")


def upload(client, **asked):
    data = {"step": "preview", "format": "auto", "slug": "one", "file": SimpleUploadedFile("a.json", ROWS), **asked}
    return client.post(address(), data)


def test_every_option_of_the_source_is_a_field_with_its_words(operator):
    page = operator.get(address())
    assert [field.name for field in page.context["form"].own()][:2] == ["option_hops", "option_id_field"]
    assert "Name of the field with the question." in page.content.decode()


def test_a_source_without_options_shows_no_such_part(operator):
    page = operator.get(address("lessons_course"))
    assert page.context["form"].own() == [] and "What the file does not say" not in page.content.decode()


def test_options_hold_for_the_preview_and_for_the_import(operator):
    preview = upload(operator, **CHOSEN)
    assert preview.context["counts"]["new"] == 2
    assert "who?" in preview.content.decode()
    operator.post(address(), {"step": "confirm", "token": preview.context["token"]})
    assert Question.objects.get(text="who?").gold == [["a"], ["b"]]


def test_an_option_that_does_not_fit_is_a_sentence(operator):
    answer = upload(operator, **CHOSEN, option_hops="many")
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"] == ["Expected a number of hops from 1 to 99, found 'many'."]
    assert answer.context["form"].own_in_use


def test_an_option_that_no_field_asks_for_is_passed_over(operator):
    assert upload(operator, **CHOSEN, option_colour="red").context["counts"]["new"] == 2
