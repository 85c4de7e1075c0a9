"""The queue of mentions in a real browser: pick, create, keep as alias, apply to all the same; by keys; axe."""

import pytest
from django.urls import reverse

from stories.models import Entity, StoryEntity
from tests.browser.signed_in import desk_browser, signed_in  # noqa: F401 (fixtures)
from tests.browser.test_desk_accessibility import SMALL, WANTED, violations
from tests.stories.rows import entity, feed, found, mentioned, output, topic

# ruff: noqa: F811 (the fixture is named as it is imported)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def harbour(db):
    """Two Okoros in two stories, and Annie, whom nobody knows."""
    made = feed(3)
    entity(made, "Chidi Okoro", external_id="p7", aliases=["Okoro"])
    entity(made, "Daniel Okoro", external_id="p8", aliases=["Okoro"])
    entity(made, "Quarry Vale", "team", external_id="t2", abbreviation="QV")
    for story in made.items.order_by("position")[:2]:
        mentioned(story, found("Okoro"))
    last = made.items.get(key="s3")
    mentioned(last, found("Annie"))
    output(last, topic("Injury"), recipe="stories.topics")
    return made


def queue(query=""):
    return reverse("admin:stories_storyentity_queue") + query


def shown(page, mention):
    """The mention has come, and the focus is on it."""
    page.wait_for_function(
        "words => document.activeElement.id === 'mention' && document.activeElement.textContent.includes(words)",
        arg=mention,
    )


def announced(page, words):
    page.wait_for_function("words => document.querySelector('#queue-said').textContent.includes(words)", arg=words)


def pressed(page, key):
    """Press a key that brings a new page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def means():
    return list(StoryEntity.objects.order_by("pk").values_list("mention", "entity__name", "method"))


def test_the_whole_queue_by_keys_alone(signed_in, live_server, roles, harbour):
    page = signed_in(roles["editor"])
    page.goto(queue("?at=0"))
    shown(page, "Okoro")
    pressed(page, "2")
    shown(page, "Annie")
    announced(page, "“Okoro”: Daniel Okoro picked (2 mentions).")
    page.keyboard.press("l")
    page.keyboard.press("/")
    page.keyboard.type("chidi")
    page.wait_for_selector("#found button")
    page.keyboard.press("Escape")
    page.locator("#found button").focus()
    pressed(page, "Enter")
    page.wait_for_selector("h1:has-text('Nothing waits here')")
    assert means() == [
        ("Okoro", "Daniel Okoro", "picked"), ("Okoro", "Daniel Okoro", "picked"), ("Annie", "Chidi Okoro", "picked"),
    ]  # fmt: skip
    assert Entity.objects.get(name="Chidi Okoro").kept_aliases == ["Annie"]


def test_one_alone_then_taken_back(signed_in, live_server, roles, harbour):
    page = signed_in(roles["editor"])
    page.goto(queue("?at=0"))
    shown(page, "Okoro")
    page.keyboard.press("a")
    assert not page.is_checked("#decide [name=apply_to_same]")
    pressed(page, "1")
    shown(page, "Okoro")
    announced(page, "(1 mention)")
    assert [name for _, name, _ in means()] == ["Chidi Okoro", None, None]
    pressed(page, "u")
    announced(page, "Taken back")
    assert [method for *_, method in means()] == ["ambiguous", "ambiguous", "unresolved"]


def test_an_entity_is_made_with_the_keyboard(signed_in, live_server, roles, harbour):
    page = signed_in(roles["editor"])
    page.goto(queue("?method=unresolved&at=0"))
    shown(page, "Annie")
    page.keyboard.press("c")
    page.wait_for_function("document.activeElement.name === 'name'")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Ann Boe")
    page.check("#create [name=keep_alias]")
    page.focus("#create [name=name]")
    pressed(page, "Enter")
    page.wait_for_selector("h1:has-text('Nothing waits here')")
    made = Entity.objects.get(by_hand=True)
    assert (made.name, made.kept_aliases) == ("Ann Boe", ["Annie"])
    assert ("Annie", "Ann Boe", "created") in means()


def test_skipping_and_going_back_change_nothing(signed_in, live_server, roles, harbour):
    page = signed_in(roles["editor"])
    page.goto(queue("?at=0"))
    for key, position in (("s", "2"), ("s", "3"), ("s", "1"), ("k", "3")):
        pressed(page, key)
        assert page.inner_text(".queue-position strong") == position
    assert [name for _, name, _ in means()] == [None, None, None]


def test_keys_rest_while_typing_and_can_be_switched_off(signed_in, live_server, roles, harbour):
    page = signed_in(roles["editor"])
    page.goto(queue("?at=0"))
    page.focus("#search [name=find]")
    page.keyboard.type("1sa")
    assert page.input_value("#search [name=find]") == "1sa" and page.is_checked("#decide [name=apply_to_same]")
    page.keyboard.press("Escape")
    page.click("#keys-switch")
    assert page.get_attribute("#keys-switch", "aria-pressed") == "false"
    page.keyboard.press("a")
    assert page.is_checked("#decide [name=apply_to_same]")
    page.reload()
    assert page.get_attribute("#keys-switch", "aria-pressed") == "false"
    page.click("#keys-switch")
    page.keyboard.press("a")
    assert not page.is_checked("#decide [name=apply_to_same]")


def test_it_works_without_scripts(signed_in, live_server, roles, harbour):
    page = signed_in(roles["editor"], java_script_enabled=False)
    page.goto(queue())
    page.fill("#search [name=find]", "quarry")
    page.select_option("#search [name=of]", "")
    page.click("#search button")
    page.click("#found button")
    assert means()[0] == ("Okoro", "Quarry Vale", "picked")


def pages(harbour):
    okoro, annie = StoryEntity.objects.order_by("pk").first(), StoryEntity.objects.get(mention="Annie")
    shown = harbour.items.get(key="s3")
    return [
        queue(), queue(f"?at={annie.pk}&find=quarry&of="), queue(f"?at={okoro.pk}"), queue("?q=nothing"),
        reverse("admin:stories_topic_change", args=[harbour.topics.get(name="Injury").pk]),
        reverse("admin:stories_entity_change", args=[Entity.objects.get(name="Chidi Okoro").pk]),
        reverse("admin:stories_feed_import"),
        *(reverse("admin:stories_storyoutput_desk", args=[one.pk]) for one in shown.outputs.all()),
    ]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(signed_in, live_server, roles, harbour, theme, width):
    page = signed_in(
        roles["admin"], viewport={"width": width, "height": 2400}, color_scheme=theme, reduced_motion="reduce",
        bypass_csp=True,
    )  # fmt: skip
    page.goto(queue("?at=0"))
    pressed(page, "1")
    troubles = {}
    for address in pages(harbour):
        page.goto(address)
        page.evaluate("theme => document.documentElement.classList.toggle('dark', theme === 'dark')", theme)
        page.evaluate("document.querySelectorAll('main .bs-details').forEach(one => { one.open = true })")
        found_here = violations(page) + [f"small: {one}" for one in page.evaluate(SMALL)]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        troubles[address] = found_here + [f"wider than the screen by {wide}"] * (wide > 0 and "/desk/" not in address)
    assert [f"{address}: {one}" for address, found_here in troubles.items() for one in found_here] == []


def test_the_keyboard_reaches_everything(signed_in, live_server, roles, harbour):
    page = signed_in(roles["editor"])
    page.goto(queue("?at=0"))
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    page.evaluate("window.reached = new Set([document.activeElement])")
    page.evaluate("document.addEventListener('focusin', event => window.reached.add(event.target))")
    page.locator("main a").first.focus()
    for _ in range(page.evaluate(f"({WANTED}).length") + 10):
        page.keyboard.press("Tab")
    missed = f"({WANTED}).filter(one => !window.reached.has(one)).map(one => one.outerHTML.slice(0, 100))"
    assert page.evaluate(missed) == []
