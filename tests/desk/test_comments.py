"""Comments, similar texts beside a record, and bringing an earlier text back."""

import pytest
from django.urls import reverse

from generation import review
from generation.models import Comment
from generation.review.commenting import MAX_COMMENT, add_comment
from lessons.models import Lesson
from tests.desk import rows


@pytest.fixture
def lesson(course):
    return rows.lessons(course, 1)[0]


def desk(lesson, query=""):
    return reverse("admin:lessons_lesson_desk", args=[lesson.pk]) + query


def post(client, lesson, own, **fields):
    return client.post(desk(lesson), {"own": own, "base": lesson.current_id, **fields})


def test_a_comment_is_shown_in_the_desk_and_on_the_page(client, roles, lesson):
    client.force_login(roles["editor"])
    post(client, lesson, "comment", comment="Look at\nline 3 <b>")
    for url in (desk(lesson, "?tab=comments"), reverse("admin:lessons_lesson_change", args=[lesson.pk])):
        page = client.get(url).content.decode()
        assert "Look at<br>line 3 &lt;b&gt;" in page
    assert "Comments and similar (1)" in client.get(desk(lesson)).content.decode()
    lesson.refresh_from_db()
    assert (lesson.status, lesson.touched) == ("needs_review", False)


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("operator", 403), ("editor", 302), ("reviewer", 302)])
def test_who_may_comment(client, roles, lesson, role, status):
    client.force_login(roles[role])
    assert post(client, lesson, "comment", comment="Hello").status_code == status
    assert Comment.objects.count() == (status == 302)


@pytest.mark.parametrize("text", ["", " \n ", "a" * (MAX_COMMENT + 1)])
def test_empty_and_endless_comments_are_refused(client, roles, lesson, text):
    client.force_login(roles["editor"])
    assert post(client, lesson, "comment", comment=text).status_code == 422
    assert not Comment.objects.exists()


def test_only_ones_own_comment_is_taken_back(client, roles, lesson):
    mine, other = (add_comment(lesson, roles[role], role) for role in ("editor", "reviewer"))
    client.force_login(roles["editor"])
    assert post(client, lesson, "take_comment_back", comment_id=other.pk).status_code == 403
    post(client, lesson, "take_comment_back", comment_id=mine.pk)
    assert list(Comment.objects.all()) == [other]
    assert post(client, lesson, "take_comment_back", comment_id=mine.pk).status_code == 422


def test_an_earlier_text_is_brought_back(client, roles, lesson):
    first = lesson.current
    review.save_text(lesson, "# New\n\nText.", roles["editor"], base_revision_id=lesson.current_id)
    client.force_login(roles["editor"])
    assert f'<option value="{first.pk}">' in client.get(desk(lesson, "?tab=history")).content.decode()
    post(client, lesson, "bring_back", revision=first.pk)
    lesson = Lesson.objects.get(pk=lesson.pk)
    assert lesson.current.text == first.text and lesson.current_id != first.pk
    assert lesson.current.note == f"revision {first.pk} brought back"
    assert post(client, lesson, "bring_back", revision=10**9).status_code == 422


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_who_only_reads_brings_nothing_back(client, roles, lesson, role):
    old = lesson.current_id
    review.save_text(lesson, "# New\n\nText.", roles["editor"], base_revision_id=old)
    client.force_login(roles[role])
    assert post(client, lesson, "bring_back", revision=old).status_code == 403
    assert Lesson.objects.get().current_id == lesson.current_id


def test_similar_texts_stand_beside_the_record(client, roles, course):
    one, other = rows.lessons(course, 2)
    text = "# Title\n\n" + " ".join(f"word{number}" for number in range(60))
    for lesson in (one, other):
        review.save_text(lesson, text + f" end{lesson.pk}", roles["editor"], base_revision_id=lesson.current_id)
    client.force_login(roles["viewer"])
    page = client.get(desk(one, "?tab=comments")).content.decode()
    assert reverse("admin:lessons_lesson_desk_beside", args=[one.pk, other.pk]) in page
