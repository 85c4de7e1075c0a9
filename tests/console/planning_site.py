"""Fixtures of the pages that plan: an operator's client, and a site that has a sandbox beside its provider."""

from typing import Any

import pytest
from django.urls import reverse

from generation.models import Run
from lessons.models import LessonPlan
from tests.generation.scenes import follow

LIST = "admin:lessons_lessonplan_changelist"


@pytest.fixture
def operator(client: Any, roles: Any) -> Any:
    """A client, signed in."""
    client.force_login(roles["operator"])
    return client


@pytest.fixture
def sandboxed(provider: Any, settings: Any) -> Any:
    """The provider, and `sandbox` beside it on the same server."""
    own = settings.PROVIDERS["default"]
    settings.PROVIDERS = {"default": own, "sandbox": own | {"api_key": "sk-sandbox"}}
    return provider


def post(client: Any, step: str, query: str = "", **answers: Any) -> Any:
    """A POST of the two pages over everything in the list of plans."""
    first = LessonPlan.objects.values_list("pk", flat=True).first()
    usual = {"recipes": "lessons.lesson", "only": "new", "mode": "batch", "select_across": 1, "index": 0}
    data = {"action": "generate", "_selected_action": [first], "step": step}
    return client.post(reverse(LIST) + query, {**data, **usual, **answers})


def made(client: Any, step: str, **answers: Any) -> Run:
    """The run that a button made, taken to its end."""
    answer = post(client, step, **answers)
    assert answer.status_code == 302, answer.context["refusal"]
    return follow(Run.objects.get())
