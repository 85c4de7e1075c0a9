"""Findings: shown at their place, worst first, dismissed with a remark for one revision, weighed anew."""

import pytest

from generation.models import ArtefactFinding, ReviewEvent
from lessons.models import Lesson
from tests.desk import rows
from tests.desk.conftest import DESK


def dismiss(press, role, lesson, finding, why="It is meant so"):
    return press(role, lesson, own="dismiss_finding", finding=finding.pk, why=why)


def weight(lesson):
    return Lesson.objects.values_list("weight", flat=True).get(pk=lesson.pk)


def test_a_clean_draft_says_so(client, roles, lesson):
    client.force_login(roles["editor"])
    page = client.get(f"{DESK}{lesson.pk}/").content.decode()
    assert page.count(">clean<") == 2
    assert "The checks found nothing." in page


def test_the_worst_stands_first_with_its_line(client, roles, lesson):
    for severity, line in (("note", 1), ("warning", 5), ("error", 3)):
        rows.with_finding(lesson, severity, line)
    client.force_login(roles["editor"])
    answer = client.get(f"{DESK}{lesson.pk}/?tab=checks")
    assert [finding.severity for finding, _ in answer.context["placed"]] == ["error", "warning", "note"]
    assert [line for _, line in answer.context["placed"]] == ["First line.", "Second line.", f"# {lesson.title}"]
    assert 'data-line="3"' in answer.content.decode()


def test_a_line_that_the_text_has_not_is_no_error(client, roles, lesson):
    rows.with_finding(lesson, "note", 999)
    client.force_login(roles["editor"])
    assert client.get(f"{DESK}{lesson.pk}/?tab=checks").context["placed"][0][1] == ""


def test_dismissing_takes_its_weight_and_leaves_an_event(press, lesson):
    finding = rows.with_finding(lesson, "warning")
    rows.with_finding(lesson, "note")
    answer = dismiss(press, "editor", lesson, finding)
    assert answer.status_code == 200
    assert weight(lesson) == 1
    event = ReviewEvent.objects.get()
    assert (event.action, event.reason) == ("dismiss_finding", "A warning in line 3. – It is meant so")
    finding.refresh_from_db()
    assert (finding.dismissed_by, finding.remark) == ("editor", "It is meant so")


@pytest.mark.parametrize("why", ["", "  ", "x" * 301])
def test_a_remark_is_needed_and_bounded(press, lesson, why):
    finding = rows.with_finding(lesson)
    assert dismiss(press, "editor", lesson, finding, why).status_code == 422
    assert weight(lesson) == 10


def test_an_error_is_dismissed_only_by_who_may_override(press, lesson):
    finding = rows.with_finding(lesson, "error")
    assert dismiss(press, "reviewer", lesson, finding).status_code == 403
    assert press("reviewer", lesson, deed="approve").status_code == 422
    assert dismiss(press, "publisher", lesson, finding).status_code == 200
    assert press("reviewer", lesson, deed="approve").status_code == 200


def test_it_can_count_again(press, lesson):
    finding = rows.with_finding(lesson)
    dismiss(press, "editor", lesson, finding)
    assert dismiss(press, "editor", lesson, finding).status_code == 422
    assert press("editor", lesson, own="restore_finding", finding=finding.pk).status_code == 200
    assert weight(lesson) == 10
    assert press("editor", lesson, own="restore_finding", finding=finding.pk).status_code == 422


def test_a_new_text_is_checked_anew(press, lesson):
    finding = rows.with_finding(lesson, check="missing_section")
    dismiss(press, "editor", lesson, finding)
    press("editor", lesson, deed="save", text="Too short.")
    lesson.refresh_from_db()
    standing = ArtefactFinding.objects.standing().filter(revision=lesson.current_id)
    assert standing.exists()
    assert weight(lesson) > 0


def test_the_finding_of_another_record_or_revision_is_left_alone(press, pair):
    finding = rows.with_finding(pair[1])
    assert dismiss(press, "publisher", pair[0], finding).status_code == 422
    old = rows.with_finding(pair[0])
    press("editor", pair[0], deed="save", text="New.")
    assert dismiss(press, "publisher", pair[0], old).status_code == 422
    assert not ArtefactFinding.objects.exclude(dismissed_at=None).exists()


def test_a_dismissed_finding_is_not_counted_in_the_list(press, client, lesson):
    finding = rows.with_finding(lesson, "warning")
    dismiss(press, "editor", lesson, finding)
    answer = client.get("/admin/lessons/lesson/?findings=warning")
    assert answer.context["cl"].result_count == 0
    assert "1 warning" not in client.get("/admin/lessons/lesson/").content.decode()
