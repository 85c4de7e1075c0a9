"""Hostile texts through every place that shows a text: nothing active, nothing foreign, nothing slow."""

import time
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from generation.desk.markdown import render_markdown
from generation.models import Revision
from generation.review.commenting import add_comment
from tests.desk import rows
from tests.desk.hostile import ATTACKS

ADDRESSES = ("href", "src", "srcset", "action", "formaction", "data", "poster", "background", "xlink:href")


class Reader(HTMLParser):
    """Notes what a browser would run, load or be steered by."""

    def __init__(self, tags=()):
        super().__init__()
        self.own = set(tags)
        self.bad = []

    def handle_starttag(self, tag, attrs):
        values = {name: (value or "") for name, value in attrs}
        if tag in {"script", "iframe", "object", "embed", "svg", "math", "style", "link", "meta", "base"} - self.own:
            self.bad.append(tag)
        self.bad += [f"{tag} {name}" for name in values if name.startswith("on") or name == "srcdoc"]
        self.bad += [f"{tag} {value}" for name, value in values.items() if name in ADDRESSES and self.leads_away(value)]
        if "url(" in values.get("style", ""):
            self.bad.append(f"{tag} style")

    def leads_away(self, value):
        # As browsers read an address: without tabs and line ends, and without what stands before it.
        plain = "".join(char for char in value if char not in "\t\r\n").lstrip("".join(map(chr, range(33)))).lower()
        return plain.startswith(("javascript:", "vbscript:", "data:text", "data:image/svg", "file:", "blob:"))


def bad_in(html, tags=()):
    reader = Reader(tags)
    reader.feed(html)
    return reader.bad


def test_there_are_enough_and_the_reader_sees_them():
    assert len(set(ATTACKS)) >= 60
    assert sum(bool(bad_in(attack)) for attack in ATTACKS) > 40


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_preview_is_harmless(attack):
    for text in (attack, f"Before {attack} after", f"- {attack}", f"| {attack} |\n|---|\n| {attack} |", f"> {attack}"):
        html = render_markdown(text).html
        assert bad_in(html) == []
        assert "evil.example/pixel" not in html and "<img src" not in html
        assert 'id="' not in html.replace('id="fn', "")


@pytest.fixture
def shown(client, roles, course):
    """The pages of the desk with one attack in every text that they show."""
    one, other = rows.lessons(course, 2)
    client.force_login(roles["reviewer"])
    add_comment(one, roles["reviewer"], "x")

    def pages(attack):
        for lesson, extra in ((one, "old"), (other, "new")):
            text = f"# Title\n\n{attack} {extra}\n\nfind{attack}me\n\n" + " ".join(f"w{n}" for n in range(40))
            Revision.objects.filter(pk=lesson.current_id).update(text=text.replace("\x00", ""))
        newer = Revision.objects.create(
            recipe=one.recipe, item_id=one.item_id, origin="generated", text=f"{attack} newer".replace("\x00", "")
        )
        type(one).objects.filter(pk=one.pk).update(candidate=newer)
        one.refresh_from_db()
        type(one).objects.filter(pk=one.pk).update(published=newer)
        add_comment(one, roles["reviewer"], attack.replace("\x00", "") or "x")
        desk = reverse("admin:lessons_lesson_desk", args=[one.pk])
        search = reverse("admin:lessons_lesson_desk_search")
        yield from (client.get(f"{desk}?tab={tab}") for tab in ("text", "differences", "comments"))
        yield client.get(search, {"find": "me\n", "status": "any"})
        yield client.get(search, {"find": attack.replace("\x00", "")[:200], "status": "any"})
        yield client.get(reverse("admin:lessons_lesson_desk_beside", args=[one.pk, other.pk]))
        yield client.get(reverse("admin:lessons_lesson_change", args=[one.pk]))

    return pages


@pytest.mark.parametrize("start", range(0, len(ATTACKS), 16))
def test_every_page_of_the_desk_shows_it_as_text(shown, start):
    for attack in ATTACKS[start : start + 16]:
        began = time.process_time()
        for answer in shown(attack):
            assert answer.status_code == 200
            main = answer.content.decode().partition('class="bs-page')[2]
            assert main and bad_in(main, ("iframe", "svg", "link", "script")) == [], attack
            assert "<script>alert" not in main and "evil.example/x.js></" not in main.lower()
        assert time.process_time() - began < 2 * 7
