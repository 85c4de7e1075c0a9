"""What would change before a publish: it says what then happens, and touches nothing."""

import pytest

from generation import review
from lessons.models import Lesson, LessonPlan
from tests import factories


@pytest.fixture
def approved(course, roles):
    rows = [factories.lesson(plan, f"# {plan.title}\n\nText.") for plan in LessonPlan.objects.all()[:3]]
    for row in rows:
        review.approve(row, roles["publisher"])
    return rows


def everything():
    return Lesson.objects.all()


def tree(root):
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def lists(result):
    return result.written, result.unchanged, result.removed, result.skipped


def test_the_plan_is_what_then_happens_and_changes_nothing(approved, roles, settings):
    foreseen = review.what_would_change(everything(), roles["publisher"])
    assert not settings.PUBLISH_ROOT.exists()
    assert set(everything().values_list("status", flat=True)) == {"approved"}
    assert lists(foreseen) == lists(review.publish_artefacts(everything(), roles["publisher"]))
    before = tree(settings.PUBLISH_ROOT)
    again = review.what_would_change(everything(), roles["publisher"])
    assert (again.written, len(again.unchanged)) == ([], 3)
    assert tree(settings.PUBLISH_ROOT) == before


def test_only_the_edited_one_would_be_written(approved, roles):
    review.publish_artefacts(everything(), roles["publisher"])
    one = everything().first()
    review.save_text(one, "# Other\n\nText.", roles["publisher"], base_revision_id=one.current_id)
    assert (one.status, one.published_id is None) == ("needs_review", False)
    assert review.what_would_change(everything(), roles["publisher"]).written == []
    review.approve(one, roles["publisher"], comment="good")
    foreseen = review.what_would_change(everything(), roles["publisher"])
    assert foreseen.written == ["course/M0-L001.md"]
    assert lists(foreseen) == lists(review.publish_artefacts(everything(), roles["publisher"]))


def test_what_gives_way_is_foreseen(approved, roles, settings):
    review.publish_artefacts(everything(), roles["publisher"])
    LessonPlan.objects.filter(key="M0-L001").update(key="M0-L009")
    foreseen = review.what_would_change(everything(), roles["publisher"])
    assert foreseen.written == ["course/M0-L009.md"]
    assert (settings.PUBLISH_ROOT / "lessons/course/M0-L001.md").exists()
    assert lists(foreseen) == lists(review.publish_artefacts(everything(), roles["publisher"]))


def test_a_broken_manifest_is_said(approved, roles, settings):
    folder = settings.PUBLISH_ROOT / "lessons/course"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("no")
    with pytest.raises(review.ReviewRefused, match="not a manifest"):
        review.what_would_change(everything(), roles["publisher"])
