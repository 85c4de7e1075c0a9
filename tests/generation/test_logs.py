"""Logs carry the ids of run and job, and neither prompts nor answers nor keys; nor does the database hold a key."""

import io
import json
import logging

import pytest
from django.apps import apps

from generation.logs import JsonFormatter
from generation.models import RawAnswer
from lessons.models import Lesson
from tests import factories
from tests.generation.scenes import follow, launched

KEY = "sk-never-to-be-seen-0123456789"


@pytest.fixture
def lines():
    """Everything that is logged at INFO, as LOG_FORMAT=json writes it."""
    stream, root = io.StringIO(), logging.getLogger()
    handler, before = logging.StreamHandler(stream), root.level
    handler.setFormatter(JsonFormatter())
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.django_db
@pytest.mark.parametrize("mode", ["batch", "direct"])
def test_a_run_with_failures_logs_neither_prompt_nor_answer_nor_key(course, provider, settings, lines, mode):
    settings.PROVIDERS = {"default": {**settings.PROVIDERS["default"], "api_key": KEY}}
    provider.faults("error_500", count=2)
    run = follow(launched(course, mode=mode))
    text = json.dumps(lines())
    assert run.ledger().get("succeeded") and any(line.get("run") == run.pk for line in lines())
    answers = [one.current.text[:30] for one in Lesson.objects.select_related("current")]
    hidden = [KEY, course.items.first().title, "instructional designer", *answers]
    assert not [part for part in hidden if part in text]


@pytest.mark.django_db
def test_a_key_is_in_no_column_of_the_database(course, provider, settings):
    settings.PROVIDERS = {"default": {**settings.PROVIDERS["default"], "api_key": KEY}}
    run = factories.finished(course)
    assert run.cost_nano and RawAnswer.objects.exists()
    held = [row for model in apps.get_models() for row in model._base_manager.values() if KEY in repr(row)]
    assert not held


def test_a_line_has_its_ids_and_is_one_line(lines):
    logging.getLogger("generation.x").warning("two\nlines", extra={"run": 7, "job": 3, "prompt": "never"})
    (line,) = lines()
    assert (line["run"], line["job"], line["level"], line["message"]) == (7, 3, "WARNING", "two\nlines")
    assert "prompt" not in line


def test_an_error_brings_its_trace(lines):
    try:
        raise ValueError("broken")
    except ValueError:
        logging.getLogger("generation.x").exception("it failed")
    assert "ValueError: broken" in lines()[0]["error"]
