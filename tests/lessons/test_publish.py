"""Lessons as Markdown files: names, front matter, order."""

import pytest
import yaml

from generation.exports import export_named
from generation.models import Revision
from lessons.models import Lesson, LessonPlan
from lessons.publish import LessonFiles, padded_name
from tests import factories


def approved(plan: LessonPlan, text: str = "# T\n\nText.") -> Lesson:
    lesson = factories.lesson(plan, text)
    lesson.status, lesson.approved = "approved", lesson.current
    lesson.save()
    return lesson


def files(**options):
    return list(LessonFiles(**options).files(Lesson.objects.publishable()))


def test_names_and_order_are_those_of_the_outline(course):
    for plan in LessonPlan.objects.order_by("-position"):
        approved(plan)
    found = [file.path for file in files()]
    assert found == [f"M{module}-L{lesson:03}.md" for module in (0, 1) for lesson in (1, 2, 3)]


@pytest.mark.parametrize(
    ("key", "title", "name"),
    [
        ("M0-L001", "What Is It? And Why!", "M00-L001-what-is-it-and-why"),
        ("M12-L1.1", "Überblick", "M12-L001.1-überblick"),
        ("M0-L001-2", "Again", "M00-L001-2-again"),
        ("L003", "No module", "L003-no-module"),
        ("M1-L002", "数据治理", "M01-L002-数据治理"),
        ("M1-L002", "🙂 ../..", "M01-L002"),
        ("M1-L002", "word " * 40, "M01-L002-" + "-".join(["word"] * 12)),
    ],
)
def test_padded_names(key, title, name):
    assert padded_name(LessonPlan(key=key, title=title)) == name


def test_front_matter_is_yaml_whatever_the_title(course):
    plan = LessonPlan.objects.get(key="M0-L001")
    plan.title = 'yes: "no" #1 \'--- 🙂\n- x'
    plan.level = "F-I"
    plan.save()
    approved(plan, "---\n\n# T\n")
    _, head, text = files(front_matter=True)[0].content.decode().split("---\n", 2)
    assert yaml.safe_load(head) == {
        "title": plan.title, "module": "M0: Module 0", "level": "F-I", "duration": 60, "key": "M0-L001",
    }  # fmt: skip
    assert text == "\n---\n\n# T\n"


def test_the_approved_text_is_taken_and_ends_with_one_newline(course):
    lesson = approved(LessonPlan.objects.get(key="M0-L001"), "# Old")
    Revision.objects.filter(pk=lesson.approved_id or 0).update(text="# Approved\n\n\n")
    assert files()[0].content == b"# Approved\n"
    assert files()[0].revision_ids == (lesson.approved_id,) and files()[0].artefact_ids == (lesson.pk,)


def test_texts_come_in_chunks(course, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr("lessons.publish.CHUNK", 4)
    for plan in LessonPlan.objects.all():
        approved(plan)
    with django_assert_num_queries(3):
        assert len(files()) == 6


def test_it_is_the_default_export():
    assert export_named("lessons") is LessonFiles is export_named("lessons", "files")
