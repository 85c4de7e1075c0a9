"""Keys: printed where they act, off for whom they annoy."""

import re

import pytest

from generation.desk.keys import KEYS, keys_off, switch_off
from generation.models import DeskPreference
from tests.desk.conftest import DESK


@pytest.fixture
def page(client, roles, lesson):
    def fetched(role="publisher"):
        client.force_login(roles[role])
        return client.get(f"{DESK}{lesson.pk}/").content.decode()

    return fetched


def pressed(html):
    return set(re.findall(r'data-key="([^"]+)"', html))


def test_each_key_presses_one_thing_and_is_printed_on_it(page, press, pair):
    press("publisher", pair[1], deed="approve")
    html = page()
    assert pressed(html) == {key.shown for key in KEYS}
    for key in KEYS:
        button = re.search(rf'<(a|button|summary)[^>]*data-key="{re.escape(key.shown)}"[^>]*>.*?</\1>', html, re.DOTALL)
        assert f"<kbd>{key.shown}</kbd>" in button.group()
        assert f'aria-keyshortcuts="{key.aria}"' in button.group()


def test_the_help_lists_every_key(page):
    html = page()
    for key in KEYS:
        assert f"<dt><kbd>{key.shown}</kbd></dt><dd>{key.does}" in html


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_a_key_that_is_off_is_neither_printed_nor_pressed(page, roles, key):
    switch_off(roles["publisher"], [key.name])
    html = page()
    assert key.shown not in pressed(html)
    assert f"{key.does} <strong>(switched off)</strong>" in html


def test_a_key_of_what_one_may_not_do_is_not_there(page):
    assert pressed(page("viewer")) == {"j", "k", "s", "d", "?"}


def test_the_settings_page_keeps_exactly_what_was_ticked(client, roles):
    client.force_login(roles["editor"])
    on = [key.name for key in KEYS if key.name not in ("approve", "undo")]
    client.post(f"{DESK}keys/", {"on": [*on, "nonsense"]})
    assert keys_off(roles["editor"]) == {"approve", "undo"}
    html = client.get(f"{DESK}keys/").content.decode()
    assert re.findall(r'name="on" value="(\w+)">', html) == ["approve", "undo"]
    client.post(f"{DESK}keys/", {"on": [key.name for key in KEYS]})
    assert keys_off(roles["editor"]) == set()
    assert DeskPreference.objects.count() == 1


def test_a_name_that_is_no_key_any_more_is_forgotten(roles):
    DeskPreference.objects.create(user=roles["editor"], keys_off=["gone", "next"])
    assert keys_off(roles["editor"]) == {"next"}
