"""A page for a signed-in person on pytest's live server; errors of scripts and breaches of the policy fail the test."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser_support import NoBrowser, launch_options

# Playwright's loop runs in the test's thread; queries are made between its steps, never within one.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
DESKTOP = {"viewport": {"width": 1440, "height": 900}}


@pytest.fixture(scope="module")
def desk_browser() -> Iterator[Browser]:
    """A real browser, or a skip that says why there is none."""
    try:
        options = launch_options()
    except NoBrowser as reason:
        pytest.skip(str(reason))
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(**options)
        yield started
        started.close()


@pytest.fixture
def signed_in(desk_browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """`signed_in(user, **options)`: a page in a browser context of its own."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def opened(user: Any, **options: Any) -> Page:
        client = Client()
        client.force_login(user)
        context = desk_browser.new_context(base_url=live_server.url, **(DESKTOP | options))
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
        page.on("console", lambda said: troubles.append(said.text) if "Security Policy" in said.text else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not troubles, troubles
