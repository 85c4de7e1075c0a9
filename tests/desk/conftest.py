"""Fixtures of the desk's tests: one lesson, a second one after it, and who presses what."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.desk import rows

DESK = "/admin/lessons/lesson/desk/"
SCRIPT = {"X-Desk": "1"}


@pytest.fixture
def pair(course: Any) -> list[Any]:
    """Two lessons that wait."""
    return rows.lessons(course, 2)


@pytest.fixture
def lesson(pair: list[Any]) -> Any:
    """The first of them."""
    return pair[0]


@pytest.fixture
def press(client: Any, roles: dict[str, Any]) -> Callable[..., Any]:
    """`press("reviewer", lesson, deed="approve", ...)`: a button of the desk, as the script presses it."""

    def pressed(role: str, lesson: Any, *, script: bool = True, query: str = "", **fields: Any) -> Any:
        client.force_login(roles[role])
        data = {"base": lesson.current_id} | fields
        return client.post(f"{DESK}{lesson.pk}/{query}", data, headers=SCRIPT if script else {})

    return pressed
