"""What publishing one record would change: shown file by file, and done only as shown."""

import pytest
from django.urls import reverse

from generation import review
from generation.exports import ExportFile
from lessons.models import Lesson
from lessons.publish import LessonFiles

ROLES = ("viewer", "editor", "reviewer", "operator")


def address(lesson, query=""):
    return reverse("admin:lessons_lesson_desk_publish", args=[lesson.pk]) + query


def fresh(lesson):
    return Lesson.objects.select_related("current").get(pk=lesson.pk)


@pytest.fixture
def approved(pair, roles):
    """The first of two lessons, approved; the other waits."""
    review.approve(pair[0], roles["reviewer"], comment="good")
    return fresh(pair[0])


@pytest.fixture
def publisher(client, roles):
    client.force_login(roles["publisher"])
    return client


def publish(client, lesson, query="", **fields):
    return client.post(address(lesson, query), {"approved": lesson.approved_id} | fields)


def changes(client, lesson):
    return [(one.word, one.path.rpartition("/")[2]) for one in client.get(address(lesson)).context["changes"]]


def test_a_new_file_is_shown_and_nothing_is_written(publisher, approved, settings):
    page = publisher.get(address(approved))
    assert [(one.word, one.path.endswith(".md")) for one in page.context["changes"]] == [("new", True)]
    assert "First line." in page.content.decode()
    assert not list(settings.PUBLISH_ROOT.rglob("*"))
    assert fresh(approved).status == "approved"


def test_it_is_published_and_one_is_back_in_the_queue(publisher, approved, settings):
    answer = publish(publisher, approved, "?module=M0&order=source")
    assert answer.url == f"/admin/lessons/lesson/desk/{approved.pk}/?module=M0&order=source"
    assert fresh(approved).status == "published"
    assert len(list(settings.PUBLISH_ROOT.rglob("*.md"))) == 1
    assert publish(publisher, fresh(approved), "?back=record").url == f"/admin/lessons/lesson/{approved.pk}/change/"


def test_only_the_changed_lines_of_a_published_text(publisher, approved, roles):
    publish(publisher, approved)
    text = approved.current.text.replace("Second line.", "Second <b>row</b>.")
    review.save_text(fresh(approved), text, roles["editor"], base_revision_id=approved.current_id)
    review.approve(fresh(approved), roles["publisher"], comment="good")
    (change,) = publisher.get(address(approved)).context["changes"]
    kinds = [(line.kind, line.text) for line in change.lines if line.kind in ("added", "removed")]
    assert kinds == [("removed", "Second line."), ("added", "Second <b>row</b>.")]
    assert "<b>row" not in publisher.get(address(approved)).content.decode()


def test_a_later_draft_stays_and_is_said_to(publisher, approved, roles):
    review.save_text(approved, "# Draft\n\nLater.", roles["editor"], base_revision_id=approved.current_id)
    page = publisher.get(address(approved)).content.decode()
    assert "The present text is a later draft" in page and "Later." not in page


def test_a_new_name_removes_the_old_file(publisher, approved, settings, monkeypatch):
    publish(publisher, approved)

    def renamed(self, artefacts):
        yield ExportFile("other.md", b"Text.", (approved.pk,), (approved.approved_id,))

    monkeypatch.setattr(LessonFiles, "files", renamed)
    found = changes(publisher, approved)
    assert sorted(word for word, _ in found) == ["new", "removed"] and ("new", "other.md") in found
    assert len(list(settings.PUBLISH_ROOT.rglob("*.md"))) == 1


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"\xff\xfe\x00", "It is no text: 3 bytes."), (b"a\x00b", "no text")]
)
def test_what_is_no_text_is_only_named(publisher, approved, monkeypatch, content, sentence):
    file = ExportFile("a.bin", content, (approved.pk,), (approved.approved_id,))
    monkeypatch.setattr(LessonFiles, "files", lambda self, artefacts: iter([file]))
    assert sentence in publisher.get(address(approved)).content.decode()


def test_many_files_are_named_and_the_first_compared(publisher, approved, monkeypatch):
    ids = (approved.pk,), (approved.approved_id,)
    files = [ExportFile(f"{number}.md", b"Text.", *ids) for number in range(30)]
    monkeypatch.setattr(LessonFiles, "files", lambda self, artefacts: iter(files))
    found = publisher.get(address(approved)).context["changes"]
    assert len(found) == 30 and sum(bool(one.lines) for one in found) == 20


def test_nothing_approved_is_nothing_to_publish(publisher, pair):
    page = publisher.get(address(pair[1]))
    assert page.status_code == 200 and "There is nothing to publish" in page.content.decode()


def test_another_approval_meanwhile_is_shown_first(publisher, approved, roles):
    seen = approved.approved_id
    review.save_text(approved, "# Other\n\nText.", roles["editor"], base_revision_id=approved.current_id)
    review.approve(fresh(approved), roles["publisher"], comment="good")
    answer = publish(publisher, fresh(approved), approved=seen)
    assert answer.status_code == 422 and "Another text has been approved" in answer.content.decode()
    assert fresh(approved).published_id is None


def test_a_folder_that_is_not_ours_is_refused_with_its_sentence(publisher, approved, settings):
    folder = settings.PUBLISH_ROOT / "lessons" / approved.item.collection.slug
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}")
    assert "is not a manifest of ours" in publisher.get(address(approved)).content.decode()
    assert publish(publisher, approved).status_code == 422


@pytest.mark.parametrize("role", ROLES)
def test_only_publishers_see_and_do_it(client, roles, approved, role):
    client.force_login(roles[role])
    assert client.get(address(approved)).status_code == publish(client, approved).status_code == 403
    assert fresh(approved).published_id is None


def test_a_restricted_collection_is_not_there(publisher, approved):
    approved.item.collection.groups.create(name="others")
    assert publisher.get(address(approved)).status_code == publish(publisher, approved).status_code == 404


@pytest.mark.parametrize("page", ["desk/{}/?module=M0&status=any", "{}/change/"])
def test_the_button_leads_there(publisher, approved, page):
    query = "?back=record" if "change" in page else "?module=M0&amp;status=any"
    shown = publisher.get(f"/admin/lessons/lesson/{page.format(approved.pk)}").content.decode()
    assert f'href="{address(approved)}{query}">Publish …' in shown
