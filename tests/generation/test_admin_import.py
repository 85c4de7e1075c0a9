"""The import page: nothing is written before the confirmation, and bad files end in one sentence."""

from html import unescape

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lessons.models import Course, LessonPlan

OUTLINE = "# M0: Basics — Lesson Map\n\n## L001: First [F]\n## L002: Second [I]\n"


@pytest.fixture
def operator(client, roles):
    client.force_login(roles["operator"])
    return client


def address():
    return reverse("admin:lessons_course_import")


def upload(client, text=OUTLINE, name="My outline.md", **asked):
    content = text if isinstance(text, bytes) else text.encode()
    data = {"step": "preview", "format": "auto", "file": SimpleUploadedFile(name, content), **asked}
    return client.post(address(), data)


def confirm(client, preview, step="confirm"):
    return client.post(address(), {"step": step, "token": preview.context["token"]}, follow=True)


def kept():
    storage = storages["batchfiles"]
    return storage.listdir("uploads")[1] if storage.exists("uploads") else []


def test_the_preview_writes_nothing(operator):
    preview = upload(operator, slug="one")
    assert preview.context["counts"]["new"] == 2
    assert not Course.objects.exists()


def test_the_confirmation_imports_and_forgets_the_upload(operator):
    answer = confirm(operator, upload(operator, slug="one", name="a.md"))
    assert answer.redirect_chain[-1][0].endswith("/lessonplan/?collection=one")
    assert LessonPlan.objects.count() == 2
    assert kept() == []


def test_the_short_name_comes_from_the_file(operator):
    confirm(operator, upload(operator))
    assert Course.objects.get().slug == "my-outline"


def test_cancelling_writes_nothing_and_forgets_the_upload(operator):
    confirm(operator, upload(operator), step="cancel")
    assert not Course.objects.exists()
    assert kept() == []


def test_a_second_import_shows_what_would_change(operator):
    confirm(operator, upload(operator, slug="one"))
    preview = upload(operator, OUTLINE.replace("Second", "Other") + "## L003: Third [F]\n", slug="one")
    assert {name: preview.context["counts"][name] for name in ("new", "changed", "unchanged")} == {
        "new": 1, "changed": 1, "unchanged": 1,
    }  # fmt: skip


def test_problems_are_shown_by_line(operator):
    page = upload(operator, OUTLINE + "## L002: Again [F]\n", slug="one")
    problem = page.context["plan"].problems[0]
    assert problem.line == 5
    assert problem.why in page.content.decode()


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("", "a.md", "empty"),
        ("just prose\n", "a.md", "found"),
        (OUTLINE, "a.pdf", "found a file"),
        (b"\xff\xfe\x00\x01" * 50, "a.md", "found"),
    ],
)
def test_a_bad_file_is_one_sentence_on_the_page(operator, text, name, words):
    answer = upload(operator, text, name, slug="one")
    assert answer.status_code == 422
    [sentence] = answer.context["form"].errors["file"]
    assert words in sentence
    assert sentence in unescape(answer.content.decode())
    assert not Course.objects.exists() and kept() == []


def test_a_file_beyond_the_limit_is_refused_unread(operator, settings):
    settings.UPLOAD_MAX_BYTES = 20
    answer = upload(operator)
    assert "at most 20" in answer.context["form"].errors["file"][0]
    assert kept() == []


def test_an_unknown_format_is_refused(operator):
    assert "format" in upload(operator, format="telepathy").context["form"].errors


def test_the_upload_is_stored_under_a_random_name(operator):
    upload(operator, name="../../etc/passwd.md")
    [name] = kept()
    assert len(name) == 32 and set(name) <= set("0123456789abcdef")


def test_a_token_of_another_session_is_worth_nothing(operator, client, roles):
    token = upload(operator).context["token"]
    operator.logout()
    operator.force_login(roles["admin"])
    answer = operator.post(address(), {"step": "confirm", "token": token}, follow=True)
    assert "upload it again" in answer.content.decode()
    assert not Course.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "a:b:c"])
def test_a_forged_token_is_a_sentence(operator, token):
    answer = operator.post(address(), {"step": "confirm", "token": token}, follow=True)
    assert "upload it again" in answer.content.decode()


def test_an_upload_that_is_gone_is_a_sentence(operator):
    preview = upload(operator)
    storages["batchfiles"].delete(f"uploads/{kept()[0]}")
    assert "upload it again" in confirm(operator, preview).content.decode()


def test_unconfirmed_uploads_go_after_a_day(operator, monkeypatch):
    upload(operator)
    first = kept()
    monkeypatch.setattr("generation.admin_base.uploads.HOURS", 0)
    upload(operator)
    assert len(kept()) == 1 and kept() != first


def test_a_hidden_course_can_neither_be_overwritten_nor_looked_into(operator, roles):
    confirm(operator, upload(operator, slug="one"))
    Course.objects.get().groups.add(roles["viewer"].groups.get())
    answer = upload(operator, OUTLINE + "## L003: Third [F]\n", slug="one")
    assert "is taken" in answer.context["form"].errors["file"][0]


@pytest.mark.parametrize("role", ["viewer", "editor", "reviewer", "publisher"])
def test_only_operators_import(client, roles, role):
    client.force_login(roles[role])
    assert client.get(address()).status_code == 403
    assert upload(client).status_code == 403
    assert "Import …" not in client.get(reverse("admin:lessons_course_changelist")).content.decode()


def test_a_kind_with_one_source_offers_no_choice(operator):
    page = operator.get(address())
    assert [kind for _, kind in page.context["offered"]] == ["lessons"]
    assert "What to import" not in page.content.decode()
    assert operator.get(address(), {"kind": "stories"}).status_code == 404
