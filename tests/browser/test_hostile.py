"""Hostile texts in a real browser, on every page that shows them: none of them runs, loads, sends or leads away.

The policy of the site (CSP) is switched off for it: what keeps them harmless is the pages' own work.
"""

import time

import pytest
from django.urls import reverse

from generation import review
from generation.models import Revision
from generation.review.commenting import add_comment
from lessons.models import Lesson
from tests import factories
from tests.browser.probe import IN_PREVIEW, Probe
from tests.browser.signed_in import desk_browser, signed_in  # noqa: F401 (fixtures)
from tests.desk import rows
from tests.desk.hostile import ATTACKS
from tests.generation.test_desk_markdown import HOSTILE

# ruff: noqa: F811 (the fixture is named as it is imported)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# NUL is in no text of the database: it is taken out when a text is saved.
TEXTS = [attack.replace("\x00", "") for attack in ATTACKS]
BATCH = 20
WORDS = " ".join(f"w{number}" for number in range(40))


def address(name, *numbers, query=""):
    return reverse(f"admin:lessons_lesson_{name}", args=numbers) + query


def change(lesson, text):
    Revision.objects.filter(pk=lesson.current_id).update(text=text)


@pytest.fixture
def probe(signed_in, live_server, roles, client):
    probe = Probe(signed_in(roles["publisher"], bypass_csp=True))
    yield probe
    assert probe.troubles == []
    client.force_login(roles["publisher"])
    assert [url for url in probe.slow if seconds(client, url) > 2] == []


def seconds(client, url):
    """Our own processor time for the answer: the clock says little while other programs run."""
    began = time.process_time()
    client.get("/" + url.split("/", 3)[3])
    return time.process_time() - began


def test_the_probe_sees_what_happens(signed_in, live_server, roles):
    probe = Probe(signed_in(roles["publisher"], bypass_csp=True))
    probe.visit(address("desk_keys"))
    assert probe.troubles == []
    harm = "<img src=/x onerror=alert(1)><iframe src='//evil.example'></iframe><a href='javascript:alert(1)'>a</a>"
    probe.page.evaluate("html => { document.querySelector('.bs-page').innerHTML += html }", harm)
    probe.page.wait_for_load_state("networkidle")
    probe.look()
    told = " ".join(probe.troubles)
    for sign in ("alert: 1", "asked for /x", "evil.example", "<a> href=javascript:alert(1)", "<img> onerror"):
        assert sign in told


def test_each_in_a_preview_of_its_own(probe, course):
    (lesson,) = rows.lessons(course, 1)
    for attack in TEXTS:
        change(lesson, f"{attack}\n\nBefore {attack} after\n\n| {attack} |\n|---|\n| {attack} |\n\n> - {attack}\n")
        # Not in its frame, whose sandbox would stop it, too.
        probe.visit(address("preview", lesson.pk), IN_PREVIEW)


HEAVY = ("brackets", "thousand lists by tabs", "open divs", "rows", "one long line", "too long")


@pytest.mark.parametrize("name", HEAVY)
def test_heavy_ones_are_shown_in_time(probe, course, name):
    (lesson,) = rows.lessons(course, 1)
    change(lesson, HOSTILE[name])
    probe.visit(address("desk", lesson.pk))
    probe.visit(address("preview", lesson.pk), IN_PREVIEW)


@pytest.fixture
def batches(roles):
    """Pairs of lessons that hold twenty attacks each, in every text that a page of the desk shows."""
    made = rows.lessons(factories.course(1, 8), 8)
    for number, (one, other) in enumerate(zip(made[::2], made[1::2], strict=True)):
        text = "\n\n".join(TEXTS[number * BATCH : (number + 1) * BATCH])
        change(one, f"# Old\n\n{WORDS}\n\n{text}")
        change(other, f"# New\n\n{WORDS} more\n\n{text.replace('a', 'b', 3)}")
        rows.with_finding(one, line=5)
        newer = Revision.objects.create(
            recipe=one.recipe, item_id=one.item_id, origin="generated", text=f"{text} newer", note=text[:300]
        )
        add_comment(one, roles["reviewer"], text)
        review.request_changes(one, roles["reviewer"], text)
        Lesson.objects.filter(pk=one.pk).update(candidate=newer, published=newer, title=text[:500])
    assert len(TEXTS) <= 4 * BATCH
    return list(zip(made[::2], made[1::2], strict=True))


@pytest.mark.parametrize("tab", ["text", "differences", "checks", "history", "comments"])
def test_the_tabs_of_the_desk(probe, batches, tab):
    for one, _ in batches:
        probe.visit(address("desk", one.pk, query=f"?status=any&tab={tab}"))
        assert probe.page.locator("#desk-record").count() == 1


def test_side_by_side_and_the_page_of_the_record(probe, batches):
    for one, other in batches:
        probe.visit(address("desk_beside", one.pk, other.pk))
        probe.visit(address("change", one.pk))
    probe.visit(address("desk_similar", query="?status=any"))
    assert probe.page.locator("table tbody tr").count() >= 4


def test_records_that_the_script_puts_into_the_page(probe, batches):
    probe.visit(address("desk", batches[0][0].pk, query="?status=changes_requested&order=source"))
    for one, _ in batches[1:]:
        probe.asked = address("desk", one.pk)
        probe.page.keyboard.press("j")
        probe.page.wait_for_function(
            "pk => document.querySelector('#desk-record').dataset.url.includes(`/${pk}/`)", arg=one.pk
        )
        probe.page.wait_for_load_state("networkidle")
        probe.look()


def test_the_conflict_page(probe, batches, roles):
    for one, other in batches:
        probe.visit(address("desk", one.pk, query="?status=any"))
        one.refresh_from_db()
        review.save_text(one, other.current.text + "Theirs.", roles["editor"], base_revision_id=one.current_id)
        probe.page.evaluate("text => window.deskEditor.fill(text)", one.current.text + "Mine.")
        probe.page.locator("button[value=save]").click()
        probe.page.wait_for_selector("#conflict-form")
        probe.look()


@pytest.fixture
def titled(roles):
    """A lesson for each attack, in its title and beside the word that is searched for."""
    course = factories.course(1, len(TEXTS))
    course.name = TEXTS[0]
    course.save()
    for lesson, attack in zip(rows.lessons(course, len(TEXTS)), TEXTS, strict=True):
        Lesson.objects.filter(pk=lesson.pk).update(title=attack[:500])
        change(lesson, f"{attack} needle {attack}\n\n{attack}")


def test_search_and_the_preview_of_what_would_be_replaced(probe, titled):
    probe.visit(address("desk_search", query="?status=any&find=needle"))
    assert probe.page.locator("input[name=place]").count() == len(TEXTS)
    for attack in TEXTS[::4]:
        probe.page.fill("#id_find", attack)
        probe.page.locator("form[role=search] button").click()
        probe.page.wait_for_load_state("load")
        probe.look()


def test_the_columns_of_the_list_and_the_pages_of_the_filter(probe, titled):
    for page in ("?", "?p=2"):
        probe.visit(address("changelist", query=page))
        assert probe.page.locator("#result_list tbody tr").count() > 20
    probe.visit(address("desk_whole", "approve", query="?status=any"))
    probe.visit(address("desk_people", query="?status=any"))
