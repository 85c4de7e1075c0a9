"""What the tests of the desk do and look at in a browser."""

from typing import Any

from django.urls import reverse
from playwright.sync_api import Page

from lessons.models import Lesson


def desk(lesson: Any = None, query: str = "") -> str:
    """Address of the desk: of one lesson, or of its queue."""
    name = "admin:lessons_lesson_desk" if lesson else "admin:lessons_lesson_queue"
    return reverse(name, args=[lesson.pk] if lesson else []) + query


def focused(page: Page) -> list[str]:
    """Id and text of the element that has the focus."""
    found: list[str] = page.evaluate("[document.activeElement.id, document.activeElement.textContent.trim()]")
    return found


def focused_in_editor(page: Page) -> bool:
    """Whether the next letter goes into the text."""
    return bool(page.evaluate("document.activeElement.closest('.CodeMirror') !== null"))


def announced(page: Page) -> str:
    """What a screen reader was told last."""
    return page.locator("#desk-said").inner_text()


def told(page: Page, words: str, place: str = "#desk-said") -> None:
    """Wait until these words are announced."""
    page.wait_for_function(
        "([place, words]) => document.querySelector(place).textContent.includes(words)", arg=[place, words]
    )


def shown(page: Page, title: str) -> None:
    """Wait until this is the heading."""
    page.wait_for_function("title => document.querySelector('#desk-heading')?.textContent.trim() === title", arg=title)


def write(page: Page, text: str) -> None:
    """Replace what the editor holds, by typing."""
    page.keyboard.press("e")
    page.wait_for_function("document.activeElement.closest('.CodeMirror') || document.activeElement.id === 'text'")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)


def save(page: Page) -> None:
    """By key; returns when the page has said so."""
    page.keyboard.press("ControlOrMeta+s")
    told(page, "Saved")


def fresh(lesson: Any) -> Any:
    """The lesson as it is now."""
    return Lesson.objects.select_related("current").get(pk=lesson.pk)
